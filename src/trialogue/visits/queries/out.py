"""Visitors who are out on a round: who began, who said that they are done, who should have.

A list, on a phone or on paper, is its visitor's for a day, whatever rounds they walk, so each
visitor begins and ends for themselves: nobody is done because another is.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.timezone import localdate, localtime, make_aware

from trialogue.visits import timers
from trialogue.visits.models import Round, Scheme, Visit, VisitEvent, VisitList, Visitor
from trialogue.visits.queries.phones import NOT_CALLED
from trialogue.visits.records import HEARD
from trialogue.visits.states import Type, identifier

LOOKED_BACK = timedelta(hours=12)
LONGEST = timedelta(hours=16)  # that a round lasts
SHIFT = (Type.SHIFT_STARTED, Type.SHIFT_ENDED)
NOT_ENDED = "not ended"  # how the keys of its notices begin

Key = tuple[int, date]  # a visitor's, and the day


@dataclass(frozen=True)
class Moment:
    """A visitor began, or they or a person who knew said that they are done."""

    began: bool
    at: datetime
    ends: str = ""  # when the visitor expects to be done, as typed: 14:30
    known: str = ""  # who said so and how, where no phone did
    typed: UUID | None = None  # the desk's own record, which the desk may take back


@dataclass(frozen=True)
class Told:
    """What was told of a visitor's day, in order."""

    moments: tuple[Moment, ...] = ()

    @property
    def begun_at(self) -> datetime | None:
        """When they first began."""
        return next((one.at for one in self.moments if one.began), None)

    @property
    def begun_last_at(self) -> datetime | None:
        """When they last began."""
        return next((one.at for one in reversed(self.moments) if one.began), None)

    @property
    def end(self) -> Moment | None:
        """That they were done, if they did not begin again."""
        last = self.moments[-1] if self.moments else None
        return last if last and not last.began else None

    @property
    def ended_at(self) -> datetime | None:
        """When they were done, if they did not begin again."""
        return self.end.at if self.end else None

    def over_at(self, last_visit: datetime) -> datetime:
        """When it should be over: as they said, or with their last visit."""
        said = [at for one in self.moments if one.began and (at := _expected(one))]
        return said[-1] if said else last_visit


def _expected(begun: Moment) -> datetime | None:
    """When a visitor expects to be done; a time before they began is of the next day.

    One so far ahead that no round lasts until then was mistyped, and counts for nothing.
    """
    try:
        typed = time.fromisoformat(begun.ends)
    except ValueError:
        return None
    here = localtime(begun.at)
    ends = here.replace(hour=typed.hour, minute=typed.minute, second=0, microsecond=0)
    ends = ends if ends >= here else ends + timedelta(days=1)
    return ends if ends - here <= LONGEST else None


# That a visitor began or is done; and that the desk takes back what it typed in of it.
OF_SHIFTS = Q(type__in=SHIFT) | Q(type=Type.CORRECTION, visit=None)
_WHOSE = Coalesce("device__visitor", "visitor")


def with_list(events: QuerySet[VisitEvent]) -> QuerySet[VisitEvent]:
    """Return events with the visitor and the day of the list they were recorded from."""
    listed = VisitList.objects.filter(public_id=OuterRef("list")).annotate(whose=_WHOSE)
    return events.select_related("device", "person").annotate(
        of_visitor=Subquery(listed.values("whose")[:1]),
        of_day=Subquery(listed.values("day")[:1]),
    )


def events_of(scheme: Scheme, day: date) -> QuerySet[VisitEvent]:
    """Return what was recorded of a day: of its visits, and of its rounds begun and ended.

    Nothing of a day is received long before it: a day's grace is for those that go past midnight.
    """
    lists = VisitList.objects.filter(day=day).values("public_id")
    since = start_of(day - timedelta(days=1))
    lately = VisitEvent.objects.filter(scheme=scheme, received_at__gte=since)
    return with_list(lately.filter(Q(visit__day=day) | (OF_SHIFTS & Q(list__in=lists))))


