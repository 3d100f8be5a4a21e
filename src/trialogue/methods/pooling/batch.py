"""Many REML problems at once: what is pooled again and again takes one call, not a thousand."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from trialogue.methods.pooling.likelihood import Likelihood, highest
from trialogue.methods.pooling.studies import BoolArray, FloatArray
from trialogue.methods.pooling.weighting import ROUNDING, far_apart, too_far_apart
from trialogue.methods.results import Result

STEPS = 60
CLOSE = 1e-8  # a last step of Newton this small leaves its square
NUMBERS_AT_ONCE = 20_000  # that the caches of a processor hold
TINY = 1e-300  # of trials that all found the same, so that it has a logarithm
LONGEST = 20.0  # step
LOOKS = (1, 4, 16)  # parts


@dataclass(frozen=True, repr=False)
class Batch(Result):
    """What R problems give, each (R,): τ², the pooled estimate, 1/Σw and s² = Σ w r²/(k − 1)."""

    tau2: FloatArray
    estimate: FloatArray
    variance: FloatArray
    s2: FloatArray


def reml_batch(y: FloatArray, v: FloatArray) -> Batch:
    """Pool R sets of k trials at once by REML, without moderators.

    Newton's method on log A − log T in log(τ² + h), h the typical variance, where the equation of
    REML is almost a straight line (9); τ² is quartered where a step would go below 0. That no
    other crossing exists is then shown by the bounds (10) and (11) of docs/methods/pooling.md; a
    problem in which it cannot be shown is solved by itself, as `pool` does.

    Parameters
    ----------
    y, v : (R, k)
        Estimates and variances. A variance of infinity is a trial that is not there, so that
        problems of unequal size fit into one call; each needs two trials or more.

    Raises
    ------
    InputError
        In some problem one trial outweighs all others: its variances are too far apart.
    """
    if far_apart(1 / v).any():
        raise too_far_apart()
    rows = max(1, NUMBERS_AT_ONCE // y.shape[1])
    parts = [
        _solved(y[start : start + rows], v[start : start + rows])
        for start in range(0, len(y), rows)
    ]
    return Batch(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _solved(y: FloatArray, v: FloatArray) -> tuple[FloatArray, ...]:
    present = np.isfinite(v)
    ones = np.ones(y.shape[1])
    k = present @ ones
    y = y * present
    middle = y @ ones / k
    size = np.abs(y).max(axis=1)
    y = (y - middle[:, None]) * present
    variance = np.vecdot(y, y) / (k - 1) - np.where(present, v, 0.0) @ ones / k
    tau2, alone = _crossings(y, v, start=np.maximum(variance, 0.0))
    for row in np.flatnonzero(~alone):
        here = present[row]
        column = ones[here, None]
        tau2[row] = highest(Likelihood(y[row, here], v[row, here], column, restricted=True))
    w = 1 / (v + tau2[:, None])
    total = w @ ones
    estimate = np.vecdot(w, y) / total
    r = y - estimate[:, None]
    r *= np.abs(r) > ROUNDING * size[:, None]
    return tau2, estimate + middle, 1 / total, np.vecdot(w * r, r) / (k - 1)


def _pieces(y: FloatArray, v: FloatArray, tau2: FloatArray) -> FloatArray:
    """Return τ², A = y′PPy, T = tr P, A₃ = y′PPPy and T₂ = tr PP of each problem, (5, R).

    The slope of the likelihood is A − T, its derivative T₂ − 2A₃.
    """
    w = 1 / (v + tau2[:, None])
    s1 = w @ np.ones(w.shape[1])
    s2, s3 = np.vecdot(w, w), np.vecdot(w * w, w)
    wr = w * (y - (np.vecdot(w, y) / s1)[:, None])
    a = np.maximum(np.vecdot(wr, wr), TINY)
    a3 = np.vecdot(w * wr, wr) - np.vecdot(w, wr) ** 2 / s1
    return np.array([tau2, a, s1 - s2 / s1, a3, s2 - 2 * s3 / s1 + (s2 / s1) ** 2])


def _crossings(y: FloatArray, v: FloatArray, start: FloatArray) -> tuple[FloatArray, BoolArray]:
    """Return where the slope falls through 0, (R,), 0 if it falls there; and if nowhere else."""
    origin = _pieces(y, v, np.zeros(len(y)))
    found = origin.copy()
    row = np.flatnonzero(origin[1] > origin[2])
    ones = np.ones(v.shape[1])
    typical = np.isfinite(v) @ ones / ((1 / v) @ ones)
    left_y, left_v, point = y[row], v[row], start[row]
    for _ in range(STEPS):
        if not row.size:
            break
        here = _pieces(left_y, left_v, point)
        _, a, t, a3, t2 = here
        far = point + typical[row]
        fall = far * (2 * a3 / a - t2 / t)
        step = np.clip(np.log(a / t) / np.where(fall > 0, fall, 1.0), -LONGEST, LONGEST)
        new = far * np.exp(step) - typical[row]
        new = np.where(new < 0, point / 4, new)
        close = np.abs(new - point) <= CLOSE * (new + typical[row])
        found[:, row[close]] = here[:, close]
        found[0, row[close]] = new[close]
        row, point = row[~close], new[~close]
        if close.any():
            left_y, left_v = left_y[~close], left_v[~close]
    alone = _alone(y, v, origin, found)
    alone[row] = False
    return found[0], alone


def _alone(y: FloatArray, v: FloatArray, origin: FloatArray, found: FloatArray) -> BoolArray:
    """Say of which problems it is shown that the slope crosses 0 nowhere else.

    Above max v − 2 min v it can cross once only, so it is enough to look from 0 to there: in one
    part before the crossing and one after, which does for most; then in more parts.
    """
    largest = np.where(np.isfinite(v), v, 0.0).max(axis=1)
    last = _pieces(y, v, np.maximum(largest - 2 * v.min(axis=1), found[0]))
    alone = np.zeros(len(y), dtype=bool)
    for parts in LOOKS:
        row = np.flatnonzero(~alone)
        if row.size:
            walk = _Walk(y[row], v[row], largest[row], parts)
            alone[row] = walk.shows(_positive, origin[:, row], found[:, row])
            alone[row] &= walk.shows(_negative, found[:, row], last[:, row])
    return alone


@dataclass(frozen=True)
class _Walk:
    """Goes from one τ² to another in parts, and asks of each part what the slope is there."""

    y: FloatArray
    v: FloatArray
    largest: FloatArray
    parts: int

    def shows(self, test: Callable[..., BoolArray], start: FloatArray, end: FloatArray) -> Any:
        """Say of which problems the test holds in every part."""
        shown = np.ones(len(self.y), dtype=bool)
        smallest = self.v.min(axis=1)
        first, growth = start[0] + smallest, (end[0] + smallest) / (start[0] + smallest)
        low = start
        for part in range(1, self.parts + 1):
            point = np.maximum(first * growth ** (part / self.parts) - smallest, low[0])
            high = end if part == self.parts else _pieces(self.y, self.v, point)
            shown &= test(low, high, self.largest)
            low = high
        return shown


def _positive(low: FloatArray, high: FloatArray, largest: FloatArray) -> BoolArray:
    """Say where the slope is above 0 from `low` up to `high`, at which it is not below.

    log A and log T are convex in log(τ² + max v): A lies above its tangent, T below its chord.
    """
    apart = np.log((high[0] + largest) / (low[0] + largest))
    steep = 2 * (high[0] + largest) * high[3] / high[1]
    above = np.log(high[1]) - np.log(low[2]) + steep * apart > 0
    shown: BoolArray = (apart == 0) | above
    return shown


def _negative(low: FloatArray, high: FloatArray, largest: FloatArray) -> BoolArray:
    """Say where the slope is below 0 from `low`, at which it is not above, up to `high`."""
    apart = np.log((high[0] + largest) / (low[0] + largest))
    steep = (low[0] + largest) * low[4] / low[2]
    below = np.log(high[1]) - np.log(low[2]) + steep * apart < 0
    shown: BoolArray = (apart == 0) | below
    return shown
