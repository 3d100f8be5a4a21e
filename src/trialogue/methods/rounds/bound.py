"""A cost that no plan can be below, proved by weak duality.

For any prices π ≥ 0 of a second on a round-day, and any shares w ≥ 0 with Σ_z w_zrd ≤ 1,

    bound = Σ_z min(unserved,
                    min over (r, p): fixed + Σ_{d in p} π_rd·s_z + (1 + π_rd)·w_zrd·detour_zr)
          + Σ_rd min over 0 ≤ L ≤ spare: over80·max(0, L − 0.8·spare) − π_rd·L

is a lower bound: what a round-day travels extra is at least the dearest single detour of anyone
visited on it, and so at least any such average of them (the Lagrangian dual: Fisher, Management
Science 27, 1981). Prices and shares are climbed to by subgradient; wherever they end, it holds.
Detours count only where travel is by straight line: with other times a detour that two share may
be shorter than each alone.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from trialogue.methods.rounds.candidates import nearest_detours
from trialogue.methods.rounds.instance import FloatArray, Instance
from trialogue.methods.rounds.travel import Travel

ITERATIONS = 200
MOST_ROWS = 50_000  # residents × rounds × days; beyond it the linear programme takes minutes
SAFE = 1e-9  # relative: rounding in the sums


def lower_bound(instance: Instance, travel: Travel, *, known_cost: float) -> float:
    """Return a proved lower bound of the cost of any plan, seconds a week; at least 0.

    `known_cost` is that of some plan: it only sets the length of steps.
    """
    if not instance.residents or not instance.rounds:
        visits = sum(one.visits_per_week for one in instance.residents)
        return instance.weights.unserved_visit_s * visits
    model = _model(instance, travel)
    if model.open.size <= MOST_ROWS:
        best = _dual(model, *_by_programme(model)).value
    else:
        best = _by_subgradient(model, known_cost)
    return max(0.0, best) * (1.0 - SAFE)


def _by_subgradient(model: "_Model", known_cost: float) -> float:
    """Climb over prices alone, with Polyak's steps; the shares stay 0."""
    price = np.zeros_like(model.spare)
    share = np.zeros(model.open.shape)
    best, patience, boldness = 0.0, 0, 1.0
    for _ in range(ITERATIONS):
        dual = _dual(model, price, share)
        patience = 0 if dual.value > best else patience + 1
        best = max(best, dual.value)
        if patience == 10:
            patience, boldness = 0, boldness / 2
        length = float((dual.lacking**2).sum())
        if length == 0.0:
            break
        step = boldness * max(known_cost - dual.value, 0.0) / length
        price = np.maximum(0.0, price + step * dual.lacking)
    return best


def _by_programme(model: "_Model") -> tuple[FloatArray, FloatArray]:
    """Return the best prices and shares, the duals of the linear programme itself."""
    from scipy.optimize import linprog
    from scipy.sparse import coo_array

    z, r, p = _columns(model)
    people, rounds, days = model.open.shape
    cells, visits = rounds * days, people * rounds * days
    # Variables: a column each, then T and O of each round-day. A resident left out pays
    # `unserved`, which is what placing them saves.
    allowed = np.array([[day in on for day in range(days)] for on, _ in model.patterns])
    on = allowed.reshape(-1, days)[p]
    own = (model.own[z, r] * on).sum(axis=1)
    cost = np.concatenate([own - model.unserved[z], np.ones(cells), np.full(cells, model.over80)])
    column, day = np.nonzero(on)
    cell = r[column] * days + day
    row_of = z[column] * cells + cell
    travel, over = len(z) + np.arange(cells), len(z) + cells + np.arange(cells)
    first, second = people, people + cells
    entries = [
        (z, np.arange(len(z)), np.ones(len(z))),
        (first + cell, column, model.service[z[column]]),
        (first + np.arange(cells), travel, np.ones(cells)),
        (first + np.arange(cells), over, -np.ones(cells)),
        (second + row_of, column, model.detour[z[column], r[column]]),
        (second + np.arange(visits), np.tile(travel, people), -np.ones(visits)),
    ]
    rows, places, values = (np.concatenate(part) for part in zip(*entries, strict=True))
    table = coo_array((values, (rows, places)), shape=(second + visits, len(cost)))
    limit = np.concatenate([np.ones(people), 0.8 * model.spare.ravel(), np.zeros(visits)])
    most = np.concatenate([np.full(len(z) + cells, np.inf), 0.2 * model.spare.ravel()])
    least = np.zeros(len(cost))
    solved = linprog(cost, A_ub=table, b_ub=limit, bounds=np.column_stack([least, most]))
    duals = -solved.ineqlin.marginals
    price = np.maximum(0.0, duals[first:second]).reshape(rounds, days)
    share = np.maximum(0.0, duals[second:]).reshape(people, rounds, days) / (1.0 + price)
    return price, share / np.maximum(1.0, share.sum(axis=0))


