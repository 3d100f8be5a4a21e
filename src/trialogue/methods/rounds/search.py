"""Plan a week: simulated annealing from a first plan, some starts, and on from the best.

Budgets are steps, never time: the same instance, seed, effort and version give the same plan.
Kirkpatrick, Gelatt & Vecchi, Science 220 (1983); the move that ejects is Ropke & Pisinger's
(Transportation Science 40, 2006) in small.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from trialogue.methods.rounds.candidates import NO, Candidates, candidates
from trialogue.methods.rounds.columns import Columns, columns, ordered, priced, prices
from trialogue.methods.rounds.instance import Instance
from trialogue.methods.rounds.plan import Place, Plan, plan_of
from trialogue.methods.rounds.travel import Travel

Effort = Literal["quick", "standard", "thorough"]
# Steps of each effort: for a start, and for each resident more.
STEPS: dict[str, tuple[int, int]] = {
    "quick": (30_000, 2_000),
    "standard": (1_000_000, 25_000),
    "thorough": (4_000_000, 160_000),
}
STARTS = {"quick": 1, "standard": 3, "thorough": 4}
SHARE_OF_STARTS = 0.5  # of the steps; the rest goes on from the best of them
NEAR_ROUNDS, FAR_ROUNDS = 8, 16
HOT, WARM, COLD = 100.0, 55.0, 2.0  # seconds a week
NEIGHBOURS = 12
SLICE = 60_000  # steps between two looks at whether to stop: less than a quarter of a second


@dataclass(frozen=True)
class Progress:
    """How far the search is. `best`: the cost of the best plan so far, seconds a week."""

    steps: int
    of: int
    best: float


@dataclass(frozen=True)
class Found:
    """A plan as the search leaves it, unchecked, and the steps it took."""

    plan: Plan
    steps: int


Watch = Callable[[Progress], bool]


def search(
    instance: Instance,
    travel: Travel,
    *,
    seed: int,
    effort: Effort = "standard",
    watch: Watch = lambda progress: True,
) -> Found:
    """Return the best plan found. `watch` is told how far it is and says whether to go on."""
    if not instance.residents or not instance.rounds:
        return Found(Plan(instance.name, ()), 0)
    run = Run(instance, travel, seed=[seed], watch=watch, far=STARTS[effort] > 1)
    run.anneal_from_starts(steps_of(effort, instance), STARTS[effort])
    return Found(run.plan(), run.done)


def steps_of(effort: Effort, instance: Instance) -> int:
    """Return how many steps an effort takes."""
    fixed, each = STEPS[effort]
    return fixed + each * len(instance.residents)


class Run:
    """The arrays of a search, and where it stands. It begins with a first plan.

    `far`: whether to look at 16 rounds once the starts are made. `places`: where each begins.
    """

    def __init__(
        self,
        instance: Instance,
        travel: Travel,
        *,
        seed: Sequence[int],
        watch: Watch,
        far: bool,
        places: Mapping[str, Place] | None = None,
    ) -> None:
        self.instance, self.seed, self.watch = instance, list(seed), watch
        self.total, self.done, self.stopped = 0, 0, False
        keep = FAR_ROUNDS if far else NEAR_ROUNDS
        self.found = candidates(instance, travel, keep=keep)
        self.near = _data(instance, self.found, travel, _cheapest_first(instance, self.found))
        self.far = self.near
        if far:
            more = _cheapest_first(instance, self.found, rounds=keep)
            self.far = self.near._replace(**_of_columns(more))
        self.best: Any = None
        self.best_cost = np.inf
        self.state: Any = None
        self.start(0, places or {})

    def start(self, number: int, places: Mapping[str, Place]) -> None:
        """Begin with each in their place, or else on their first column that has room.

        Those with most visits come first.
        """
        from trialogue.methods.rounds.kernel import fill

        self.state = _empty(self.instance, self.seed, number)
        order = np.argsort(
            [-one.visits_per_week for one in self.instance.residents], kind="stable"
        )
        first = np.full(order.size, NO, np.int64)
        for z, one in enumerate(self.instance.residents) if places else ():
            first[z] = _column_of(self.instance, self.far, z, places.get(one.id))
        data = self.far if places else self.near
        fill(data, self.state, _kept(data, self.state), order, first)
        if self.best is None:
            self.best = type(self.state)(*(part.copy() for part in self.state))
            self.best_cost = _cost(data, self.state)

    def anneal_from_starts(self, steps: int, starts: int) -> None:
        """Anneal from some starts, then on from the best of them."""
        self.total += steps
        each = int(steps * (SHARE_OF_STARTS if starts > 1 else 1.0)) // starts
        for number in range(starts):
            if number:
                self.start(number, {})
            self.anneal(self.near, each, hot=HOT)
        if starts > 1:
            self.go_on_from_best()
            self.anneal(self.far, steps - each * starts, hot=WARM)

    def anneal_on(self, steps: int) -> None:
        """Anneal from where it stands."""
        self.total += steps
        self.anneal(self.far, steps, hot=WARM)

    def go_on_from_best(self) -> None:
        """Begin where the best plan is; its columns are looked up among those of more rounds."""
        state = _empty(self.instance, self.seed, 1_000)
        for name in ("count", "who", "gap", "row", "travel", "doors"):
            getattr(state, name)[:] = getattr(self.best, name)
        state.column[:] = [
            _same_column(self.near, self.far, z, c) for z, c in enumerate(self.best.column)
        ]
        self.state = state

    def anneal(self, data: Any, steps: int, *, hot: float) -> None:
        """Cool from `hot` over so many steps, in slices; keep the best of all starts."""
        from trialogue.methods.rounds.kernel import anneal

        kept = _kept(data, self.state)
        best = type(self.state)(*(part.copy() for part in self.state))
        now = _cost(data, self.state)
        costs = np.array([now, now])
        for first in range(0, steps, SLICE):
            if self.stopped:
                break
            slice_ = min(SLICE, steps - first)
            anneal(data, self.state, best, kept, costs, first, slice_, steps, hot, COLD)
            self.done += slice_
            shown = Progress(self.done, self.total, float(min(self.best_cost, costs[1])))
            self.stopped = not self.watch(shown)
        if costs[1] < self.best_cost:
            self.best, self.best_cost = best, float(costs[1])

    def plan(self) -> Plan:
        """Return the best plan."""
        best, instance = self.best, self.instance
        days = len(instance.days)
        entries = []
        for d, count in enumerate(best.count):
            for i in range(count):
                name = instance.residents[best.who[d, i]].id
                gap = int(best.gap[d, i])
                entries.append((instance.rounds[d // days].id, d % days, gap, name))
        return plan_of(instance.name, entries)


def _cheapest_first(
    instance: Instance, found: Candidates, *, rounds: int = NEAR_ROUNDS
) -> Columns:
    """Return the columns on so many rounds of each resident, sorted by what they cost priced."""
    every = columns(instance, found, rounds=rounds)
    return ordered(every, priced(instance, every, prices(instance, every)))


def _of_columns(chosen: Columns) -> dict[str, Any]:
    """Return the columns as the kernel reads them."""
    bits = 1 << np.arange(chosen.days.shape[1])
    return {
        "start": chosen.start.astype(np.int64),
        "slot": chosen.slot.astype(np.int64),
        "round": chosen.round.astype(np.int64),
        "mask": (chosen.days * bits).sum(axis=1).astype(np.int64),
        "fixed": chosen.fixed,
    }


def _data(instance: Instance, found: Candidates, travel: Travel, chosen: Columns) -> Any:
    from trialogue.methods.rounds.kernel import Data

    people = instance.residents
    unserved = instance.weights.unserved_visit_s
    between = travel.between(instance)
    near = np.argsort(between, axis=1, kind="stable")[:, 1 : NEIGHBOURS + 1]
    return Data(
        gap=found.gap,
        legs=found.legs,
        between_s=between,
        own=np.array([(one.service_s, *one.window) for one in people]),
        unserved=np.array([unserved * one.visits_per_week for one in people]),
        near=np.ascontiguousarray(near).astype(np.int64),
        spare=np.array([one.spare_s for one in instance.rounds]).ravel(),
        over80=float(instance.weights.over80_per_s),
        days=len(instance.days),
        **_of_columns(chosen),
    )


def _empty(instance: Instance, seed: Sequence[int], number: int) -> Any:
    from trialogue.methods.rounds.kernel import State

    days = len(instance.days)
    rows = len(instance.rounds) * days
    least = min(one.service_s for one in instance.residents)
    most = max(max(one.spare_s) for one in instance.rounds)
    room = len(instance.residents)
    if least > 0:
        room = min(room, int(most // least) + 1)
    random = np.random.SeedSequence([*seed, number]).generate_state(1, np.uint64)
    return State(
        column=np.full(len(instance.residents), NO, np.int64),
        count=np.zeros(rows, np.int64),
        **_visits(rows, room),
        random=random,
    )


def _visits(rows: int, room: int) -> dict[str, Any]:
    from trialogue.methods.rounds.kernel import ROW

    return {
        "who": np.zeros((rows, room), np.int32),
        "gap": np.zeros((rows, room), np.int32),
        "row": np.zeros((rows, room, ROW)),
        "travel": np.zeros(rows),
        "doors": np.zeros(rows),
    }


def _kept(data: Any, state: Any) -> Any:
    from trialogue.methods.rounds.kernel import Kept

    rows, cells = 3 * data.days, state.count.size
    return Kept(
        used=np.zeros(1, np.int64),
        day=np.zeros(rows, np.int64),
        count=np.zeros(rows, np.int64),
        **_visits(rows, state.who.shape[1]),
        mark=np.zeros(cells, np.int64),
        changed=np.zeros(cells, np.int64),
        is_changed=np.zeros(cells, np.bool_),
        changes=np.zeros(1, np.int64),
        spot=np.zeros((2, data.days, 2), np.int64),
    )


def _cost(data: Any, state: Any) -> float:
    """Return what a plan costs, seconds a week."""
    out = state.column < 0
    over = np.maximum(0.0, state.travel + state.doors - 0.8 * data.spare)
    cost = data.unserved[out].sum() + data.fixed[state.column[~out]].sum()
    return float(cost + state.travel.sum() + data.over80 * over.sum())


def _column_of(instance: Instance, data: Any, z: int, place: Place | None) -> int:
    """Return the column of a place; `NO` where there is none."""
    r = instance.round_index.get(place.round) if place else None
    mask = sum(1 << day for day in place.days) if place else 0
    for c in range(data.start[z], data.start[z + 1]):
        if data.round[c] == r and data.mask[c] == mask:
            return c
    return NO


def _same_column(old: Any, new: Any, z: int, c: int) -> int:
    if c < 0:
        return NO
    for other in range(new.start[z], new.start[z + 1]):
        if new.slot[other] == old.slot[c] and new.mask[other] == old.mask[c]:
            return other
    raise AssertionError("the columns of more rounds hold those of fewer")
