"""Power in closed form."""

from dataclasses import dataclass, replace
from math import sqrt

import numpy as np

from trialogue.methods.arrays import Column, numbers
from trialogue.methods.power.comparison import (
    alpha_used,
    comparison_power,
    critical_point,
    two_sided_power,
    weakest_arm,
)
from trialogue.methods.power.plan import Plan
from trialogue.methods.power.solving import (
    clusters_per_arm_exact,
    detectable_effect,
    people_per_arm,
    people_to_recruit,
    whole_clusters,
)
from trialogue.methods.power.variance import (
    FloatArray,
    degrees_of_freedom,
    design_effect,
    variance,
)
from trialogue.methods.problems import InputError, Problem
from trialogue.methods.results import Result

ICCS = (0.01, 0.05, 0.1)  # shown side by side when nobody knows how alike clusters are


@dataclass(frozen=True, kw_only=True, repr=False)
class Power(Result):
    """What a plan can find, and what it would need. None is not known, or does not exist.

    `power`, `df` and `se` are those of the comparison with the least power. The needed numbers are
    the control arm's; `clusters_needed` lists every arm, and more people are recruited than needed
    where some will be lost. The last three are of a simulation.
    """

    _shown = ("power", "detectable_effect", "clusters_needed", "people_per_arm_needed", "notes")

    power: float | None
    power_closed_form: float | None
    power_by_arm: tuple[float, ...] | None
    detectable_effect: float | None
    clusters_per_arm_needed: int | None
    clusters_per_arm_exact: float | None
    clusters_needed: tuple[int, ...] | None
    people_per_arm_needed: int | None
    people_per_arm_to_recruit: int | None
    design_effect: float
    df: float | None
    se: float | None
    alpha_used: float | None
    method: str
    notes: tuple[str, ...]
    power_mcse: float | None = None
    power_any: float | None = None
    power_all: float | None = None


def power(plan: Plan) -> Power:
    """Power of `plan` and what it would need to reach its target.

    Noncentral t with both tails for means and risks, normal for rates: formulas (1) to (6) of
    docs/methods/power.md.

    References
    ----------
    Eldridge, Ashby and Kerry (2006), International Journal of Epidemiology 35(5), 1292-1300: the
    design effect; Hayes and Bennett (1999), ibid. 28(2), 319-326: rates.
    """
    exact = clusters_per_arm_exact(plan)
    needed = None if exact is None else whole_clusters(plan, exact)
    people = people_per_arm(plan, needed[0]) if needed else None
    found = Power(
        power=None,
        power_closed_form=None,
        power_by_arm=None,
        detectable_effect=None,
        clusters_per_arm_needed=needed[0] if needed else None,
        clusters_per_arm_exact=exact,
        clusters_needed=needed,
        people_per_arm_needed=people,
        people_per_arm_to_recruit=(
            None if people is None else people_to_recruit(people, share_lost=plan.losses)
        ),
        design_effect=design_effect(plan, plan.cluster_size),
        df=None,
        se=None,
        alpha_used=None if plan.corrected_by == "dunnett" else alpha_used(plan, 0.0, 0.0),
        method=_method(plan),
        notes=_notes(plan, needed is not None),
    )
    return _with_clusters(plan, found) if plan.clusters else found


def _with_clusters(plan: Plan, found: Power) -> Power:
    clusters = plan.clusters
    arm = weakest_arm(clusters)
    df = degrees_of_freedom(plan, clusters[0], clusters[arm])
    each = tuple(comparison_power(plan, clusters, other) for other in range(1, plan.arms))
    detectable = detectable_effect(plan)
    none = () if detectable is not None else ("No possible change is large enough to be found.",)
    return replace(
        found,
        power=min(each),
        power_closed_form=min(each),
        power_by_arm=each,
        detectable_effect=detectable,
        df=df if np.isfinite(df) else None,
        se=sqrt(
            variance(
                plan,
                effect=plan.effect,
                control=clusters[0],
                arm=clusters[arm],
                cluster_size=plan.cluster_size,
            )
        ),
        alpha_used=alpha_used(plan, critical_point(plan, clusters, arm), df),
        notes=(*found.notes, *none),
    )


def power_curve(plan: Plan, effects: Column) -> FloatArray:
    """Power of the weakest comparison for each of `effects`, all other numbers as planned.

    `effects` is (m,), in the outcome's unit and of either sign; so is the answer, from 0 to 1.
    Raises InputError where the plan has no clusters, or an effect leads outside what is possible.
    """
    if not plan.clusters:
        raise InputError(Problem("needed for a curve", column="--clusters-per-arm"))
    effects = numbers(effects, name="effects")
    treated = plan.control + effects
    low = -np.inf if plan.kind == "continuous" else 0.0
    high = 1.0 if plan.kind == "binary" else np.inf
    if not ((treated > low) & (treated < high)).all():
        raise InputError(Problem("an effect leads outside what is possible", column="--effect"))
    clusters = plan.clusters
    arm = weakest_arm(clusters)
    spread = variance(
        plan,
        effect=effects,
        control=clusters[0],
        arm=clusters[arm],
        cluster_size=plan.cluster_size,
    )
    df = degrees_of_freedom(plan, clusters[0], clusters[arm])
    return two_sided_power(effects / np.sqrt(spread), critical_point(plan, clusters, arm), df)


def power_at_iccs(plan: Plan, iccs: tuple[float, ...] = ICCS) -> tuple[tuple[float, float], ...]:
    """Power if the intra-cluster correlation were each of `iccs`: pairs of it and the power.

    The plan has clusters. Raises InputError where a correlation is not at least 0 and below 1.
    """
    plans = (replace(plan, icc=icc, between_cv=None) for icc in iccs)
    return tuple(
        (other.correlation, comparison_power(other, other.clusters, weakest_arm(other.clusters)))
        for other in plans
    )


def _method(plan: Plan) -> str:
    if plan.kind == "count":
        quantiles = "normal quantiles, one cluster added to each arm (Hayes and Bennett 1999)"
    else:
        quantiles = "the noncentral t distribution, both tails"
    parts = [f"Each arm against control by {quantiles}"]
    if plan.cluster_size > 1:
        parts.append("people weighed alike" if plan.weighting == "people" else "optimal weights")
    words = {"holm": "Holm's first and hardest step", "dunnett": "Dunnett's correction"}
    if plan.arms > 2:
        parts.append(words.get(plan.corrected_by, "no correction for several arms"))
    if plan.r2 > 0:
        parts.append(f"{100 * plan.r2:g}% of the variance of cluster means explained")
    return "; ".join(parts) + "."


def _notes(plan: Plan, found: bool) -> tuple[str, ...]:
    notes = []
    if plan.effect == 0:
        notes.append("The effect is 0: the power is the rate of false alarms; nothing is needed.")
    elif not found:
        notes.append("More than a million clusters in each arm would be needed.")
    if plan.cluster_spread_unknown:
        notes.append("No intra-cluster correlation was given: 0 was used, which promises most.")
    return tuple(notes)
