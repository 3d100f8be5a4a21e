"""What may explain why results vary: the columns of the model beside 1."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from trialogue.methods.pooling.studies import BoolArray, FloatArray, Studies
from trialogue.methods.problems import InputError, Problem

MOST_COLUMNS = 400
FEWEST_FOR_SUBGROUPS = 5
DEPENDENT = 1e-9  # the share of a column's length that is left when those before are taken out


@dataclass(frozen=True)
class Columns:
    """The model's columns, (k, 1 + m): 1, then each moderator with its mean taken off.

    So the first coefficient is the prediction at their means. `back`, (1 + m, 1 + m), turns
    coefficients into those of the moderators as they were given, the intercept first.
    """

    matrix: FloatArray
    names: tuple[str, ...]
    back: FloatArray
    notes: tuple[str, ...]


def has_moderators(studies: Studies) -> BoolArray:
    """Say of each trial whether every moderator of it is known."""
    known = np.ones(studies.estimate.size, dtype=bool)
    for values in studies.moderators.values():
        known &= ~np.isnan(values) if values.dtype.kind == "f" else values != ""
    return known


def model_columns(studies: Studies) -> Columns:
    """Return the columns of trials that lack no moderator.

    Numbers as they are; a category as dummies, its first value in byte order the reference. One
    that is constant, or a sum of those before it, is left out with a note; so is a category under
    five trials.

    Raises InputError when there are as many columns as trials but one, or over 400.
    """
    k = studies.estimate.size
    candidates, notes = [], []
    for name, values in studies.moderators.items():
        if values.dtype.kind != "f" and k < FEWEST_FOR_SUBGROUPS:
            notes.append(f"{name}: no subgroups of fewer than {FEWEST_FOR_SUBGROUPS} trials")
        else:
            candidates += list(_columns(name, values))
    _refuse_width(len(candidates), k)
    kept: list[tuple[str, float, float, FloatArray]] = []
    basis = np.empty((k, 0))
    for name, column in candidates:
        mean, spread = float(column.mean()), float(column.std())
        if spread <= 1e-12 * np.abs(column).max(initial=0.0):
            notes.append(f"{name} is the same in every trial and was left out")
            continue
        scaled = (column - mean) / spread
        left = scaled - basis @ (basis.T @ scaled)
        if float(left @ left) <= DEPENDENT * k:
            notes.append(f"{name} depends on the columns before it and was left out")
            continue
        basis = np.column_stack([basis, left / np.linalg.norm(left)])
        kept.append((name, mean, spread, scaled))
    if len(kept) >= k - 1 and kept:
        raise _too_many(len(candidates), k)
    back = np.diag([1.0, *(1 / spread for _, _, spread, _ in kept)])
    back[0, 1:] = [-mean / spread for _, mean, spread, _ in kept]
    return Columns(
        matrix=np.column_stack([np.ones(k), *(scaled for _, _, _, scaled in kept)]),
        names=tuple(name for name, _, _, _ in kept),
        back=back,
        notes=tuple(notes),
    )


def _columns(name: str, values: FloatArray) -> Iterator[tuple[str, FloatArray]]:
    if values.dtype.kind == "f":
        yield name, values.astype(float)
        return
    labels = np.unique(values)  # code points sort as UTF-8 does
    if labels.size > MOST_COLUMNS:
        raise InputError(Problem(f"{name} has {labels.size} values", "Put some together"))
    for label in labels[1:]:
        yield f"{name}={label}", (values == label).astype(float)


def _refuse_width(columns: int, k: int) -> None:
    if columns > MOST_COLUMNS:
        what = f"{columns} columns in the model, the most is {MOST_COLUMNS}"
        raise InputError(Problem(what, "Drop some", column="--moderators"))
    if columns >= k and columns:
        raise _too_many(columns, k)


def _too_many(columns: int, k: int) -> InputError:
    what = f"{columns} column{'s' * (columns > 1)} for {k} trial{'s' * (k > 1)}"
    return InputError(Problem(what, "Drop some", column="--moderators"))
