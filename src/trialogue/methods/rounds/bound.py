"""A cost that no plan can be below, proved by weak duality.

For any prices π ≥ 0 of a second on a round-day, and any shares w ≥ 0 with Σ_z w_zrd ≤ 1,

    bound = Σ_z min(unserved,
                    min over (r, p): fixed + Σ_{d in p} π_rd·s_z + (1 + π_rd)·w_zrd·detour_zr)
          + Σ_rd min over 0 ≤ L ≤ spare: over80·max(0, L − 0.8·spare) − π_rd·L

is a lower bound: what a round-day travels extra is at least the dearest single detour of anyone
visited on it, and so at least any such average of them (the Lagrangian dual: Fisher, Management
Science 27, 1981). Prices and shares are the duals of the linear programme itself, solved by HiGHS;
whatever they are, the bound holds. On a larger week it is the time at doors alone that is counted.
Detours count only where travel is by straight line: with other times a detour that two share may
be shorter than each alone.
"""

import ctypes
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trialogue.methods.rounds.bound_by_time import SAFE, bound_by_time, room_unused
from trialogue.methods.rounds.candidates import nearest_detours
from trialogue.methods.rounds.instance import FloatArray, Instance
from trialogue.methods.rounds.travel import Travel

BRANCHED_ROWS = 1_000  # and up to here whole visits are asked for, by branch and bound
MOST_NODES = 3_000
SOLVED = 1e-6  # relative, more than HiGHS's own tolerances
MOST_ROWS = 50_000  # residents × rounds × days; beyond it the linear programme takes minutes


def lower_bound(instance: Instance, travel: Travel) -> float:
    """Return a proved lower bound of the cost of any plan, seconds a week; at least 0."""
    if not instance.residents or not instance.rounds:
        visits = sum(one.visits_per_week for one in instance.residents)
        return instance.weights.unserved_visit_s * visits
    rows = len(instance.residents) * len(instance.rounds) * len(instance.days)
    if rows > MOST_ROWS:
        return bound_by_time(instance, travel)
    model = _model(instance, travel)
    programme = _programme(model)
    best = _dual(model, *_duals(model, programme))
    if rows <= BRANCHED_ROWS:
        best = max(best, _by_branching(programme))
    return max(0.0, best) * (1.0 - SAFE)


def _programme(model: "_Model") -> "_Programme":
    """Write the programme down: rows of residents, of round-days, of visits in that order."""
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
    place = np.column_stack([least, most])
    whole = np.arange(len(cost)) < len(z)
    return _Programme(cost, table, limit, place, whole, float(model.unserved.sum()))


@dataclass(frozen=True, eq=False)
class _Programme:
    """Minimise cost·x with table·x ≤ limit and x in its place. `base`: nobody visited."""

    cost: FloatArray
    table: Any
    limit: FloatArray
    place: FloatArray  # (variables, 2)
    whole: NDArray[np.bool_]  # 0 or 1 in a plan
    base: float


def _duals(model: "_Model", programme: _Programme) -> tuple[FloatArray, FloatArray]:
    """Return the best prices and shares."""
    from scipy.optimize import linprog

    people, rounds, days = model.open.shape
    first, second = people, people + rounds * days
    solved = linprog(
        programme.cost, A_ub=programme.table, b_ub=programme.limit, bounds=programme.place
    )
    duals = -solved.ineqlin.marginals
    price = np.maximum(0.0, duals[first:second]).reshape(rounds, days)
    share = np.maximum(0.0, duals[second:]).reshape(people, rounds, days) / (1.0 + price)
    return price, share / np.maximum(1.0, share.sum(axis=0))


def _by_branching(programme: _Programme) -> float:
    """Return what branch and bound proves within so many nodes."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    with _apart():
        solved = milp(
            programme.cost,
            constraints=LinearConstraint(programme.table.tocsr(), -np.inf, programme.limit),
            bounds=Bounds(*programme.place.T),
            integrality=programme.whole,
            options={"node_limit": MOST_NODES, "mip_rel_gap": SOLVED},
        )
    proved = solved.mip_dual_bound
    if proved is None or not np.isfinite(proved):
        return 0.0
    return float(programme.base + proved - SOLVED * abs(proved))


@contextmanager
def _apart() -> Iterator[None]:
    """Send standard output to standard error: HiGHS prints while it branches, asked or not."""
    flush = ctypes.CDLL(None).fflush
    kept = os.dup(1)
    try:
        os.dup2(2, 1)
        yield
    finally:
        flush(None)
        os.dup2(kept, 1)
        os.close(kept)


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


def _dual(model: _Model, price: FloatArray, share: FloatArray) -> float:
    """Return the bound at some prices and shares."""
    travel = (1.0 + price) * share * model.detour[:, :, None]
    visit = model.own + price * model.service[:, None, None] + travel
    visit = np.where(model.open, visit, np.inf)
    least = model.unserved.copy()
    for days, who in model.patterns:
        cost = visit[who][:, :, list(days)].sum(axis=2).min(axis=1)
        least[who] = np.minimum(least[who], cost)
    return float(least.sum()) + room_unused(model.spare, model.over80, price)
