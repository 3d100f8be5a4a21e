"""What an arm cost beside control: ratio and net benefit, where they may honestly be given."""

from dataclasses import replace
from math import sqrt

import numpy as np

from trialogue.methods.costs.found import (
    CostEffect,
    chance_above_zero,
    cost_effect,
    fitted_arms,
    likely,
)
from trialogue.methods.effects import Analysis, ArmCost, Data, Fit, NetBenefit, Rule, Source
from trialogue.methods.effects.added import plan_cells
from trialogue.methods.effects.cell_fit import fit_cells
from trialogue.methods.effects.data import code
from trialogue.methods.effects.fieller import fieller
from trialogue.methods.effects.layout import Layout
from trialogue.methods.special import tails


def with_costs(
    analysis: Analysis, data: Data, rule: Rule, *, lower_is_better: bool = False
) -> Analysis:
    """Return the analysis with `costs`, where the data have a cost; else as it is."""
    if data.cost is None:
        return analysis
    dropped = int((np.isnan(data.cost) & ~np.isnan(data.outcome)).sum())
    return with_answers(
        analysis, arm_costs(data, rule, lower_is_better=lower_is_better), dropped=dropped
    )


def with_answers(analysis: Analysis, answers: tuple[ArmCost, ...], *, dropped: int) -> Analysis:
    """Return the analysis with its costs, and a note of the rows that have no cost."""
    rows = "1 row has" if dropped == 1 else f"{dropped} rows have"
    note = f"Costs: {rows} an outcome and no cost, and do not count there"
    return replace(
        analysis,
        costs=answers,
        notes=(*analysis.notes, note) if dropped else analysis.notes,
    )


def with_cell_costs(analysis: Analysis, source: Source, rule: Rule) -> Analysis:
    """Return the same of a trial that was added up elsewhere: docs/methods/big-tables.md."""
    cells = source.cells
    groups = cells.groups
    if groups.cost is None:
        return analysis
    unpriced = np.isnan(groups.cost)
    coded = code(replace(groups, outcome=np.where(unpriced, np.nan, groups.outcome)), rule)
    keep = cells.known & ~unpriced
    layout = Layout(cells, coded, rule, keep)
    planned = plan_cells(cells, coded, layout, keep)
    fit = fit_cells(source, layout, planned.cluster, tested=planned.tested, outcomes=2)
    clustered = groups.cluster is not None
    answers = tuple(
        arm_cost(name, fit, planned.column(arm), rule, clustered=clustered)
        for arm, name in enumerate(coded.arms[1:], 1)
    )
    return with_answers(analysis, answers, dropped=int(cells.people[cells.known & unpriced].sum()))


def arm_costs(data: Data, rule: Rule, *, lower_is_better: bool = False) -> tuple[ArmCost, ...]:
    """Return, for each arm, its effect on outcome and cost, the ratio and the net benefit.

    An effect is positive where it helped: with `lower_is_better`, what it spared. The model and
    the rows are those of `cost_effects`.

    Raises InputError when nobody in control has both an outcome and a cost.
    """
    if data.cost is None:
        return ()
    gained = -data.outcome if lower_is_better else data.outcome
    clustered = data.cluster is not None
    return tuple(
        arm_cost(name, fit, column, rule, clustered=clustered)
        for name, fit, column in fitted_arms(data, rule, gained, data.cost)
    )


def arm_cost(name: str, fit: Fit, column: int | None, rule: Rule, *, clustered: bool) -> ArmCost:
    """Return one arm's answers from a fit to outcome and cost together."""
    if column is None:
        return ArmCost(arm=name)
    return answers(
        cost_effect(name, fit, column, clustered=clustered), values=rule.values, alpha=rule.alpha
    )


def answers(found: CostEffect, *, values: tuple[float, ...] = (), alpha: float = 0.05) -> ArmCost:
    """Return what an arm's effect and cost say together; `values`: pounds an outcome is worth.

    The ratio is None unless the effect's range leaves out 0 and it did more and cost more: a
    ratio with an effect that may be zero says nothing, a negative one two opposite things.
    """
    effect = likely(found.effect, found.var_effect, found.df, alpha)
    cost = likely(found.cost, found.var_cost, found.df, alpha)
    ratio = None
    if (
        found.var_effect is not None
        and found.var_cost is not None
        and found.covariance is not None
        and found.effect > 0
        and found.cost > 0
    ):
        ratio = fieller(
            found.effect,
            found.cost,
            var_bottom=found.var_effect,
            var_top=found.var_cost,
            covariance=found.covariance,
            q=tails.quantile(1 - alpha / 2, found.df),
        )
    return ArmCost(
        arm=found.arm,
        effect=found.effect,
        effect_low=effect.low,
        effect_high=effect.high,
        cost=found.cost,
        cost_low=cost.low,
        cost_high=cost.high,
        cost_per_outcome=ratio.ratio if ratio else None,
        ratio_low=ratio.low if ratio else None,
        ratio_high=ratio.high if ratio else None,
        net_benefit=tuple(net_benefit(found, value) for value in values),
    )


def net_benefit(found: CostEffect, value: float) -> NetBenefit:
    """Return λΔE − ΔC at a value λ, its standard error and the chance that it is above 0."""
    estimate = value * found.effect - found.cost
    variance = net_variance(found, value)
    if variance is None:
        return NetBenefit(value, estimate, None, None, None)
    se = sqrt(variance)
    chance = chance_above_zero(estimate, se, found.df)
    return NetBenefit(value, estimate, se, found.df, chance)


def net_variance(found: CostEffect, value: float) -> float | None:
    """Return λ²V_E + V_C − 2λV_EC; None where the variances are not known."""
    if found.var_effect is None or found.var_cost is None or found.covariance is None:
        return None
    variance = value**2 * found.var_effect + found.var_cost - 2 * value * found.covariance
    return max(variance, 0.0)
