"""A table as it was read: text to be cleaned, numbers to be checked, rows a person can find."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from trialogue.methods.problems import InputError, Problem

Kind = Literal["auto", "binary", "count", "continuous"]
MISSING = ("", "NA")
YES_NO = {"yes": 1.0, "no": 0.0, "true": 1.0, "false": 0.0}


@dataclass(frozen=True)
class Table:
    """Columns of a file and its name.

    `row_numbers`: where each row stood, when blank rows were left out.
    """

    name: str
    frame: pl.DataFrame
    notes: tuple[str, ...] = ()
    row_numbers: NDArray[np.int64] | None = field(default=None, compare=False)

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The names in the header."""
        return tuple(self.frame.columns)

    @property
    def rows(self) -> int:
        """How many rows there are below the header."""
        return self.frame.height

    def row(self, index: int) -> int:
        """The row's number as a spreadsheet shows it: the header is row 1."""
        return index + 2 if self.row_numbers is None else int(self.row_numbers[index])

    def head(self, count: int) -> list[list[str]]:
        """The first rows, as text."""
        return [[_shown(cell) for cell in row] for row in self.frame.head(count).iter_rows()]

    def text(self, column: str) -> list[str]:
        """A column as text: composed (NFC), without space around, whole numbers without decimals.

        Raises InputError when there is no such column.
        """
        return self._cleaned(column).to_list()

    def numbers(self, column: str, *, kind: Kind) -> tuple[NDArray[np.float64], list[Problem]]:
        """A column as numbers, missing ones NaN, and a problem for each cell that is none.

        `kind` says what a number must be: `binary` 0/1, yes/no or true/false; `count` whole and
        not negative; `auto` is binary when every value is, else continuous.
        """
        self._need(column)
        series = self.frame[column]
        if series.dtype == pl.Boolean:
            series = series.cast(pl.Int8)
        if series.dtype.is_numeric():
            values = series.cast(pl.Float64).to_numpy().copy()
            spelled = None
        else:
            spelled = self._cleaned(column)
            values = spelled.cast(pl.Float64, strict=False).to_numpy().copy()
        odd = self._odd(values, spelled)
        problems: list[Problem] = []
        words = spelled.to_list() if spelled is not None and odd.size else []
        allow_words = kind in ("binary", "auto")
        for index in odd:
            cell = words[index]
            if allow_words and cell.casefold() in YES_NO:
                values[index] = YES_NO[cell.casefold()]
            else:
                problems.append(self._not_a_number(int(index), column, cell, kind))
        infinite = np.flatnonzero(np.isinf(values))
        problems += [
            Problem("not a finite number", row=self.row(int(i)), column=column) for i in infinite
        ]
        if kind == "binary":
            wrong = np.flatnonzero(~np.isnan(values) & (values != 0) & (values != 1))
            problems += [self._must_be_yes_or_no(int(i), column) for i in wrong]
        if kind == "count":
            wrong = np.flatnonzero(~np.isnan(values) & ((values < 0) | (values % 1 != 0)))
            problems += [
                Problem(
                    f'"{_shown(self.frame[column][int(i)])}" is not a whole number of 0 or more',
                    "Count in whole numbers",
                    row=self.row(int(i)),
                    column=column,
                )
                for i in wrong
            ]
        return values, sorted(problems, key=lambda problem: problem.row or 0)

    def number_column(self, column: str, *, kind: Kind) -> NDArray[np.float64]:
        """A column as numbers; raises InputError with every cell that is none."""
        values, problems = self.numbers(column, kind=kind)
        if problems:
            raise InputError(*(problem.at(file=self.name) for problem in problems))
        return values

    def labels(self, column: str, *, mend: str) -> list[str]:
        """A text column in which no cell may be empty; raises InputError naming those that are."""
        text = self.text(column)
        empty = [index for index, cell in enumerate(text) if not cell]
        if empty:
            raise InputError(
                *(
                    Problem("empty", mend, file=self.name, row=self.row(index), column=column)
                    for index in empty
                )
            )
        return text

    def _need(self, column: str) -> None:
        if column not in self.columns:
            raise InputError(Problem(f'There is no column "{column}"', file=self.name))

    def _cleaned(self, column: str) -> pl.Series:
        self._need(column)
        series = self.frame[column]
        if series.dtype.is_float():
            whole = series.is_not_null() & (series == series.round(0)) & (series.abs() < 1e15)
            series = (
                pl.select(
                    pl.when(whole)
                    .then(series.fill_nan(None).cast(pl.Int64, strict=False).cast(pl.String))
                    .otherwise(series.cast(pl.String))
                )
                .to_series()
                .alias(column)
            )
        elif series.dtype != pl.String:
            series = series.cast(pl.String)
        return series.fill_null("").str.normalize("NFC").str.strip_chars()

    def _odd(self, values: NDArray[np.float64], spelled: pl.Series | None) -> NDArray[np.int64]:
        """Cells that are not empty and not read as a number."""
        if spelled is None:
            return np.empty(0, dtype=np.int64)
        empty = spelled.is_in(list(MISSING)).to_numpy()
        return np.flatnonzero(np.isnan(values) & ~empty).astype(np.int64)

    def _not_a_number(self, index: int, column: str, cell: str, kind: Kind) -> Problem:
        row = self.row(index)
        if kind == "binary":
            return self._must_be_yes_or_no(index, column)
        digits = cell.replace("O", "0").replace("o", "0").replace("l", "1").replace("I", "1")
        if digits != cell and digits.replace(".", "", 1).isdigit():
            letter = next(letter for letter in "OolI" if letter in cell)
            return Problem(
                f'"{cell}" has a letter {letter}', f"Write {digits}", row=row, column=column
            )
        if cell.count(",") == 1 and cell.replace(",", "").isdigit():
            return Problem(
                f'"{cell}" has a comma in it',
                f"Write {cell.replace(',', '.')} or {cell.replace(',', '')}",
                row=row,
                column=column,
            )
        return Problem(
            f'"{cell}" is not a number',
            "leave the cell empty if it is missing",
            row=row,
            column=column,
        )

    def _must_be_yes_or_no(self, index: int, column: str) -> Problem:
        cell = _shown(self.frame[column][index])
        return Problem(
            f'"{cell}" must be yes or no',
            "Write yes or no, or 1 or 0",
            row=self.row(index),
            column=column,
        )


def _shown(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def as_frame(header: Sequence[str], columns: Sequence[Sequence[str | None]]) -> pl.DataFrame:
    """Make a frame of text columns."""
    return pl.DataFrame(
        {name: list(cells) for name, cells in zip(header, columns, strict=True)},
        schema=dict.fromkeys(header, pl.String),
    )
