"""The week as the planner reads it: rounds that run, residents to be visited, what they know."""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, time

import numpy as np

from trialogue.methods.rounds.instance import Instance, Resident, Round, Weights
from trialogue.methods.rounds.plan import Plan as Week
from trialogue.methods.rounds.plan import plan_of
from trialogue.methods.rounds.standing import Standing, stand
from trialogue.methods.rounds.travel import Travel
from trialogue.methods.rounds.wording import Names
from trialogue.visits import models
from trialogue.visits.packing import PLACE_BYTES, unpack
from trialogue.visits.queries.kept import plans_of, visits_in
from trialogue.visits.queries.residents import (
    TO_BE_VISITED,
    may_be_placed,
    patterns,
    to_be_visited,
)
from trialogue.visits.queries.rounds import versions
from trialogue.visits.weekdays import WEEKDAYS

WEIGHTS = Weights(
    unfamiliar_visit_s=180, nonpreferred_day_s=60, over80_per_s=0.5, unserved_visit_s=3600
)
FIRST_VISIT = 15  # minutes: the visitor and the resident meet
DAY_S = 86_400.0


@dataclass(frozen=True, eq=False)
class ThisWeek:
    """The instance of a scheme on a day, who is who in it, and its plans with their visits.

    Ids are public identifiers. `versions` are those of all rounds that run, by code, also where
    the area waits for its start. `placed`: the visits of the plan that stands, by the resident's
    key. `waiting` have none, by name.
    """

    instance: Instance
    travel: Travel
    names: Names
    rounds: dict[str, models.Round]
    residents: dict[str, models.Resident]
    versions: list[models.RoundVersion]
    current: models.Plan | None
    draft: models.Plan | None
    placed: dict[int, list[models.PlannedVisit]]
    waiting: list[models.Resident]

    def stand(self, plan: Week) -> Standing:
        """Return a plan as it stands in this week."""
        return stand(self.instance, plan, self.travel)


