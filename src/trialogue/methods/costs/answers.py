"""What one more outcome cost, and whether it was worth a given price."""

from dataclasses import replace
from typing import Any

import numpy as np
from scipy.special import ndtr, ndtri, stdtr, stdtrit

from trialogue.methods.costs.fieller import fieller
from trialogue.methods.effects.columns import extra_columns, model_columns
from trialogue.methods.effects.data import Data, Rule, code
from trialogue.methods.effects.model import fit_model


def cost_answers(data: Data, rule: Rule) -> list[dict[str, Any]]:
    """Return, for each arm, its effect on outcome and cost, the ratio and the net benefit.

    The same planned model for both, on rows that have both; their covariance from stacked scores.
    The ratio is None unless the effect's range leaves out 0 and it did more and cost more: a
    ratio with an effect that may be zero says nothing, a negative one two opposite things.
    """
    if data.cost is None:
        return []
    both = replace(data, outcome=np.where(np.isnan(data.cost), np.nan, data.outcome))
    coded = code(both, rule)
    keep = ~np.isnan(both.outcome)
    arm, cluster = coded.arm[keep], coded.cluster[keep]
    columns = model_columns(
        arm, len(coded.arms), extra_columns(both, coded, keep), lin=rule.adjust == "lin"
    )
    effect_fit = fit_model(columns, both.outcome[keep], cluster)
    cost_fit = fit_model(columns, data.cost[keep], cluster)
    answers = []
    for index, name in enumerate(coded.arms[1:], start=1):
        if index not in columns.arms or index in columns.unknown:
            continue
        column = 1 + columns.arms.index(index)
        effect, cost = effect_fit.estimate(column), cost_fit.estimate(column)
        var_effect = float(effect_fit.variance[column, column])
        var_cost = float(cost_fit.variance[column, column])
        covariance = float(effect_fit.scores[:, column] @ cost_fit.scores[:, column])
        df = float(effect_fit.df[column - 1]) if data.cluster is not None else None
        tail = 1 - rule.alpha / 2
        q = float(stdtrit(df, tail)) if df is not None else float(ndtri(tail))
        ratio = None
        if effect > 0 and cost > 0:
            ratio = fieller(
                effect,
                cost,
                var_effect=var_effect,
                var_cost=var_cost,
                covariance=covariance,
                q=q,
            )
        answers.append(
            {
                "arm": name,
                "effect": effect,
                "cost": cost,
                "cost_low": cost - q * var_cost**0.5,
                "cost_high": cost + q * var_cost**0.5,
                "cost_per_outcome": ratio.ratio if ratio else None,
                "ratio_low": ratio.low if ratio else None,
                "ratio_high": ratio.high if ratio else None,
                "net_benefit": [
                    _net_benefit(value, effect, cost, var_effect, var_cost, covariance, df)
                    for value in rule.values
                ],
            }
        )
    return answers


def _net_benefit(
    value: float,
    effect: float,
    cost: float,
    var_effect: float,
    var_cost: float,
    covariance: float,
    df: float | None,
) -> dict[str, float | None]:
    """Return λΔE − ΔC, its standard error and the chance that it is above 0."""
    estimate = value * effect - cost
    se = float(np.sqrt(max(value**2 * var_effect + var_cost - 2 * value * covariance, 0.0)))
    chance = None
    if se > 0:
        chance = float(stdtr(df, estimate / se) if df is not None else ndtr(estimate / se))
    return {"value": value, "estimate": estimate, "se": se, "df": df, "probability": chance}
