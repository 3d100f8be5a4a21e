"""The variance of one comparison, arm against control."""

from math import inf
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from trialogue.methods.power.plan import Plan

FloatArray = NDArray[np.float64]
Number = TypeVar("Number", float, FloatArray)


def variance(
    plan: Plan, *, effect: Number, control: float, arm: float, cluster_size: float
) -> Number:
    """Variance of the difference between `arm` and `control` clusters of `cluster_size` people.

    Formula (1) of docs/methods/power.md; for counts formula (5), Hayes and Bennett (1999).
    """
    treated = plan.control + effect
    unexplained = 1 - plan.r2
    if plan.kind == "count":
        here = _rate_variance(plan, treated, cluster_size) / (arm - 1)
        there = _rate_variance(plan, plan.control, cluster_size) / (control - 1)
    else:
        inflation = design_effect(plan, cluster_size) / cluster_size
        here = inflation * person_variance(plan, treated) / arm
        there = inflation * person_variance(plan, plan.control) / control
    return unexplained * (here + there)


def person_variance(plan: Plan, mean: Number) -> Number:
    """Variance of one person's outcome in an arm with this mean."""
    if plan.kind == "continuous":
        return plan.sd**2 + 0 * mean
    return mean * (1 - mean)


def design_effect(plan: Plan, cluster_size: float) -> float:
    """How many times larger clusters make the variance.

    People: Eldridge, Ashby and Kerry (2006), formula (2). Optimal: van Breukelen, Candel and
    Berger (2007), formula (3). Counts: all of the variance over that of the events alone.
    """
    m, rho, cv2 = cluster_size, plan.correlation, plan.cluster_size_cv**2
    if plan.kind == "count":
        rates = (plan.control, plan.control + plan.effect)
        return sum(_rate_variance(plan, rate, m) for rate in rates) / (sum(rates) / m)
    if plan.weighting == "people":
        return 1 + ((cv2 + 1) * m - 1) * rho
    equal_sizes = 1 + (m - 1) * rho
    reliability = m * rho / equal_sizes
    return equal_sizes / (1 - cv2 * reliability * (1 - reliability))


def _rate_variance(plan: Plan, rate: Number, cluster_size: float) -> Number:
    between = plan.between_variance * (1 + plan.cluster_size_cv**2)
    return rate / cluster_size + between * rate**2


def degrees_of_freedom(plan: Plan, control: float, arm: float) -> float:
    """Degrees of freedom of one comparison; infinite for counts, which use normal quantiles."""
    if plan.kind == "count":
        return inf
    return arm + control - 2 - ((control if plan.matched else plan.strata) - 1)
