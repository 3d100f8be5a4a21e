"""Solving back: the effect, the clusters and the cluster size that reach the target power."""

from dataclasses import dataclass
from fractions import Fraction
from math import ceil, inf, sqrt

from trialogue.methods.power.comparison import (
    comparison_power,
    critical_point,
    two_sided_power,
    weakest_arm,
)
from trialogue.methods.power.plan import Plan
from trialogue.methods.power.roots import above, root
from trialogue.methods.power.variance import degrees_of_freedom, variance
from trialogue.methods.results import Result

MOST = 10**6
WHOLE = 1e-8  # a solved number this near to a whole one is that whole one


@dataclass(frozen=True, repr=False)
class Fixes(Result):
    """Three ways to the target power, each by itself; None where it cannot get there.

    `effect` is the smallest that the plan as it stands can find, with its sign.
    """

    clusters_per_arm: tuple[int, ...] | None
    cluster_size: int | None
    effect: float | None


def fixes(plan: Plan) -> Fixes:
    """What would bring the plan to its target power: more clusters, larger ones, a larger effect.

    A larger cluster is no way for a trial that places units and measures each once.
    """
    exact = clusters_per_arm_exact(plan)
    size = cluster_size_needed(plan) if plan.cluster_size > 1 else None
    effect = detectable_effect(plan)
    return Fixes(
        clusters_per_arm=None if exact is None else whole_clusters(plan, exact),
        cluster_size=None if size is None or size > MOST else max(1, _up(size)),
        effect=None if effect is None else effect * direction(plan),
    )


def direction(plan: Plan) -> int:
    """-1 when the effect to find is a fall, else 1."""
    return -1 if plan.effect < 0 else 1


def needed_noncentrality(plan: Plan) -> float:
    """The noncentrality that gives the weakest comparison the target power: δ*."""
    clusters = plan.clusters
    arm = weakest_arm(clusters)
    point = critical_point(plan, clusters, arm)
    df = degrees_of_freedom(plan, clusters[0], clusters[arm])

    def short(noncentrality: float) -> float:
        return float(two_sided_power(noncentrality, point, df)) - plan.target_power

    high = above(short, 1.0)
    return root(short, 0.0, high or inf)


def detectable_effect(plan: Plan) -> float | None:
    """The smallest effect in the plan's direction with the target power, without its sign.

    None without clusters, and when the largest possible change would still be missed.
    """
    if not plan.clusters:
        return None
    needed, sign = needed_noncentrality(plan), direction(plan)
    control, arm = plan.clusters[0], plan.clusters[weakest_arm(plan.clusters)]

    def short(size: float) -> float:
        spread = variance(
            plan, effect=sign * size, control=control, arm=arm, cluster_size=plan.cluster_size
        )
        return size / sqrt(spread) - needed

    most = _largest_change(plan)
    high = most if most < inf else above(short, plan.sd, limit=MOST * max(plan.sd, plan.control))
    if high is None or short(high) < 0:
        return None
    return root(short, 0.0, high)


def _largest_change(plan: Plan) -> float:
    if plan.kind == "continuous" or (plan.kind == "count" and plan.effect >= 0):
        return inf
    return plan.control if plan.effect < 0 else 1 - plan.control


def clusters_per_arm_exact(plan: Plan) -> float | None:
    """Clusters in the control arm, at the plan's ratio, with the target power; not yet whole.

    None when the effect is 0, and above a million.
    """
    if plan.effect == 0:
        return None
    ratio = plan.ratio
    arm = weakest_arm(ratio)

    def short(control: float) -> float:
        clusters = tuple(control * each for each in ratio)
        return comparison_power(plan, clusters, arm) - plan.target_power

    start = _fewest(plan, ratio[arm]) + 0.01
    high = above(short, start, limit=MOST)
    if high is None:
        return None
    return high if high == start else root(short, max(start, high / 2), high, tolerance=1e-13)


def _fewest(plan: Plan, ratio: float) -> float:
    """Clusters in the control arm at which the degrees of freedom reach 0."""
    if plan.kind == "count":
        return 1 / min(1.0, ratio)
    if plan.matched:
        return 1.0
    return (plan.strata + 1) / (1 + ratio)


def whole_clusters(plan: Plan, exact: float) -> tuple[int, ...]:
    """Whole clusters of every arm, two or more."""
    return tuple(max(2, _up(exact * each)) for each in plan.ratio)


def people_per_arm(plan: Plan, clusters: int) -> int:
    """People in the control arm."""
    return _up(clusters * plan.cluster_size)


def people_to_recruit(people: float, *, share_lost: float) -> int:
    """People to begin with, so that `people` are left when a share of them is lost.

    In fractions, as typed: 90 / (1 - 0.1) in floating point is above 100.
    """
    return ceil(Fraction(str(people)) / (1 - Fraction(str(share_lost))))


def _up(number: float) -> int:
    nearest = round(number)
    return nearest if abs(number - nearest) <= WHOLE * max(1, nearest) else ceil(number)


def cluster_size_needed(plan: Plan) -> float | None:
    """People a cluster with the target power, the clusters being all there are; not yet whole.

    Formula (6). None when no size gets there: with larger clusters the variance falls to a floor
    that only more clusters lower.
    """
    if not plan.clusters or plan.effect == 0:
        return None
    allowed = (plan.effect / needed_noncentrality(plan)) ** 2
    control, arm = plan.clusters[0], plan.clusters[weakest_arm(plan.clusters)]

    def spare(size: float) -> float:
        spread = variance(plan, effect=plan.effect, control=control, arm=arm, cluster_size=size)
        return allowed - spread

    if plan.weighting == "people":
        # The variance is floor + slope / size: two sizes tell both.
        slope = 2 * (spare(2.0) - spare(1.0))
        floor = allowed - spare(1.0) - slope
        return slope / (allowed - floor) if allowed > floor * (1 + 1e-12) else None
    high = above(spare, 1.0, limit=MOST**2)
    if high is None:
        return None
    return high if high == 1.0 else root(spare, high / 2, high)


def power_of_endless_clusters(plan: Plan) -> float:
    """Power with the plan's clusters when everybody is measured in clusters without end."""
    clusters = plan.clusters
    arm = weakest_arm(clusters)
    floor = variance(
        plan, effect=plan.effect, control=clusters[0], arm=clusters[arm], cluster_size=1e12
    )
    point = critical_point(plan, clusters, arm)
    df = degrees_of_freedom(plan, clusters[0], clusters[arm])
    return float(two_sided_power(plan.effect / sqrt(floor), point, df))
