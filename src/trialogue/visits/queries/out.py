"""Rounds that visitors are out on: who began, who said that they are done, who should have."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Max
from django.utils.timezone import localdate, localtime

from trialogue.visits import timers
from trialogue.visits.models import Round, Scheme, Visit, VisitEvent, VisitList
from trialogue.visits.states import Type

LOOKED_BACK = timedelta(hours=12)
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
    """What was told of a round on a day, in order. `fetched`: a phone has the day's list."""

    fetched: bool = False
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


def told_of(rounds: Iterable[int], day: date) -> dict[int, Told]:
    """Return what was told of rounds on a day, by the round's key. Two queries."""
    lists = VisitList.objects.filter(day=day, round__in=set(rounds))
    of_list = {
        key: (of, device) for key, of, device in lists.values_list("public_id", "round", "device")
    }
    events = VisitEvent.objects.filter(
        type__in=(Type.SHIFT_STARTED, Type.SHIFT_ENDED), list__in=of_list
    ).order_by("about_at", "received_at")
    moments: dict[int, list[Moment]] = {}
    rows = events.values_list("list", "type", "device__visitor__person__name", "about_at", "body")
    for key, kind, visitor, at, body in rows:
        ends = str((body or {}).get("ends", ""))
        began = kind == Type.SHIFT_STARTED
        assert key is not None  # noqa: S101  for the type: it is one of these lists
        moments.setdefault(of_list[key][0], []).append(Moment(began, visitor or "", at, ends))
    fetched = {of for of, device in of_list.values() if device}
    return {of: Told(of in fetched, tuple(moments.get(of, ()))) for of, _ in of_list.values()}


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


def not_ended(scheme: Scheme, *, now: datetime, rounds: Iterable[int] | None = None) -> list[Out]:
    """Return the rounds that a phone is out on and that were not ended half an hour after.

    A round on paper is ended by nobody, so it is not here: the board shows that it is not heard
    of. Today and, for a round that goes past midnight, yesterday.
    """
    late = now - timers.SHIFT_OVER.span(scheme.settings)
    found = []
    for day in (localdate(now), localdate(now) - timedelta(days=1)):
        visits = Visit.objects.filter(scheme=scheme, day=day, round__isnull=False)
        if rounds is not None:
            visits = visits.filter(round__in=rounds)
        last = dict(visits.order_by().values_list("round").annotate(last=Max("expected_at")))
        if not last:
            continue
        told = told_of(last, day)
        late_ones = {
            key: over
            for key, one in told.items()
            if (one.fetched or one.moments)
            and one.ended_at is None
            and now - LOOKED_BACK < (over := one.over_at(last[key])) < late
        }
        of = Round.objects.select_related("partner").in_bulk(late_ones) if late_ones else {}
        found += [Out(of[key], day, told[key], over) for key, over in late_ones.items()]
    return sorted(found, key=lambda one: one.over_at)
