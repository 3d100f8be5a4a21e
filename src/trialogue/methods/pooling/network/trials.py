"""What each trial of a network found in each of its arms."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trialogue.methods import arrays
from trialogue.methods.arrays import Column
from trialogue.methods.problems import InputError, Problem, refuse

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]
Text = NDArray[Any]


@dataclass(frozen=True)
class Places:
    """Where the values stood: the columns' own names, by role, and the number of each row."""

    names: Mapping[str, str] = field(default_factory=dict)
    rows: IntArray | None = None

    def name(self, role: str) -> str:
        """Return the column's own name, or its role."""
        return self.names.get(role) or role

    def row(self, index: int) -> int:
        """Return the number of a row as a spreadsheet shows it."""
        return index + 2 if self.rows is None else int(self.rows[index])


NO_PLACES = Places()


@dataclass(frozen=True)
class Trials:
    """A row a trial, a column an arm of the network; NaN where the trial has not that arm.

    Only differences within a row count: each row of `effect` has mean 0. The difference of two
    arms of a trial has the sum of their variances, and two differences that share an arm covary
    by the variance of that arm.
    """

    arms: tuple[str, ...]
    names: tuple[str, ...]
    effect: FloatArray
    variance: FloatArray
    notes: tuple[str, ...] = ()

    @property
    def present(self) -> BoolArray:
        """Which trial has which arm."""
        return np.asarray(~np.isnan(self.effect))

    @property
    def sizes(self) -> IntArray:
        """Arms of each trial."""
        return np.asarray(self.present.sum(axis=1))


def columns_of(
    places: Places, *, text: Mapping[str, Column], numbers: Mapping[str, Column]
) -> tuple[NDArray[Any], ...]:
    """Return columns of any library as arrays, those of text first; refuse what is no column."""
    found: dict[str, NDArray[Any]] = {
        **{role: arrays.text(column, name=places.name(role)) for role, column in text.items()},
        **{
            role: arrays.numbers(column, name=places.name(role))
            for role, column in numbers.items()
        },
    }
    refuse(arrays.same_length({places.name(role): column for role, column in found.items()}))
    return tuple(found.values())


def centred(effect: FloatArray) -> FloatArray:
    """Take each trial's mean off, so that a large common level costs no digits."""
    return np.asarray(effect - np.nanmean(effect, axis=1, keepdims=True))


def numbered(*columns: Text) -> tuple[tuple[str, ...], tuple[IntArray, ...]]:
    """Number the names in several columns alike, in byte order."""
    names, index = np.unique(np.concatenate(columns), return_inverse=True)
    parts = np.split(index.astype(np.int64), len(columns))
    return tuple(str(name) for name in names), tuple(parts)


def empty_cells(places: Places, **columns: Text) -> Iterable[Problem]:
    """Name the cells without a name in them."""
    for role, column in columns.items():
        for index in np.flatnonzero(column == ""):
            what = f"empty; every row needs its {'trial' if role == 'trial' else 'arm'}"
            yield Problem(what, row=places.row(int(index)), column=places.name(role))


def cells(
    wrong: BoolArray, values: FloatArray, must: str, *, role: str, places: Places
) -> Iterable[Problem]:
    """Name the numbers that are `wrong`, missing ones (NaN) too, and what they `must` be."""
    for index in np.flatnonzero(wrong):
        value = values[index]
        what = "empty" if np.isnan(value) else f"{value:g}"
        yield Problem(f"{what}; {must}", row=places.row(int(index)), column=places.name(role))


def refuse_nothing(rows: int) -> None:
    """Refuse a table without rows."""
    if not rows:
        raise InputError(Problem("there are no trials", "Give a row for each"))
