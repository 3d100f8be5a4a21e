"""Everything held about one person, in every table: those of later steps too.

`personal` says which tables tell of a person, and which only what they did as their work. Of work
it is told how much and when, never what: whoever may see all that is held about a trial's lead
may not see its effects before the end.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.apps import apps
from django.contrib.sessions.models import Session
from django.db.models import Count, Max, Min, Model, Q, QuerySet, Value, prefetch_related_objects
from django.db.models.functions import Lower
from django.utils.text import capfirst

from trialogue.accounts import services as accounts
from trialogue.accounts.models import Person
from trialogue.site.personal import ABOUT, WORK, WRITTEN

# They open doors, and tell nothing of a person. A link can set a password; a key can hold a token.
SECRET = frozenset(
    {"password", "session_key", "token_hash", "post_data", "get_data", "link", "key"}
)
_MOST_FOUND = 25


@dataclass(frozen=True)
class Whose:
    """About whom: a person, or an address that no person has."""

    address: str
    person: Person | None = None


@dataclass
class Found:
    """Somebody that a search found. `address` is empty for who may be somebody else."""

    name: str
    address: str
    what: list[str] = field(default_factory=list)
    person: Person | None = None


@dataclass(frozen=True)
class Done:
    """How many rows of a table a person entered or decided, the first and the last of them."""

    pointing: str
    many: int
    first: datetime | None
    last: datetime | None

    @property
    def heading(self) -> str:
        """Return the table in words, and as what the person stands in it."""
        label, name = self.pointing.rsplit(".", 1)
        words = str(apps.get_model(label)._meta.get_field(name).verbose_name)
        return _heading(label) if name == "by" else f"{_heading(label)}: {words}"


def whose(address: str) -> Whose:
    """Return who has an address; or no more than the address."""
    return Whose(address, Person.objects.filter(email__iexact=address).first())


def search(who: str) -> list[Found]:
    """Return whom part of a name or an address names, 25 of each kind at most."""
    who = who.strip()
    if not who:
        return []
    written = _written_addresses(who)
    rows = Person.objects.annotate(address=Lower("email")).order_by("name", "pk")
    theirs = list(rows.filter(address__in=written))
    named = rows.filter(Q(name__icontains=who) | Q(email__icontains=who))
    people = [*named.exclude(address__in=written)[:_MOST_FOUND], *theirs]
    prefetch_related_objects(people, "memberships")
    for one in theirs:
        del written[one.email.lower()]
    found = [Found(one.name, one.email, [_kind(one)], one) for one in people]
    return [*found, *written.values(), *_namesakes(name__icontains=who)]


def _written_addresses(who: str) -> dict[str, Found]:
    """Return each address, in small letters, that is written somewhere and fits."""
    found: dict[str, Found] = {}
    for label, (name, what) in WRITTEN.items():
        model = apps.get_model(label)
        named = any(one.name == "name" for one in model._meta.concrete_fields)
        which = Q(**{f"{name}__icontains": who})
        which |= Q(name__icontains=who) if named else Q()
        shown = (name, "name" if named else name)
        rows = model._default_manager.filter(which).values_list(*shown).order_by(*shown).distinct()
        for address, words in rows[:_MOST_FOUND]:
            one = found.setdefault(address.lower(), Found(words, address))
            one.what = [*one.what, what] if what not in one.what else one.what
    return found


def _namesakes(**name: str) -> list[Found]:
    """Return who takes part in a trial under such a name: a name alone does not say who it is."""
    units = apps.get_model("trials.UnitIdentity")._default_manager.filter(**name)
    rows = units.select_related("unit__trial").order_by("pk")[:_MOST_FOUND]
    return [Found(one.name, "", [f"Takes part in {one.unit.trial.public_id}"]) for one in rows]


def _kind(person: Person) -> str:
    if not person.is_active:
        return "Access has ended"
    return "Has an account" if person.memberships.all() else "A resident, without an account"


def count_about(who: Whose) -> list[tuple[str, int]]:
    """Return how many rows of each table are about somebody, where there are any."""
    counts = accounts.count_each({_heading(label): rows for label, rows in _about(who).items()})
    return [(heading, many) for heading, many in sorted(counts.items()) if many]


def namesakes(who: Whose) -> list[Found]:
    """Return who takes part in a trial under the same name. They may be somebody else."""
    return _namesakes(name__iexact=who.person.name) if who.person else []


def work_of(who: Whose) -> list[Done]:
    """Return how much somebody entered or decided as their work, and when. One query."""
    if who.person is None:
        return []
    first, *others = (_how_much(pointing, who.person) for pointing in WORK)
    found = [Done(*row) for row in first.union(*others, all=True)]
    return sorted((one for one in found if one.many), key=lambda one: one.pointing)


def _how_much(pointing: str, person: Person) -> Any:
    label, name = pointing.rsplit(".", 1)
    model, at = apps.get_model(label), WORK[pointing]
    points = model._meta.get_field(name).related_model is Person
    rows = model._default_manager.filter(**{name: person if points else person.public_id})
    table = rows.order_by().annotate(pointing=Value(pointing)).values("pointing")
    times = table.annotate(many=Count("pk"), first=Min(at), last=Max(at))
    return times.values_list("pointing", "many", "first", "last")


def everything_about(who: Whose, *, at: datetime) -> dict[str, Any]:
    """Return all that is held about somebody, to be given to them as a file."""
    tables = {
        label: [_written(row) for row in rows] for label, rows in sorted(_about(who).items())
    }
    return {
        "made_at": at,
        "address": who.address,
        "person": _written(who.person) if who.person else None,
        "open_sessions": _open_sessions(who.person, at) if who.person else 0,
        "tables": {label: rows for label, rows in tables.items() if rows},
        "work": {
            done.pointing: {"many": done.many, "first": done.first, "last": done.last}
            for done in work_of(who)
        },
    }


def _about(who: Whose) -> dict[str, QuerySet[Any]]:
    """Return the rows of each table that tell of somebody."""
    asked = {label: Q(**{f"{name}__iexact": who.address}) for label, (name, _) in WRITTEN.items()}
    if who.person:
        asked["accounts.AuditEntry"] = Q(thing=str(who.person.public_id))
        for label, name in (pointing.rsplit(".", 1) for pointing in ABOUT):
            asked[label] = asked.get(label, Q()) | Q(**{name: who.person})
    return {
        label: apps.get_model(label)._default_manager.filter(which).order_by("pk")
        for label, which in asked.items()
    }


def _written(row: Model) -> dict[str, Any]:
    return {
        field.name: _plain(field.value_from_object(row))
        for field in row._meta.concrete_fields
        if field.name not in SECRET
    }


def _plain(value: Any) -> Any:
    plain = value is None or isinstance(value, (str, int, float, bool, list, dict, datetime))
    return value if plain else str(value)


def _heading(label: str) -> str:
    return capfirst(str(apps.get_model(label)._meta.verbose_name))


def _open_sessions(person: Person, at: datetime) -> int:
    sessions = Session.objects.filter(expire_date__gte=at).iterator()
    whose = (session.get_decoded().get("_auth_user_id") for session in sessions)
    return sum(one == str(person.pk) for one in whose)
