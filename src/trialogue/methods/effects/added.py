"""The planned analysis of a trial that was added up elsewhere: the same, from sums of cells."""

from collections.abc import Callable, Iterator

import numpy as np

from trialogue.methods.effects.analysis import (
    arm_effects,
    check,
    concluded,
    draws_wanted,
    redraw_units,
    resolved,
)
from trialogue.methods.effects.cell_fit import fit_cells
from trialogue.methods.effects.cells import ROUNDING, Cells, Source
from trialogue.methods.effects.checks import (
    Balance,
    Measured,
    icc_of_clusters,
    standardised_difference,
)
from trialogue.methods.effects.data import (
    BoolArray,
    Coded,
    FloatArray,
    IntArray,
    Rule,
    code,
    first_rows,
)
from trialogue.methods.effects.layout import Layout
from trialogue.methods.effects.missing import Observed, lee_bounds_of, tips_at
from trialogue.methods.effects.planned import (
    ArmEffect,
    Planned,
    refuse_more_columns_than_units,
)
from trialogue.methods.effects.randomisation import Progress, Redrawn
from trialogue.methods.effects.results import Analysis, ArmSummary, Sensitivity
from trialogue.methods.problems import InputError, Problem


def analyse_cells(
    source: Source, rule: Rule, *, seed: int, progress: Progress | None = None
) -> Analysis | None:
    """Run the planned analysis on sums; None when `progress` stopped it.

    The same answer as `analyse` gives on the rows. Raises InputError as it does, and when rows
    that were each allocated by themselves are to be re-drawn and are not here.
    """
    check(rule)
    cells = source.cells
    coded = code(cells.groups, rule)
    rule = resolved(rule, len(coded.arms), cells.kind)
    layout = Layout(cells, coded, rule, cells.known)
    planned = plan_cells(cells, coded, layout, cells.known)
    fit = fit_cells(source, layout, planned.cluster, tested=planned.tested)
    effects = arm_effects(planned, fit, rule)
    wanted = draws_wanted(rule, planned)
    redrawn = None
    if wanted:
        redrawn = _redraw(cells, coded, planned, layout, rule, wanted, seed, progress)
        if redrawn is None:
            return None
    people = _by_arm(coded, cells.people)
    clustered = cells.groups.cluster is not None
    first = first_rows(coded.cluster)
    return concluded(
        cells.groups,
        coded,
        planned,
        fit,
        rule,
        redrawn=redrawn,
        seed=seed,
        arms=tuple(_summaries(cells, coded, planned)),
        missing=_by_arm(coded, np.where(cells.known, 0, cells.people)),
        sensitivity=tuple(_sensitivity(source, coded, rule, effects))
        if not cells.known.all()
        else None,
        icc=_icc(cells, planned) if clustered else None,
        units=np.bincount(coded.arm[first], minlength=len(coded.arms)) if clustered else people,
        balance=tuple(_balance(cells, coded)),
    )


def plan_cells(cells: Cells, coded: Coded, layout: Layout, keep: BoolArray) -> Planned:
    """Return what the model of the cells in `keep` can say of each arm."""
    arm, cluster = coded.arm[keep], coded.cluster[keep]
    first = first_rows(cluster)
    clustered = cells.groups.cluster is not None
    units = np.bincount(
        arm[first] if clustered else arm,
        None if clustered else cells.people[keep],
        minlength=len(coded.arms),
    ).astype(np.int64)
    refuse_more_columns_than_units(cells.groups, sum(layout.covariates), int(units.sum()))
    return Planned(keep=keep, arm=arm, cluster=cluster, units=units, columns=layout.choice)


def _by_arm(coded: Coded, values: FloatArray) -> IntArray:
    return np.bincount(coded.arm, values, minlength=len(coded.arms)).astype(np.int64)


def _redraw(
    cells: Cells,
    coded: Coded,
    planned: Planned,
    layout: Layout,
    rule: Rule,
    draws: int,
    seed: int,
    progress: Progress | None,
) -> Redrawn | None:
    """Re-draw clusters by their sums of the residual on strata and covariates without arms."""
    groups = cells.groups
    if groups.cluster is None and not cells.single:
        raise InputError(
            Problem(
                f"{planned.units.sum():,} rows, each placed by itself, are too many to draw again",
                "Give --permutations 0",
                column=f"--permutations {draws}",
            )
        )
    residual = _residual_sums(cells, layout)
    index = np.unique(planned.cluster, return_inverse=True)[1]
    sums: FloatArray = np.bincount(index, residual).astype(float)
    sizes = np.bincount(index, cells.people[planned.keep]).astype(float)
    # What is left of outcomes that are all alike, or fully explained, is rounding.
    if np.abs(sums / sizes).max() <= 1e-11:
        sums = np.zeros_like(sums)
    return redraw_units(groups, coded, planned, rule, sums, sizes, draws, seed, progress)


def _residual_sums(cells: Cells, layout: Layout) -> FloatArray:
    """Σ of the outcome's residual on strata and covariates, over the people of each cell."""
    y: FloatArray = cells.wy[layout.index, 0, 0]
    without = layout.without_arms()
    xx, xy = without.totals(cells.wy[layout.index][:, :, :1])
    coefficients = np.linalg.solve(xx, xy[:, 0])
    fitted = np.empty_like(y)
    for some in without.pieces():
        w = cells.ww[layout.index[some], :, 0]
        fitted[some] = np.einsum("gpk,gk->gp", without.columns(some), w) @ coefficients
    return y - fitted


