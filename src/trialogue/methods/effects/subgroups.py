"""Registered subgroups: did it do more for some than for others?

The difference of effects is what is asked, never an effect in a subgroup with a p of its own.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from trialogue.methods import arrays
from trialogue.methods.effects.columns import (
    Columns,
    Extra,
    extra_columns,
    model_columns,
    slope_candidates,
)
from trialogue.methods.effects.correction import holm
from trialogue.methods.effects.data import (
    BoolArray,
    Coded,
    Data,
    FloatArray,
    IntArray,
    Rule,
    Text,
    code,
)
from trialogue.methods.effects.model import fit_model
from trialogue.methods.effects.planned import ArmEffect, arm_effect
from trialogue.methods.problems import Problem, refuse
from trialogue.methods.results import Result

MOST_SUBGROUPS = 3


@dataclass(frozen=True, repr=False)
class Interaction(Result):
    """How much more an arm did in `level` than in `against`. None: cannot be known."""

    arm: str
    level: str
    against: str
    estimate: float | None = None
    se: float | None = None
    df: float | None = None
    ci_low: float | None = None
    ci_high: float | None = None


@dataclass(frozen=True, repr=False)
class Subgroup(Result):
    """One registered subgroup. `p` is of all its interactions at once (HTZ; of one, its t)."""

    name: str
    interactions: tuple[Interaction, ...]
    p: float | None
    p_adjusted: float | None
    notes: tuple[str, ...]


def subgroup_effects(
    data: Data, rule: Rule, subgroups: Mapping[str, arrays.Column]
) -> tuple[Subgroup, ...]:
    """Add arm × subgroup to the planned model, one subgroup at a time.

    Parameters
    ----------
    data, rule
        As in `analyse`.
    subgroups : mapping of name to (n,)
        At most three, registered and known before allocation; "" where nobody knows: such rows
        are left out. The first value in byte order is what the others are compared against.

    Returns
    -------
    tuple of Subgroup
        In the order given; `p_adjusted` is Holm's over them.

    Raises
    ------
    InputError
        As `analyse`, and when there are none, over three, or one has a single value.
    """
    coded = {name: arrays.text(values, name=name) for name, values in subgroups.items()}
    refuse(_problems(data, coded))
    found = [_subgroup(data, rule, name, values) for name, values in coded.items()]
    known = [index for index, each in enumerate(found) if each.p is not None]
    adjusted = dict(zip(known, holm([found[index].p or 0.0 for index in known]), strict=True))
    return tuple(replace(each, p_adjusted=adjusted.get(index)) for index, each in enumerate(found))


def _problems(data: Data, subgroups: Mapping[str, Text]) -> Iterator[Problem]:
    if not 1 <= len(subgroups) <= MOST_SUBGROUPS:
        yield Problem(f"{len(subgroups)} subgroups", f"Register 1 to {MOST_SUBGROUPS}")
    for name, values in subgroups.items():
        if values.shape != data.outcome.shape:
            yield Problem("not a value for each row", "Give a value, or nothing", column=name)
        elif np.unique(values[(values != "") & ~np.isnan(data.outcome)]).size < 2:
            yield Problem("fewer than two values have outcomes", "Leave it out", column=name)


def _subgroup(data: Data, rule: Rule, name: str, values: Text) -> Subgroup:
    unknown = values == ""
    coded = code(replace(data, outcome=np.where(unknown, np.nan, data.outcome)), rule)
    keep = ~np.isnan(data.outcome) & ~unknown
    here, arm, cluster = values[keep], coded.arm[keep], coded.cluster[keep]
    levels = [str(level) for level in np.unique(here)]
    dummies = np.column_stack([(here == level).astype(float) for level in levels[1:]])
    columns, places = _model(data, coded, rule, keep, dummies)
    units = _units(coded, arm, cluster, np.searchsorted(levels, here), len(levels))
    tested = tuple(
        column
        for (a, j), column in places.items()
        if units[[0, 0, a, a], [0, j, 0, j]].min() > 1  # one cannot show how much units vary
    )
    fit = fit_model(columns, data.outcome[keep][:, None], cluster, tested=tested)
    effects = {
        place: arm_effect(fit, column, alpha=rule.alpha) for place, column in places.items()
    }
    spread = dummies.std(axis=0)
    interactions = tuple(
        _interaction(
            Interaction(coded.arms[a], levels[j], levels[0]),
            effects.get((a, j), ArmEffect()),
            1 / float(spread[j - 1]),
        )
        for a in range(1, len(coded.arms))
        for j in range(1, len(levels))
    )
    p = fit.joint.p if fit.joint else None
    if len(tested) == 1:
        p = next(effects[place].p for place, column in places.items() if column == tested[0])
    return Subgroup(
        name=name,
        interactions=interactions,
        p=p,
        p_adjusted=None,
        notes=tuple(_notes(name, interactions, int((unknown & ~np.isnan(data.outcome)).sum()))),
    )


def _model(
    data: Data, coded: Coded, rule: Rule, keep: BoolArray, dummies: FloatArray
) -> tuple[Columns, dict[tuple[int, int], int]]:
    """Build the planned model with the subgroup's columns first, and arms' slopes on them.

    First, or a subgroup that is a stratum too would be left out as the later of the two. Returns
    the columns and where the interaction of (arm, level) stands among them.
    """
    lin = rule.adjust == "lin"
    planned = extra_columns(data, coded, keep, lin=lin)
    width = dummies.shape[1]
    extra = Extra(
        matrix=np.hstack([dummies, planned.matrix]),
        names=(*(f"subgroup {j}" for j in range(width)), *planned.names),
        covariates=(*[True] * width, *(lin and own for own in planned.covariates)),
    )
    columns = model_columns(coded.arm[keep], coded.arms, extra, lin=True)
    first = 1 + len(columns.arms) + len(extra.names)
    slopes = slope_candidates(columns.arms, extra.covariates, lin=True)
    places = {
        (columns.arms[i], j + 1): columns.kept.index(index)
        for index, (i, j) in enumerate(slopes, start=first)
        if j < width and index in columns.kept
    }
    return columns, places


def _units(
    coded: Coded, arm: IntArray, cluster: IntArray, level: IntArray, levels: int
) -> IntArray:
    """Count the units of allocation that each arm has people of each level in."""
    units = np.zeros((len(coded.arms), levels), dtype=np.int64)
    seen = np.unique(np.column_stack([arm, level, cluster]), axis=0)
    np.add.at(units, (seen[:, 0], seen[:, 1]), 1)
    return units


def _interaction(blank: Interaction, effect: ArmEffect, scale: float) -> Interaction:
    """Fill in an interaction from its column, which was divided by its spread."""

    def unit(value: float | None) -> float | None:
        return None if value is None else value * scale

    return replace(
        blank,
        estimate=unit(effect.estimate),
        se=unit(effect.se),
        df=effect.df,
        ci_low=unit(effect.ci_low),
        ci_high=unit(effect.ci_high),
    )


def _notes(name: str, interactions: tuple[Interaction, ...], unknown: int) -> Iterator[str]:
    if unknown:
        rows = "1 row with" if unknown == 1 else f"{unknown} rows with"
        yield f"{rows} an outcome and no {name} left out"
    for each in interactions:
        if each.estimate is None:
            yield f"{each.arm}, {each.level}: nobody to compare"
        elif each.ci_low is None:
            yield f"{each.arm}, {each.level}: too few for a range"
