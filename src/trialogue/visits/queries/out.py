"""Visitors who are out on a round: who began, who said that they are done, who should have.

A phone's list is its visitor's for a day, whatever rounds they walk, so each visitor begins and
ends for themselves: nobody is done because another is.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db.models import Exists, F, OuterRef, QuerySet, Subquery
from django.utils.timezone import localdate, localtime, make_aware

from trialogue.visits import timers
from trialogue.visits.models import Round, Scheme, Visit, VisitEvent, VisitList, Visitor
from trialogue.visits.states import Type

LOOKED_BACK = timedelta(hours=12)
SHIFT = (Type.SHIFT_STARTED, Type.SHIFT_ENDED)
NOT_ENDED = "not ended"  # how the keys of its notices begin

Key = tuple[int, date]  # a visitor's, and the day


@dataclass(frozen=True)
class Moment:
    """A visitor began, or they or a person who knew said that they are done."""

    began: bool
    at: datetime
    ends: str = ""  # when the visitor expects to be done, as typed: 14:30


@dataclass(frozen=True)
class Told:
    """What was told of a visitor's day, in order."""

    moments: tuple[Moment, ...] = ()

    @property
    def begun_at(self) -> datetime | None:
        """When they first began."""
        return next((one.at for one in self.moments if one.began), None)

    @property
    def ended_at(self) -> datetime | None:
        """When they were done, if they did not begin again."""
        last = self.moments[-1] if self.moments else None
        return last.at if last and not last.began else None

    def over_at(self, last_visit: datetime) -> datetime:
        """When it should be over: as they said, or with their last visit."""
        said = [at for one in self.moments if one.began and (at := _expected(one))]
        return said[-1] if said else last_visit


def _expected(begun: Moment) -> datetime | None:
    """When a visitor expects to be done; a time before they began is of the next day."""
    try:
        typed = time.fromisoformat(begun.ends)
    except ValueError:
        return None
    here = localtime(begun.at)
    ends = here.replace(hour=typed.hour, minute=typed.minute, second=0, microsecond=0)
    return ends if ends >= here else ends + timedelta(days=1)


def with_list(events: QuerySet[VisitEvent]) -> QuerySet[VisitEvent]:
    """Return events with the visitor and the day of the list they were recorded from."""
    listed = VisitList.objects.filter(public_id=OuterRef("list"))
    return events.select_related("device", "person").annotate(
        of_visitor=Subquery(listed.values("device__visitor")[:1]),
        of_day=Subquery(listed.values("day")[:1]),
    )


def told_by(events: Iterable[VisitEvent]) -> dict[Key, Told]:
    """Return what events from `with_list` tell of each visitor's day."""
    found: dict[Key, list[Moment]] = {}
    for one in sorted(events, key=lambda one: (one.about_at, one.received_at)):
        key: Key = (one.of_visitor, one.of_day)  # type: ignore[attr-defined]
        if one.type in SHIFT and None not in key:
            ends = str((one.body or {}).get("ends", ""))
            moment = Moment(one.type == Type.SHIFT_STARTED, one.about_at, ends)
            found.setdefault(key, []).append(moment)
    return {key: Told(tuple(moments)) for key, moments in found.items()}


@dataclass(frozen=True)
class Out:
    """A visitor who should be done, and of whom nobody said so. `round_`: of their last visit."""

    visitor: Visitor
    day: date
    round: str
    round_id: UUID
    told: Told
    over_at: datetime
    list: UUID


def not_ended(scheme: Scheme, *, now: datetime, of: Round | None = None) -> list[Out]:
    """Return who has the day's list on a phone and is not done in time. Two queries.

    `of`: only who calls by that round. A round on paper is ended by nobody, so it is not here:
    the board shows that it is not heard of. Today and, for who walks past midnight, yesterday.
    """
    yesterday = localdate(now) - timedelta(days=1)
    visits = Visit.objects.filter(visitor=OuterRef("device__visitor"), day=OuterRef("day"))
    last = visits.exclude(round=None).order_by("-expected_at", "-pk")
    lists = (
        VisitList.objects.filter(
            device__visitor__scheme=scheme, day__range=(yesterday, localdate(now))
        )
        .annotate(
            last=Subquery(last.values("expected_at")[:1]),
            code=Subquery(last.values("round__code")[:1]),
            round_key=Subquery(last.values("round__public_id")[:1]),
            visitor=F("device__visitor"),
        )
        .exclude(last=None)
        .select_related("device__visitor__person", "device__visitor__partner")
    )
    if of:
        lists = lists.filter(Exists(visits.filter(round=of)))
    out = list(lists.order_by("at"))
    if not out:
        return []
    events = VisitEvent.objects.filter(
        scheme=scheme, type__in=SHIFT, received_at__gte=start_of(yesterday)
    )
    told = told_by(with_list(events))
    late = now - timers.SHIFT_OVER.span(scheme.settings)
    found = {}
    for one in out:
        said = told.get((one.visitor, one.day), Told())
        over_at = said.over_at(one.last)
        if one.device and said.ended_at is None and now - LOOKED_BACK < over_at < late:
            found[one.visitor, one.day] = Out(
                one.device.visitor, one.day, one.code, one.round_key, said, over_at, one.public_id
            )
    return sorted(found.values(), key=lambda one: one.over_at)


def start_of(day: date) -> datetime:
    """Return the first moment of a day here."""
    return make_aware(datetime.combine(day, time()))
