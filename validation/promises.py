"""What is promised before a trial: power in closed form against play, shares of a draw."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from math import sqrt

from trialogue.methods import allocation
from trialogue.methods.design import Arm, Design
from trialogue.methods.power import Plan, Power, power, simulate

DRAWS = 20_000
SEEDS = 10_000


@dataclass(frozen=True)
class Promise:
    """Power of one plan: as promised in closed form, and as found by playing it."""

    kind: str
    clusters: int
    size: int
    spread: float
    icc: float
    answer: Power

    @property
    def promised(self) -> float:
        """Closed form."""
        return float(self.answer.power_closed_form or 0.0)

    @property
    def played(self) -> float:
        """Simulation."""
        return float(self.answer.power or 0.0)


def promises() -> Iterator[Promise]:
    """Plans whose effect is the one that closed form finds 8 times in 10."""
    for kind, baseline in (("continuous", None), ("binary", 0.1), ("binary", 0.4), ("count", 0.5)):
        for clusters in (4, 6, 10, 20, 40):
            for size, spread, icc in ((20, 0.0, 0.02), (20, 0.0, 0.1), (20, 0.8, 0.05)):
                plan = Plan(
                    kind=kind,
                    baseline=baseline,
                    effect=0.1,
                    clusters_per_arm=(clusters,),
                    cluster_size=size,
                    cluster_size_cv=spread,
                    icc=icc,
                )
                found = power(plan).detectable_effect
                if found is None:
                    continue
                plan = Plan(**{**plan.__dict__, "effect": found})
                played = simulate(plan, draws=DRAWS, seed=20270203)
                words = kind if baseline is None else f"{kind}, {baseline:g}"
                yield Promise(words, clusters, size, spread, icc, played)


@dataclass(frozen=True)
class Shares:
    """Over many seeds: the furthest from its share, in standard errors, of units and of pairs."""

    design: str
    units: float
    pairs: float
    looked_at: int


def shares() -> Iterator[Shares]:
    """How often units, and pairs, meet an arm: with a remainder, strata, blocks, a ratio."""
    two, three = (Arm("usual", 1), Arm("letter", 1)), (Arm("usual", 2), Arm("a", 1), Arm("b", 1))
    blocked = Design(two, method="blocked", block=4)
    yield _shares("complete, 1:1, 7 units", Design(two), [0] * 7)
    yield _shares("complete, 2:1:1, 10 units", Design(three), [0] * 10)
    yield _shares("complete, 1:1, 15 units in 3 strata", Design(two), [0, 1, 2] * 5)
    yield _shares("blocks of 4, 1:1, 12 units", blocked, [0] * 4 + [1] * 4 + [2] * 4)


def _shares(words: str, design: Design, groups: list[int]) -> Shares:
    """Draw again and again; `groups` are the strata, or with blocks the blocks."""
    strata = [() if design.block else (f"w{group}",) for group in groups]
    units = [allocation.Unit(f"u{number:02}", strata=each) for number, each in enumerate(strata)]
    first = design.arms[1].name
    met: Counter[int] = Counter()
    together: Counter[tuple[int, int]] = Counter()
    for seed in range(SEEDS):
        arms = allocation.draw(units, design, seed)
        chosen = [number for number, arm in enumerate(arms) if arm == first]
        met.update(chosen)
        together.update(combinations(chosen, 2))
    share = design.ratio[1] / design.ratio_total
    alone = max(_errors(met[number], share) for number in range(len(units)))
    return Shares(words, alone, _pairs(together, groups), len(units))


def _pairs(together: Counter[tuple[int, int]], groups: list[int]) -> float:
    """Return how far pairs of one group, and of two, stray from their own mean."""
    kinds: dict[bool, list[int]] = {}
    for one, other in combinations(range(len(groups)), 2):
        kinds.setdefault(groups[one] == groups[other], []).append(together[one, other])
    means = {alike: sum(counts) / len(counts) / SEEDS for alike, counts in kinds.items()}
    return max(_errors(each, means[alike]) for alike, counts in kinds.items() for each in counts)


def _errors(count: int, share: float) -> float:
    """Return how many standard errors a count over all seeds is from its share."""
    return abs(count / SEEDS - share) / sqrt(share * (1 - share) / SEEDS)
