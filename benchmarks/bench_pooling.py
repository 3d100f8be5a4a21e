"""REML: 1,000 problems of 50 trials at once, against PyMARE, pimeta and R's metafor.

Variances differ eightfold within a problem, as those of trials do. The peers solve one problem a
call, in a loop; metafor's loop is of fewer, and timed a problem. First the answers, then the
times. All run as they come: pimeta and metafor stop when a step is below 1e-5, ours at the last
digits.
"""

from warnings import catch_warnings, simplefilter

import by_r
import numpy as np
from compare import compare, cpu_seconds
from results import row

from trialogue.methods.pooling import reml_batch

PROBLEMS, TRIALS = 1_000, 50
LOOPED = 200  # problems of R's loop
WHAT = f"REML, {PROBLEMS:,} problems of {TRIALS} trials at once"
# How far a peer's tau2 may be from ours, relative to tau2 and the typical variance.
EXACT, STOPPED_EARLY = 1e-6, 1e-4


def main() -> None:
    rng = np.random.default_rng(1)
    v = rng.uniform(0.05, 0.4, (PROBLEMS, TRIALS))
    y = rng.normal(0.3, np.sqrt(v + 0.1))

    def ours():
        return reml_batch(y, v)

    ours()
    beside_pymare(y, v, ours)
    beside_pimeta(y, v, ours)
    beside_metafor(y, v, ours)


def beside_pymare(y, v, ours) -> None:
    from pymare.estimators import VarianceBasedLikelihoodEstimator

    ones = np.ones((TRIALS, 1))
    estimator = VarianceBasedLikelihoodEstimator(method="REML")

    def pymare():
        found = np.empty(PROBLEMS)
        for i in range(PROBLEMS):
            estimator.fit(y=y[i, :, None], v=v[i, :, None], X=ones)
            found[i] = np.ravel(estimator.params_["tau2"])[0]
        return found

    _alike("PyMARE", pymare(), ours().tau2, v, EXACT)
    _row("PyMARE, one by one", compare("PyMARE", pymare, ours, rounds=5), 500)


def beside_pimeta(y, v, ours) -> None:
    from pimeta import rma

    def pimeta():
        with catch_warnings():
            simplefilter("ignore")
            return np.array([rma(y[i], v[i], method="REML").tau2 for i in range(PROBLEMS)])

    _alike("pimeta", pimeta(), ours().tau2, v, STOPPED_EARLY)
    _row("pimeta, one by one", compare("pimeta", pimeta, ours, rounds=5), 100)


def beside_metafor(y, v, ours) -> None:
    if not by_r.has("metafor"):
        return
    prepared = f"""
      y <- matrix({by_r.vector(y[:LOOPED].ravel())}, {TRIALS})
      v <- matrix({by_r.vector(v[:LOOPED].ravel())}, {TRIALS})
      mean_tau2 <- function() mean(sapply(seq_len({LOOPED}), function(i) rma(y[, i], v[, i])$tau2))
    """
    theirs, used = by_r.timed("mean_tau2()", prepared=prepared, libraries=("metafor",))
    mine = ours().tau2[:LOOPED].mean()
    print(f"mean tau2 of {LOOPED}: metafor {theirs:.10f}, ours {mine:.10f}")
    assert abs(theirs - mine) <= STOPPED_EARLY * mine
    seconds = min(cpu_seconds(ours) for _ in range(20))
    ratio = used / LOOPED * PROBLEMS / seconds
    _row(f"R metafor, one by one ({LOOPED} problems, timed a problem)", ratio, 100)


def _alike(name: str, theirs, mine, v, allowed: float) -> None:
    typical = 1 / (1 / v).mean(axis=1)
    worst = float((np.abs(theirs - mine) / (mine + typical)).max())
    print(f"worst difference of tau2 from {name}: {worst:.1e}; {allowed:.0e} allowed")
    assert worst <= allowed


def _row(peer: str, ratio: float, wanted: int) -> None:
    row(WHAT, peer, f"{ratio:,.0f} times faster", f"{wanted} times", ratio >= wanted)


if __name__ == "__main__":
    main()
