"""The planned analysis from start to end: rows in, everything the record needs out."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from trialogue.methods.effects.checks import Balance, balance, icc, sample_ratio
from trialogue.methods.effects.columns import extra_columns
from trialogue.methods.effects.correction import holm
from trialogue.methods.effects.data import (
    BoolArray,
    Coded,
    Data,
    FloatArray,
    IntArray,
    Kind,
    Rule,
    code,
    first_rows,
    resolve_kind,
)
from trialogue.methods.effects.missing import extreme_outcomes, lee_bounds, tipping_difference
from trialogue.methods.effects.model import Fit
from trialogue.methods.effects.planned import (
    ArmEffect,
    Planned,
    arm_effect,
    plan_model,
)
from trialogue.methods.effects.randomisation import Progress, Redrawn, rerandomise
from trialogue.methods.effects.results import (
    Analysis,
    ArmSummary,
    Comparison,
    Permutation,
    Sensitivity,
)
from trialogue.methods.effects.words import (
    joint_notes,
    method_sentence,
    model_notes,
    redraw_notes,
)
from trialogue.methods.problems import InputError, Problem, refuse

PERMUTATIONS = 10_000
MOST_UNITS_REDRAWN = 100_000


def analyse(
    data: Data, rule: Rule, *, seed: int, progress: Progress | None = None
) -> Analysis | None:
    """Run the planned analysis, by intention to treat; None when `progress` stopped it.

    Parameters
    ----------
    data : Data
        A row a person or a unit, (n,). Rows without an outcome are left out and counted.
    rule : Rule
        The registered analysis rule. Nothing else decides.
    seed : int
        Of the redraws; the same seed and rows, in any order, give the same answer.
    progress : callable, optional
        Called with (done, all) redraws; stops when it returns false.

    Raises
    ------
    InputError
        The data cannot be analysed at all: the control is not there, a cluster holds two arms, an
        outcome is none of its kind, or there are more columns than units.

    References
    ----------
    Bell and McCaffrey (2002), Survey Methodology 28(2), 169-181; Pustejovsky and Tipton (2018),
    Journal of Business & Economic Statistics 36(4), 672-683. Formulas: docs/methods/effects.md.
    """
    check(rule)
    coded = code(data, rule)
    rule = resolved(rule, len(coded.arms), resolve_kind(data.outcome, rule))
    keep = ~np.isnan(data.outcome)
    planned = plan_model(data, coded, rule, keep)
    fit = planned.fit(data.outcome)
    effects = arm_effects(planned, fit, rule)
    wanted = draws_wanted(rule, planned)
    redrawn = None
    if wanted:
        redrawn = _redraw(data, coded, planned, rule, wanted, seed, progress)
        if redrawn is None:
            return None
    first = first_rows(coded.cluster)
    return concluded(
        data,
        coded,
        planned,
        fit,
        rule,
        redrawn=redrawn,
        seed=seed,
        arms=tuple(summaries(data, coded, planned)),
        missing=np.bincount(coded.arm[~keep], minlength=len(coded.arms)),
        sensitivity=tuple(_sensitivity(data, coded, rule, effects)) if not keep.all() else None,
        icc=icc(data.outcome, coded.cluster, coded.arm) if data.cluster is not None else None,
        units=np.bincount(coded.arm[first], minlength=len(coded.arms)),
        balance=balance(data.covariates, data.arm, rule.control),
    )


def concluded(
    data: Data,
    coded: Coded,
    planned: Planned,
    fit: Fit,
    rule: Rule,
    *,
    redrawn: Redrawn | None,
    seed: int,
    arms: tuple[ArmSummary, ...],
    missing: IntArray,
    sensitivity: tuple[Sensitivity, ...] | None,
    icc: float | None,
    units: IntArray,
    balance: tuple[Balance, ...],
) -> Analysis:
    """Put everything together. `units`: (arms,) of allocation, with or without an outcome."""
    effects = arm_effects(planned, fit, rule)
    joint = fit.joint if all(fit.se(column) > 0 for column in planned.tested) else None
    comparisons = _compare(coded, planned, effects, redrawn, rule)
    return Analysis(
        arms=arms,
        effects=comparisons,
        joint=joint,
        method=method_sentence(data, rule),
        missing=dict(zip(coded.arms, missing.tolist(), strict=True)),
        sensitivity=sensitivity,
        icc=icc,
        permutation=Permutation.of(redrawn, seed) if redrawn else None,
        sample_ratio_p=_ratio_p(coded, units, rule),
        balance=balance,
        kind=rule.kind,
        covariates=planned.columns.used,
        notes=(
            *model_notes(data, coded, planned, effects),
            *joint_notes(planned, joint),
            *redraw_notes(redrawn, comparisons, rule, int(planned.units.sum())),
        ),
    )


def resolved(rule: Rule, arms: int, kind: Kind) -> Rule:
    """Return the rule with what it leaves to the data: the kind, and Holm with several arms."""
    return replace(rule, kind=kind, correction=rule.correction or ("holm" if arms > 2 else "none"))


def check(rule: Rule) -> None:
    """Refuse options that do not go together."""
    problems = []
    if not 0 < rule.alpha < 0.5:
        problems.append(Problem("must be above 0 and below 0.5", column=f"--alpha {rule.alpha:g}"))
    if rule.correction == "maxt" and rule.permutations == 0:
        problems.append(Problem("needs --permutations", column="--correction maxt"))
    refuse(problems)


def draws_wanted(rule: Rule, planned: Planned) -> int:
    """How many draws are wanted; none above 100,000 units unless asked or needed."""
    if not planned.columns.arms:
        return 0
    if rule.permutations is not None:
        return rule.permutations
    wanted = planned.units.sum() <= MOST_UNITS_REDRAWN or rule.correction == "maxt"
    return PERMUTATIONS if wanted else 0


def arm_effects(planned: Planned, fit: Fit, rule: Rule) -> list[ArmEffect]:
    """Return the effect of each arm but control; empty where there is none to estimate."""
    ratio = rule.kind in ("binary", "count")
    columns = [planned.column(arm) for arm in range(1, planned.units.size)]
    return [
        ArmEffect() if column is None else arm_effect(fit, column, alpha=rule.alpha, ratio=ratio)
        for column in columns
    ]


def _compare(
    coded: Coded,
    planned: Planned,
    effects: list[ArmEffect],
    redrawn: Redrawn | None,
    rule: Rule,
) -> tuple[Comparison, ...]:
    """Put p's beside effects: corrected for several arms, and by re-randomisation."""
    alone: dict[int, float] = {}
    stepped: dict[int, float] = {}
    if redrawn:
        alone = dict(zip(planned.columns.arms, redrawn.p, strict=True))
        stepped = dict(zip(planned.columns.arms, redrawn.p_stepped, strict=True))
    adjusted = {arm: effect.p for arm, effect in enumerate(effects, 1) if effect.p is not None}
    if len(effects) > 1 and rule.correction == "holm":
        adjusted = dict(zip(adjusted, holm(list(adjusted.values())), strict=True))
    if len(effects) > 1 and rule.correction == "maxt":
        adjusted = stepped
    return tuple(
        Comparison(
            arm=coded.arms[arm],
            effect=effect,
            p_adjusted=adjusted.get(arm) if effect.estimate is not None else None,
            p_permutation=alone.get(arm) if effect.estimate is not None else None,
        )
        for arm, effect in enumerate(effects, 1)
    )


