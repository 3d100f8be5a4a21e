"""Several comparisons: their p's allowed for how many there are.

The planned analysis takes Holm's. The others are for comparison with other software.
"""

from collections.abc import Sequence

import numpy as np

from trialogue.methods.effects.data import FloatArray


def bonferroni(p: Sequence[float]) -> list[float]:
    """Return each p times how many there are."""
    return [min(1.0, len(p) * each) for each in p]


def holm(p: Sequence[float]) -> list[float]:
    """Return Holm's step-down p's, one a comparison, in the order given.

    References
    ----------
    Holm (1979), Scandinavian Journal of Statistics 6(2), 65-70.
    """
    return _stepped_down(p, _left(p))


def hochberg(p: Sequence[float]) -> list[float]:
    """Return Hochberg's step-up p's: valid where the tests do not depend negatively.

    References
    ----------
    Hochberg (1988), Biometrika 75(4), 800-802.
    """
    return _stepped_up(p, _left(p))


def hommel(p: Sequence[float]) -> list[float]:
    """Return Hommel's p's: the closed test by Simes', which rejects whatever Hochberg's does.

    Of each number m of hypotheses, those that hold p_i: the least of m p_(k) / k over the m − 1
    largest others and itself.

    References
    ----------
    Hommel (1988), Biometrika 75(2), 383-386; Wright (1992), Biometrics 48, 1005-1013: algorithm.
    """
    count = len(p)
    order = np.argsort(p, kind="stable")
    ordered = np.asarray(p, dtype=float)[order]
    adjusted = np.full(count, (count * ordered / np.arange(1, count + 1)).min(initial=1.0))
    least = adjusted.copy()
    for m in range(count - 1, 1, -1):
        small = count - m + 1
        simes = (m * ordered[small:] / np.arange(2, m + 1)).min()
        least[:small] = np.minimum(m * ordered[:small], simes)
        least[small:] = least[small - 1]
        adjusted = np.maximum(adjusted, least)
    return _back(np.maximum(adjusted, ordered), order)


def benjamini_hochberg(p: Sequence[float]) -> list[float]:
    """Return p's that hold down the share of false findings among all that are found.

    References
    ----------
    Benjamini and Hochberg (1995), JRSS B 57(1), 289-300.
    """
    return _stepped_up(p, len(p) / np.arange(1, len(p) + 1))


def benjamini_yekutieli(p: Sequence[float]) -> list[float]:
    """Return the same whatever the tests have to do with one another.

    References
    ----------
    Benjamini and Yekutieli (2001), Annals of Statistics 29(4), 1165-1188.
    """
    place = np.arange(1, len(p) + 1)
    return _stepped_up(p, len(p) / place * (1 / place).sum())


def _left(p: Sequence[float]) -> FloatArray:
    """How many are still to be tested, from the smallest p on: all, one fewer, … 1."""
    return np.arange(len(p), 0, -1, dtype=float)


def _stepped_down(p: Sequence[float], times: FloatArray) -> list[float]:
    """From the smallest p up: each at least the one before it."""
    order = np.argsort(p, kind="stable")
    return _back(np.maximum.accumulate(times * np.asarray(p, dtype=float)[order]), order)


def _stepped_up(p: Sequence[float], times: FloatArray) -> list[float]:
    """From the largest p down: each at most the one before it."""
    order = np.argsort(p, kind="stable")
    ordered = (times * np.asarray(p, dtype=float)[order])[::-1]
    return _back(np.minimum.accumulate(ordered)[::-1], order)


def _back(ordered: FloatArray, order: np.ndarray) -> list[float]:
    """Put p's back in the order given; none is above 1."""
    adjusted = np.empty(len(order))
    adjusted[order] = np.minimum(ordered, 1.0)
    return [float(each) for each in adjusted]
