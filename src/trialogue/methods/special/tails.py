"""Quantiles and tails: Student's t, or without `df` the normal; F and χ²."""

from math import inf
from typing import Any

from trialogue.methods import special


def quantile(chance: float, df: float | None) -> float:
    """Return the value with a share `chance` below it."""
    return float(special.ndtri(chance) if df is None else special.stdtrit(df, chance))


def below(value: float, df: float | None) -> float:
    """Return the share below the value."""
    return float(special.ndtr(value) if df is None else special.stdtr(df, value))


def two_sided(statistic: float, df: float | None) -> float:
    """Return the share farther from 0 than the statistic.

    Of t by the incomplete beta function, which keeps its digits far out where 1 − F has none.
    """
    if df is None:
        return float(2 * special.ndtr(-abs(statistic)))
    return float(special.betainc(df / 2, 0.5, df / (df + statistic * statistic)))


def f_above(f: float, df1: float, df2: float) -> float:
    """Return the share of F above `f`."""
    return float(special.fdtrc(df1, df2, f))


def chi2_above(chi2: float, df: float) -> float:
    """Return the share of χ² above `chi2`."""
    return float(special.chdtrc(df, chi2))


def chi2_quantile(chance: float, df: float) -> float:
    """Return the value of χ² with a share `chance` below it."""
    return float(special.chdtri(df, 1 - chance)) if chance < 1 else inf


def log_factorial(n: Any) -> Any:
    """Return log n!, element by element."""
    return special.gammaln(n + 1.0)
