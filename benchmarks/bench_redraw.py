"""Re-randomisation with max-T: five arms of 34 clusters, 100,000 draws, against scipy and R.

Same numbers, same question: how often does the largest |t| of four comparisons reach the observed
one when clusters change places? Clusters are of one size, where the studentised statistic is
Welch's on cluster means. scipy runs vectorised, in batches; base R draws in a loop; coin is asked
for its own largest of the arms' standardised sums. Then two arms of clusters, from rows, against
two packages for that. First the answers, then the times.
"""

import by_r
import numpy as np
import pandas as pd
from compare import compare, cpu_seconds
from results import row
from scipy.stats import permutation_test

from trialogue.methods import effects
from trialogue.methods.effects.randomisation import rerandomise

ARMS, EACH, PEOPLE, DRAWS = 5, 34, 20, 100_000
BATCH = 2_000
LOOPED = 2_000  # draws of R's loop, timed a draw
TWO_ARM_DRAWS = 10_000
WHAT = f"re-randomisation, {ARMS} arms of {EACH} clusters, {DRAWS:,} draws, max-T"


def main() -> None:
    five_arms()
    two_arms()


def five_arms() -> None:
    rng = np.random.default_rng(5)
    arm = np.repeat(np.arange(ARMS), EACH)
    means = rng.normal(0.3, 0.1, arm.size) + 0.045 * (arm == 1)
    samples = [means[arm == a] for a in range(ARMS)]

    def largest_t(*groups, axis):
        centre = [group.mean(axis=axis) for group in groups]
        spread = [group.var(axis=axis, ddof=1) / EACH for group in groups]
        pairs = zip(centre[1:], spread[1:], strict=True)
        found = [abs(c - centre[0]) / np.sqrt(v + spread[0]) for c, v in pairs]
        return np.max(found, axis=0)

    def scipy():
        return permutation_test(
            samples, largest_t, permutation_type="independent", vectorized=True,
            n_resamples=DRAWS, batch=BATCH, alternative="greater", rng=np.random.default_rng(7),
        ).pvalue  # fmt: skip

    def ours():
        drawn = rerandomise(
            sums=means * PEOPLE, sizes=np.full(arm.size, float(PEOPLE)), arm=arm,
            group=np.zeros(arm.size, dtype=np.int64), arms=ARMS, statistic="t", draws=DRAWS,
            seed=7,
        )  # fmt: skip
        return min(drawn.p_stepped)

    theirs, mine = scipy(), ours()
    error = 4 * np.sqrt(2 * theirs * (1 - theirs) / DRAWS)
    print(f"p over all arms: scipy {theirs:.4f}, ours {mine:.4f}; {error:.4f} allowed")
    assert abs(theirs - mine) <= error
    ratio = compare("scipy's permutation_test", scipy, ours, rounds=3)
    _row(WHAT, "scipy `permutation_test`, vectorised", ratio, 5)
    mine_seconds = min(cpu_seconds(ours) for _ in range(3))
    beside_base_r(means, arm, mine, mine_seconds)
    beside_coin(means, arm, mine_seconds)


def beside_base_r(means, arm, mine: float, seconds: float) -> None:
    """A plain loop over sample(), the same statistic."""
    if not by_r.has():
        return
    prepared = f"""
      y <- {by_r.vector(means)}; a <- {by_r.vector(arm)}; n <- {EACH}
      largest <- function(a) {{ m <- tapply(y, a, mean); v <- tapply(y, a, var) / n
        max(abs(m[-1] - m[1]) / sqrt(v[-1] + v[1])) }}
      seen <- largest(a)
      share <- function(B) {{ hits <- 0
        for (b in seq_len(B)) if (largest(sample(a)) >= seen - 1e-9) hits <- hits + 1
        (hits + 1) / (B + 1) }}"""
    theirs, used = by_r.timed(f"share({LOOPED})", prepared=prepared)
    error = 4 * np.sqrt(mine * (1 - mine) / LOOPED)
    assert abs(theirs - mine) <= error, (theirs, mine, error)
    _row(
        WHAT, f"base R loop ({LOOPED:,} draws, timed a draw)", used / LOOPED * DRAWS / seconds, 40
    )


def beside_coin(means, arm, seconds: float) -> None:
    """coin's own statistic is another (each arm against the rest): only the work is the same."""
    if not by_r.has("coin"):
        return
    prepared = f"y <- {by_r.vector(means)}; a <- factor({by_r.vector(arm)})"
    job = (
        "as.numeric(pvalue(independence_test(y ~ a, teststat = 'maximum', "
        f"distribution = approximate(nresample = {DRAWS}))))"
    )
    _, used = by_r.timed(job, prepared=prepared, libraries=("coin",))
    _row(WHAT, "R coin, its own maximum statistic", used / seconds, 3)


def two_arms() -> None:
    """Rows in, the p of a difference in means under re-drawn clusters out."""
    import statspai
    from ritest import ritest

    rng = np.random.default_rng(6)
    cluster = np.repeat(np.arange(2 * EACH), PEOPLE)
    treated = (cluster % 2).astype(int)
    score = (
        0.1 * treated + rng.normal(size=2 * EACH)[cluster] * 0.2 + rng.normal(size=cluster.size)
    )
    table = pd.DataFrame({"y": score, "treat": treated, "street": cluster})

    def ours():
        rule = effects.Rule("0", permutations=TWO_ARM_DRAWS, statistic="difference")
        data = effects.Data(outcome=score, arm=treated.astype(str), cluster=cluster.astype(str))
        return effects.analyse(data, rule, seed=7).effects[0].p_permutation

    def by_ritest():
        return ritest(
            df=table, permute_var="treat", formula="y ~ treat", stat="treat", cluster="street",
            reps=TWO_ARM_DRAWS, seed=7, ci_mode="none",
        ).pval  # fmt: skip

    def by_statspai():
        return statspai.ri_test(
            table, y="y", treat="treat", cluster="street", n_perms=TWO_ARM_DRAWS, seed=7
        )["p_value"]

    mine = ours()
    what = f"the same, 2 arms of {EACH} clusters of {PEOPLE}, {TWO_ARM_DRAWS:,} draws, from rows"
    for name, peer in (("ritest-python", by_ritest), ("StatsPAI", by_statspai)):
        theirs = float(peer())
        error = 4 * np.sqrt(2 * mine * (1 - mine) / TWO_ARM_DRAWS)
        print(f"p of two arms: {name} {theirs:.4f}, ours {mine:.4f}; {error:.4f} allowed")
        assert abs(theirs - mine) <= error
        _row(what, name, compare(name, peer, ours, rounds=3), 20)


def _row(what: str, peer: str, ratio: float, wanted: int) -> None:
    row(what, peer, f"{ratio:,.1f} times faster", f"{wanted} times", ratio >= wanted)


if __name__ == "__main__":
    main()
