"""How often the planned analysis' 95% range holds the truth: clusters drawn by `power`."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from trialogue.methods.power import Plan, drawn_trials

DRAWS = 20_000
SIZE = 20
CLUSTERS = (2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 60)
PEOPLE = (10, 20, 50, 100, 500)
ICCS = (0.0, 0.05, 0.2)
SPREADS = {"all of 20": 0.0, "1 to 90, 20 on average": 1.0}
OUTCOMES = {
    "score": ("continuous", None),
    "2%": ("binary", 0.02),
    "10%": ("binary", 0.10),
    "25%": ("binary", 0.25),
    "50%": ("binary", 0.50),
}


@dataclass(frozen=True)
class Row:
    """A kind of trial, and the share of ranges that hold the truth at each number in an arm."""

    outcome: str
    sizes: str
    icc: float
    coverage: tuple[float, ...]


def by_clusters() -> Iterator[Row]:
    """Clusters of 20: rows for the outcome, how unequal they are and how alike their people."""
    for outcome in OUTCOMES:
        for sizes, spread in SPREADS.items():
            for icc in ICCS:
                more = {"cluster_size": SIZE, "cluster_size_cv": spread, "icc": icc}
                coverage = tuple(_coverage(outcome, clusters, **more) for clusters in CLUSTERS)
                yield Row(outcome, sizes, icc, coverage)


def one_by_one() -> Iterator[Row]:
    """People allocated one by one: HC2 with Bell and McCaffrey's degrees of freedom."""
    for outcome in OUTCOMES:
        yield Row(outcome, "", 0.0, tuple(_coverage(outcome, people) for people in PEOPLE))


def _coverage(outcome: str, clusters: int, **more: float) -> float:
    """Return the share of ranges that hold an effect: none for a score, a half more of a risk.

    Where nothing varies no range is given, and none is counted.
    """
    kind, baseline = OUTCOMES[outcome]
    plan = Plan(
        kind=kind,
        baseline=baseline,
        effect=(baseline or 0.0) / 2,
        clusters_per_arm=(clusters,),
        **more,
    )
    held, given = 0, 0
    for trials in drawn_trials(plan, draws=DRAWS, seed=20270203):
        reach = stdtrit(trials.df, 0.975) * trials.se
        held += int((np.abs(trials.estimate - plan.effect) <= reach)[trials.se > 0].sum())
        given += int((trials.se > 0).sum())
    return held / given
