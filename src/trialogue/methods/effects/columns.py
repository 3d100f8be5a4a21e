"""The columns of the model: 1, arms, strata, covariates, in this order."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from trialogue.methods.effects.data import (
    SEPARATOR,
    BoolArray,
    Coded,
    Data,
    FloatArray,
    IntArray,
    Text,
    numbered,
)
from trialogue.methods.problems import InputError, Problem

MOST_COLUMNS = 400
CONSTANT = 1e-12  # the spread of a column beside its largest value: below, rounding
DEPENDENT = 1e-9  # the share of a column's own square that is left when those before are taken out


@dataclass(frozen=True)
class Choice:
    """Which candidates are columns of the model: first 1, then an arm each, then the rest.

    `kept`: positions among the candidates of `choose_columns`.
    """

    kept: tuple[int, ...]
    arms: tuple[int, ...]  # number of the arm that column 1, 2, … stands for
    used: tuple[str, ...]  # names of the covariate columns kept
    notes: tuple[str, ...]
    unknown: tuple[int, ...] = ()  # arms that strata or covariates alone determine


@dataclass(frozen=True)
class Columns(Choice):
    """A design matrix, (n, p): what is not 1 or an arm is centred at its mean."""

    matrix: FloatArray = field(kw_only=True)


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
    refuse_width(
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
    labels, index = numbered(np.where(values == "", "missing", values))
    return [(f"{name}={label}", (index == i).astype(float)) for i, label in enumerate(labels)][1:]


def _width(values: FloatArray | Text) -> int:
    if values.dtype.kind == "f":
        return 1 + int(np.isnan(values).any())
    return int(numbered(values)[0].size) - 1


def refuse_width(
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


def model_columns(arm: IntArray, arms: Sequence[str], extra: Extra, *, lin: bool) -> Columns:
    """Build the matrix of the columns that `choose_columns` keeps; `arms`: their names."""
    present = tuple(a for a in range(1, len(arms)) if (arm == a).any())
    dummies = [(arm == a).astype(float) for a in present]
    rest = [_standardised(column) for column in extra.matrix.T]
    slopes = [
        dummies[i] * rest[j] for i, j in slope_candidates(present, extra.covariates, lin=lin)
    ]
    candidates = np.column_stack([np.ones(arm.size), *dummies, *rest, *slopes])
    choice = choose_columns(
        candidates.T @ candidates, present, extra.names, extra.covariates, arms=arms, lin=lin
    )
    return Columns(**vars(choice), matrix=candidates[:, choice.kept])


def slope_candidates(
    present: Sequence[int], covariates: Sequence[bool], *, lin: bool
) -> list[tuple[int, int]]:
    """Pair each arm with each column of a covariate, by position; none without `lin`."""
    if not lin:
        return []
    return [(i, j) for i in range(len(present)) for j, yes in enumerate(covariates) if yes]


def choose_columns(
    products: FloatArray,
    present: tuple[int, ...],
    names: Sequence[str],
    covariates: Sequence[bool],
    *,
    arms: Sequence[str],
    lin: bool,
) -> Choice:
    """Drop the columns that are constant or depend on those before them, and say so.

    `products`: X′X of the candidates: 1, the arms present, strata and covariates standardised
    (0 where constant), then with `lin` each arm's own slopes on the centred covariates, in the
    order of `slope_candidates` (Lin 2013); strata are not interacted. The first coefficient is
    then control's mean at everyone's mean of the rest.
    """
    first = 1 + len(present)
    basis = _Basis(products)
    for index in range(first):
        basis.add(index)
    notes: list[str] = []
    dependent: list[int] = []
    for index, name in enumerate(names, start=first):
        if products[index, index] == 0:
            notes.append(f"{name} is constant and was left out")
        elif not basis.add(index):
            notes.append(f"{name} depends on the columns before it and was left out")
            dependent.append(index)
    kept = list(basis.kept)
    slopes = slope_candidates(present, covariates, lin=lin)
    for index, (i, j) in enumerate(slopes, start=first + len(names)):
        if first + j in kept and not basis.add(index):
            notes.append(f"{names[j]} has no slope of its own in {arms[present[i]]}")
    return Choice(
        kept=tuple(basis.kept),
        arms=present,
        used=tuple(names[i - first] for i in kept[first:] if covariates[i - first]),
        notes=tuple(notes),
        unknown=_confounded(products, kept, present, dependent),
    )


def _standardised(column: FloatArray) -> FloatArray:
    """Take off the mean and divide by the spread; 0 when the column is constant.

    Sums of squares keep their digits, and no column outweighs another when the matrix is inverted.
    """
    size = float(np.abs(column).max(initial=0.0))
    centred = column - column.mean()
    spread = float(np.sqrt((centred**2).mean()))
    return centred / spread if spread > CONSTANT * size else np.zeros_like(centred)


def _confounded(
    products: FloatArray, kept: list[int], present: tuple[int, ...], dependent: list[int]
) -> tuple[int, ...]:
    """Name the arms whose difference from control a stratum or covariate could equally explain.

    A column left out is a sum of those kept. If an arm has a part in that sum, the arm's
    coefficient is not determined by the data: all of it could be the column's.
    """
    if not dependent:
        return ()
    parts = np.linalg.solve(products[np.ix_(kept, kept)], products[np.ix_(kept, dependent)])
    share = np.abs(parts[1 : 1 + len(present)]).max(axis=1)
    return tuple(a for a, part in zip(present, share, strict=True) if part > 1e-6)


class _Basis:
    """Grows by columns that do not depend on those in it; their products are all it needs."""

    def __init__(self, products: FloatArray) -> None:
        size = np.sqrt(np.diag(products))
        size = np.where(size > 0, size, 1.0)
        self._left = products / size / size[:, None]
        self.kept: list[int] = []

    def add(self, index: int) -> bool:
        """Add a column and take it out of all others; false when nothing of it was left."""
        own = self._left[index, index]
        if own <= DEPENDENT:
            return False
        self._left = self._left - np.outer(self._left[:, index], self._left[index]) / own
        self.kept.append(index)
        return True
