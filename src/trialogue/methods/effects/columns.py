"""The columns of the model: 1, arms, strata, covariates, in this order."""

from dataclasses import dataclass

import numpy as np

from trialogue.methods.effects.data import (
    SEPARATOR,
    BoolArray,
    Coded,
    Data,
    FloatArray,
    IntArray,
    Text,
)
from trialogue.methods.problems import InputError, Problem

MOST_COLUMNS = 400
DEPENDENT = 1e-9  # the share of a column's own square that is left when those before are taken out


@dataclass(frozen=True)
class Columns:
    """A design matrix, (n, p): first 1, then an arm each, then the rest centred at its mean."""

    matrix: FloatArray
    arms: tuple[int, ...]  # number of the arm that column 1, 2, … stands for
    used: tuple[str, ...]  # names of the covariate columns kept
    notes: tuple[str, ...]
    unknown: tuple[int, ...] = ()  # arms that strata or covariates alone determine


@dataclass(frozen=True)
class Extra:
    """Strata and covariates as columns, with names; (n, k)."""

    matrix: FloatArray
    names: tuple[str, ...]
    covariates: tuple[bool, ...]  # true where the column is of a covariate, not of a stratum


def extra_columns(data: Data, coded: Coded, keep: BoolArray, *, lin: bool = False) -> Extra:
    """Code strata and covariates as columns, of the rows in `keep`.

    A category's first value in byte order is the reference. A missing number is set to the mean
    of the observed and marked by a column of its own (White and Thompson 2005); a missing
    category is the category "missing".
    """
    stratum = coded.stratum[keep]
    present = np.unique(stratum)
    stratum_name = ", ".join(data.name(f"stratum {i}") for i in range(len(data.strata)))
    values = {name: column[keep] for name, column in data.covariates.items()}
    _refuse_width(
        {stratum_name: present.size - 1},
        {name: _width(column) for name, column in values.items()},
        arms=len(coded.arms),
        lin=lin,
    )
    labelled = [
        (f"{stratum_name}={coded.strata[index].replace(SEPARATOR, ' / ')}", stratum == index)
        for index in present[1:]
    ]
    columns = [(name, column.astype(float), False) for name, column in labelled]
    for name, column in values.items():
        columns += [(label, dummy, True) for label, dummy in covariate_columns(name, column)]
    return Extra(
        matrix=np.column_stack([column for _, column, _ in columns])
        if columns
        else np.empty((stratum.size, 0)),
        names=tuple(name for name, _, _ in columns),
        covariates=tuple(of_covariate for _, _, of_covariate in columns),
    )


def covariate_columns(name: str, values: FloatArray | Text) -> list[tuple[str, FloatArray]]:
    """Return the columns of one covariate with their names."""
    if values.dtype.kind == "f":
        missing = np.isnan(values)
        if not missing.any():
            return [(name, values.astype(float))]
        mean = float(values[~missing].mean()) if not missing.all() else 0.0
        filled = np.where(missing, mean, values)
        return [(name, filled), (f"{name} missing", missing.astype(float))]
    labels, index = np.unique(np.where(values == "", "missing", values), return_inverse=True)
    return [(f"{name}={label}", (index == i).astype(float)) for i, label in enumerate(labels)][1:]


def _width(values: FloatArray | Text) -> int:
    if values.dtype.kind == "f":
        return 1 + int(np.isnan(values).any())
    return int(np.unique(values).size) - 1


def _refuse_width(
    strata: dict[str, int], covariates: dict[str, int], *, arms: int, lin: bool
) -> None:
    """Refuse a model of over 400 columns, naming the column with the most values."""
    slopes = (arms - 1) * sum(covariates.values()) if lin else 0
    every = {**covariates, **strata}
    total = arms + sum(every.values()) + slopes
    if total <= MOST_COLUMNS:
        return
    widest = max(every, key=lambda name: every[name])
    what = f"{total} columns in the model, the most is {MOST_COLUMNS}"
    if every[widest] > 1:
        raise InputError(Problem(f"{widest} has {every[widest] + 1} values", "Put some together"))
    raise InputError(Problem(what, "Drop some", column="--covariates"))