def _summaries(cells: Cells, coded: Coded, planned: Planned) -> Iterator[ArmSummary]:
    for index, name in enumerate(coded.arms):
        here = planned.keep & (coded.arm == index)
        of = _measured(cells.people[here], cells.wy[here, 0, 0], cells.yy[here, 0, 0])
        yield ArmSummary(
            arm=name,
            n=of.n,
            clusters=int(planned.units[index]) if cells.groups.cluster is not None else None,
            mean=float(cells.centre[0] + cells.scale[0] * of.mean) if of.n else None,
            sd=None if of.sd is None else float(cells.scale[0] * of.sd),
        )


def _measured(people: FloatArray, sums: FloatArray, squares: FloatArray) -> Measured:
    """Return how many they are, their mean and deviation, from sums."""
    n, total, square = people.sum(), sums.sum(), squares.sum()
    if n < 1:
        return Measured(0, 0.0, None)
    left = square - total**2 / n
    sd = float(np.sqrt(left / (n - 1))) if n > 1 and left > ROUNDING * square else 0.0
    return Measured(int(n), float(total / n), sd if n > 1 else None)


def _icc(cells: Cells, planned: Planned) -> float | None:
    keep = planned.keep
    _, first, index = np.unique(planned.cluster, return_index=True, return_inverse=True)
    sizes = np.bincount(index, cells.people[keep]).astype(float)
    means = np.bincount(index, cells.wy[keep, 0, 0]) / sizes
    square = float(cells.yy[keep, 0, 0].sum())
    within = square - float((sizes * means**2).sum())
    within = within if within > ROUNDING * square else 0.0
    arm = np.unique(planned.arm[first], return_inverse=True)[1]
    return icc_of_clusters(sizes, means, arm, within=within)


def _balance(cells: Cells, coded: Coded) -> Iterator[Balance]:
    """Compare every arm's start with control's, on all rows allocated."""
    columns = [
        column for name in cells.groups.covariates for column in _start_columns(cells, name)
    ]
    for arm, name in enumerate(coded.arms[1:], 1):
        for label, measured in columns:
            yield Balance(
                name,
                label,
                standardised_difference(measured(coded.arm == arm), measured(coded.arm == 0)),
            )


def _start_columns(
    cells: Cells, name: str
) -> Iterator[tuple[str, Callable[[BoolArray], Measured]]]:
    """Give the columns of one covariate, each with what was measured of it in some cells."""
    values = cells.groups.covariates[name]
    if values.dtype.kind != "f":
        labels = np.where(values == "", "missing", values)
        for label in np.unique(labels)[1:]:
            count = np.where(labels == label, cells.people, 0.0)
            yield f"{name}={label}", _of(cells.people, count, count)
        return
    places = {flag: at for at, (number, flag) in enumerate(cells.numbers, 1) if number == name}
    at = places[False]
    missing = cells.ww[:, places[True], 0] if True in places else np.zeros_like(cells.people)
    yield name, _of(cells.people - missing, cells.ww[:, at, 0], cells.ww[:, at, at])
    if missing.any():
        yield f"{name} missing", _of(cells.people, missing, missing)


def _of(
    people: FloatArray, sums: FloatArray, squares: FloatArray
) -> Callable[[BoolArray], Measured]:
    return lambda here: _measured(people[here], sums[here], squares[here])


def _sensitivity(
    source: Source, coded: Coded, rule: Rule, effects: list[ArmEffect]
) -> Iterator[Sensitivity]:
    cells = source.cells
    people = _by_arm(coded, cells.people)
    measured = _by_arm(coded, np.where(cells.known, cells.people, 0))
    sums = np.bincount(coded.arm, cells.wy[:, 0, 0], minlength=len(coded.arms))

    def observed(arm: int) -> Observed:
        def trimmed(k: int, largest: bool) -> float:
            out = source.extremes(coded.arms[arm], k, largest=largest) if k else 0.0
            mean = (sums[arm] - out) / (measured[arm] - k)
            return float(cells.centre[0] + cells.scale[0] * mean)

        return Observed(int(measured[arm]), int(people[arm]), trimmed)

    lost = (people - measured) / people
    for arm, effect in enumerate(effects, 1):
        lee = lee_bounds_of(observed(arm), observed(0))
        low = high = tips = None
        if effect.estimate is not None and rule.kind == "binary":
            low = _filled_estimate(cells, coded, rule, arm, {arm: 0.0, 0: 1.0})
            high = _filled_estimate(cells, coded, rule, arm, {arm: 1.0, 0: 0.0})
        elif effect.estimate is not None:
            tips = tips_at(effect.estimate, float(lost[arm]), float(lost[0]))
        yield Sensitivity(coded.arms[arm], low, high, lee.low, lee.high, lee.trim, lee.k, tips)


def _filled_estimate(
    cells: Cells, coded: Coded, rule: Rule, arm: int, filled: dict[int, float]
) -> float | None:
    """Return an arm's effect with the missing outcomes of some arms all one number."""
    wy = cells.wy[:, :, 0].copy()
    keep = cells.known.copy()
    scale = cells.scale[0] if cells.scale[0] > 0 else 1.0
    for index, value in filled.items():
        some = ~cells.known & (coded.arm == index)
        wy[some] = cells.ww[some, :, 0] * (value - cells.centre[0]) / scale
        keep |= some
    layout = Layout(cells, coded, rule, keep)
    column = plan_cells(cells, coded, layout, keep).column(arm)
    if column is None:
        return None
    xx, xy = layout.totals(wy[keep][:, :, None])
    return float(np.linalg.solve(xx, xy[:, 0])[column] * scale)