def this_week(
    scheme: models.Scheme, *, day: date, also: models.Resident | None = None
) -> ThisWeek:
    """Return what is to be planned as of a day. Six queries, however many rounds.

    `also` is somebody who has not agreed yet, and is looked at all the same.
    """
    held = versions(scheme.rounds.filter(ended_on=None), day=day)
    rounds = [one.round for one in held.values() if _started(one.round.area, day)]
    walked = _walked(scheme)
    current, draft = plans_of(scheme)
    placed = _placed(current)
    listed = to_be_visited(scheme, day=day, also=also)
    people = [one for one in listed if one == also or may_be_placed(one, day)]
    people.sort(key=lambda one: one.pk)
    places = {key: len(version.points) // PLACE_BYTES for key, version in held.items()}
    runs = sorted({weekday for version in held.values() for weekday in version.weekdays})
    instance = Instance(
        name=f"{scheme.name} {day}",
        days=WEEKDAYS,
        seconds_per_metre=scheme.seconds_per_metre,
        weights=WEIGHTS,
        rounds=tuple(_round(one, held[one.pk], scheme, walked[one.pk]) for one in rounds),
        residents=tuple(_resident(one, runs, placed.get(one.pk, [])) for one in people),
    )
    return ThisWeek(
        instance,
        Travel(scheme.seconds_per_metre, _own_times(scheme, rounds, places, people)),
        Names(
            days=WEEKDAYS,
            residents={str(one.public_id): one.preferred_name for one in people},
            rounds={str(one.public_id): f"round {one.code}" for one in rounds},
        ),
        {str(one.public_id): one for one in rounds},
        {str(one.public_id): one for one in people},
        list(held.values()),
        current,
        draft,
        placed,
        [one for one in listed if one.state in TO_BE_VISITED and one.pk not in placed],
    )


def _own_times(
    scheme: models.Scheme,
    rounds: list[models.Round],
    stops: dict[int, int],
    people: list[models.Resident],
) -> dict[tuple[str, str], float]:
    """Return the council's own travel times by the ids of this week; empty without any."""
    kept = scheme.travel_times.first()
    if kept is None:
        return {}
    ids = {one.reference: str(one.public_id) for one in people if one.reference}
    # A round may have fewer stops now than when the times were given.
    ids |= {
        f"{one.code}/{stop}": f"{one.public_id}/{stop}"
        for one in rounds
        for stop in range(stops[one.pk])
    }
    return {
        (here, there): seconds
        for from_, to, seconds in kept.pairs
        if (here := ids.get(from_)) and (there := ids.get(to))
    }


def named_week(scheme: models.Scheme, *, day: date) -> Instance:
    """Return the week with rounds by code and residents by reference, as files name them."""
    week = this_week(scheme, day=day)
    codes = {key: one.code for key, one in week.rounds.items()}
    return replace(
        week.instance,
        rounds=tuple(replace(one, id=codes[one.id]) for one in week.instance.rounds),
        residents=tuple(
            replace(one, id=week.residents[one.id].reference or one.id)
            for one in week.instance.residents
        ),
    )


def _started(area: models.Area | None, day: date) -> bool:
    return area is None or (area.starts_on is not None and area.starts_on <= day)


def _walked(scheme: models.Scheme) -> dict[int, set[int]]:
    """Return the weekdays on which each round has a visitor who may call at doors."""
    walked: dict[int, set[int]] = defaultdict(set)
    rows = models.Walk.objects.filter(round__scheme=scheme).select_related("visitor__person")
    for walk in rows:
        if walk.visitor.may_visit:
            walked[walk.round_id].add(walk.weekday)
    return walked


def _round(
    one: models.Round, version: models.RoundVersion, scheme: models.Scheme, walked: set[int]
) -> Round:
    """Return a round as the planner reads it: nothing to spare where nobody may call.

    A round that travels at a speed of its own takes its own time: what it is slower or faster
    than the scheme's speed is spread over its stops. Detours count at the scheme's speed.
    """
    places = unpack(version.points)
    points = np.array([*places, places[0]])
    metres = float(np.hypot(*np.diff(points, axis=0).T).sum())
    slower = metres * (version.seconds_per_metre - scheme.seconds_per_metre)
    stops = max(1, len(places) - 1)
    return Round(
        id=str(one.public_id),
        partner=one.partner.name,
        points=points,
        start_s=_seconds(version.start),
        stop_service_s=max(0.0, version.seconds_a_stop + slower / stops),
        spare_s=tuple(
            float(version.spare[day]) if day in version.weekdays and day in walked else 0.0
            for day in range(len(WEEKDAYS))
        ),
        skills=frozenset(version.skills),
    )


def _resident(
    one: models.Resident,
    runs: list[int],
    here: list[models.PlannedVisit],
) -> Resident:
    """Return a resident as the planner reads them.

    The round and the days they have now, `here`, count as known and liked, so that a week that is
    made again changes little. Who has no place yet needs room for a first meeting.
    """
    met: bool = one.met  # type: ignore[attr-defined]
    minutes = one.minutes if here or met else max(FIRST_VISIT, one.minutes)
    days = {visit.weekday for visit in here} if one.days_preferred or here else set()
    return Resident(
        id=str(one.public_id),
        xy=(one.x or 0.0, one.y or 0.0),
        visits_per_week=one.visits_per_week,
        patterns=tuple(tuple(pattern) for pattern in patterns(one, runs)),
        service_s=60.0 * minutes,
        window=(
            _seconds(one.not_before) if one.not_before else 0.0,
            _seconds(one.not_after) if one.not_after else DAY_S,
        ),
        preferred_days=frozenset({*one.days_preferred, *days}),
        familiar=frozenset(str(visit.round.public_id) for visit in here),
        skills=frozenset(one.skills),
    )


def _placed(current: models.Plan | None) -> dict[int, list[models.PlannedVisit]]:
    found: dict[int, list[models.PlannedVisit]] = {}
    for visit in visits_in(current):
        found.setdefault(visit.resident_id, []).append(visit)
    return found


def _seconds(at: time) -> float:
    return 3600.0 * at.hour + 60.0 * at.minute + at.second


def as_planned(plan: models.Plan, week: ThisWeek) -> Week:
    """Return a kept plan in the planner's terms; what this week no longer has is left out.

    Where a round has fewer stops than when it was planned, who was called on after them is called
    on last.
    """
    last = {one.id: one.gaps - 1 for one in week.instance.rounds}
    rounds = {one.pk: key for key, one in week.rounds.items()}
    residents = {one.pk: key for key, one in week.residents.items()}
    return plan_of(
        week.instance.name,
        (
            (key, visit.weekday, min(visit.gap, last[key]), residents[visit.resident_id])
            for visit in visits_in(plan)
            if (key := rounds.get(visit.round_id)) and visit.resident_id in residents
        ),
    )
