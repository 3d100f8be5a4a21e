"""The planned model of a trial's rows: the same for the outcome, the cost and each wave."""

from dataclasses import dataclass

import numpy as np

from trialogue.methods.effects.columns import Choice, Columns, extra_columns, model_columns
from trialogue.methods.effects.data import (
    BoolArray,
    Coded,
    Data,
    FloatArray,
    IntArray,
    Rule,
    first_rows,
)
from trialogue.methods.effects.model import Fit, fit_model
from trialogue.methods.problems import InputError, Problem
from trialogue.methods.results import Result
from trialogue.methods.special import tails


@dataclass(frozen=True, repr=False)
class ArmEffect(Result):
    """An arm's difference from control, in the outcome's unit. None: cannot be known.

    `control_mean` and `arm_mean` are the model's means of both arms at everyone's mean of the
    rest: what a page shows per 100 people.
    """

    estimate: float | None = None
    se: float | None = None
    df: float | None = None
    ci_low: float | None = None
    ci_high: float | None = None
    p: float | None = None
    ratio: float | None = None
    ratio_low: float | None = None
    ratio_high: float | None = None
    control_mean: float | None = None
    arm_mean: float | None = None


@dataclass(frozen=True)
class Planned:
    """The model's columns, and what it can say of each arm.

    `arm`: of each row in `keep`, or of each cell of rows. `units`: (arms,) units of allocation
    with an outcome.
    """

    keep: BoolArray
    arm: IntArray
    cluster: IntArray
    units: IntArray
    columns: Choice

    def column(self, arm: int) -> int | None:
        """Return the column of an arm's effect; None where there is none to estimate."""
        if arm not in self.columns.arms or arm in self.columns.unknown:
            return None
        return 1 + self.columns.arms.index(arm)

    @property
    def tested(self) -> tuple[int, ...]:
        """Columns of the arms that have, like control, two units or more."""
        if self.units[0] < 2:
            return ()
        columns = (self.column(arm) for arm in range(1, self.units.size) if self.units[arm] > 1)
        return tuple(column for column in columns if column is not None)


@dataclass(frozen=True)
class PlannedRows(Planned):
    """The planned model of rows in memory."""

    columns: Columns

    def fit(self, *outcomes: FloatArray) -> Fit:
        """Fit to outcomes of all rows, of which those in `keep` are not missing."""
        kept = np.column_stack([outcome[self.keep] for outcome in outcomes])
        return fit_model(self.columns, kept, self.cluster, tested=self.tested)


def plan_model(data: Data, coded: Coded, rule: Rule, keep: BoolArray) -> PlannedRows:
    """Build the registered model. Raises InputError when there are too many columns for it."""
    arm, cluster = coded.arm[keep], coded.cluster[keep]
    extra = extra_columns(data, coded, keep, lin=rule.adjust == "lin")
    first = first_rows(cluster)
    refuse_more_columns_than_units(data, sum(extra.covariates), first.size)
    return PlannedRows(
        keep=keep,
        arm=arm,
        cluster=cluster,
        units=np.bincount(arm[first], minlength=len(coded.arms)),
        columns=model_columns(arm, coded.arms, extra, lin=rule.adjust == "lin"),
    )


def refuse_more_columns_than_units(data: Data, width: int, units: int) -> None:
    """Refuse covariates of as many columns as there are units of allocation, or more."""
    if width and width >= units:
        raise InputError(
            Problem(
                f"{width} columns for {units} {plural(unit_word(data))}",
                "Drop some",
                column="--covariates",
            )
        )


def arm_effect(
    fit: Fit, column: int, *, alpha: float, ratio: bool = False, outcome: int = 0
) -> ArmEffect:
    """Return the effect that a column of the model stands for, with its range and p.

    Range and p are None when nothing varies. `ratio` adds (m₀ + τ)/m₀ by the delta method on the
    log scale, with the effect's own degrees of freedom.
    """
    estimate, mean = fit.estimate(column, outcome), fit.estimate(0, outcome)
    treated = mean + estimate
    has_ratio = (
        ratio and min(mean, treated) > fit.least_se[outcome]
    )  # below it, 0 but for rounding
    known = {
        "estimate": estimate,
        "ratio": treated / mean if has_ratio else None,
        "control_mean": mean,
        "arm_mean": treated,
    }
    df = fit.df.get(column, 0.0)
    if df <= 0:
        return ArmEffect(**known)
    se = fit.se(column, outcome)
    if se == 0:
        return ArmEffect(**known, se=0.0, df=df)
    t = tails.quantile(1 - alpha / 2, df)
    spread = None
    if has_ratio:
        gradient = np.zeros(len(fit.coefficients))
        gradient[0], gradient[column] = 1 / treated - 1 / mean, 1 / treated
        log_se = float(np.sqrt(gradient @ fit.covariance[outcome, outcome] @ gradient))
        spread = float(np.exp(min(t * log_se, 700.0)))
    return ArmEffect(
        **known,
        se=se,
        df=df,
        ci_low=estimate - t * se,
        ci_high=estimate + t * se,
        p=tails.two_sided(estimate / se, df),
        ratio_low=treated / mean / spread if spread else None,
        ratio_high=treated / mean * spread if spread else None,
    )


def unit_word(data: Data) -> str:
    """Return what was allocated, in one word: the cluster column's name, or `unit`."""
    return data.name("cluster") if data.cluster is not None else "unit"


def plural(word: str) -> str:
    """Write more than one: streets, libraries, churches."""
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return f"{word[:-1]}ies"
    return f"{word}es" if word.endswith(("s", "x", "ch", "sh")) else f"{word}s"
