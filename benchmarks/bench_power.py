"""Simulated power of cluster trials, against cluster-experiments and against a budget.

Two arms of 34 clusters of 20 people, yes or no: cluster-experiments places the clusters of a table
again and again and fits OLS with clustered errors; ours draws trials and runs its analysis.
Its trials are counted down to what a round can bear, and both are timed a trial. Its errors are
CR1 with the normal distribution, which finds a little more than CR2 with Satterthwaite's t: the
powers agree within what simulation and that leave. Then five arms of unequal clusters with Holm.
"""

from statistics import median

import numpy as np
import pandas as pd
from cluster_experiments import (
    ClusteredOLSAnalysis,
    ClusteredSplitter,
    ConstantPerturbator,
    PowerAnalysis,
)
from compare import cpu_seconds
from results import row

from trialogue.methods.power import Plan, simulate

CLUSTERS, PEOPLE, DRAWS, PEER_DRAWS = 34, 20, 10_000, 200
BASELINE, ICC, EFFECT = 0.3, 0.05, 0.12
FEWEST_TIMES, BUDGET = 1_000, 0.5


def main() -> None:
    against_cluster_experiments()
    five_arms()


def against_cluster_experiments() -> None:
    people = _people()
    peer = PowerAnalysis(
        splitter=ClusteredSplitter(cluster_cols=["cluster"]),
        perturbator=ConstantPerturbator(average_effect=EFFECT),
        analysis=ClusteredOLSAnalysis(cluster_cols=["cluster"], target_col="target"),
        target_col="target",
        n_simulations=PEER_DRAWS,
        seed=7,
    )
    plan = Plan(
        kind="continuous", effect=EFFECT, sd=float(people["target"].std()),
        clusters_per_arm=(CLUSTERS,), cluster_size=PEOPLE, icc=_icc(people),
    )  # fmt: skip
    theirs = peer.power_analysis(people)
    mine = simulate(plan, draws=DRAWS, seed=7).power
    allowed = 0.05 + 4 * np.sqrt(mine * (1 - mine) / PEER_DRAWS)
    print(f"power: cluster-experiments {theirs:.3f}, ours {mine:.3f}; {allowed:.3f} allowed")
    assert abs(theirs - mine) <= allowed
    ratios = []
    for _ in range(3):
        a_trial = cpu_seconds(lambda: peer.power_analysis(people)) / PEER_DRAWS
        ratios.append(a_trial / (cpu_seconds(lambda: simulate(plan, draws=DRAWS, seed=7)) / DRAWS))
    ratio = median(ratios)
    row(
        f"simulated power, 2 arms of {CLUSTERS} clusters of {PEOPLE}, {DRAWS:,} trials",
        f"cluster-experiments ({PEER_DRAWS} trials, timed a trial)",
        f"{ratio:,.0f} times faster",
        f"{FEWEST_TIMES:,} times",
        ratio >= FEWEST_TIMES,
    )


def five_arms() -> None:
    plan = Plan(
        kind="binary", baseline=BASELINE, effect=EFFECT, arms=5, clusters_per_arm=(CLUSTERS,),
        cluster_size=PEOPLE, cluster_size_cv=0.5, icc=ICC, correction="holm",
    )  # fmt: skip
    simulate(plan, draws=DRAWS, seed=7)
    seconds = median(cpu_seconds(lambda: simulate(plan, draws=DRAWS, seed=7)) for _ in range(5))
    row(
        f"simulated power, 5 arms of {CLUSTERS} unequal clusters, binary, Holm, {DRAWS:,} trials",
        "none",
        f"{seconds:.2f} s of CPU",
        f"< {BUDGET} s",
        seconds < BUDGET,
    )


def _people() -> pd.DataFrame:
    """Return people in clusters that differ as the intra-cluster correlation says."""
    rng = np.random.default_rng(3)
    spread = np.sqrt(BASELINE * (1 - BASELINE))
    level = rng.normal(BASELINE, spread * np.sqrt(ICC), 2 * CLUSTERS).repeat(PEOPLE)
    target = level + rng.normal(0, spread * np.sqrt(1 - ICC), level.size)
    names = np.repeat([f"c{number}" for number in range(2 * CLUSTERS)], PEOPLE)
    return pd.DataFrame({"cluster": names, "target": target})


def _icc(people: pd.DataFrame) -> float:
    """Return the intra-cluster correlation that the table has (one-way analysis of variance)."""
    groups = people.groupby("cluster")["target"]
    between = PEOPLE * groups.mean().var()
    within = groups.var().mean()
    return float((between - within) / (between + (PEOPLE - 1) * within))


if __name__ == "__main__":
    main()
