"""The planned analysis from start to end: rows in, everything the record needs out."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from trialogue.methods.effects.checks import Balance, balance, icc, sample_ratio
from trialogue.methods.effects.columns import Columns, extra_columns, model_columns
from trialogue.methods.effects.correction import holm
from trialogue.methods.effects.data import Coded, Data, FloatArray, Rule, code
from trialogue.methods.effects.missing import extreme_cases, lee_bounds
from trialogue.methods.effects.model import ArmEffect, Fit, JointTest, arm_effect, fit_model
from trialogue.methods.effects.randomisation import Redrawn, rerandomise
from trialogue.methods.problems import InputError, Problem

PERMUTATIONS = 10_000
MOST_UNITS_REDRAWN = 100_000
FEW_DF = 4
Progress = Callable[[int, int], bool]


@dataclass(frozen=True)
class ArmSummary:
    """What was measured in an arm. `clusters` is None where rows were allocated."""

    arm: str
    n: int
    clusters: int | None
    mean: float | None
    sd: float | None


@dataclass(frozen=True)
class Comparison:
    """An arm against control."""

    arm: str
    effect: ArmEffect
    p_adjusted: float | None = None
    p_permutation: float | None = None


@dataclass(frozen=True)
class Sensitivity:
    """What the missing outcomes of an arm and of control could hide."""

    arm: str
    extreme_low: float | None
    extreme_high: float | None
    lee_low: float | None
    lee_high: float | None
    lee_trim: float
    lee_k: int


@dataclass(frozen=True)
class Analysis:
    """The planned analysis. `to_dict` gives the document that pages, API and command show."""

    arms: tuple[ArmSummary, ...]
    comparisons: tuple[Comparison, ...]
    joint: JointTest | None
    method: str
    kind: str
    missing: dict[str, int]
    sensitivity: tuple[Sensitivity, ...] | None
    icc: float | None
    permutation: dict[str, Any] | None
    sample_ratio_p: float
    balance: tuple[Balance, ...]
    covariates: tuple[str, ...]
    notes: tuple[str, ...]
    fit: Fit | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON document. What cannot be known is None, never 0 or NaN."""
        comparisons = []
        for comparison in self.comparisons:
            effect = asdict(comparison.effect)
            ratio = {name: effect.pop(name) for name in ("ratio", "ratio_low", "ratio_high")}
            comparisons.append(
                {
                    "arm": comparison.arm,
                    **effect,
                    "p_adjusted": comparison.p_adjusted,
                    "p_permutation": comparison.p_permutation,
                    **ratio,
                }
            )
        joint_p = self.joint.p if self.joint else None
        if len(comparisons) == 1:
            joint_p = comparisons[0]["p"]
        return {
            "arms": [asdict(arm) for arm in self.arms],
            "effects": comparisons,
            "joint_p": joint_p,
            "joint": asdict(self.joint) if self.joint else None,
            "method": self.method,
            "kind": self.kind,
            "missing": self.missing,
            "sensitivity": None
            if self.sensitivity is None
            else [asdict(row) for row in self.sensitivity],
            "icc": self.icc,
            "permutation": self.permutation,
            "sample_ratio_p": self.sample_ratio_p,
            "balance": [asdict(row) for row in self.balance],
            "covariates": list(self.covariates),
            "costs": None,
            "notes": list(self.notes),
        }