def told_by(events: Iterable[VisitEvent]) -> dict[Key, Told]:
    """Return what events from `with_list` tell of each visitor's day."""
    every = sorted(events, key=lambda one: (one.about_at, one.received_at))
    bodies = [one.body or {} for one in every if one.type == Type.CORRECTION]
    back = {identifier(body.get("corrects")) for body in bodies if body.get("type") == ""}
    found: dict[Key, list[Moment]] = {}
    for one in every:
        key: Key = (one.of_visitor, one.of_day)  # type: ignore[attr-defined]
        if one.type in SHIFT and None not in key and one.pk not in back:
            found.setdefault(key, []).append(_moment(one))
    return {key: Told(tuple(moments)) for key, moments in found.items()}


def _moment(one: VisitEvent) -> Moment:
    body = one.body or {}
    known = str(body.get("words") or "")
    if body.get("said_by"):
        known = f"{body['said_by']}, {HEARD.get(body.get('how', ''), '')}"
    typed = None if one.device_id else one.pk
    ends = str(body.get("ends", ""))
    return Moment(one.type == Type.SHIFT_STARTED, one.about_at, ends, known, typed)


@dataclass(frozen=True)
class Shift:
    """A visitor's day: by which rounds they call, and what was told of it."""

    visitor: Visitor
    day: date
    rounds: tuple[str, ...]
    told: Told
    first_at: datetime
    over_at: datetime


def shifts_of(day: date, visits: Iterable[Visit], events: Iterable[VisitEvent]) -> list[Shift]:
    """Return who calls on a day by its visits and `events_of` it, in the order of their rounds."""
    told = told_by(events)
    of_visitor: dict[Visitor, list[Visit]] = {}
    for one in visits:
        if one.visitor and one.moved not in NOT_CALLED:
            of_visitor.setdefault(one.visitor, []).append(one)
    found = []
    for visitor, theirs in of_visitor.items():
        said = told.get((visitor.pk, day), Told())
        times = [one.expected_at for one in theirs]
        rounds = dict.fromkeys(one.round.code for one in theirs if one.round)
        over_at = said.over_at(max(times))
        found.append(Shift(visitor, day, tuple(rounds), said, min(times), over_at))
    return found


@dataclass(frozen=True)
class Out:
    """A visitor who should be done, and of whom nobody said so. `round`: of their last visit."""

    visitor: Visitor
    day: date
    round: str
    round_id: UUID
    told: Told
    over_at: datetime
    list: UUID
    on_paper: bool


def not_ended(scheme: Scheme, *, now: datetime, of: Round | None = None) -> list[Out]:
    """Return who has the day's list, on a phone or on paper, and is not done in time. Two queries.

    `of`: only who calls by that round. Today and, for who walks past midnight, yesterday.
    """
    yesterday = localdate(now) - timedelta(days=1)
    visits = Visit.objects.filter(visitor=OuterRef("whose"), day=OuterRef("day"))
    last = visits.exclude(round=None).order_by("-expected_at", "-pk")
    lists = (
        VisitList.objects.filter(
            Q(device__visitor__scheme=scheme) | Q(visitor__scheme=scheme),
            day__range=(yesterday, localdate(now)),
        )
        .annotate(whose=_WHOSE)
        .annotate(
            last=Subquery(last.values("expected_at")[:1]),
            code=Subquery(last.values("round__code")[:1]),
            round_key=Subquery(last.values("round__public_id")[:1]),
        )
        .exclude(last=None)
        .select_related(
            *("device__visitor__person", "device__visitor__partner"),
            *("visitor__person", "visitor__partner"),
        )
    )
    if of:
        lists = lists.filter(Exists(visits.filter(round=of)))
    # Who has both has a phone.
    out = list(lists.order_by(F("device").asc(nulls_first=True), "at"))
    if not out:
        return []
    events = VisitEvent.objects.filter(
        OF_SHIFTS, scheme=scheme, received_at__gte=start_of(yesterday)
    )
    told = told_by(with_list(events))
    late = now - timers.SHIFT_OVER.span(scheme.settings)
    found = {}
    for one in out:
        said = told.get((one.whose, one.day), Told())
        over_at = said.over_at(one.last)
        visitor = one.device.visitor if one.device else one.visitor
        if visitor and said.ended_at is None and now - LOOKED_BACK < over_at < late:
            found[one.whose, one.day] = Out(
                *(visitor, one.day, one.code, one.round_key, said, over_at, one.public_id),
                on_paper=one.device is None,
            )
    return sorted(found.values(), key=lambda one: one.over_at)


def start_of(day: date) -> datetime:
    """Return the first moment of a day here."""
    return make_aware(datetime.combine(day, time()))
