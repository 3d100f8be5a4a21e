"""τ² where the likelihood is highest. Its slope may cross zero more than once."""

from dataclasses import dataclass

import numpy as np

from trialogue.methods.pooling.studies import FloatArray
from trialogue.methods.pooling.weighting import Weighting, at

GRID = 60
STEPS = 200
CLOSE = 1e-15


@dataclass(frozen=True)
class Likelihood:
    """The likelihood of τ² given y and v, (k,), and columns x, (k, p); restricted or not."""

    y: FloatArray
    v: FloatArray
    x: FloatArray
    restricted: bool

    def log(self, tau2: float) -> float:
        """Twice the logarithm, up to a constant."""
        here = at(self.x, self.v, tau2)
        misfit = float((here.w * here.residual(self.y) ** 2).sum())
        columns = float(np.linalg.slogdet(here.m)[1]) if self.restricted else 0.0
        return float(np.log(here.w).sum()) + columns - misfit

    def slope(self, tau2: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Its derivative at each τ², y′PPy − tr P (tr W when not restricted), and the second."""
        here = at(self.x, self.v, tau2)
        r = here.residual(self.y)
        first, second = self._traces(here)
        return ((here.w * r) ** 2).sum(axis=-1) - first, second - 2 * here.cubed(r)

    def _traces(self, here: Weighting) -> tuple[FloatArray, FloatArray]:
        if self.restricted:
            return here.trace(), here.trace2()
        return here.w.sum(axis=-1), (here.w**2).sum(axis=-1)


def highest(likelihood: Likelihood) -> float:
    """Return the τ² ≥ 0 at which a likelihood is highest.

    The slope is looked at in 0 and at 60 points, evenly apart in their logarithms, up to where it
    is below zero for certain. Each crossing from above is solved; 0 counts as well where the
    slope falls from there.
    """
    y, v = likelihood.y, likelihood.v
    k, p = likelihood.x.shape
    top = 10 * float(y.var(ddof=1)) * (k - 1) / (k - p) + float(v.max())
    grid = np.append(0.0, np.geomspace(min(float(v.min()) / 100, top / 1e6), top, GRID))
    slopes = likelihood.slope(grid)[0]
    found = [0.0] if slopes[0] <= 0 else []
    for index in np.flatnonzero((slopes[:-1] > 0) & (slopes[1:] <= 0)):
        found.append(_crossing(likelihood, float(grid[index]), float(grid[index + 1])))
    return max(found, key=likelihood.log)


def _crossing(likelihood: Likelihood, low: float, high: float) -> float:
    """Find where the slope falls through 0: Newton, halving where a step leaves the bracket."""
    point = (low + high) / 2
    for _ in range(STEPS):
        first, second = (float(value) for value in likelihood.slope(np.asarray(point)))
        low, high = (point, high) if first > 0 else (low, point)
        new = point - first / second if second < 0 else high
        if not low < new < high:
            new = (low + high) / 2
        if abs(new - point) <= CLOSE * (new + point):
            return new
        point = new
    return point