def analyse(
    data: Data, rule: Rule, *, seed: int, progress: Progress | None = None
) -> Analysis | None:
    """Run the planned analysis, by intention to treat; None when `progress` stopped it.

    Rows without an outcome are left out and counted. Raises InputError when the data cannot be
    analysed at all: see `data.code`.
    """
    coded = code(data, rule)
    kind = resolve_kind(data.outcome, rule)
    keep = ~np.isnan(data.outcome)
    y, arm, cluster = data.outcome[keep], coded.arm[keep], coded.cluster[keep]
    extra = extra_columns(data, coded, keep)
    units = np.unique(cluster).size
    if extra.matrix.shape[1] and extra.matrix.shape[1] + len(coded.arms) >= units:
        raise InputError(
            Problem(
                f"{extra.matrix.shape[1]} columns for {units} units of allocation",
                "Drop some",
                column="--covariates" if data.covariates else "--strata",
            )
        )
    columns = model_columns(arm, len(coded.arms), extra, lin=rule.adjust == "lin")
    fit = fit_model(columns, y, cluster)
    notes = [*columns.notes, *_stratum_notes(coded, keep)]
    effects = _effects(fit, columns, coded, arm, cluster, kind, rule, notes)
    redrawn, why = _redraw(data, coded, keep, extra.matrix, rule, seed, progress)
    if redrawn is None and why is None:
        return None
    notes += [why] if why else []
    comparisons = _corrected(effects, coded, redrawn, rule)
    missing = {
        name: int((~keep & (coded.arm == index)).sum()) for index, name in enumerate(coded.arms)
    }
    correction = rule.correction or ("holm" if len(coded.arms) > 2 else "none")
    return Analysis(
        arms=tuple(_summaries(y, arm, cluster, coded, clustered=data.cluster is not None)),
        comparisons=tuple(comparisons),
        joint=fit.joint if all(c.effect.se is not None for c in comparisons) else None,
        method=_method(data, rule, correction),
        kind=kind,
        missing=missing,
        sensitivity=_sensitivity(data, coded, kind) if any(missing.values()) else None,
        icc=icc(y, cluster, arm) if data.cluster is not None else None,
        permutation=None
        if redrawn is None
        else {
            "draws": redrawn.draws,
            "exact": redrawn.exact,
            "statistic": redrawn.statistic,
            "seed": None if redrawn.exact else str(seed),
        },
        sample_ratio_p=_ratio_p(coded, rule),
        balance=tuple(balance(data.covariates, coded)),
        covariates=columns.used,
        notes=tuple(notes),
        fit=fit,
    )


def resolve_kind(outcome: FloatArray, rule: Rule) -> str:
    """Return the outcome's kind: yes/no when every value is 0 or 1, unless the rule says."""
    if rule.kind != "auto":
        return rule.kind
    values = outcome[~np.isnan(outcome)]
    return "binary" if np.isin(values, (0.0, 1.0)).all() else "continuous"


def _effects(
    fit: Fit,
    columns: Columns,
    coded: Coded,
    arm: np.ndarray,
    cluster: np.ndarray,
    kind: str,
    rule: Rule,
    notes: list[str],
) -> list[ArmEffect]:
    """Return each arm's effect, with what cannot be known left out and said in `notes`."""
    units = [np.unique(cluster[arm == index]).size for index in range(len(coded.arms))]
    effects = []
    for index in range(1, len(coded.arms)):
        name = coded.arms[index]
        if index not in columns.arms:
            notes.append(f"{name} has no outcomes")
            effects.append(ArmEffect(estimate=None))
            continue
        if index in columns.unknown:
            notes.append(
                f"strata or covariates alone determine {name}: nothing to compare it with"
            )
            effects.append(ArmEffect(estimate=None))
            continue
        column = 1 + columns.arms.index(index)
        effect = arm_effect(fit, column, alpha=rule.alpha, ratio=kind in ("binary", "count"))
        alone = [coded.arms[i] for i in (0, index) if units[i] == 1]
        if alone:
            notes.append(f"{alone[0]} has one unit: one cannot show how much they vary")
            effect = ArmEffect(estimate=effect.estimate)
        elif effect.p is None:
            notes.append(f"outcomes of {name} and {coded.arms[0]} do not vary: no range")
        elif effect.df is not None and effect.df < FEW_DF:
            notes.append(f"few units in {name}: rely on the re-randomisation answer")
        effects.append(effect)
    return effects


def _corrected(
    effects: list[ArmEffect], coded: Coded, redrawn: Redrawn | None, rule: Rule
) -> list[Comparison]:
    correction = rule.correction or ("holm" if len(coded.arms) > 2 else "none")
    known = [index for index, effect in enumerate(effects) if effect.p is not None]
    adjusted: dict[int, float] = {}
    p = [effects[index].p or 0.0 for index in known]
    if correction == "holm":
        adjusted = dict(zip(known, holm(p), strict=True))
    elif correction == "maxt" and redrawn:
        adjusted = {index: redrawn.p_stepped[index] for index in known}
    elif correction == "none":
        adjusted = dict(zip(known, p, strict=True))
    return [
        Comparison(
            arm=coded.arms[index + 1],
            effect=effect,
            p_adjusted=adjusted.get(index),
            p_permutation=redrawn.p[index] if redrawn and effect.estimate is not None else None,
        )
        for index, effect in enumerate(effects)
    ]


