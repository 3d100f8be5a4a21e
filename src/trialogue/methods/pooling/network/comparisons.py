"""Trials told as comparisons: a row for each pair of arms of a trial."""

from collections.abc import Iterable

import numpy as np

from trialogue.methods.arrays import Column
from trialogue.methods.pooling.network.trials import (
    NO_PLACES,
    FloatArray,
    IntArray,
    Places,
    Trials,
    cells,
    centred,
    columns_of,
    empty_cells,
    numbered,
    refuse_nothing,
)
from trialogue.methods.problems import Problem, refuse

SLIP = 0.5  # standard errors: rounding moves a sum by less, a wrong sign by more
ROUNDING = 1e-6


def trials_from_comparisons(
    *,
    trial: Column,
    arm: Column,
    against: Column,
    estimate: Column,
    variance: Column,
    places: Places = NO_PLACES,
) -> Trials:
    """Return the trials whose pairs of arms are rows: `estimate` is arm minus against.

    A trial of m arms has m(m − 1)/2 rows. Its arms' variances are those whose sums come nearest
    to the variances of its rows, by least squares: formula (2) of docs/methods/networks.md.

    Parameters
    ----------
    trial, arm, against : (rows,)
        Names.
    estimate, variance : (rows,)
        The difference, and the square of its standard error.
    places : Places
        Names of columns and numbers of rows, for messages.

    Raises
    ------
    InputError
        A name is empty, an arm is compared with itself, a variance is not above 0, a trial lacks
        a pair or has one twice, its rows do not add up, or no arms could vary as they say.
    """
    trial, arm, against, estimate, variance = columns_of(
        places,
        text={"trial": trial, "arm": arm, "against": against},
        numbers={"estimate": estimate, "variance": variance},
    )
    refuse_nothing(trial.size)
    refuse(
        [
            *empty_cells(places, trial=trial, arm=arm, against=against),
            *(
                Problem(f'"{arm[row]}" is compared with itself', row=places.row(int(row)))
                for row in np.flatnonzero((arm == against) & (arm != ""))
            ),
            *cells(
                ~np.isfinite(estimate),
                estimate,
                "give the difference",
                role="estimate",
                places=places,
            ),
            *cells(
                ~(np.isfinite(variance) & (variance > 0)),
                variance,
                "a variance must be above 0",
                role="variance",
                places=places,
            ),
        ]
    )
    names, (which,) = numbered(trial)
    arms, (one, other) = numbered(arm, against)
    refuse(_pairs(names, arms, which, one, other, places))

    shape = (len(names), len(arms))
    # With every pair there, least squares is a mean: formula (2).
    present = _sums(shape, which, one, other, np.ones(trial.size), sign=1) > 0
    size = present.sum(axis=1, keepdims=True)
    effect = _sums(shape, which, one, other, estimate, sign=-1) / size
    rows = _sums(shape, which, one, other, variance, sign=1)
    all_arms = rows.sum(axis=1, keepdims=True) / 2 / (size - 1)
    spread = np.where(size == 2, rows / 2, (rows - all_arms) / np.maximum(size - 2, 1))
    effect, spread = (np.where(present, values, np.nan) for values in (effect, spread))

    off = np.abs(estimate - effect[which, one] + effect[which, other]) / np.sqrt(variance)
    refuse([*_slips(names, which, off, places), *_impossible(names, arms, spread)])
    uneven = sorted({names[which[row]] for row in np.flatnonzero(off > ROUNDING)})
    notes = (f"Differences do not add up exactly and were evened out in: {', '.join(uneven)}.",)
    return Trials(arms, names, centred(effect), spread, notes if uneven else ())


def _sums(
    shape: tuple[int, int],
    which: IntArray,
    one: IntArray,
    other: IntArray,
    values: FloatArray,
    *,
    sign: int,
) -> FloatArray:
    """Add each row's value to its first arm, and `sign` times it to its second."""
    total = np.zeros(shape)
    np.add.at(total, (which, one), values)
    np.add.at(total, (which, other), sign * values)
    return total


def _pairs(
    names: tuple[str, ...],
    arms: tuple[str, ...],
    which: IntArray,
    one: IntArray,
    other: IntArray,
    places: Places,
) -> Iterable[Problem]:
    """Name the pairs of arms that a trial has twice, or not at all."""
    seen: dict[tuple[int, int, int], int] = {}
    for row, (trial, first, second) in enumerate(zip(which, one, other, strict=True)):
        key = (int(trial), min(int(first), int(second)), max(int(first), int(second)))
        if key in seen:
            pair = f'trial "{names[trial]}" compares {arms[key[1]]} and {arms[key[2]]}'
            yield Problem(f"{pair} in row {places.row(seen[key])} too", row=places.row(row))
        seen.setdefault(key, row)
    for trial, name in enumerate(names):
        own = sorted({arm for key in seen if key[0] == trial for arm in key[1:]})
        for i, first in enumerate(own):
            for second in own[i + 1 :]:
                if (trial, first, second) not in seen:
                    what = f'trial "{name}" has no row for {arms[first]} against {arms[second]}'
                    yield Problem(what, "Give every pair of its arms")


def _slips(
    names: tuple[str, ...], which: IntArray, off: FloatArray, places: Places
) -> Iterable[Problem]:
    for row in np.flatnonzero(off > SLIP):
        what = f'the differences of trial "{names[which[row]]}" do not add up'
        yield Problem(what, "Look for a wrong sign", row=places.row(int(row)))


def _impossible(
    names: tuple[str, ...], arms: tuple[str, ...], spread: FloatArray
) -> Iterable[Problem]:
    for trial, arm in np.argwhere(spread <= 0):
        what = (
            f'the variances of trial "{names[trial]}" leave none for {arms[arm]}: '
            "its differences from two arms vary no more than theirs from each other"
        )
        yield Problem(what, "Look for standard errors in the place of variances")
