"""What an arm cost beside control, by the same planned model as its effect."""

from dataclasses import replace
from math import sqrt

import numpy as np

from trialogue.methods.effects import Analysis, ArmCost, Data, Fit, NetBenefit, Rule, Source
from trialogue.methods.effects.added import plan_cells
from trialogue.methods.effects.cell_fit import fit_cells
from trialogue.methods.effects.data import code
from trialogue.methods.effects.fieller import fieller
from trialogue.methods.effects.layout import Layout
from trialogue.methods.effects.planned import plan_model
from trialogue.methods.effects.tails import normal_below, normal_quantile, t_below, t_quantile


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
    """Return the same of a trial that was added up elsewhere."""
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
    answers = tuple(
        arm_cost(name, fit, planned.column(arm), rule, clustered=groups.cluster is not None)
        for arm, name in enumerate(coded.arms[1:], 1)
    )
    return with_answers(analysis, answers, dropped=int(cells.people[cells.known & unpriced].sum()))


def arm_costs(data: Data, rule: Rule, *, lower_is_better: bool = False) -> tuple[ArmCost, ...]:
    """Return, for each arm, its effect on outcome and cost, the ratio and the net benefit.

    An effect is positive where it helped: with `lower_is_better`, what it spared.
    The same planned model for both, on rows that have both; their covariance from stacked scores.
    The ratio is None unless the effect's range leaves out 0 and it did more and cost more: a
    ratio with an effect that may be zero says nothing, a negative one two opposite things.

    Raises InputError when nobody in control has both an outcome and a cost.
    """
    if data.cost is None:
        return ()
    both = replace(data, outcome=np.where(np.isnan(data.cost), np.nan, data.outcome))
    coded = code(both, rule)
    planned = plan_model(both, coded, rule, ~np.isnan(both.outcome))
    gained = -both.outcome if lower_is_better else both.outcome
    fit = planned.fit(gained, data.cost)
    return tuple(
        arm_cost(name, fit, planned.column(arm), rule, clustered=data.cluster is not None)
        for arm, name in enumerate(coded.arms[1:], 1)
    )


def arm_cost(name: str, fit: Fit, column: int | None, rule: Rule, *, clustered: bool) -> ArmCost:
    """Return one arm's answers from a fit to outcome and cost together."""
    if column is None:
        return ArmCost(arm=name)
    effect, cost = fit.estimate(column, 0), fit.estimate(column, 1)
    if column not in fit.df or fit.df[column] <= 0:
        net = tuple(NetBenefit(v, v * effect - cost, None, None, None) for v in rule.values)
        return ArmCost(arm=name, effect=effect, cost=cost, net_benefit=net)
    covariance = fit.covariance[:, :, column, column]
    # Individually allocated: normal, as in the papers; clusters: t with the effect's own ν.
    df = fit.df[column] if clustered else None
    tail = 1 - rule.alpha / 2
    q = normal_quantile(tail) if df is None else t_quantile(tail, df)
    spread, cost_spread = q * fit.se(column, 0), q * fit.se(column, 1)
    ratio = None
    if effect > 0 and cost > 0:
        ratio = fieller(
            effect,
            cost,
            var_bottom=float(covariance[0, 0]),
            var_top=float(covariance[1, 1]),
            covariance=float(covariance[0, 1]),
            q=q,
        )
    return ArmCost(
        arm=name,
        effect=effect,
        effect_low=effect - spread,
        effect_high=effect + spread,
        cost=cost,
        cost_low=cost - cost_spread,
        cost_high=cost + cost_spread,
        cost_per_outcome=ratio.ratio if ratio else None,
        ratio_low=ratio.low if ratio else None,
        ratio_high=ratio.high if ratio else None,
        net_benefit=tuple(
            _net_benefit(value, effect, cost, covariance, df) for value in rule.values
        ),
    )


def _net_benefit(
    value: float, effect: float, cost: float, covariance: np.ndarray, df: float | None
) -> NetBenefit:
    """Return λΔE − ΔC, its standard error and the chance that it is above 0."""
    estimate = value * effect - cost
    weights = np.array([value, -1.0])
    se = sqrt(max(float(weights @ covariance @ weights), 0.0))
    chance = None
    if se > 0:
        chance = normal_below(estimate / se) if df is None else t_below(estimate / se, df)
    return NetBenefit(value, estimate, se, df, chance)
