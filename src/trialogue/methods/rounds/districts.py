"""Plan a county: districts of some eighty rounds, each searched alone, then with shifted borders.

Recursive halving of the depots (Bentley, Communications of the ACM 18, 1975). Each district's
random numbers come from the seed and its own name, so that how many are planned at a time changes
nothing.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256
from math import inf
from threading import Lock

import numpy as np

from trialogue.methods.rounds.checking import check
from trialogue.methods.rounds.instance import FloatArray, Instance
from trialogue.methods.rounds.offers import with_everyone
from trialogue.methods.rounds.plan import Plan
from trialogue.methods.rounds.search import STARTS, Effort, Found, Progress, Run, Watch, steps_of
from trialogue.methods.rounds.standing import stand
from trialogue.methods.rounds.travel import Travel

MOST_ROUNDS = 100  # in a district
BORDERS, SHIFTED = 0.5, 0.35  # where a district is cut, as a share of its rounds
SHARE_OF_STEPS = 0.8  # of an effort's: standard is done in a quarter of an hour on two cores
SHARE_OF_FIRST = 0.6  # of the steps; the rest once borders have shifted


@dataclass(frozen=True)
class District:
    """A part of a county: a week of its own, named by the cuts that made it."""

    name: str
    instance: Instance


def search_districts(
    instance: Instance,
    travel: Travel,
    *,
    seed: int,
    effort: Effort = "standard",
    watch: Watch = lambda progress: True,
    at_once: int = 1,
) -> Found:
    """Return the best plan found of a county; `at_once`: districts searched beside one another."""
    steps = int(steps_of(effort, instance) * SHARE_OF_STEPS)
    first = int(steps * SHARE_OF_FIRST)
    shared = _Shared(watch, steps)
    plan, least = Plan(instance.name, ()), inf
    for cut, share in ((BORDERS, first), (SHIFTED, steps - first)):
        if shared.stopped and plan.visits:
            break
        here = districts(instance, cut, plan)
        places = plan.places()
        runs = [
            Run(
                one.instance,
                travel,
                seed=[seed, _number(one.name)],
                watch=partial(shared.watch_one, f"{cut} {one.name}"),
                far=STARTS[effort] > 1,
                places=places,
            )
            for one in here
        ]
        shared.begin({f"{cut} {one.name}": run for one, run in zip(here, runs, strict=True)})
        jobs: list[Callable[[], None]] = []
        for one, run in zip(here, runs, strict=True):
            own = share * len(one.instance.residents) // max(1, len(instance.residents))
            if plan.visits:
                jobs.append(partial(run.anneal_on, own))
            else:
                jobs.append(partial(run.anneal_from_starts, own, STARTS[effort]))
        with ThreadPoolExecutor(at_once) as pool:
            for done in [pool.submit(shared.unless_stopped, job) for job in jobs]:
                done.result()
        visits = sorted(entry for run in runs for entry in run.plan().visits)
        found = Plan(instance.name, tuple(visits))
        cost = sum(run.best_cost for run in runs)
        if not shared.stopped:
            # A district without room leaves people out for whom the next one may have a place.
            found = with_everyone(stand(instance, found, travel)).plan()
            cost = _cost(instance, found, travel)
        if cost < least:
            plan, least = found, cost
    return Found(plan, shared.steps)


class _Shared:
    """Adds up how far the districts are."""

    def __init__(self, watch: Watch, of: int) -> None:
        self.watch, self.of = watch, of
        self.before, self.stopped, self.lock = 0, False, Lock()
        self.done: dict[str, int] = {}
        self.best: dict[str, float] = {}

    @property
    def steps(self) -> int:
        """How many steps were made so far."""
        return self.before + sum(self.done.values())

    def unless_stopped(self, job: Callable[[], None]) -> None:
        """Do a district's work, if nobody stopped the search while it waited for its turn."""
        if not self.stopped:
            job()

    def begin(self, runs: dict[str, Run]) -> None:
        """Begin a pass from its first plans."""
        self.before = self.steps
        self.done = dict.fromkeys(runs, 0)
        self.best = {name: run.best_cost for name, run in runs.items()}
        self.stopped |= not self.watch(Progress(self.steps, self.of, sum(self.best.values())))

    def watch_one(self, name: str, progress: Progress) -> bool:
        """Take a district's progress, and say whether to go on."""
        with self.lock:
            self.done[name], self.best[name] = progress.steps, progress.best
            whole = Progress(self.steps, self.of, sum(self.best.values()))
            self.stopped = self.stopped or not self.watch(whole)
            return not self.stopped


def districts(instance: Instance, cut: float, plan: Plan) -> tuple[District, ...]:
    """Divide a county. Residents go with their round in the plan, else with the nearest stop."""
    depots = np.array([one.points[0] for one in instance.rounds])
    parts = _halved(depots, np.arange(len(depots)), cut, "")
    home = np.empty(len(depots), int)
    for i, (_, rounds) in enumerate(parts):
        home[rounds] = i
    mine = home[_rounds_of(instance, plan)]
    return tuple(
        District(
            name,
            replace(
                instance,
                rounds=tuple(instance.rounds[r] for r in rounds),
                residents=tuple(instance.residents[z] for z in np.flatnonzero(mine == i)),
            ),
        )
        for i, (name, rounds) in enumerate(parts)
        if (mine == i).any()
    )


Cut = tuple[str, np.ndarray[tuple[int], np.dtype[np.int64]]]


def _halved(
    depots: FloatArray, rounds: np.ndarray[tuple[int], np.dtype[np.int64]], cut: float, name: str
) -> Sequence[Cut]:
    """Cut across the longer side until a part is small enough."""
    if len(rounds) <= MOST_ROUNDS:
        return [(name, np.sort(rounds))]
    side = int(np.argmax(np.ptp(depots[rounds], axis=0)))
    order = rounds[np.lexsort((rounds, depots[rounds, side]))]
    at = int(len(order) * cut)
    return [
        *_halved(depots, order[:at], cut, f"{name}0"),
        *_halved(depots, order[at:], cut, f"{name}1"),
    ]


def _rounds_of(instance: Instance, plan: Plan) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Return each resident's round: that of the plan, or the one with the nearest stop."""
    from scipy.spatial import KDTree

    points = np.concatenate([one.points for one in instance.rounds])
    of = np.repeat(np.arange(len(instance.rounds)), [len(one.points) for one in instance.rounds])
    _, near = KDTree(points).query(np.array([one.xy for one in instance.residents]))
    found: np.ndarray[tuple[int], np.dtype[np.int64]] = of[near].astype(np.int64)
    for name, place in plan.places().items():
        found[instance.resident_index[name]] = instance.round_index[place.round]
    return found


def _cost(instance: Instance, plan: Plan, travel: Travel) -> float:
    return check(instance, plan, travel).parts.cost(instance)


def _number(name: str) -> int:
    return int.from_bytes(sha256(name.encode()).digest()[:4])
