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
    effect: float,
    cost: float,
    *,
    var_effect: float,
    var_cost: float,
    covariance: float,
    q: float,
) -> Ratio | None:
    """Return cost/effect with Fieller's range; None when the effect may be zero.

    `effect` in the outcome's unit, `cost` in pounds, a row each, with their variances and
    covariance. `q` is the quantile of the range: normal, or t with the effect's degrees of
    freedom. The formula is (1) of docs/methods/costs.md.

    References
    ----------
    Fieller (1954), JRSS B 16(2), 175-185; Willan and O'Brien (1996), Health Economics 5, 297-305.
    """
    a = effect**2 - q**2 * var_effect
    b = effect * cost - q**2 * covariance
    c = cost**2 - q**2 * var_cost
    inside = b**2 - a * c
    if a <= 0 or inside < 0:
        return None
    return Ratio(cost / effect, (b - sqrt(inside)) / a, (b + sqrt(inside)) / a)
