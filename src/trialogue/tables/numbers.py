"""From cells to numbers, with what is wrong with each cell that is none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from trialogue.tables import frames as pl

Kind = Literal["auto", "binary", "count", "continuous"]
MISSING = ("", "NA")
YES_NO = {"yes": 1.0, "no": 0.0, "true": 1.0, "false": 0.0}
# What people write for yes and no, which no other column of numbers holds.
OTHER_WORDS = {"y", "n", "t", "f", "ja", "nein", "oui", "non", "si", "sí", "ie", "nac"}
LETTERS, DIGITS = "OolI", "0011"
FLOAT = r"^(-?\d+\.\d+|-?\d+(\.\d+)?e[+-]?\d+|-?inf|NA|)$"


@dataclass(frozen=True)
class Fault:
    """What is wrong with the cell at `index`, and how to mend it."""

    index: int
    what: str
    mend: str = ""


def is_missing(cells: pl.Series) -> NDArray[np.bool_]:
    """Which cells are empty or `NA`."""
    return cells.is_in(list(MISSING)).to_numpy()


def whole_as_text(cells: pl.Series) -> pl.Series:
    """Write `0.0` as `0` in a column that software wrote as decimals throughout.

    A column with `1` and `1.0` in it keeps both: they may be two names.
    """
    if not cells.str.ends_with(".0").any() or not cells.str.contains(FLOAT).all():
        return cells
    return cells.str.replace(r"^(-?\d+)\.0$", "${1}")


def as_numbers(cells: pl.Series, *, kind: Kind) -> tuple[NDArray[np.float64], list[Fault]]:
    """Return numbers, missing ones NaN, and a fault for each cell that is none of its kind."""
    values = cells.cast(pl.Float64, strict=False).to_numpy().copy()
    odd = np.flatnonzero(np.isnan(values) & ~is_missing(cells))
    words = {int(i): YES_NO[w] for i in odd if (w := cells[int(i)].casefold()) in YES_NO}
    if kind == "auto":
        kind = "binary" if words and not _not_yes_or_no(values).size else "continuous"
    if kind == "binary":
        values[list(words)] = list(words.values())
        wrong = {*odd.tolist(), *_not_yes_or_no(values).tolist()} - words.keys()
        faults = [_must_be_yes_or_no(i, cells[i]) for i in wrong]
    else:
        faults = [_not_a_number(int(i), cells[int(i)]) for i in odd]
        faults += [Fault(int(i), "not a finite number") for i in np.flatnonzero(np.isinf(values))]
    if kind == "count":
        faults += [
            Fault(int(i), f'"{cells[int(i)]}" is not a whole number of 0 or more', "Write a count")
            for i in np.flatnonzero(np.isfinite(values) & ((values < 0) | (values % 1 != 0)))
        ]
    return values, sorted(faults, key=lambda fault: fault.index)


def _not_yes_or_no(values: NDArray[np.float64]) -> NDArray[np.int64]:
    return np.flatnonzero(~np.isnan(values) & (values != 0) & (values != 1)).astype(np.int64)


def _must_be_yes_or_no(index: int, cell: str) -> Fault:
    return Fault(index, f'"{cell}" must be yes or no', "Write yes or no, or 1 or 0")


def _not_a_number(index: int, cell: str) -> Fault:
    digits = cell.translate(str.maketrans(LETTERS, DIGITS))
    if digits != cell and _is_number(digits):
        letter = next(letter for letter in LETTERS if letter in cell)
        return Fault(index, f'"{cell}" has a letter {letter}', f"Write {digits}")
    bare = cell.replace(",", "")
    if bare != cell and _is_number(bare):
        mend = f"Write {cell.replace(',', '.')} or {bare}" if cell.count(",") == 1 else ""
        return Fault(index, f'"{cell}" has a comma in it', mend or f"Write {bare}")
    bare = "".join(cell.strip("£$€%").split())
    if _is_number(bare):
        return Fault(index, f'"{cell}" is more than a number', f"Write {bare}")
    if cell.casefold() in OTHER_WORDS:
        return Fault(index, f'"{cell}" is not a number', "Write yes or no, or 1 or 0")
    return Fault(index, f'"{cell}" is not a number', "leave the cell empty if it is missing")


def _is_number(text: str) -> bool:
    return text.isascii() and text.removeprefix("-").replace(".", "", 1).isdigit()
