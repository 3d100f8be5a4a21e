"""The lower bound of a large week: time at doors, faces, days, and one detour a round.

The linear programme of `bound` without its detours. Then rounds that a resident does not know
differ only in their prices, so that a variable for each resident and pattern (served by any of
them), and one for the seconds that a round gives to a pattern, say the same as one for every
resident, round and pattern: an island has 20,000 and not 238,000. At its prices, each round is
charged the detour of one resident who knows it, whoever raises the bound most: in the words of
`bound`, their share is 1 on its days. The bound is worked out by weak duality whatever the prices,
so that a solver's tolerance cannot make it lie.
"""

from dataclasses import dataclass, field

import numpy as np

from trialogue.methods.rounds.candidates import least_detour
from trialogue.methods.rounds.instance import FloatArray, Instance, Resident
from trialogue.methods.rounds.travel import Travel

SAFE = 1e-9  # relative: rounding in the sums
MOST_RESIDENTS = 5_000  # beyond it the prices are those of no scarcity, 0


def bound_by_time(instance: Instance, travel: Travel) -> float:
    """Return a proved lower bound of the cost of any plan, seconds a week."""
    spare = np.array([one.spare_s for one in instance.rounds])
    price = np.zeros(spare.shape)
    if len(instance.residents) <= MOST_RESIDENTS:
        price = _prices(instance, spare)
    return max(0.0, _dual(instance, travel, spare, price)) * (1.0 - SAFE)


def room_unused(spare: FloatArray, over80: float, price: FloatArray) -> float:
    """Return Σ min over 0 ≤ L ≤ spare of over80·max(0, L − 0.8·spare) − price·L."""
    given = np.where(price > over80, spare, 0.8 * spare)
    over = over80 * np.maximum(0.0, given - 0.8 * spare)
    return float((over - price * given).sum())


def _known(instance: Instance, one: Resident) -> list[int]:
    """Return the rounds that a resident knows and that have the skills."""
    index = instance.round_index
    known = sorted(index[each] for each in one.familiar if each in index)
    return [r for r in known if one.skills <= instance.rounds[r].skills]


def _dual(instance: Instance, travel: Travel, spare: FloatArray, price: FloatArray) -> float:
    closed = np.where(spare > 0, price, np.inf)
    cheapest: dict[tuple[tuple[int, ...], frozenset[int]], float] = {}
    total, rises = 0.0, np.zeros(len(spare))
    for one in instance.residents:
        elsewhere = instance.weights.unserved_visit_s * one.visits_per_week
        for pattern in one.patterns:
            key = (pattern, one.skills)
            if key not in cheapest:
                able = [one.skills <= each.skills for each in instance.rounds]
                sums = closed[able][:, list(pattern)].sum(axis=1)
                cheapest[key] = float(sums.min(initial=np.inf))
            cost = _strange(instance, one, pattern) + one.service_s * cheapest[key]
            elsewhere = min(elsewhere, cost)
        known = _known(instance, one)
        costs = [_with(instance, one, r, closed[r], 0.0) for r in known]
        least = min([elsewhere, *costs])
        total += least
        # With other times than the straight line's, two may share less than either's detour.
        for i, r in enumerate(known if not travel.known else ()):
            detour = least_detour(one, travel, instance.rounds[r])
            possible = np.isfinite(detour)
            dearer = _with(instance, one, r, closed[r], detour) if possible else np.inf
            rise = min([elsewhere, *costs[:i], *costs[i + 1 :], dearer]) - least
            rises[r] = max(rises[r], rise)
    unused = room_unused(spare, instance.weights.over80_per_s, price)
    return total + float(rises.sum()) + unused


def _with(instance: Instance, one: Resident, r: int, price: FloatArray, detour: float) -> float:
    """Return what a resident costs at least with a round they know, its days at their prices."""
    return min(
        (
            instance.fixed_cost(one, instance.rounds[r], pattern)
            + float((price[list(pattern)] * (one.service_s + detour) + detour).sum())
            for pattern in one.patterns
        ),
        default=np.inf,
    )


def _strange(instance: Instance, one: Resident, pattern: tuple[int, ...]) -> float:
    """Return what a face that is not known and days not preferred cost a week."""
    weights = instance.weights
    unwanted = sum(day not in one.preferred_days for day in pattern if one.preferred_days)
    strange = len(pattern) * bool(one.familiar)
    return weights.unfamiliar_visit_s * strange + weights.nonpreferred_day_s * unwanted


@dataclass
class _Programme:
    """Minimise cost·x, rows·x ≤ limit, x ≥ 0; entries as (row, column, value)."""

    cost: list[float] = field(default_factory=list)
    entries: list[tuple[int, int, float]] = field(default_factory=list)

    def variable(self, cost: float, *entries: tuple[int, float]) -> None:
        """Add a variable with its entries, (row, value) each."""
        column = len(self.cost)
        self.cost.append(cost)
        self.entries += [(row, column, value) for row, value in entries]


def _prices(instance: Instance, spare: FloatArray) -> FloatArray:
    """Return the price of a second on each round-day, the programme's duals."""
    from scipy.optimize import linprog
    from scipy.sparse import coo_array

    programme, cells, people = _Programme(), spare.size, len(instance.residents)
    days = spare.shape[1]
    served = sorted(
        {
            (pattern, tuple(sorted(one.skills)))
            for one in instance.residents
            for pattern in one.patterns
        }
    )
    row_of = {key: cells + people + i for i, key in enumerate(served)}
    for z, one in enumerate(instance.residents):
        person, saved = (cells + z, 1.0), instance.weights.unserved_visit_s * one.visits_per_week
        known = _known(instance, one)
        for pattern in one.patterns:
            anyone = row_of[pattern, tuple(sorted(one.skills))]
            cost = _strange(instance, one, pattern) - saved
            programme.variable(cost, person, (anyone, one.service_s))
            for r in known:
                cost = instance.fixed_cost(one, instance.rounds[r], pattern) - saved
                on = [(r * days + day, one.service_s) for day in pattern]
                programme.variable(cost, person, *on)
    for pattern, skills in served:
        for r, each in enumerate(instance.rounds):
            if each.skills.issuperset(skills):
                on = [(r * days + day, 1.0) for day in pattern]
                programme.variable(0.0, (row_of[pattern, skills], -1.0), *on)
    over = len(programme.cost)
    for cell in range(cells):
        programme.variable(instance.weights.over80_per_s, (cell, -1.0))
    rows, columns, values = zip(*programme.entries, strict=True)
    size = (cells + people + len(served), len(programme.cost))
    limit = np.concatenate([0.8 * spare.ravel(), np.ones(people), np.zeros(len(served))])
    most = np.concatenate([np.full(over, np.inf), 0.2 * spare.ravel()])
    solved = linprog(
        programme.cost,
        A_ub=coo_array((values, (rows, columns)), shape=size),
        b_ub=limit,
        bounds=np.column_stack([np.zeros(most.size), most]),
    )
    price: FloatArray = np.maximum(0.0, -solved.ineqlin.marginals[:cells])
    return price.reshape(spare.shape)
