"""Everything that only reads accounts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from trialogue.accounts.models import (
    ApiToken,
    AuditEntry,
    Invitation,
    Membership,
    Notification,
    Organisation,
    Person,
    ServiceArea,
    WelshPhrase,
    Work,
)
from trialogue.accounts.periods import Period
from trialogue.accounts.working_days import Calendar

LOOK = "look "  # how the action of a look at a personal record begins


def residents(*, who: str = "") -> list[Person]:
    """Return the newest residents who confirmed an idea by e-mail, 25 at most.

    They belong to no organisation. `who` is part of a name or an address.
    """
    found = Person.objects.filter(memberships=None, is_active=True)
    if who:
        found = found.filter(Q(name__icontains=who) | Q(email__icontains=who))
    return list(found.order_by("-pk")[:25])


def council() -> Organisation | None:
    """Return the council that runs this instance; None before it is set up."""
    return Organisation.objects.filter(kind=Organisation.Kind.COUNCIL).first()


def welsh_words() -> dict[str, str]:
    """Return the Welsh that pages show, by its English: the newest that was approved."""
    rows = WelshPhrase.objects.exclude(approved_by="", welsh__gt="").order_by("pk")
    found = {row.english: row.welsh for row in rows}
    return {english: welsh for english, welsh in found.items() if welsh}


def welsh_written() -> dict[str, WelshPhrase]:
    """Return the newest Welsh of each phrase, drafts too, by its English."""
    return {row.english: row for row in WelshPhrase.objects.select_related("by").order_by("pk")}


def newest_welsh(written: Mapping[str, WelshPhrase]) -> int:
    """Return the newest row of what was written, to know later whether more was; 0 before any."""
    return max((one.pk for one in written.values()), default=0)


def days(period: Period) -> int:
    """Return how many days the council set for something."""
    found = council()
    return found.days(period) if found else period.usual


def calendar() -> Calendar:
    """Return the council's working days."""
    found = council()
    return found.calendar if found else Calendar.of({})


def organisations() -> QuerySet[Organisation]:
    """Return the council, then its partners by name."""
    return Organisation.objects.order_by("kind", "name")


def has_administrator() -> bool:
    """Whether somebody administers this instance. Few memberships: read rather than searched."""
    memberships = Membership.objects.filter(
        organisation__kind=Organisation.Kind.COUNCIL, person__is_active=True
    )
    return any(
        Membership.Role.ADMINISTRATOR in roles
        for roles in memberships.values_list("roles", flat=True)
    )


def colleagues() -> list[Person]:
    """Return the people of the council who may sign in, by name. Two queries at most."""
    return list(
        Person.objects.filter(
            is_active=True, memberships__organisation__kind=Organisation.Kind.COUNCIL
        ).order_by("name", "pk")
    )


def people_with(roles: frozenset[str]) -> list[Person]:
    """Return the people of the council who have one of these roles, by name."""
    rows = Membership.objects.filter(
        organisation__kind=Organisation.Kind.COUNCIL, person__is_active=True
    ).select_related("person")
    found = [row.person for row in rows.order_by("person__name") if roles & set(row.roles)]
    return list(dict.fromkeys(found))


def people_of(organisation: Organisation, roles: frozenset[str]) -> list[Person]:
    """Return the people of one organisation who have one of these roles, by name. One query."""
    rows = Membership.objects.filter(organisation=organisation, person__is_active=True)
    joined = rows.select_related("person").order_by("person__name", "pk")
    return [row.person for row in joined if roles & set(row.roles)]


def memberships(*, who: str = "") -> QuerySet[Membership]:
    """Return who has a place where, with person and organisation. One query."""
    rows = Membership.objects.select_related("person", "organisation")
    if who:
        rows = rows.filter(Q(person__name__icontains=who) | Q(person__email__icontains=who))
    return rows


def invitations() -> QuerySet[Invitation]:
    """Return the invitations nobody has taken up, newest first."""
    found = Invitation.objects.filter(accepted_at=None)
    return found.select_related("organisation", "invited_by").order_by("-created_at", "-pk")


def person(public_id: UUID) -> Person | None:
    """Return a person by public identifier."""
    return Person.objects.filter(public_id=public_id).first()


def places(of: Person) -> list[Membership]:
    """Return a person's memberships, the council first."""
    rows = of.memberships.select_related("organisation")
    return list(rows.order_by("organisation__kind", "organisation__name"))


def service_areas(*, of: Person | None = None) -> QuerySet[ServiceArea]:
    """Return the service areas with their people; those of one person when given."""
    areas = ServiceArea.objects.select_related("manager", "stand_in").order_by("name")
    return areas.filter(Q(manager=of) | Q(stand_in=of)) if of else areas


def service_area(slug: str) -> ServiceArea | None:
    """Return a service area with its people."""
    return service_areas().filter(slug=slug).first()


@dataclass(frozen=True)
class Pause:
    """A time before an election when results are not published: first and last day, and why."""

    first: date
    last: date
    why: str

    @property
    def days(self) -> int:
        """How many days it delays a result by."""
        return (self.last - self.first).days + 1


def pauses() -> tuple[Pause, ...]:
    """Return the pauses the administrator set, earliest first."""
    found = council()
    kept: list[dict[str, str]] = found.settings.get("pauses", []) if found else []
    return tuple(
        Pause(date.fromisoformat(one["first"]), date.fromisoformat(one["last"]), one["why"])
        for one in kept
    )


