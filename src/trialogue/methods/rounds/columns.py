"""Columns: a resident on a round on the days of a pattern, and what each would cost alone."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trialogue.methods.rounds.candidates import NO, Candidates, IntArray
from trialogue.methods.rounds.instance import FloatArray, Instance


@dataclass(frozen=True, eq=False)
class Columns:
    """One entry a column, those of a resident together. `start`: (residents + 1,)."""

    start: IntArray
    resident: IntArray
    slot: IntArray  # which of the resident's kept rounds
    round: IntArray
    days: NDArray[np.bool_]  # (columns, days)
    fixed: FloatArray  # unfamiliar face, days not preferred; seconds a week
    detour: FloatArray  # of one visit alone, seconds


def columns(instance: Instance, found: Candidates, *, rounds: int) -> Columns:
    """Return the columns on each resident's first `rounds` kept rounds."""
    rows: list[tuple[int, int, int, float, float]] = []
    days: list[tuple[int, ...]] = []
    start = [0]
    for z, resident in enumerate(instance.residents):
        for slot, r in enumerate(found.rounds[z, :rounds]):
            if r == NO:
                break
            one, detour = instance.rounds[r], float(found.nearest_s[z, r])
            least = resident.service_s + detour
            for pattern in resident.patterns:
                if all(one.spare_s[day] >= least for day in pattern):
                    fixed = instance.fixed_cost(resident, one, pattern)
                    rows.append((z, slot, int(r), fixed, detour))
                    days.append(pattern)
        start.append(len(rows))
    table = np.array(rows, dtype=float).reshape(-1, 5)
    on = np.zeros((len(rows), len(instance.days)), dtype=bool)
    for c, pattern in enumerate(days):
        on[c, list(pattern)] = True
    whole = np.ascontiguousarray(table[:, :3].T.astype(np.int32))
    return Columns(
        start=np.array(start, np.int32),
        resident=whole[0],
        slot=whole[1],
        round=whole[2],
        days=on,
        fixed=table[:, 3].copy(),
        detour=table[:, 4].copy(),
    )


def ordered(found: Columns, cost: FloatArray) -> Columns:
    """Return the same columns, each resident's cheapest first."""
    order = np.lexsort((cost, found.resident))
    return Columns(
        start=found.start,
        resident=found.resident[order],
        slot=found.slot[order],
        round=found.round[order],
        days=found.days[order],
        fixed=found.fixed[order],
        detour=found.detour[order],
    )


def prices(instance: Instance, found: Columns, *, iterations: int = 150) -> FloatArray:
    """Return the price of a second of spare time on each round-day, (rounds, days).

    By subgradient: everybody takes their cheapest column; a round-day that is asked for more than
    four fifths of its time becomes dearer, one asked for less cheaper (Held, Wolfe & Crowder,
    Mathematical Programming 6, 1974).
    """
    spare = np.array([one.spare_s for one in instance.rounds])
    service = np.array([one.service_s for one in instance.residents])
    visits = np.array([one.visits_per_week for one in instance.residents])
    load = (service[found.resident] + found.detour)[:, None] * found.days
    own = found.fixed + found.detour * found.days.sum(axis=1)
    unserved = instance.weights.unserved_visit_s * visits
    price = np.zeros_like(spare)
    total = np.zeros_like(spare)
    has = np.flatnonzero(np.diff(found.start))
    for step in range(iterations):
        cost = own + (load * price[found.round]).sum(axis=1)
        least = np.minimum.reduceat(cost, found.start[has])
        is_least = np.flatnonzero(cost == np.repeat(least, np.diff(found.start)[has]))
        _, first = np.unique(found.resident[is_least], return_index=True)
        chosen = is_least[first]
        chosen = chosen[cost[chosen] < unserved[has]]
        asked = np.zeros_like(spare)
        np.add.at(asked, found.round[chosen], load[chosen])
        limit = np.where(price > instance.weights.over80_per_s, spare, 0.8 * spare)
        share = np.divide(asked - limit, spare, out=np.zeros_like(spare), where=spare > 0)
        price = np.maximum(0.0, price + share / (1.0 + step / 10.0))
        total += price if step >= iterations // 2 else 0.0
    mean: FloatArray = total / (iterations - iterations // 2)
    return mean


def priced(instance: Instance, found: Columns, price: FloatArray) -> FloatArray:
    """Return what each column costs with its time at these prices, (columns,)."""
    service = np.array([one.service_s for one in instance.residents])[found.resident]
    seconds = (service + found.detour)[:, None] * found.days
    own = found.fixed + found.detour * found.days.sum(axis=1)
    cost: FloatArray = own + (seconds * price[found.round]).sum(axis=1)
    return cost
