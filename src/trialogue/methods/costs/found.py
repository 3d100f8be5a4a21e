"""What an arm did and cost beside control, by one planned model: all answers follow from it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import sqrt

import numpy as np

from trialogue.methods.arrays import Column, numbers, same_length
from trialogue.methods.effects import Data, Fit, Rule
from trialogue.methods.effects.data import FloatArray, code
from trialogue.methods.effects.planned import plan_model
from trialogue.methods.problems import InputError, Problem, refuse
from trialogue.methods.results import Result, brief
from trialogue.methods.special import tails


@dataclass(frozen=True, repr=False)
class Amount(Result):
    """A number with its range; the range is None where it cannot be known."""

    estimate: float
    low: float | None = None
    high: float | None = None

    def times(self, factor: float) -> Amount:
        """Return so many times it, the ends of the range in order."""
        if self.low is None or self.high is None:
            return Amount(self.estimate * factor)
        low, high = sorted((self.low * factor, self.high * factor))
        return Amount(self.estimate * factor, low, high)

    def __repr__(self) -> str:
        ends = f" ({brief(self.low)} to {brief(self.high)})" if self.low is not None else ""
        return f"{brief(self.estimate)}{ends}"


@dataclass(frozen=True, repr=False)
class CostEffect(Result):
    """An arm's effect and its cost beside control, a row (person, street), and how sure they are.

    `effect` is positive where the arm helped; `cost` in pounds. The variances and the covariance
    are None where they cannot be known. `df` None: normal, as in the papers, for people placed
    one by one; else t with the effect's own degrees of freedom.
    """

    arm: str
    effect: float
    cost: float
    var_effect: float | None = None
    var_cost: float | None = None
    covariance: float | None = None
    df: float | None = None

    def with_set_up(self, pounds: float, *, over: int) -> CostEffect:
        """Return the same with the cost of setting up spread over so many rows.

        Over the rows that the arm had in the trial, and over 1,000: what a trial pays to begin
        weighs less on a service that stays. Raises InputError when there are none to share it.
        """
        if over < 1:
            raise InputError(Problem(f"{over}: must be 1 or more", column="over"))
        return replace(self, cost=self.cost + pounds / over)


def cost_effects(
    data: Data, rule: Rule, *, lower_is_better: bool = False
) -> tuple[CostEffect, ...]:
    """Fit the planned model to outcome and cost, on the rows that have both.

    Parameters
    ----------
    data : Data
        With a cost in pounds, (n,).
    rule : Rule
        The registered analysis rule.
    lower_is_better : bool
        The effect is what was spared, not what was gained.

    Returns
    -------
    tuple of CostEffect
        An arm each, in the order of the analysis; those without an effect left out.

    Raises
    ------
    InputError
        There is no cost, or nobody in control has both.

    References
    ----------
    Willan and O'Brien (1996), Health Economics 5, 297-305; the covariance is that of stacked
    scores, docs/methods/costs.md.
    """
    if data.cost is None:
        raise InputError(Problem("needed", "Give what each row cost", column="cost"))
    gained = -data.outcome if lower_is_better else data.outcome
    clustered = data.cluster is not None
    return tuple(
        cost_effect(name, fit, column, clustered=clustered)
        for name, fit, column in fitted_arms(data, rule, gained, data.cost)
        if column is not None
    )


def fitted_arms(
    data: Data, rule: Rule, *columns: FloatArray
) -> Iterator[tuple[str, Fit, int | None]]:
    """Fit the planned model to several columns, (n,) each, on the rows that have all of them.

    Yields each arm with the fit and the column of its effects; None where there is none.
    """
    missing = np.isnan(np.column_stack((data.outcome, *columns)))
    known = np.asarray(~missing.any(axis=1))
    kept = replace(data, outcome=np.where(known, data.outcome, np.nan))
    coded = code(kept, rule)
    planned = plan_model(kept, coded, rule, known)
    fit = planned.fit(*columns)
    for arm, name in enumerate(coded.arms[1:], 1):
        yield name, fit, planned.column(arm)


def column_beside(data: Data, column: Column, name: str) -> FloatArray:
    """Return a column that stands beside the data's own, or refuse it."""
    values = numbers(column, name=name)
    refuse(same_length({"outcome": data.outcome, name: values}))
    refuse(
        Problem("not a finite number", row=data.row(int(index)), column=name)
        for index in np.flatnonzero(np.isinf(values))
    )
    return values


def cost_effect(name: str, fit: Fit, column: int, *, clustered: bool) -> CostEffect:
    """Read one arm from a fit to outcome and cost together."""
    effect, cost = fit.estimate(column, 0), fit.estimate(column, 1)
    if fit.df.get(column, 0.0) <= 0:
        return CostEffect(name, effect, cost)
    return CostEffect(
        arm=name,
        effect=effect,
        cost=cost,
        var_effect=fit.se(column, 0) ** 2,
        var_cost=fit.se(column, 1) ** 2,
        covariance=float(fit.covariance[0, 1, column, column]),
        df=fit.df[column] if clustered else None,
    )


def amount(fit: Fit, column: int, outcome: int, *, clustered: bool, alpha: float) -> Amount:
    """Read one arm's difference in one of several columns, with its range."""
    estimate = fit.estimate(column, outcome)
    df = fit.df.get(column, 0.0)
    if df <= 0:
        return Amount(estimate)
    variance = fit.se(column, outcome) ** 2
    return likely(estimate, variance, df if clustered else None, alpha)


def likely(estimate: float, variance: float | None, df: float | None, alpha: float) -> Amount:
    """Return a number with its range."""
    if variance is None:
        return Amount(estimate)
    spread = tails.quantile(1 - alpha / 2, df) * sqrt(variance)
    return Amount(estimate, estimate - spread, estimate + spread)


def chance_above_zero(estimate: float, se: float, df: float | None) -> float | None:
    """Return the chance that what was estimated is above 0; None where nothing varies."""
    return tails.below(estimate / se, df) if se > 0 else None