def _columns(model: "_Model") -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return each possible column's resident, round and pattern."""
    found = [
        (z, r, p)
        for p, (days, who) in enumerate(model.patterns)
        for z in who
        for r in np.flatnonzero(model.open[z][:, list(days)].all(axis=1))
    ]
    table = np.array(sorted(found), dtype=np.int64).reshape(-1, 3)
    return table[:, 0], table[:, 1], table[:, 2]


@dataclass(frozen=True, eq=False)
class _Model:
    """Residents (Z), rounds (R), days (D), patterns (P)."""

    service: FloatArray  # (Z,)
    unserved: FloatArray  # (Z,)
    detour: FloatArray  # (Z, R)
    own: FloatArray  # (Z, R, D): unfamiliar face, day not preferred
    open: NDArray[np.bool_]  # (Z, R, D): could be visited there
    spare: FloatArray  # (R, D)
    over80: float
    patterns: tuple[tuple[tuple[int, ...], NDArray[np.int64]], ...]  # days → whose pattern it is


class _Dual(NamedTuple):
    """The bound at some prices, and where it would rise."""

    value: float
    lacking: FloatArray  # (R, D): seconds asked for beyond what is given


def _model(instance: Instance, travel: Travel) -> _Model:
    people = instance.residents
    nearest = nearest_detours(instance, travel)
    spare = np.array([one.spare_s for one in instance.rounds])
    service = np.array([one.service_s for one in people])
    able = np.isfinite(nearest)
    if travel.known:
        able = np.array([[z.skills <= one.skills for one in instance.rounds] for z in people])
        nearest = np.zeros(able.shape)
    detour = np.where(able, nearest, 0.0)
    whose: dict[tuple[int, ...], list[int]] = {}
    for z, resident in enumerate(people):
        for pattern in resident.patterns:
            whose.setdefault(pattern, []).append(z)
    visit = [[_own(instance, z, r) for r in range(len(spare))] for z in range(len(people))]
    return _Model(
        service=service,
        unserved=instance.weights.unserved_visit_s * np.array([z.visits_per_week for z in people]),
        detour=detour,
        own=np.array(visit),
        open=able[:, :, None] & (spare >= (service[:, None] + detour)[:, :, None]),
        spare=spare,
        over80=instance.weights.over80_per_s,
        patterns=tuple((days, np.array(who)) for days, who in sorted(whose.items())),
    )


def _own(instance: Instance, z: int, r: int) -> list[float]:
    resident, one = instance.residents[z], instance.rounds[r]
    return [instance.fixed_cost(resident, one, (day,)) for day in range(len(instance.days))]


def _dual(model: _Model, price: FloatArray, share: FloatArray) -> _Dual:
    travel = (1.0 + price) * share * model.detour[:, :, None]
    visit = model.own + price * model.service[:, None, None] + travel
    visit = np.where(model.open, visit, np.inf)
    least = model.unserved.copy()
    where = np.full((len(least), 2), -1)  # round, pattern
    for p, (days, who) in enumerate(model.patterns):
        cost = visit[who][:, :, list(days)].sum(axis=2)
        r = cost.argmin(axis=1)
        cheapest = cost[np.arange(len(who)), r]
        better = cheapest < least[who]
        least[who[better]] = cheapest[better]
        where[who[better]] = np.column_stack([r[better], np.full(better.sum(), p)])
    taken = np.zeros(model.open.shape)
    for z, (r, p) in enumerate(where):
        if r >= 0:
            taken[z, r, list(model.patterns[p][0])] = 1.0
    dear, some = price > model.over80, price > 0
    given = np.where(dear, model.spare, np.where(some, 0.8 * model.spare, 0.0))
    over = model.over80 * np.maximum(0.0, given - 0.8 * model.spare)
    asked = (taken * (model.service[:, None, None] + share * model.detour[:, :, None])).sum(axis=0)
    # At a price of 0 any use up to four fifths is free: nothing is lacking below that.
    limit = np.where(some, given, 0.8 * model.spare)
    value = float(least.sum() + (over - price * given).sum())
    return _Dual(value, asked - limit)