def _redraw(
    data: Data,
    coded: Coded,
    planned: Planned,
    rule: Rule,
    draws: int,
    seed: int,
    progress: Progress | None,
) -> Redrawn | None:
    """Re-draw the arms that have outcomes among the units that have."""
    keep = planned.keep
    residual = _residual(data, coded, keep)
    index = np.unique(planned.cluster, return_inverse=True)[1]
    sums: FloatArray = np.bincount(index, residual).astype(float)
    sizes = np.bincount(index).astype(float)
    return redraw_units(data, coded, planned, rule, sums, sizes, draws, seed, progress)


def redraw_units(
    data: Data,
    coded: Coded,
    planned: Planned,
    rule: Rule,
    sums: FloatArray,
    sizes: FloatArray,
    draws: int,
    seed: int,
    progress: Progress | None,
) -> Redrawn | None:
    """Re-draw units of allocation, in the order of their numbers; `sums`: of the residual."""
    keep = planned.keep
    first = first_rows(planned.cluster)
    group = coded.stratum[keep] * (coded.block.max() + 1) + coded.block[keep]
    order = np.arange(sums.size)
    if data.cluster is None and sums.any():
        # Rows have no names to sort by: their outcomes stand in, so that the order of the file
        # does not matter. Rounded, or what differs by the last digit would change places.
        order = np.lexsort((sums, np.round(np.abs(sums) / np.abs(sums).max(), 9)))
    return rerandomise(
        sums=sums[order],
        sizes=sizes[order],
        arm=np.searchsorted((0, *planned.columns.arms), planned.arm[first])[order],
        group=group[first][order],
        arms=1 + len(planned.columns.arms),
        statistic=rule.statistic,
        draws=draws,
        seed=seed,
        progress=progress,
    )


