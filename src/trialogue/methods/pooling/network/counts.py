"""Trials told as arms: a row for each arm of a trial, with its events or its mean."""

from collections.abc import Iterable

import numpy as np

from trialogue.methods.arrays import Column
from trialogue.methods.pooling.network.trials import (
    NO_PLACES,
    BoolArray,
    FloatArray,
    IntArray,
    Places,
    Text,
    Trials,
    cells,
    centred,
    columns_of,
    empty_cells,
    numbered,
    refuse_nothing,
)
from trialogue.methods.problems import InputError, Problem, refuse

MEASURES = ("OR", "RR", "RD")


def trials_from_counts(
    *,
    trial: Column,
    arm: Column,
    events: Column,
    n: Column,
    measure: str,
    places: Places = NO_PLACES,
) -> Trials:
    """Return trials of yes/no outcomes as log odds, log risks or risks: OR, RR or RD.

    A half is added to events and non-events of every arm of a trial that has a zero. Trials in
    which nobody, or everybody, had the event tell nothing of a ratio and are left out with a note.

    Parameters
    ----------
    trial, arm : (rows,)
        Names.
    events, n : (rows,)
        Those with the event, and all.
    measure : str
        OR, RR or RD.
    places : Places
        Names of columns and numbers of rows, for messages.

    Raises
    ------
    InputError
        A name is empty, a trial has one arm or one twice, events are not within 0 and n, or
        columns differ in length.
    """
    if measure not in MEASURES:
        raise InputError(Problem("use OR, RR, RD or MD", column=f"--measure {measure}"))
    trial, arm, events, n = columns_of(
        places, text={"trial": trial, "arm": arm}, numbers={"events": events, "n": n}
    )
    refuse_nothing(trial.size)
    sized = np.isfinite(n) & (n > 0)
    refuse(
        [
            *empty_cells(places, trial=trial, arm=arm),
            *cells(~sized, n, "must be above 0", role="n", places=places),
            *cells(
                sized & ~((events >= 0) & (events <= n)),
                events,
                "events are 0 or more, and no more than people",
                role="events",
                places=places,
            ),
        ]
    )
    names, (which,) = numbered(trial)
    silent = np.zeros(len(names), dtype=bool)
    if measure != "RD":
        silent = _each(which, events == 0) | _each(which, events == n)
    told = ~silent[which]
    halved = ~_each(which, (events > 0) & (events < n))[which]
    a = np.where(halved, events + 0.5, events)[told]
    b = np.where(halved, n - events + 0.5, n - events)[told]
    total = a + b
    if measure == "OR":
        effect, variance = np.log(a / b), 1 / a + 1 / b
    elif measure == "RR":
        effect, variance = np.log(a / total), b / (a * total)
    else:
        effect, variance = a / total, a * b / total**3
    left_out = [name for name, none in zip(names, silent, strict=True) if none]
    note = f"Left out, since nobody or everybody had the event: {', '.join(left_out)}."
    return _trials(
        trial[told],
        arm[told],
        effect,
        variance,
        notes=(note,) if left_out else (),
        places=Places(places.names, np.array([places.row(int(i)) for i in np.flatnonzero(told)])),
    )


def trials_from_means(
    *,
    trial: Column,
    arm: Column,
    mean: Column,
    sd: Column,
    n: Column,
    places: Places = NO_PLACES,
) -> Trials:
    """Return trials of outcomes that are amounts: MD, the variance of an arm's mean sd²/n.

    Parameters and errors are those of `trials_from_counts`; a spread must be above 0.
    """
    trial, arm, mean, sd, n = columns_of(
        places, text={"trial": trial, "arm": arm}, numbers={"mean": mean, "sd": sd, "n": n}
    )
    refuse_nothing(trial.size)
    refuse(
        [
            *empty_cells(places, trial=trial, arm=arm),
            *cells(~np.isfinite(mean), mean, "give the mean", role="mean", places=places),
            *cells(~(np.isfinite(sd) & (sd > 0)), sd, "must be above 0", role="sd", places=places),
            *cells(~(np.isfinite(n) & (n > 0)), n, "must be above 0", role="n", places=places),
        ]
    )
    return _trials(trial, arm, mean, sd**2 / n, notes=(), places=places)


def _each(which: IntArray, holds: BoolArray) -> BoolArray:
    """Whether something holds in every arm of a trial, for each trial."""
    return np.asarray(np.bincount(which, ~holds) == 0)


def _trials(
    trial: Text,
    arm: Text,
    effect: FloatArray,
    variance: FloatArray,
    *,
    notes: tuple[str, ...],
    places: Places,
) -> Trials:
    if not trial.size:
        raise InputError(Problem("no trial tells anything of a ratio", "Use RD"))
    names, (which,) = numbered(trial)
    arms, (column,) = numbered(arm)
    refuse(_miscounted(names, arms, which, column, places))
    table = np.full((2, len(names), len(arms)), np.nan)
    table[:, which, column] = effect, variance
    return Trials(arms, names, centred(table[0]), table[1], notes)


def _miscounted(
    names: tuple[str, ...],
    arms: tuple[str, ...],
    which: IntArray,
    column: IntArray,
    places: Places,
) -> Iterable[Problem]:
    """Name the arms that stand twice in a trial, and the trials of one arm."""
    seen: dict[tuple[int, int], int] = {}
    for row, key in enumerate(zip(which.tolist(), column.tolist(), strict=True)):
        if key in seen:
            what = f'trial "{names[key[0]]}" has {arms[key[1]]} in row {places.row(seen[key])} too'
            yield Problem(what, "Put them together", row=places.row(row))
        seen.setdefault(key, row)
    for trial, name in enumerate(names):
        rows = [row for key, row in seen.items() if key[0] == trial]
        if len(rows) == 1:
            what = f'trial "{name}" has one arm: nothing to compare it with'
            yield Problem(what, "Leave it out", row=places.row(rows[0]))
