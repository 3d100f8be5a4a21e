"""The power of one comparison, arm against control."""

from math import inf, sqrt

import numpy as np

from trialogue.methods import special
from trialogue.methods.power.dunnett import equicoordinate_point, t_point
from trialogue.methods.power.plan import Plan
from trialogue.methods.power.variance import FloatArray, degrees_of_freedom, variance


def two_sided_power(noncentrality: float | FloatArray, point: float, df: float) -> FloatArray:
    """P(|T'| > point), T' noncentral t; normal when `df` is infinite. Formula (4)."""
    away = np.abs(np.asarray(noncentrality, dtype=float))
    if df == inf:
        return np.asarray(special.ndtr(away - point) + special.ndtr(-away - point))
    # Far in its tails the distribution function comes back as NaN: there it is 0.
    below = np.nan_to_num(special.nctdtr(df, away, point), nan=0.0)
    other_way = np.nan_to_num(special.nctdtr(df, away, -point), nan=0.0)
    return np.asarray(1 - below + other_way)


def critical_point(plan: Plan, clusters: tuple[float, ...], arm: int) -> float:
    """The point that |t| of `arm` (1, 2, ...) must pass, with `clusters` in each arm."""
    df = degrees_of_freedom(plan, clusters[0], clusters[arm])
    if plan.corrected_by == "dunnett":
        loadings = tuple(sqrt(each / (each + clusters[0])) for each in clusters[1:])
        return equicoordinate_point(plan.alpha, df, loadings)
    steps = plan.arms - 1 if plan.corrected_by == "holm" else 1
    return t_point(plan.alpha / steps, df)


def alpha_used(plan: Plan, point: float, df: float) -> float:
    """The level of one comparison that a critical point stands for."""
    if plan.corrected_by == "dunnett":
        return 2 * float(special.ndtr(-point) if df == inf else special.stdtr(df, -point))
    return plan.alpha / (plan.arms - 1 if plan.corrected_by == "holm" else 1)


def comparison_power(plan: Plan, clusters: tuple[float, ...], arm: int) -> float:
    """Power of `arm` against control, with `clusters` in each arm."""
    spread = variance(
        plan,
        effect=plan.effect,
        control=clusters[0],
        arm=clusters[arm],
        cluster_size=plan.cluster_size,
    )
    df = degrees_of_freedom(plan, clusters[0], clusters[arm])
    point = critical_point(plan, clusters, arm)
    return float(two_sided_power(plan.effect / sqrt(spread), point, df))


def weakest_arm(clusters: tuple[float, ...]) -> int:
    """The arm with the fewest clusters, control aside: its comparison has the least power."""
    return 1 + min(range(len(clusters) - 1), key=lambda index: clusters[index + 1])
