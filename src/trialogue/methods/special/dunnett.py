"""Several t's that share a control: the chance that every one of them is small."""

from functools import cache
from math import inf, lgamma, log, sqrt

import numpy as np
from numpy.typing import NDArray

from trialogue.methods import special

FloatArray = NDArray[np.float64]
NORMAL_POINTS, CHI_POINTS = 80, 200


def all_within(c: float, df: float, loadings: tuple[float, ...]) -> float:
    """P(every |T_a| <= c). Given the shared normal z and s = chi / sqrt(df) they are independent.

    The T_a are t with `df` degrees of freedom and correlations b_a b_b, b the `loadings`:
    b_a = sqrt(J_a / (J_a + J_0)) for arms that share a control. Hermite over z; Legendre over s
    with its density, since over its quantile the same points are 2e-6 off.
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