def _residual(data: Data, coded: Coded, keep: BoolArray) -> FloatArray:
    """Take out of the outcome what strata and covariates explain without arms [Rosenbaum 2002]."""
    y = data.outcome[keep]
    extra = extra_columns(data, coded, keep).matrix
    residual: FloatArray = y - y.mean()
    if extra.shape[1]:
        centred = extra - extra.mean(axis=0)
        spread = np.sqrt((centred**2).mean(axis=0))
        design = centred / np.where(spread > 0, spread, 1.0)
        residual = residual - design @ np.linalg.lstsq(design, residual, rcond=None)[0]
    return without_rounding(residual, y)


def without_rounding(residual: FloatArray, y: FloatArray) -> FloatArray:
    """Return what is left of outcomes, or 0: all alike, or fully explained, it is rounding."""
    return residual if np.abs(residual).max() > 1e-12 * np.abs(y).max() else np.zeros_like(y)


def summaries(data: Data, coded: Coded, planned: Planned) -> Iterator[ArmSummary]:
    """Yield what was measured in each arm."""
    y = data.outcome[planned.keep]
    for index, name in enumerate(coded.arms):
        here = y[planned.arm == index]
        yield ArmSummary(
            arm=name,
            n=here.size,
            clusters=int(planned.units[index]) if data.cluster is not None else None,
            mean=float(here.mean()) if here.size else None,
            sd=float(here.std(ddof=1)) if here.size > 1 else None,
        )


def _sensitivity(
    data: Data, coded: Coded, rule: Rule, effects: list[ArmEffect]
) -> Iterator[Sensitivity]:
    control = coded.arm == 0
    for arm, effect in enumerate(effects, 1):
        treated = coded.arm == arm
        lee = lee_bounds(data.outcome, treated, control)
        low = high = tips_at = None
        if effect.estimate is not None and rule.kind == "binary":
            low, high = (
                _estimate(replace(data, outcome=outcome), coded, rule, arm)
                for outcome in extreme_outcomes(data.outcome, treated, control)
            )
        elif effect.estimate is not None:
            tips_at = tipping_difference(effect.estimate, data.outcome, treated, control)
        yield Sensitivity(coded.arms[arm], low, high, lee.low, lee.high, lee.trim, lee.k, tips_at)


def _estimate(data: Data, coded: Coded, rule: Rule, arm: int) -> float | None:
    """Return an arm's effect by the planned model, without its uncertainty."""
    planned = plan_model(data, coded, rule, ~np.isnan(data.outcome))
    column = planned.column(arm)
    if column is None:
        return None
    X, y = planned.columns.matrix, data.outcome[planned.keep]
    return float(np.linalg.solve(X.T @ X, X.T @ y)[column])


def _ratio_p(coded: Coded, units: IntArray, rule: Rule) -> float:
    """Compare the units of allocation per arm with their shares."""
    counts = dict.fromkeys([*coded.arms, *(rule.shares or {})], 0)
    counts.update(zip(coded.arms, units.tolist(), strict=True))
    shares = rule.shares or dict.fromkeys(coded.arms, 1)
    without = [name for name in coded.arms if name not in shares]
    if without:
        raise InputError(Problem(f"no share for {', '.join(without)}", column="--shares"))
    return sample_ratio(list(counts.values()), [shares[name] for name in counts])
