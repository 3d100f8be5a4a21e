"""Concerns: which a person may see, what their times are, and all that is known of one."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.models import AnonymousUser
from django.db.models import CharField, Count, Exists, F, OuterRef, Q, QuerySet, Value
from django.http import Http404

from trialogue.accounts import permissions
from trialogue.accounts import queries as councils
from trialogue.accounts.models import Organisation, Person
from trialogue.methods.verdicts import length_of_time
from trialogue.visits import deadlines, steps
from trialogue.visits.deadlines import Clock, Desk, Step
from trialogue.visits.models import (
    Concern,
    ConcernStep,
    Contact,
    Resident,
    Scheme,
)
from trialogue.visits.models.concerns import FIRST
from trialogue.visits.queries.visits import Shown, history
from trialogue.visits.states import identifier

NAMED = frozenset({"named person"})
STEPS = tuple(steps.NO_ANSWER)  # of the desk's ladder where nobody came to the door


@dataclass(frozen=True)
class Timed:
    """A concern with its times. `late`: nobody acknowledged it by its deadline."""

    concern: Concern
    clock: Clock
    now: datetime
    comes_back_at: datetime | None
    next_step: Step | None

    @property
    def waits(self) -> bool:
        """Whether it waits for somebody to acknowledge it."""
        return not self.clock.acknowledged

    @property
    def late(self) -> bool:
        """Whether its deadline, its next look, its next step or its closing is past."""
        return self.due_at <= self.now

    @property
    def back(self) -> bool:
        """Whether it is back with the duty manager, not closed in time."""
        return self.comes_back_at is not None and self.comes_back_at <= self.now

    @cached_property
    def due(self) -> tuple[datetime, str]:
        """What has to be done about it next, and by when."""
        if self.waits:
            first = (self.concern.deadline, "Acknowledge")
        else:
            first = (self.concern.look_again_at or self.concern.deadline, "Look again")
        found = [first]
        if self.next_step:
            found.append((self.next_step.due_at, self.next_step.words))
        if self.comes_back_at:
            found.append((self.comes_back_at, "Close, or the duty manager decides"))
        return min(found)

    @property
    def next_words(self) -> str:
        """What has to be done about it next: first of all somebody has to take it."""
        words = self.due[1]
        return f"Acknowledge. {words}" if self.waits and words != "Acknowledge" else words

    @property
    def due_at(self) -> datetime:
        """By when something has to be done about it."""
        return self.due[0]

    @property
    def left(self) -> str:
        """How long until then: 12 minutes left, 3 minutes late."""
        return time_left(self.due_at, now=self.now)

    @property
    def delay(self) -> str:
        """How long it took from the door to here, where that is a minute or more."""
        minutes = int((self.concern.received_at - self.concern.raised_at).total_seconds() // 60)
        return span(minutes) if minutes >= 1 else ""

    @property
    def urgency(self) -> tuple[bool, int, datetime]:
        """What the board sorts by: what waits before what is in hand, red before amber."""
        level = deadlines.LEVELS.index(self.concern.level)
        return (not self.waits and not self.late, level, self.due_at)


def span(minutes: int) -> str:
    """Write a length of time as a board does: minutes and hours, then days."""
    days = minutes // (24 * 60)
    if days < 2:
        return length_of_time(minutes)
    return f"{days} days"


def time_left(due_at: datetime, *, now: datetime) -> str:
    """Write how long until a moment, or since: 12 minutes left, 3 minutes late."""
    minutes = int(abs((due_at - now).total_seconds()) // 60)
    return f"{span(minutes)} {'left' if due_at > now else 'late'}"


def seen_by(person: Person | AnonymousUser) -> QuerySet[Concern]:
    """Return the concerns a person may see: safeguarding ones only its lead, no other theirs.

    A concern that was passed to somebody by name is theirs to see while it is.
    """
    if not isinstance(person, Person):
        return Concern.objects.none()
    may = Q(owner=person, state__in=(Concern.State.ACKNOWLEDGED, Concern.State.IN_HAND))
    if "safeguarding lead" in person.roles:
        may |= Q(kind=Concern.Kind.SAFEGUARDING)
    if permissions.allows(person, "watch visits"):
        may |= ~Q(kind=Concern.Kind.SAFEGUARDING)
    if "safeguarding lead" not in person.roles:
        may &= ~Q(kind=Concern.Kind.SAFEGUARDING)
    return Concern.objects.filter(may)


def concern(number: int, *, seen_by_person: Person | AnonymousUser) -> Concern:
    """Return a concern by number; Http404 for who may not know that it exists."""
    found = seen_by(seen_by_person).filter(pk=number - FIRST).first()
    if found is None:
        raise Http404
    return found


def roles_in_concern(
    person: Person | AnonymousUser, number: int, name: str = ""
) -> frozenset[str]:
    """Return the role of a person in a concern; Http404 for who may not know that it exists."""
    if isinstance(person, Person) and not (person.roles & permissions.MAY["deal with concerns"]):
        found = concern(number, seen_by_person=person)
        return NAMED if found.owner_id == person.pk else frozenset()
    return frozenset()


def desk_of(scheme: Scheme, council: Organisation | None = None) -> Desk:
    """Return the hours of a scheme's desk, on the council's working days."""
    council = council or councils.council()
    return Desk(
        scheme.desk_opens,
        scheme.desk_closes,
        ZoneInfo(council.zone if council else "Europe/London"),
        council.calendar if council else councils.calendar(),
    )


def with_times(rows: QuerySet[Concern]) -> QuerySet[Concern]:
    """Return concerns with all that `clock_of` reads. One query, however many.

    The steps where nobody came to the door go on when that concern is joined to another.
    """
    done = ConcernStep.objects.filter(
        Q(concern=OuterRef("pk")) | Q(concern__joined_to=OuterRef("pk"))
    )
    doors = Concern.objects.filter(joined_to=OuterRef("pk"), kind=Concern.Kind.NO_ANSWER)
    joined = rows.select_related("resident", "scheme", "owner", "visit__round")
    did = {_did(what): Exists(done.filter(what=what)) for what in STEPS}
    return joined.annotate(door_joined=Exists(doors), **did)


def _did(what: str) -> str:
    return f"did_{what}"


def clock_of(concern: Concern) -> Clock:
    """Return what the times of a concern follow from; it comes from `with_times`."""
    high = concern.resident is not None and concern.resident.priority == "high"
    return Clock(
        level=concern.level,
        received_at=concern.received_at,
        clock_from=concern.clock_from,
        acknowledged=concern.state != Concern.State.RAISED,
        no_answer=concern.kind == Concern.Kind.NO_ANSWER or concern.door_joined,  # type: ignore[attr-defined]
        high_priority=high,
        steps_done=frozenset(what for what in STEPS if getattr(concern, _did(what))),
        look_again_at=concern.look_again_at,
    )


def timed(rows: QuerySet[Concern], *, council: Organisation | None, now: datetime) -> list[Timed]:
    """Return concerns with their times, the most urgent first."""
    desks: dict[int, Desk] = {}
    found = []
    for one in with_times(rows):
        if one.scheme_id not in desks:
            desks[one.scheme_id] = desk_of(one.scheme, council)
        found.append(_timed(one, desks[one.scheme_id], now))
    return sorted(found, key=lambda one: one.urgency)


def _timed(concern: Concern, desk: Desk, now: datetime) -> Timed:
    clock, settings = clock_of(concern), concern.scheme.settings
    ladder = deadlines.next_steps(clock, settings)
    return Timed(
        concern,
        clock,
        now,
        comes_back_at=deadlines.comes_back(clock, desk, settings),
        next_step=ladder[0] if ladder else None,
    )


def open_concerns(person: Person, *, now: datetime) -> list[Timed]:
    """Return what is open and a person may see, the most urgent first; joined ones left out."""
    rows = seen_by(person).exclude(state=Concern.State.CLOSED)
    return timed(rows.filter(joined_to=None), council=_council_of(person), now=now)


def _council_of(person: Person) -> Organisation | None:
    """Return the council: a member of its staff has it at hand, without asking again."""
    return person.organisation if "staff" in person.roles else councils.council()


def listed(person: Person, *, closed: bool) -> QuerySet[Concern]:
    """Return the concerns a person may see, closed ones or open ones, for the list."""
    rows = seen_by(person).select_related("resident", "owner")
    state = Concern.State.CLOSED
    return rows.filter(state=state) if closed else rows.exclude(state=state)


@dataclass(frozen=True)
class Reds:
    """Reds that were closed in a week, and how many of them needed nothing."""

    closed: int
    nothing: int


def reds_of_the_week(person: Person, *, now: datetime) -> Reds:
    """Return how many reds were closed in seven days: many that need nothing tire the desk."""
    rows = seen_by(person).filter(level="red", closed_at__gte=now - timedelta(days=7))
    nothing = Count("pk", filter=Q(outcome=Concern.Outcome.NOTHING))
    found = rows.aggregate(closed=Count("pk"), nothing=nothing)
    return Reds(found["closed"], found["nothing"])


def residents(q: str) -> list[Resident]:
    """Return the residents with this in their name, address or postcode, 20 at most."""
    either = Q(full_name__icontains=q) | Q(preferred_name__icontains=q)
    either |= Q(address__icontains=q) | Q(postcode__icontains=q)
    rows = Resident.objects.filter(either, erased_at=None)
    return list(rows.exclude(state=Resident.State.ENDED)[:20])


def resident(public_id: str) -> Resident | None:
    """Return a resident by public identifier as an address names it."""
    key = identifier(public_id)
    return Resident.objects.filter(public_id=key, erased_at=None).first() if key else None


def beside(concern: Concern) -> list[Concern]:
    """Return the open concerns about the same resident that one might be joined to."""
    safeguarding = concern.kind == Concern.Kind.SAFEGUARDING
    rows = Concern.objects.filter(resident=concern.resident_id, joined_to=None)
    rows = rows.exclude(state=Concern.State.CLOSED).exclude(pk=concern.pk)
    return [one for one in rows if (one.kind == Concern.Kind.SAFEGUARDING) == safeguarding]


@dataclass(frozen=True)
class Moment:
    """Something in the story of a concern."""

    title: str
    who: str
    when: datetime
    words: str


@dataclass(frozen=True)
class Told:
    """All that the page of a concern shows."""

    timed: Timed
    story: list[Moment]
    together: list[Concern]
    joined: list[Concern]
    contacts: list[Contact]
    visits: list[Shown]

    @property
    def ladder(self) -> list[Step]:
        """The desk's steps where nobody came to the door."""
        return deadlines.desk_steps(self.timed.clock, self.timed.concern.scheme.settings)


