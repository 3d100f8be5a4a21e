"""Rounds that visitors are out on: who began, who said that they are done, who should have."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Max, OuterRef, QuerySet, Subquery
from django.utils.timezone import localdate, localtime, make_aware

from trialogue.visits import timers
from trialogue.visits.models import Round, Scheme, Visit, VisitEvent, VisitList
from trialogue.visits.states import Type

LOOKED_BACK = timedelta(hours=12)
SHIFT = (Type.SHIFT_STARTED, Type.SHIFT_ENDED)
NOT_ENDED = "not ended"  # how the keys of its notices begin


@dataclass(frozen=True)
class Moment:
    """A visitor began or ended the round. No visitor: a person knew that nobody is out on it."""

    began: bool
    visitor: str
    at: datetime
    ends: str = ""  # when the visitor expects to be done, as typed: 14:30


@dataclass(frozen=True)
class Told:
    """What was told of a round on a day, in order."""

    moments: tuple[Moment, ...] = ()

    @property
    def walking(self) -> list[str]:
        """Who began and did not end: nobody is done because another visitor is."""
        out: set[str] = set()
        for one in self.moments:
            if one.began:
                out.add(one.visitor)
            elif one.visitor:
                out.discard(one.visitor)
            else:
                out.clear()
        return sorted(out)

    @property
    def begun_at(self) -> datetime | None:
        """When the first visitor began."""
        return next((one.at for one in self.moments if one.began), None)

    @property
    def ended_at(self) -> datetime | None:
        """When it was over for everybody who began."""
        ended = [one.at for one in self.moments if not one.began]
        return max(ended, default=None) if not self.walking else None

    def over_at(self, last_visit: datetime) -> datetime:
        """When it should be over: as the visitor said, or with its last visit."""
        said = [at for one in self.moments if one.began and (at := _expected(one))]
        return max(said, default=last_visit)


def _expected(begun: Moment) -> datetime | None:
    """When a visitor expects to be done; a time before they began is of the next day."""
    try:
        typed = time.fromisoformat(begun.ends)
    except ValueError:
        return None
    here = localtime(begun.at)
    ends = here.replace(hour=typed.hour, minute=typed.minute, second=0, microsecond=0)
    return ends if ends >= here else ends + timedelta(days=1)


def with_round(events: QuerySet[VisitEvent]) -> QuerySet[VisitEvent]:
    """Return events with the round and the day of the list they were recorded from."""
    listed = VisitList.objects.filter(public_id=OuterRef("list"))
    return events.select_related("device__visitor__person", "person").annotate(
        of_round=Subquery(listed.values("round")[:1]), of_day=Subquery(listed.values("day")[:1])
    )


def told_by(events: Iterable[VisitEvent]) -> dict[tuple[int, date], Told]:
    """Return what events from `with_round` tell of each round and day."""
    found: dict[tuple[int, date], list[Moment]] = {}
    for one in sorted(events, key=lambda one: (one.about_at, one.received_at)):
        key: tuple[int, date] = (one.of_round, one.of_day)  # type: ignore[attr-defined]
        if one.type not in SHIFT or None in key:
            continue
        visitor = one.device.visitor.person.name if one.device else ""
        ends = str((one.body or {}).get("ends", ""))
        moment = Moment(one.type == Type.SHIFT_STARTED, visitor, one.about_at, ends)
        found.setdefault(key, []).append(moment)
    return {key: Told(tuple(moments)) for key, moments in found.items()}


@dataclass(frozen=True)
class Out:
    """A round that should be over, and of which nobody said so."""

    round: Round
    day: date
    told: Told
    over_at: datetime

    @property
    def who(self) -> str:
        """The visitors who are out on it, where a record of their beginning is here."""
        return " and ".join(self.told.walking)


def not_ended(scheme: Scheme, *, now: datetime, of: Round | None = None) -> list[Out]:
    """Return the rounds that a phone is out on and that were not ended in time. Two queries.

    A round on paper is ended by nobody, so it is not here: the board shows that it is not heard
    of. Today and, for a round that goes past midnight, yesterday.
    """
    yesterday = localdate(now) - timedelta(days=1)
    last = Visit.objects.filter(round=OuterRef("round"), day=OuterRef("day")).order_by()
    fetched = VisitList.objects.filter(
        device__isnull=False, round__scheme=scheme, day__range=(yesterday, localdate(now))
    ).annotate(last=Subquery(last.values("round").values(last=Max("expected_at"))))
    if of:
        fetched = fetched.filter(round=of)
    lists = [one for one in fetched.select_related("round__partner") if one.last]
    if not lists:
        return []
    events = VisitEvent.objects.filter(
        scheme=scheme, type__in=SHIFT, received_at__gte=start_of(yesterday)
    )
    told = told_by(with_round(events))
    late = now - timers.SHIFT_OVER.span(scheme.settings)
    found = {}
    for one in lists:
        said = told.get((one.round_id or 0, one.day), Told())
        over_at = said.over_at(one.last)
        if one.round and said.ended_at is None and now - LOOKED_BACK < over_at < late:
            found[one.round_id, one.day] = Out(one.round, one.day, said, over_at)
    return sorted(found.values(), key=lambda one: one.over_at)


def start_of(day: date) -> datetime:
    """Return the first moment of a day here."""
    return make_aware(datetime.combine(day, time()))
