"""Visits of a day with what became of each."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.timezone import localdate

from trialogue.visits import states
from trialogue.visits.models import (
    Concern,
    PlannedVisit,
    Resident,
    Scheme,
    Suspension,
    Visit,
    VisitEvent,
)
from trialogue.visits.timers import NOT_HEARD


@dataclass(frozen=True)
class Shown:
    """A visit with its events as they count, and what it is."""

    visit: Visit
    state: states.State
    happened: list[states.Happened] = field(default_factory=list)
    conflict: bool = False  # two tell of it, and nobody chose between them
    not_heard: bool = False  # due, and its time is well past

    @property
    def words(self) -> str:
        """What it is, in words."""
        return "Not heard" if self.not_heard else states.WORDS[self.state]


def happened(event: VisitEvent) -> states.Happened:
    """Return an event as the rule of states reads it."""
    source = event.device or event.person
    return states.Happened(
        event.pk,
        event.type,
        event.about_at,
        event.body or {},
        source.public_id if source else None,
    )


def show(
    visits: QuerySet[Visit],
    *,
    scheme: Scheme,
    now: datetime,
    most: int | None = None,
    events: Iterable[VisitEvent] | None = None,
) -> list[Shown]:
    """Return visits with what became of each, `most` at most. Two queries, however many visits.

    `events` are given where whoever asks has them at hand.
    """
    listed = list(visits.annotate(paused=Exists(_PAUSED))[:most])
    if events is None:
        found = VisitEvent.objects.filter(visit__in=listed)
        events = found.select_related("device", "person")
    of_visit: dict[Any, list[states.Happened]] = defaultdict(list)
    for event in events:
        of_visit[event.visit_id].append(happened(event))
    late = NOT_HEARD.span(scheme.settings)
    return [
        _shown(
            visit,
            of_visit[visit.pk],
            suspended=_is_off(visit),
            late=visit.expected_at + late < now,
        )
        for visit in listed
    ]


_PAUSED = Suspension.objects.filter(
    Q(last=None) | Q(last__gte=OuterRef("day")),
    resident=OuterRef("resident"),
    first__lte=OuterRef("day"),
)


def _is_off(visit: Visit) -> bool:
    """Whether nobody calls that day: paused, away, or ended. The same rule as `suspended_on`."""
    ended = visit.resident.ended_on
    paused: bool = visit.paused  # type: ignore[attr-defined]
    return paused or (ended is not None and ended <= visit.day)


def _shown(visit: Visit, events: list[states.Happened], *, suspended: bool, late: bool) -> Shown:
    accounts = states.accounts_of(events)
    if visit.account in accounts:
        events = accounts[visit.account]
    moved = visit.moved == Visit.Moved.DAY
    state = states.state_of(events, suspended=suspended, moved=moved)
    return Shown(
        visit,
        state,
        states.counting(events),
        conflict=len(accounts) > 1 and visit.account not in accounts,
        not_heard=late and state == states.State.DUE and not visit.moved,
    )


def but_for_the_lead(events: Iterable[VisitEvent]) -> list[VisitEvent]:
    """Return what was recorded without what raised a safeguarding concern, and what corrects it.

    Such a concern has a page of its own, for the safeguarding lead alone. `events` come with
    their `concern`.
    """
    listed = list(events)
    guarded = {str(one.pk) for one in listed if _is_guarded(one)}
    return [
        one
        for one in listed
        if str(one.pk) not in guarded and str((one.body or {}).get("corrects")) not in guarded
    ]


def _is_guarded(event: VisitEvent) -> bool:
    return hasattr(event, "concern") and event.concern.kind == Concern.Kind.SAFEGUARDING


def of_day(
    scheme: Scheme, day: date, *, now: datetime, events: Iterable[VisitEvent] | None = None
) -> list[Shown]:
    """Return the visits of a day, in the order of their rounds; `events` as for `show`."""
    rows = Visit.objects.filter(scheme=scheme, day=day)
    joined = rows.select_related("resident__area", "round__partner", "visitor__person")
    ordered = joined.order_by("round__code", "place", "pk")
    return show(ordered, scheme=scheme, now=now, events=events)


def history(resident: Resident, *, now: datetime, most: int = 8) -> list[Shown]:
    """Return the last visits to a resident, newest first, in words and never as a score."""
    rows = Visit.objects.filter(resident=resident, day__lte=localdate(now))
    joined = rows.select_related("resident__area", "round__partner", "visitor__person")
    return show(joined.order_by("-day", "-pk"), scheme=resident.scheme, now=now, most=most)


def places_of(resident: Resident) -> list[PlannedVisit]:
    """Return when somebody calls on a resident by the plan that stands."""
    rows = PlannedVisit.objects.filter(resident=resident, plan__state="current")
    return list(rows.select_related("round__partner").order_by("weekday"))


def minutes_at_door(happened: Iterable[states.Happened]) -> float | None:
    """Return how long a visit took at the door, from beginning to record; None: not known."""
    begun = [one.at for one in happened if one.type == states.Type.VISIT_STARTED]
    ended = [one.at for one in happened if one.type == states.Type.VISIT_RECORDED]
    if not begun or not ended or max(ended) < min(begun):
        return None
    return (max(ended) - min(begun)).total_seconds() / 60
