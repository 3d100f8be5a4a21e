"""Everything held about one person, in every table: those of later steps too.

Tables are found by what they are: whichever points at a person or holds an address or a name as
`WRITTEN` says. So a new table is not forgotten here; a test holds it to the personal ones.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.contrib.sessions.models import Session
from django.db.models import Model, Q, QuerySet
from django.utils.text import capfirst

from trialogue.accounts import services as accounts
from trialogue.accounts.models import AuditEntry, Person

# Tables that hold an address or a name as it was written, and the field that holds it.
WRITTEN = {
    "accounts.Notification": "to_email",
    "accounts.Invitation": "email",
    "ideas.Confirmation": "email",
    "ideas.SupportAsked": "email",
    "axes.AccessAttempt": "username",
    "trials.UnitIdentity": "name",
}
# They open doors, and tell nothing of a person.
_SECRET = frozenset({"password", "session_key", "token_hash", "post_data", "get_data"})
_MOST_FOUND = 25


@dataclass(frozen=True)
class Found:
    """Somebody that a search found. `person` is empty for who is only written somewhere."""

    name: str
    address: str
    what: str
    person: Person | None = None


def search(who: str) -> list[Found]:
    """Return whom part of a name or an address names, 25 of each kind at most."""
    if not who.strip():
        return []
    either = Q(name__icontains=who.strip()) | Q(email__icontains=who.strip())
    people = Person.objects.filter(either).prefetch_related("memberships").order_by("name", "pk")
    found = [Found(one.name, one.email, _kind(one), one) for one in people[:_MOST_FOUND]]
    for label, what in (
        ("accounts.Invitation", "Invited"),
        ("ideas.Confirmation", "Suggested an idea, not confirmed yet"),
    ):
        rows = apps.get_model(label).objects.filter(either).order_by("pk")[:_MOST_FOUND]
        found += [Found(row.name, row.email, what) for row in rows]
    units = apps.get_model("trials.UnitIdentity").objects.filter(name__icontains=who.strip())
    rows = units.select_related("unit__trial").order_by("pk")[:_MOST_FOUND]
    found += [Found(row.name, "", f"Takes part in {row.unit.trial.public_id}") for row in rows]
    return found


def _kind(person: Person) -> str:
    if not person.is_active:
        return "Access has ended"
    return "Has an account" if person.memberships.all() else "A resident, without an account"


def count_about(person: Person) -> list[tuple[str, int]]:
    """Return how many rows of each table are about a person, where there are any."""
    tables = {_heading(model): rows for model, rows in _tables(person).items()}
    counts = accounts.count_each(tables)
    return [(heading, many) for heading, many in sorted(counts.items()) if many]


def everything_about(person: Person, *, at: datetime) -> dict[str, Any]:
    """Return all that is held about a person, to be given to them as a file."""
    tables = {
        model._meta.label: [_written(row) for row in rows]
        for model, rows in _tables(person).items()
    }
    return {
        "made_at": at,
        "person": _written(person),
        "open_sessions": sum(_is_of(session, person) for session in _open_sessions(at)),
        "tables": {label: rows for label, rows in sorted(tables.items()) if rows},
    }


def _tables(person: Person) -> dict[type[Model], QuerySet[Any]]:
    """Return the rows of each table that are about a person."""
    found = {model: _pointing(model) for model in apps.get_models()}
    asked = {
        model: _any_of(Q(**{name: person}) for name in names) for model, names in found.items()
    }
    for label, field in WRITTEN.items():
        model = apps.get_model(label)
        value = person.name if field == "name" else person.email
        asked[model] |= Q(**{f"{field}__iexact": value})
    asked[AuditEntry] = Q(by=person.public_id) | Q(thing=str(person.public_id))
    return {
        model: model._default_manager.filter(which).order_by("pk")
        for model, which in asked.items()
        if which
    }


def _pointing(model: type[Model]) -> list[str]:
    """Return the fields of a table that point at a person."""
    fields = model._meta.concrete_fields
    return [field.name for field in fields if field.related_model is Person]


def _any_of(each: Any) -> Q:
    which = Q()
    for one in each:
        which |= one
    return which


def _written(row: Model) -> dict[str, Any]:
    return {
        field.name: _plain(field.value_from_object(row))
        for field in row._meta.concrete_fields
        if field.name not in _SECRET
    }


def _plain(value: Any) -> Any:
    plain = value is None or isinstance(value, (str, int, float, bool, list, dict, datetime))
    return value if plain else str(value)


def _heading(model: type[Model]) -> str:
    return capfirst(str(model._meta.verbose_name))


def _open_sessions(at: datetime) -> QuerySet[Session]:
    return Session.objects.filter(expire_date__gte=at)


def _is_of(session: Session, person: Person) -> bool:
    return bool(session.get_decoded().get("_auth_user_id") == str(person.pk))