def _redraw(
    data: Data,
    coded: Coded,
    keep: np.ndarray,
    extra: FloatArray,
    rule: Rule,
    seed: int,
    progress: Progress | None,
) -> tuple[Redrawn | None, str | None]:
    """Return the re-randomisation, or why there is none; (None, None) when stopped."""
    y, arm, cluster = data.outcome[keep], coded.arm[keep], coded.cluster[keep]
    units, index = np.unique(cluster, return_inverse=True)
    draws = rule.permutations
    if draws == 0:
        return None, "re-randomisation was not asked for"
    if draws is None and units.size > MOST_UNITS_REDRAWN:
        return None, f"{units.size:,} units: re-randomisation only when asked (--permutations)"
    first = np.zeros(units.size, dtype=np.int64)
    first[index[::-1]] = np.arange(index.size)[::-1]
    unit_arm = arm[first]
    if np.bincount(unit_arm, minlength=len(coded.arms)).min() == 0:
        return None, "no re-randomisation: an arm has no outcomes"
    strata, blocks = coded.stratum[keep][first], coded.block[keep][first]
    group = np.unique(strata * (blocks.max() + 1) + blocks, return_inverse=True)[1]
    residual = y - y.mean()
    if extra.shape[1]:
        design = np.column_stack([np.ones(y.size), extra - extra.mean(axis=0)])
        residual = residual - design @ np.linalg.lstsq(design, residual, rcond=None)[0]
    redrawn = rerandomise(
        sums=np.bincount(index, residual).astype(float),
        sizes=np.bincount(index).astype(float),
        arm=unit_arm,
        group=group.astype(np.int64),
        arms=len(coded.arms),
        statistic=rule.statistic,
        draws=draws or PERMUTATIONS,
        seed=seed,
        progress=progress,
    )
    if redrawn and redrawn.statistic != rule.statistic:
        return redrawn, "an arm has one unit, so the redraw compares plain differences"
    return redrawn, None


def _summaries(
    y: FloatArray, arm: np.ndarray, cluster: np.ndarray, coded: Coded, *, clustered: bool
) -> list[ArmSummary]:
    rows = []
    for index, name in enumerate(coded.arms):
        here = y[arm == index]
        rows.append(
            ArmSummary(
                arm=name,
                n=here.size,
                clusters=np.unique(cluster[arm == index]).size if clustered else None,
                mean=float(here.mean()) if here.size else None,
                sd=float(here.std(ddof=1)) if here.size > 1 else None,
            )
        )
    return rows


def _sensitivity(data: Data, coded: Coded, kind: str) -> tuple[Sensitivity, ...]:
    control = coded.arm == 0
    rows = []
    for index, name in enumerate(coded.arms[1:], start=1):
        treated = coded.arm == index
        low, high = (
            extreme_cases(data.outcome, treated, control) if kind == "binary" else (None, None)
        )
        lee = lee_bounds(data.outcome, treated, control)
        rows.append(Sensitivity(name, low, high, lee.low, lee.high, lee.trim, lee.k))
    return tuple(rows)


def _ratio_p(coded: Coded, rule: Rule) -> float:
    """Count units of allocation per arm, with or without an outcome, against their shares."""
    units = np.unique(np.column_stack([coded.cluster, coded.arm]), axis=0)
    counts = np.bincount(units[:, 1], minlength=len(coded.arms))
    shares = rule.shares or {}
    missing = [name for name in coded.arms if rule.shares and name not in rule.shares]
    if missing:
        raise InputError(Problem(f"no share for {', '.join(missing)}", column="--shares"))
    return sample_ratio(
        [int(count) for count in counts], [shares.get(name, 1) for name in coded.arms]
    )


def _stratum_notes(coded: Coded, keep: np.ndarray) -> list[str]:
    if len(coded.strata) == 1:
        return []
    pairs = np.unique(np.column_stack([coded.stratum[keep], coded.arm[keep]]), axis=0)
    arms_in = np.bincount(pairs[:, 0], minlength=len(coded.strata))
    alone = int((arms_in == 1).sum())
    return [f"{alone} strata have one arm only and tell nothing of the effect"] if alone else []


def _method(data: Data, rule: Rule, correction: str) -> str:
    unit = f"clusters ({data.name('cluster')})" if data.cluster is not None else "rows"
    model = "additive" if rule.adjust == "additive" else "Lin"
    several = {"none": "", "holm": ", Holm over the arms", "maxt": ", max-T over the arms"}
    adjusted = " with strata" if data.strata else ""
    adjusted += f"{' and' if adjusted else ' with'} covariates" if data.covariates else ""
    return (
        f"Difference in means by least squares ({model}{adjusted}), by intention to treat; "
        f"CR2 standard errors over {unit}, Satterthwaite degrees of freedom{several[correction]}."
    )
