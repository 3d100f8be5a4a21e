"""The best places for one resident beside a plan as it stands: nobody else is moved."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from trialogue.methods.results import Result
from trialogue.methods.rounds.checking import Parts
from trialogue.methods.rounds.instance import FloatArray, Instance, Resident
from trialogue.methods.rounds.plan import Place
from trialogue.methods.rounds.standing import Spots, Standing, Tried

OFFERS = 5
MOST_ROUNDS = 80  # an island is looked at whole, in a county the nearest


@dataclass(frozen=True, repr=False)
class DayLoad(Result):
    """What a round-day's visits add to the round, before and after somebody is placed there."""

    day: int
    before_s: float
    after_s: float
    spare_s: float


@dataclass(frozen=True, repr=False)
class Offer(Result):
    """A place for a resident, and what it adds to the plan. `cost_s`: seconds a week."""

    place: Place
    parts: Parts
    cost_s: float
    loads: tuple[DayLoad, ...]


def best_places(
    standing: Standing, resident: Resident, *, most: int = OFFERS
) -> tuple[Offer, ...]:
    """Return the cheapest places that have room for somebody who has none yet, cheapest first."""
    rounds = standing.nearest(resident, standing.able(resident), MOST_ROUNDS)
    return offers(standing, resident, rounds, resident.patterns)[:most]


def with_everyone(standing: Standing) -> Standing:
    """Return the plan with whoever has no place at their best one, where that costs less."""
    weight = standing.instance.weights.unserved_visit_s
    before = None
    while before is not standing:  # a visit more may delay a round into somebody's hours
        before = standing
        for resident in standing.instance.residents:
            if resident.id not in standing.places:
                found = best_places(standing, resident, most=1)
                if found and found[0].cost_s < weight * resident.visits_per_week:
                    standing = standing.with_resident(resident, found[0].place)
    return standing


def offers(
    standing: Standing,
    resident: Resident,
    rounds: Sequence[int],
    patterns: Sequence[tuple[int, ...]],
) -> tuple[Offer, ...]:
    """Return every place on some rounds and patterns that has room, cheapest first."""
    if not rounds or not patterns:
        return ()
    days = sorted({day for pattern in patterns for day in pattern})
    spots = standing.spots(standing.cells(rounds, days))
    tried = standing.tried(resident, spots)
    cost = day_costs(standing, spots, tried).reshape(len(rounds), len(days))
    found = []
    for pattern in patterns:
        column = [days.index(day) for day in pattern]
        for i in np.flatnonzero(np.isfinite(cost[:, column]).all(axis=1)).tolist():
            at = i * len(days) + np.array(column)
            if not standing.waiting <= set(spots.cells[at].tolist()):
                continue
            one = standing.instance.rounds[rounds[i]]
            total = cost[i, column].sum() + standing.instance.fixed_cost(resident, one, pattern)
            found.append((float(total), rounds[i], pattern, at))
    found.sort(key=lambda each: each[:3])
    return tuple(
        _offer(
            standing, resident, r, pattern, _loads(standing, spots, tried, at), tried.added_s[at]
        )
        for _, r, pattern, at in found[: OFFERS * 2]
    )


def present(standing: Standing, resident: Resident) -> Offer:
    """Return the place that somebody has in a plan, and what it adds to the plan without them."""
    place, cells = standing.places[resident.id], standing.at(standing.places[resident.id])
    here, gone = standing.spots(cells), standing.without(resident.id).spots(cells)
    before, after = gone.travel_s + gone.doors_s, here.travel_s + here.doors_s
    loads = tuple(
        DayLoad(day, *map(float, each))
        for day, *each in zip(place.days, before, after, standing.spare_s[cells], strict=True)
    )
    r = standing.instance.round_index[place.round]
    return _offer(standing, resident, r, place.days, loads, here.travel_s - gone.travel_s)


def day_costs(standing: Standing, spots: Spots, tried: Tried) -> FloatArray:
    """Return what a visit adds to each round-day's cost; inf where there is no room."""
    fits, spare = tried.fits, standing.spare_s[spots.cells]
    needs, added = (np.where(fits, each, 0.0) for each in (tried.needs_s, tried.added_s))
    over = np.maximum(0.0, spare - tried.left_s + needs - 0.8 * spare)
    over -= np.maximum(0.0, spare - tried.left_s - 0.8 * spare)
    return np.where(fits, added + standing.instance.weights.over80_per_s * over, np.inf)


def _loads(
    standing: Standing, spots: Spots, tried: Tried, at: np.ndarray[tuple[int], np.dtype[np.int64]]
) -> tuple[DayLoad, ...]:
    days = len(standing.instance.days)
    spare = standing.spare_s[spots.cells]
    before = spare - tried.left_s
    return tuple(
        DayLoad(
            int(spots.cells[c] % days),
            float(before[c]),
            float(before[c] + tried.needs_s[c]),
            float(spare[c]),
        )
        for c in at
    )


def _offer(
    standing: Standing,
    resident: Resident,
    r: int,
    pattern: tuple[int, ...],
    loads: tuple[DayLoad, ...],
    added: FloatArray,
) -> Offer:
    one = standing.instance.rounds[r]
    strange = bool(resident.familiar) and one.id not in resident.familiar
    unwanted = sum(
        day not in resident.preferred_days for day in pattern if resident.preferred_days
    )
    parts = Parts(
        T=float(added.sum()),
        U=len(pattern) * strange,
        N=unwanted,
        O=sum(_over(load.after_s, load) - _over(load.before_s, load) for load in loads),
    )
    return Offer(Place(one.id, tuple(pattern)), parts, parts.cost(standing.instance), loads)


def _over(used: float, load: DayLoad) -> float:
    return max(0.0, used - 0.8 * load.spare_s)


def person(instance: Instance, resident: str) -> Resident:
    """Return a resident of an instance by their id."""
    return instance.residents[instance.resident_index[resident]]
