"""Quantiles and tails of t, F, χ² and the normal."""

from typing import Any

from trialogue.methods import special


def t_quantile(p: float, df: float) -> float:
    """Return t with a share `p` below it."""
    return float(special.stdtrit(df, p))


def t_below(t: float, df: float) -> float:
    """Return the share of Student's t below `t`."""
    return float(special.stdtr(df, t))


def t_two_sided(t: float, df: float) -> float:
    """Return the share of Student's t farther from 0 than `t`.

    By the incomplete beta function, which keeps its digits far out where 1 − F has none.
    """
    return float(special.betainc(df / 2, 0.5, df / (df + t * t)))


def normal_quantile(p: float) -> float:
    """Return z with a share `p` below it."""
    return float(special.ndtri(p))


def normal_below(z: float) -> float:
    """Return the share of the normal below `z`."""
    return float(special.ndtr(z))


def f_above(f: float, df1: float, df2: float) -> float:
    """Return the share of F above `f`."""
    return float(special.fdtrc(df1, df2, f))


def chi2_above(chi2: float, df: float) -> float:
    """Return the share of χ² above `chi2`."""
    return float(special.chdtrc(df, chi2))


def log_factorial(n: Any) -> Any:
    """Return log n!, element by element."""
    return special.gammaln(n + 1.0)