def paused_on(day: date) -> Pause | None:
    """Return the pause this day is in, if it is."""
    return next((pause for pause in pauses() if pause.first <= day <= pause.last), None)


def days_paused(first: date, last: date, pauses: Iterable[Pause]) -> int:
    """Return how many days from `first` to `last` are in a pause before an election."""
    days = (last - first).days + 1
    each = (first + timedelta(days=number) for number in range(max(days, 0)))
    pauses = tuple(pauses)
    return sum(any(pause.first <= day <= pause.last for pause in pauses) for day in each)


def keys_of_messages(beginning: str) -> set[str]:
    """Return the keys, without their person, of messages whose key begins so. One query."""
    keys = Notification.objects.filter(key__startswith=beginning).values_list("key", flat=True)
    return {key.rpartition(" ")[0] for key in keys}


def tokens(of: Person) -> QuerySet[ApiToken]:
    """Return a person's tokens, those in force first."""
    return of.tokens.order_by("revoked_at", "-created_at")


def tokens_in_force() -> QuerySet[ApiToken]:
    """Return everybody's tokens that open something, with whose they are, newest first."""
    held = ApiToken.objects.filter(revoked_at=None, person__is_active=True)
    return held.select_related("person").order_by("-created_at", "-pk")


def notices(of: Person, *, since: datetime) -> list[Notification]:
    """Return what a person was told since a moment, newest first, fifty at most."""
    return list(
        of.notifications.filter(channel="email", created_at__gte=since).order_by("-pk")[:50]
    )


def none_went(keys: list[str]) -> set[str]:
    """Return those of these beginnings of keys whose every message has a problem. One query."""
    if not keys:
        return set()
    either = Q()
    for key in keys:
        either |= Q(key__startswith=f"{key} ")
    went: dict[str, bool] = {}
    for name, problem in Notification.objects.filter(either).values_list("key", "problem"):
        key = next(one for one in keys if name.startswith(f"{one} "))
        went[key] = went.get(key, False) or not problem
    return {key for key, any_went in went.items() if not any_went}


def did_not_go(letters: frozenset[str], *, since: datetime) -> list[Notification]:
    """Return the messages of these kinds that have a problem, with whom they are to."""
    rows = Notification.objects.filter(letter__in=letters, created_at__gte=since)
    return list(rows.exclude(problem="").select_related("person").order_by("-pk")[:50])


def messages_that_did_not_go() -> int:
    """Return how many messages wait with a problem."""
    return Notification.objects.filter(sent_at=None).exclude(problem="").count()


def has_sent_a_message() -> bool:
    """Whether a message has left by e-mail."""
    return Notification.objects.filter(sent_at__isnull=False, attempts__gt=0).exists()


def people_and_invitations() -> int:
    """Return how many people are here or invited."""
    waiting = Invitation.objects.filter(accepted_at=None).count()
    return Person.objects.filter(is_active=True).count() + waiting


def audit(
    *,
    who: str = "",
    thing: str = "",
    kind: str = "",
    first: date | None = None,
    last: date | None = None,
) -> QuerySet[AuditEntry]:
    """Return what was done by somebody, to something, from one day to another, newest first.

    `who` is part of a name or an address, `thing` an identifier or a kind of thing. `kind` is
    "changes" or "looks" at personal records; all unless said.
    """
    rows = AuditEntry.objects.order_by("-pk")
    if kind == "looks":
        rows = rows.filter(action__startswith=LOOK)
    elif kind == "changes":
        rows = rows.exclude(action__startswith=LOOK)
    if who:
        people = Person.objects.filter(Q(name__icontains=who) | Q(email__icontains=who))
        rows = rows.filter(by__in=people.values("public_id"))
    if thing:
        rows = rows.filter(Q(thing=thing) | Q(thing_kind__iexact=thing))
    if first:
        rows = rows.filter(at__gte=_midnight(first))
    if last:
        rows = rows.filter(at__lt=_midnight(last + timedelta(days=1)))
    return rows


def _midnight(day: date) -> datetime:
    found = council()
    return datetime.combine(day, time(), ZoneInfo(found.zone if found else "Europe/London"))


def names() -> dict[UUID, str]:
    """Return the name of everyone who may sign in, by public identifier. One query."""
    people = Person.objects.filter(is_active=True)
    return {row.public_id: row.name for row in people.only("public_id", "name")}


@dataclass(frozen=True)
class Progress:
    """How far a long piece of work is, for the page of whoever started it."""

    public_id: UUID
    title: str
    step: str
    done: int
    total: int
    leads_to: str
    stop_asked: bool
    finished: bool
    problems: tuple[dict[str, Any], ...]

    @property
    def percent(self) -> int | None:
        """Whole percent done; None when it is not known how much there is."""
        return 100 * min(self.done, self.total) // self.total if self.total else None


def progress(public_id: UUID, *, seen_by: Person) -> Progress | None:
    """Return how far a piece of work is; None for anyone but the person who started it."""
    work = Work.objects.filter(public_id=public_id, started_by=seen_by).first()
    if work is None:
        return None
    return Progress(
        public_id=work.public_id,
        title=work.title,
        step=work.step,
        done=work.done,
        total=work.total,
        leads_to=work.leads_to,
        stop_asked=work.stop_asked_at is not None,
        finished=work.finished_at is not None,
        problems=tuple(work.problems),
    )
