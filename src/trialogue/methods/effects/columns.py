"""The columns of the model: 1, arms, strata, covariates, in this order."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from trialogue.methods.effects.data import Coded, Data, FloatArray, Text
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


def extra_columns(data: Data, coded: Coded, keep: np.ndarray) -> Extra:
    """Code strata and covariates as columns, of the rows in `keep`.

    A category's first value in byte order is the reference. A missing number is set to the mean
    of the observed and marked by a column of its own (White and Thompson 2005); a missing
    category is the category "missing".
    """
    columns: list[FloatArray] = []
    names: list[str] = []
    kinds: list[bool] = []
    width = len(coded.strata) - 1 + _covariate_width(data.covariates, keep)
    if width > MOST_COLUMNS:
        raise InputError(
            Problem(
                f"{width} columns in the model; the most is {MOST_COLUMNS}",
                "Put some values together",
                column="--strata" if len(coded.strata) > MOST_COLUMNS else "--covariates",
            )
        )
    stratum = coded.stratum[keep]
    for index, label in enumerate(coded.strata[1:], start=1):
        columns.append((stratum == index).astype(float))
        names.append(f"stratum={label.replace(chr(31), ' / ')}")
        kinds.append(False)
    for name, values in data.covariates.items():
        for label, column in covariate_columns(name, values[keep]):
            columns.append(column)
            names.append(label)
            kinds.append(True)
    matrix = np.column_stack(columns) if columns else np.empty((int(keep.sum()), 0))
    return Extra(matrix=matrix, names=tuple(names), covariates=tuple(kinds))


def covariate_columns(name: str, values: FloatArray | Text) -> list[tuple[str, FloatArray]]:
    """Return the columns of one covariate with their names."""
    if values.dtype.kind == "f":
        missing = np.isnan(values)
        if not missing.any():
            return [(name, values.astype(float))]
        mean = float(values[~missing].mean()) if not missing.all() else 0.0
        filled = np.where(missing, mean, values)
        return [(name, filled), (f"{name} missing", missing.astype(float))]
    spelled = np.where(values == "", "missing", values)
    labels = sorted({str(label) for label in np.unique(spelled)}, key=str.encode)
    return [(f"{name}={label}", (spelled == label).astype(float)) for label in labels[1:]]


def _covariate_width(covariates: Mapping[str, FloatArray | Text], keep: np.ndarray) -> int:
    return sum(
        1 if values.dtype.kind == "f" else np.unique(values[keep]).size - 1
        for values in covariates.values()
    )


def model_columns(arm: np.ndarray, arms: int, extra: Extra, *, lin: bool) -> Columns:
    """Build the matrix. Columns that are constant or depend on those before them are dropped.

    With `lin` each arm also has its own slope on each centred covariate (Lin 2013); strata are
    not interacted. The first coefficient is the control's mean at everyone's mean of the rest.
    """
    present = [a for a in range(1, arms) if (arm == a).any()]
    dummies = [(arm == a).astype(float) for a in present]
    scale = np.sqrt((extra.matrix**2).mean(axis=0)) if extra.matrix.size else np.empty(0)
    centred = extra.matrix - extra.matrix.mean(axis=0) if extra.matrix.size else extra.matrix
    notes: list[str] = []
    kept: list[int] = []
    one = np.ones(arm.size)
    basis = _Basis(arm.size)
    for column in (one, *dummies):
        basis.add(column)
    for index in range(centred.shape[1]):
        constant = float((centred[:, index] ** 2).mean()) <= (1e-12 * scale[index]) ** 2
        if constant or not basis.add(centred[:, index]):
            why = "is constant" if constant else "depends on those before it"
            notes.append(f"{extra.names[index]} {why} and was left out")
        else:
            kept.append(index)
    rest = [centred[:, index] / _spread(centred[:, index]) for index in kept]
    unknown = tuple(
        a for a, dummy in zip(present, dummies, strict=True) if _determined(dummy, one, rest)
    )
    slopes = []
    if lin:
        for dummy in dummies:
            for index, column in zip(kept, rest, strict=True):
                if extra.covariates[index]:
                    product = dummy * column
                    if basis.add(product):
                        slopes.append(product)
    return Columns(
        matrix=np.column_stack([one, *dummies, *rest, *slopes]),
        arms=tuple(present),
        used=tuple(extra.names[index] for index in kept if extra.covariates[index]),
        notes=tuple(notes),
        unknown=unknown,
    )


def _spread(column: FloatArray) -> float:
    return float(np.sqrt((column**2).mean())) or 1.0


def _determined(dummy: FloatArray, one: FloatArray, rest: list[FloatArray]) -> bool:
    """Whether strata and covariates say who is in the arm, so that nothing is left to compare."""
    if not rest:
        return False
    others = np.column_stack([one, *rest])
    fitted = others @ np.linalg.lstsq(others, dummy, rcond=None)[0]
    return float(((dummy - fitted) ** 2).sum()) <= DEPENDENT * float(dummy.sum())


class _Basis:
    """Grows by columns that do not depend on those in it (Gram–Schmidt, twice)."""

    def __init__(self, n: int) -> None:
        self._q = np.empty((n, 8))
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
            self._q = np.hstack([self._q, np.empty_like(self._q)])
        self._q[:, self._size] = rest / np.sqrt(left)
        self._size += 1
        return True