def needs_whereabouts(concern: Concern) -> bool:
    """Whether it, or one joined to it, is of a door that nobody opened."""
    kinds = [concern.kind, *(one.kind for one in concern.joined.all())]
    return Concern.Kind.NO_ANSWER in kinds


def told(number: int, *, seen_by_person: Person, now: datetime) -> Told:
    """Return all that is known of a concern."""
    mine = seen_by(seen_by_person)
    rows = mine.filter(pk=number - FIRST).select_related("joined_to")
    one = next(iter(timed(rows, council=_council_of(seen_by_person), now=now)), None)
    if one is None:
        raise Http404
    resident = one.concern.resident
    near = Q(joined_to=one.concern)
    if resident:
        resident.scheme = one.concern.scheme  # the same, and at hand
        near |= Q(resident=resident, joined_to=None) & ~Q(state=Concern.State.CLOSED)
    others = list(mine.filter(near).exclude(pk=one.concern.pk))
    joined = [other for other in others if other.joined_to_id]
    return Told(
        one,
        story_of(one.concern),
        together=[] if one.concern.joined_to_id else [o for o in others if o not in joined],
        joined=joined,
        contacts=list(resident.contacts.filter(removed_at=None)) if resident else [],
        visits=history(resident, now=now) if resident else [],
    )


