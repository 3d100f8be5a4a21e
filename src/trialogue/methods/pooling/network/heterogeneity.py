"""How much trials vary: τ², and Q in its two parts."""

from dataclasses import dataclass, replace
from math import ulp

import numpy as np

from trialogue.methods.pooling.network.model import fit
from trialogue.methods.pooling.network.trials import Trials

GRID = 60
PRECISION = 1e-13


@dataclass(frozen=True)
class Q:
    """The sum of squares with one effect for all, and its part between trials of the same arms.

    What is left, `total` − `within`, is where trials of different arms disagree.
    """

    total: float
    within: float
    df: int
    df_within: int

    @property
    def between(self) -> float:
        """Inconsistency between designs; 0 where no design can contradict another."""
        return max(self.total - self.within, 0.0) if self.df > self.df_within else 0.0

    @property
    def i2(self) -> float | None:
        """Share of the spread that is not chance, in per cent; None when nothing could vary."""
        if not self.df:
            return None
        return 100 * max(0.0, (self.total - self.df) / self.total) if self.total else 0.0


def spread_of(trials: Trials) -> Q:
    """Return Q at τ² = 0, and the part of it within each set of arms fitted by itself."""
    df = int((trials.sizes - 1).sum()) - (len(trials.arms) - 1)
    within, df_within = 0.0, 0
    designs, which = np.unique(trials.present, axis=0, return_inverse=True)
    for number, arms in enumerate(designs):
        rows = which.reshape(-1) == number
        alike = Trials(
            arms=tuple(arm for arm, there in zip(trials.arms, arms, strict=True) if there),
            names=trials.names,
            effect=trials.effect[rows][:, arms],
            variance=trials.variance[rows][:, arms],
        )
        df_here = (int(arms.sum()) - 1) * (int(rows.sum()) - 1)
        within += fit(alike, 0.0).q if df_here else 0.0
        df_within += df_here
    return Q(fit(trials, 0.0).q if df else 0.0, within, df, df_within)


def tau2_dl(trials: Trials, q: Q) -> float:
    """Return the generalised estimate of DerSimonian and Laird: formula (7)."""
    return max(0.0, (q.total - q.df) / fit(trials, 0.0).trace)


def tau2_reml(trials: Trials, q: Q) -> float:
    """Return the τ² of the highest restricted likelihood.

    The score may have several roots. Each is found between two points of a grid; 0 stands among
    them when the likelihood falls from there.
    """
    smallest = float(np.nanmin(trials.variance)) / 10
    points = [0.0, *np.geomspace(smallest, _largest(trials, q), GRID).tolist()]
    scores = [fit(trials, point).score for point in points]
    tops = [0.0] if scores[0] <= 0 else []
    for i in range(GRID):
        if scores[i] > 0 >= scores[i + 1]:
            tops.append(_top(trials, points[i], points[i + 1]))
    return max(tops, key=lambda tau2: fit(trials, tau2).log_likelihood)


def _largest(trials: Trials, q: Q) -> float:
    """Return a τ² beyond every root: ten times that of endless trials, and twice the largest s.

    There τ² > 2Q_G/df and > 2 max s, so that the score, at most Q_G/τ⁴ − df/(τ² + 2 max s), is
    below 0; Q_G is Q with G as the covariance.
    """
    endless = replace(trials, variance=np.where(trials.present, 0.0, np.nan))
    return 10 * fit(endless, 1.0).q / q.df + 2 * float(np.nanmax(trials.variance))


def _top(trials: Trials, low: float, high: float) -> float:
    """Halve until the score, above 0 at `low` and not at `high`, changes sign within rounding."""
    while high - low > max(PRECISION * high, ulp(0.0)):
        middle = (low + high) / 2
        if fit(trials, middle).score > 0:
            low = middle
        else:
            high = middle
    return (low + high) / 2
