"""The point that every one of several comparisons with one control must pass: Dunnett's."""

from functools import cache, lru_cache
from math import inf, lgamma, log, sqrt

import numpy as np

from trialogue.methods import special
from trialogue.methods.power.roots import root
from trialogue.methods.power.variance import FloatArray

NORMAL_POINTS, CHI_POINTS = 80, 200


@lru_cache(maxsize=256)
def equicoordinate_point(alpha: float, df: float, loadings: tuple[float, ...]) -> float:
    """Two-sided point c with P(every |T_a| <= c) = 1 - alpha.

    The T_a are t with `df` degrees of freedom and correlations b_a b_b, b the `loadings`:
    b_a = sqrt(J_a / (J_a + J_0)) for arms that share a control. Dunnett (1955), JASA 50(272).
    """
    low = t_point(alpha, df)
    if len(loadings) == 1:
        return low
    high = t_point(alpha / len(loadings), df)
    return root(lambda c: _all_within(c, df, loadings) - (1 - alpha), low, high)


def t_point(alpha: float, df: float) -> float:
    """Two-sided point of t, normal when `df` is infinite."""
    return -float(special.ndtri(alpha / 2) if df == inf else special.stdtrit(df, alpha / 2))


def _all_within(c: float, df: float, loadings: tuple[float, ...]) -> float:
    """P(every |T_a| <= c). Given the shared normal z and s = chi / sqrt(df) they are independent.

    Hermite over z; Legendre over s with its density, since over its quantile the same points are
    2e-6 off.
    """
    z, z_weight = _normal()
    s, s_weight = _scale(df)
    chance = np.ones((s.size, z.size))
    for b, times in zip(*np.unique(loadings, return_counts=True), strict=True):
        rest = sqrt(1 - b * b)
        upper, lower = c * s[:, None] - b * z, -c * s[:, None] - b * z
        chance *= (special.ndtr(upper / rest) - special.ndtr(lower / rest)) ** times
    return float(s_weight @ chance @ z_weight)


@cache
def _normal() -> tuple[FloatArray, FloatArray]:
    """Points of a standard normal and their weights."""
    z, weight = np.polynomial.hermite_e.hermegauss(NORMAL_POINTS)
    return z, weight / weight.sum()


@cache
def _unit() -> tuple[FloatArray, FloatArray]:
    """Points between 0 and 1 and their weights."""
    point, weight = np.polynomial.legendre.leggauss(CHI_POINTS)
    return (point + 1) / 2, weight / 2


def _scale(df: float) -> tuple[FloatArray, FloatArray]:
    """Points of s = chi / sqrt(df) and their weights."""
    if df == inf:
        return np.ones(1), np.ones(1)
    low, high = (sqrt(special.chdtri(df, tail) / df) for tail in (1 - 1e-15, 1e-15))
    point, width = _unit()
    s = low + (high - low) * point
    log_density = (
        log(2) + df / 2 * log(df / 2) - lgamma(df / 2) + (df - 1) * np.log(s) - df * s**2 / 2
    )
    weight = np.exp(log_density) * width
    return s, weight / weight.sum()