def model_columns(arm: IntArray, arms: int, extra: Extra, *, lin: bool) -> Columns:
    """Build the matrix. Columns that are constant or depend on those before them are dropped.

    With `lin` each arm also has its own slope on each centred covariate (Lin 2013); strata are
    not interacted. The first coefficient is the control's mean at everyone's mean of the rest.
    """
    present = [a for a in range(1, arms) if (arm == a).any()]
    dummies = [(arm == a).astype(float) for a in present]
    one = np.ones(arm.size)
    basis = _Basis(arm.size)
    for column in (one, *dummies):
        basis.add(column)
    notes: list[str] = []
    kept: list[int] = []
    rest: list[FloatArray] = []
    dependent: list[FloatArray] = []
    for index, name in enumerate(extra.names):
        column = _standardised(extra.matrix[:, index])
        if column is None:
            notes.append(f"{name} is constant and was left out")
        elif not basis.add(column):
            notes.append(f"{name} depends on the columns before it and was left out")
            dependent.append(column)
        else:
            kept.append(index)
            rest.append(column)
    unknown = _confounded(np.column_stack([one, *dummies, *rest]), present, dependent)
    slopes = []
    if lin:
        for a, dummy in zip(present, dummies, strict=True):
            for index, column in zip(kept, rest, strict=True):
                if not extra.covariates[index]:
                    continue
                if basis.add(dummy * column):
                    slopes.append(dummy * column)
                else:
                    notes.append(f"{extra.names[index]} has no slope of its own in arm {a}")
    return Columns(
        matrix=np.column_stack([one, *dummies, *rest, *slopes]),
        arms=tuple(present),
        used=tuple(extra.names[index] for index in kept if extra.covariates[index]),
        notes=tuple(notes),
        unknown=unknown,
    )


def _standardised(column: FloatArray) -> FloatArray | None:
    """Take off the mean and divide by the spread; None when the column is constant.

    Sums of squares keep their digits, and no column outweighs another when the matrix is inverted.
    """
    size = float(np.abs(column).max(initial=0.0))
    centred = column - column.mean()
    spread = float(np.sqrt((centred**2).mean()))
    return centred / spread if spread > 1e-12 * size else None


def _confounded(
    kept: FloatArray, present: list[int], dependent: list[FloatArray]
) -> tuple[int, ...]:
    """Name the arms whose difference from control a stratum or covariate could equally explain.

    A column left out is a sum of those kept. If an arm has a part in that sum, the arm's
    coefficient is not determined by the data: all of it could be the column's.
    """
    if not dependent:
        return ()
    parts = np.linalg.solve(kept.T @ kept, kept.T @ np.column_stack(dependent))
    share = np.abs(parts[1 : 1 + len(present)]).max(axis=1)
    return tuple(a for a, part in zip(present, share, strict=True) if part > 1e-6)


class _Basis:
    """Grows by columns that do not depend on those in it (Gram–Schmidt, twice)."""

    def __init__(self, n: int) -> None:
        self._q = np.empty((n, 8), order="F")
        self._size = 0

    def add(self, column: FloatArray) -> bool:
        """Add a column; false when it depends on those before."""
        total = float(column @ column)
        if total == 0:
            return False
        rest = column / np.sqrt(total)
        for _ in range(2):
            q = self._q[:, : self._size]
            rest = rest - q @ (q.T @ rest)
        left = float(rest @ rest)
        if left <= DEPENDENT:
            return False
        if self._size == self._q.shape[1]:
            self._q = np.asfortranarray(np.hstack([self._q, np.empty_like(self._q)]))
        self._q[:, self._size] = rest / np.sqrt(left)
        self._size += 1
        return True
