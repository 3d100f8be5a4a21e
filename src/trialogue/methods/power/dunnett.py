"""The point that every one of several comparisons with one control must pass: Dunnett's."""

from functools import lru_cache
from math import inf

from trialogue.methods import special
from trialogue.methods.power.roots import root
from trialogue.methods.special.dunnett import all_within


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
    return root(lambda c: all_within(c, df, loadings) - (1 - alpha), low, high)


def t_point(alpha: float, df: float) -> float:
    """Two-sided point of t, normal when `df` is infinite."""
    return -float(special.ndtri(alpha / 2) if df == inf else special.stdtrit(df, alpha / 2))
