"""Was it worth it? That depends on what an outcome is worth: the chance, value by value."""

from dataclasses import dataclass
from math import sqrt

import numpy as np

from trialogue.methods.arrays import Column, numbers
from trialogue.methods.costs.answers import net_variance
from trialogue.methods.costs.found import Amount, CostEffect, chance_above_zero, likely
from trialogue.methods.problems import Problem, refuse
from trialogue.methods.results import Result


@dataclass(frozen=True, repr=False)
class Worth(Result):
    """The net benefit a row if one outcome is worth `value` pounds, and the chance it is a gain.

    `probability` is None where nothing varies or the variances are not known.
    """

    value: float
    net_benefit: Amount
    probability: float | None


@dataclass(frozen=True, repr=False)
class Acceptability(Result):
    """The chance that an arm was worth its cost, by what one outcome is worth.

    `even` is the value at which it is as likely as not, None where no value above 0 is.
    """

    arm: str
    points: tuple[Worth, ...]
    even: float | None


def acceptability(found: CostEffect, values: Column, *, alpha: float = 0.05) -> Acceptability:
    """Return the acceptability curve of an arm.

    Parameters
    ----------
    found : CostEffect
        Of one arm.
    values : (m,)
        Pounds that one outcome may be worth, 0 or more; put in order.
    alpha : float
        One less the coverage of the ranges.

    Raises
    ------
    InputError
        A value is below 0 or not finite.

    References
    ----------
    Van Hout, Al, Gordon and Rutten (1994), Health Economics 3(5), 309-319.
    """
    worth = np.unique(numbers(values, name="values"))
    refuse(
        Problem(f"{value:g}: must be 0 or more", column="values")
        for value in worth
        if not 0 <= value < np.inf
    )
    # Half the chance is where the net benefit is 0, and the chance rises there if it helped.
    even = found.cost / found.effect if found.effect > 0 and found.cost > 0 else None
    return Acceptability(found.arm, tuple(_worth(found, float(v), alpha) for v in worth), even)


def _worth(found: CostEffect, value: float, alpha: float) -> Worth:
    estimate = value * found.effect - found.cost
    variance = net_variance(found, value)
    chance = None if variance is None else chance_above_zero(estimate, sqrt(variance), found.df)
    return Worth(value, likely(estimate, variance, found.df, alpha), chance)