def story_of(concern: Concern) -> list[Moment]:
    """Return what happened to a concern, the newest first. One query."""
    told = _told(concern.steps, STEP, "what", "by__name", "at", "words")
    told = told.union(
        _told(concern.acknowledgements, TAKEN, None, "person__name", "at", "will_do"),
        _told(concern.escalations, RUNG, "rung", None, "done_at", "result"),
    )
    moments = [
        Moment(_WORDS[kind](code), who or "", when, words) for kind, code, who, when, words in told
    ]
    moments.append(Moment("Received", "", concern.received_at, concern.get_origin_display()))
    return sorted(moments, key=lambda one: one.when, reverse=True)


STEP, TAKEN, RUNG = "step", "taken", "rung"
_WORDS: dict[str, Callable[[str], str]] = {
    STEP: lambda code: steps.WORDS.get(code, code),
    TAKEN: lambda _: "Acknowledged",
    RUNG: lambda code: _rung_words(code),
}


def _told(rows: Any, kind: str, code: str | None, who: str | None, when: str, words: str) -> Any:
    """Return rows of one kind in the columns that all kinds have."""
    empty = Value("", CharField())
    name = F(who) if who else Value("Trialogue", CharField())
    return (
        rows.order_by()
        .annotate(kind_=Value(kind, CharField()), code_=F(code) if code else empty, name_=name)
        .values_list("kind_", "code_", "name_", when, words)
    )


def _rung_words(rung: str) -> str:
    first, _, rest = rung.partition(" ")
    if first == "step":
        return f"Due: {steps.NO_ANSWER.get(rest, rest).lower()}"
    if "missed" in rest:
        return "Deadline missed: everyone told"
    return {"duty": "Told", "deputy": "Deputy told", "manager": "Duty manager told"}.get(
        rest, "To be looked at again" if first == "look" else "Not closed: back with the manager"
    )
