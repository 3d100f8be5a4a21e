"""From each trial's table to its effect: what the new service changed, and how exactly."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

import numpy as np

from trialogue.methods import arrays, special
from trialogue.methods.pooling.studies import BoolArray, FloatArray, IntArray
from trialogue.methods.problems import InputError, Problem, refuse
from trialogue.methods.results import Result

Measure = Literal["RD", "RR", "OR", "AS", "PETO", "IRR", "MD", "SMD"]
MEASURES: tuple[Measure, ...] = get_args(Measure)
# What an arm's columns are, by measure.
ARM_COLUMNS = {
    **dict.fromkeys(("RD", "RR", "OR", "AS", "PETO"), ("events", "n")),
    "IRR": ("events", "time"),
    **dict.fromkeys(("MD", "SMD"), ("mean", "sd", "n")),
}
Pair = tuple[FloatArray, FloatArray]


@dataclass(frozen=True)
class ArmTable:
    """One arm of every trial: the columns that `ARM_COLUMNS` names, each (k,), of any library.

    `names` gives their own names for messages, by what they are; `rows` each trial's row.
    """

    columns: tuple[FloatArray, ...]
    names: Mapping[str, str] = field(default_factory=dict)
    rows: IntArray | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "columns", tuple(arrays.numbers(each) for each in self.columns))
        refuse(arrays.same_length({f"column {i}": each for i, each in enumerate(self.columns, 1)}))

    def problem(self, what: str, column: str, index: int) -> Problem:
        """Return a problem of one cell, with its row as a spreadsheet shows it."""
        row = index + 2 if self.rows is None else int(self.rows[index])
        return Problem(what, row=row, column=self.names.get(column) or column)


@dataclass(frozen=True, repr=False)
class EffectSizes(Result):
    """Estimates and variances, (k,); both NaN for a trial whose table tells nothing."""

    estimate: FloatArray
    variance: FloatArray


def effect_sizes(measure: Measure, treated: ArmTable, control: ArmTable) -> EffectSizes:
    """Return each trial's effect of the new service (`treated`) against the usual (`control`).

    Where a table has an empty cell, ½ is added to all four (RD, RR, OR), or to both counts (IRR);
    nothing is added for AS and PETO. Where the same happened to nobody or to all in both arms, a
    ratio (RR, OR, PETO, IRR) has no information: the trial is NaN, to be left out and counted.

    Raises InputError with every cell that cannot be: more events than people, no people, no time,
    no spread.

    References
    ----------
    Yusuf, Peto, Lewis, Collins and Sleight (1985); Rücker, Schwarzer, Carpenter and Olkin (2009)
    for AS; Hedges (1981) for SMD. Formulas: docs/methods/pooling.md.
    """
    if measure not in MEASURES:
        *others, last = MEASURES
        what = f"use {', '.join(others)} or {last}"
        raise InputError(Problem(what, column=f"--measure {measure}"))
    problems = (*_wrong(measure, treated), *_wrong(measure, control))
    refuse(sorted(problems, key=lambda problem: problem.row or 0))
    with np.errstate(divide="ignore", invalid="ignore"):
        estimate, variance, untold = _FORMULAS[measure](treated.columns, control.columns)
    return EffectSizes(np.where(untold, np.nan, estimate), np.where(untold, np.nan, variance))


def _wrong(measure: Measure, arm: ArmTable) -> Iterator[Problem]:
    kinds = ARM_COLUMNS[measure]
    for kind, values in zip(kinds, arm.columns, strict=True):
        for index in np.flatnonzero(~np.isfinite(values) | _impossible(kind, values, measure)):
            value = values[index]
            what = f"{value:g} {_MUST_BE[kind]}" if np.isfinite(value) else "not a finite number"
            empty = "empty; every trial needs its table"
            yield arm.problem(empty if np.isnan(value) else what, kind, int(index))
    if kinds == ("events", "n"):
        events, n = arm.columns
        for index in np.flatnonzero(events > n):
            what = f"{events[index]:g} events among {n[index]:g} people"
            yield arm.problem(what, "events", int(index))


_MUST_BE = {
    "events": "is not a whole number of 0 or more",
    "n": "people; an arm must have 1 or more, 2 where there is a spread, and whole ones",
    "time": "must be above 0",
    "sd": "must be above 0",
    "mean": "",
}


def _impossible(kind: str, values: FloatArray, measure: Measure) -> BoolArray:
    wrong: BoolArray = np.zeros(values.shape, dtype=bool)
    if kind == "events":
        wrong = (values < 0) | (values != np.floor(values))
    if kind == "n":
        fewest = 2 if measure in ("MD", "SMD") else 1
        wrong = (values < fewest) | (values != np.floor(values))
    if kind in ("time", "sd"):
        wrong = values <= 0
    return wrong


Arms = tuple[FloatArray, ...]
Effects = tuple[FloatArray, FloatArray, BoolArray]  # estimates, variances, and which tell nothing


def _risk_difference(treated: Arms, control: Arms) -> Effects:
    a, n1, c, n0 = _filled(treated, control)
    b, d = n1 - a, n0 - c
    return a / n1 - c / n0, a * b / n1**3 + c * d / n0**3, np.zeros(a.shape, dtype=bool)


def _risk_ratio(treated: Arms, control: Arms) -> Effects:
    a, n1, c, n0 = _filled(treated, control)
    return (
        np.log(a / n1) - np.log(c / n0),
        1 / a - 1 / n1 + 1 / c - 1 / n0,
        _same(treated, control),
    )


def _odds_ratio(treated: Arms, control: Arms) -> Effects:
    a, n1, c, n0 = _filled(treated, control)
    b, d = n1 - a, n0 - c
    return np.log(a * d / (b * c)), 1 / a + 1 / b + 1 / c + 1 / d, _same(treated, control)


def _arcsine_difference(treated: Arms, control: Arms) -> Effects:
    (a, n1), (c, n0) = treated, control
    estimate = np.arcsin(np.sqrt(a / n1)) - np.arcsin(np.sqrt(c / n0))
    return estimate, 1 / (4 * n1) + 1 / (4 * n0), np.zeros(a.shape, dtype=bool)


def _peto_odds_ratio(treated: Arms, control: Arms) -> Effects:
    (a, n1), (c, n0) = treated, control
    events, n = a + c, n1 + n0
    variance = n1 * n0 * events * (n - events) / (n**2 * (n - 1))
    return (a - n1 * events / n) / variance, 1 / variance, _same(treated, control)


def _rate_ratio(treated: Arms, control: Arms) -> Effects:
    (x1, t1), (x0, t0) = treated, control
    half = 0.5 * ((x1 == 0) | (x0 == 0))
    one, other = x1 + half, x0 + half
    return np.log(one / t1) - np.log(other / t0), 1 / one + 1 / other, (x1 == 0) & (x0 == 0)


def _mean_difference(treated: Arms, control: Arms) -> Effects:
    (m1, s1, n1), (m0, s0, n0) = treated, control
    return m1 - m0, s1**2 / n1 + s0**2 / n0, np.zeros(m1.shape, dtype=bool)


def _standardised_difference(treated: Arms, control: Arms) -> Effects:
    """Hedges' g, with his correction exactly and not as 1 − 3/(4ν − 1)."""
    (m1, s1, n1), (m0, s0, n0) = treated, control
    df = n1 + n0 - 2
    pooled_sd = np.sqrt(((n1 - 1) * s1**2 + (n0 - 1) * s0**2) / df)
    correction = np.exp(
        special.gammaln(df / 2) - special.gammaln((df - 1) / 2) - np.log(df / 2) / 2
    )
    estimate = correction * (m1 - m0) / pooled_sd
    variance = 1 / n1 + 1 / n0 + estimate**2 / (2 * (n1 + n0))
    return estimate, variance, np.zeros(m1.shape, dtype=bool)


_FORMULAS: Mapping[str, Callable[[Arms, Arms], Effects]] = {
    "RD": _risk_difference,
    "RR": _risk_ratio,
    "OR": _odds_ratio,
    "AS": _arcsine_difference,
    "PETO": _peto_odds_ratio,
    "IRR": _rate_ratio,
    "MD": _mean_difference,
    "SMD": _standardised_difference,
}


def _filled(treated: Arms, control: Arms) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Add ½ to every cell of a table that has an empty one."""
    (a, n1), (c, n0) = treated, control
    half = 0.5 * ((a == 0) | (a == n1) | (c == 0) | (c == n0))
    return a + half, n1 + 2 * half, c + half, n0 + 2 * half


def _same(treated: Arms, control: Arms) -> BoolArray:
    """Say in which trials the same happened to nobody, or to all, in both arms."""
    (a, n1), (c, n0) = treated, control
    same: BoolArray = ((a == 0) & (c == 0)) | ((a == n1) & (c == n0))
    return same
