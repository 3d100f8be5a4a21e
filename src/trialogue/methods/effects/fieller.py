"""A ratio of two uncertain numbers, with an honest range."""

from dataclasses import dataclass
from math import sqrt

from trialogue.methods.results import Result


@dataclass(frozen=True, repr=False)
class Ratio(Result):
    """A ratio and its range."""

    ratio: float
    low: float
    high: float


def fieller(
    bottom: float,
    top: float,
    *,
    var_bottom: float,
    var_top: float,
    covariance: float,
    q: float,
) -> Ratio | None:
    """Return top/bottom with Fieller's range; None when the bottom may be zero.

    `top` and `bottom` each in its own unit, with their variances and covariance; `q` is the
    quantile of the range: normal, or t with the bottom's degrees of freedom. The formula is (1) of
    docs/methods/costs.md.

    References
    ----------
    Fieller (1954), JRSS B 16(2), 175-185; Willan and O'Brien (1996), Health Economics 5, 297-305.
    """
    a = bottom**2 - q**2 * var_bottom
    b = bottom * top - q**2 * covariance
    c = top**2 - q**2 * var_top
    inside = b**2 - a * c
    if a <= 0 or inside < 0:
        return None
    return Ratio(top / bottom, (b - sqrt(inside)) / a, (b + sqrt(inside)) / a)
