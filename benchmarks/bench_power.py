"""Simulated power of cluster trials, against three that simulate it too, and a budget.

Two arms of 34 clusters of 20 people, yes or no: cluster-experiments places the clusters of a table
again and again and fits OLS with clustered errors; ours draws trials and runs its analysis.
Its trials are counted down to what a round can bear, and both are timed a trial. Its errors are
CR1 with the normal distribution, which finds a little more than CR2 with Satterthwaite's t: the
powers agree within what simulation and that leave. estimatr, in R, runs the analysis that is ours
on trials drawn the same way. mcpower fits a random-intercept model, which with equal clusters asks
the same. Then five arms of unequal clusters with Holm.
"""

from statistics import median

import by_r
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
    against_estimatr()
    against_mcpower()
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


def against_estimatr() -> None:
    if not by_r.has("estimatr"):
        return
    prepared = f"""
      set.seed(7); J <- {CLUSTERS}; m <- {PEOPLE}; g <- rep(1:(2 * J), each = m); z <- g %% 2
      one <- function() {{
        y <- {EFFECT} * z + rnorm(2 * J, 0, sqrt({ICC}))[g] + rnorm(length(g), 0, sqrt(1 - {ICC}))
        f <- lm_robust(y ~ z, clusters = g, se_type = "CR2"); f$p.value[[2]] < .05 }}"""
    job = f"mean(replicate({PEER_DRAWS}, one()))"
    theirs, used = by_r.timed(job, prepared=prepared, libraries=("estimatr",))
    _beside("R estimatr, CR2", theirs, used / PEER_DRAWS, 900, draws=PEER_DRAWS, icc=ICC)


def against_mcpower() -> None:
    from mcpower import MCPower

    model = MCPower("score = new + (1|street)", family="lme")
    model.set_variable_type("new=binary").set_effects(f"new={EFFECT}")
    # Its smallest intra-cluster correlation is 0.1, and its spread within a cluster is 1.
    icc, people = 0.1, 2 * CLUSTERS * PEOPLE
    model.set_cluster("street", ICC=icc, n_clusters=2 * CLUSTERS, cluster_level_vars=["new"])
    model.set_simulations(DRAWS).set_seed(7)

    def theirs() -> float:
        answer = model.find_power(
            sample_size=people, target_test="new", verbose=False, progress_callback=False
        )
        return float(answer["power_uncorrected"][0][0])

    power = theirs()
    used = min(cpu_seconds(theirs) for _ in range(3))
    sd = float(np.sqrt(1 / (1 - icc)))
    _beside("mcpower, a mixed model", power, used / DRAWS, 10, draws=DRAWS, icc=icc, sd=sd)


def _beside(
    peer: str,
    power: float,
    a_trial: float,
    wanted: int,
    *,
    draws: int,
    icc: float,
    sd: float = 1.0,
) -> None:
    """Simulate the same plan, see that the powers agree, and say how much faster ours is."""
    plan = Plan(
        kind="continuous", effect=EFFECT, sd=sd, clusters_per_arm=(CLUSTERS,),
        cluster_size=PEOPLE, icc=icc,
    )  # fmt: skip
    mine = float(simulate(plan, draws=DRAWS, seed=7).power or 0)
    allowed = 0.03 + 4 * np.sqrt(mine * (1 - mine) / draws)
    print(f"power: {peer} {power:.3f}, ours {mine:.3f}; {allowed:.3f} allowed")
    assert abs(power - mine) <= allowed
    ours = min(cpu_seconds(lambda: simulate(plan, draws=DRAWS, seed=7)) for _ in range(5)) / DRAWS
    row(
        f"simulated power, 2 arms of {CLUSTERS} clusters of {PEOPLE}, {DRAWS:,} trials",
        f"{peer} ({draws:,} trials, timed a trial)",
        f"{a_trial / ours:,.0f} times faster",
        f"{wanted:,} times",
        a_trial / ours >= wanted,
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
