"""A table as it was read: text to be cleaned, numbers to be checked, rows a person can find."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from trialogue.methods.problems import InputError, Problem, refuse
from trialogue.tables import frames as pl
from trialogue.tables.numbers import Kind, as_numbers, is_missing, whole_as_text
from trialogue.tables.refusals import refused


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
        first = Table(self.name, self.frame.head(count))
        return [list(cells) for cells in zip(*(first.text(c) for c in self.columns), strict=True)]

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
        values, faults = as_numbers(self._cleaned(column), kind=kind)
        return values, [
            Problem(fault.what, fault.mend, row=self.row(fault.index), column=column)
            for fault in faults
        ]

    def number_column(self, column: str, *, kind: Kind) -> NDArray[np.float64]:
        """A column as numbers; raises InputError with every cell that is none."""
        values, problems = self.numbers(column, kind=kind)
        refuse(problem.at(file=self.name) for problem in problems)
        return values

    def not_above_0(self, column: str, values: NDArray[np.float64], what: str) -> list[Problem]:
        """A problem for each of a column's numbers that is 0 or less; `what` one of them is."""
        return [
            Problem(f"{values[i]:g}; {what} must be above 0", row=self.row(int(i)), column=column)
            for i in np.flatnonzero(values <= 0)
        ]

    def labels(self, column: str, *, mend: str) -> list[str]:
        """A text column in which no cell may be empty; raises InputError naming those that are."""
        text = self.text(column)
        refuse(
            Problem("empty", mend, file=self.name, row=self.row(index), column=column)
            for index, cell in enumerate(text)
            if not cell
        )
        return text

    def missing(self, column: str) -> NDArray[np.bool_]:
        """Which cells of a column are empty or `NA`."""
        return is_missing(self._cleaned(column))

    def _cleaned(self, column: str) -> pl.Series:
        if column not in self.columns:
            raise InputError(Problem(f'There is no column "{column}"', file=self.name))
        series = self.frame[column]
        if series.dtype.is_nested() or series.dtype in (pl.Binary, pl.Object):
            what = "holds lists or bytes, not text or numbers"
            raise InputError(Problem(what, "Leave it out", file=self.name, column=column))
        if series.dtype.is_float() or series.dtype.is_decimal():
            series = series.cast(pl.Float64).fill_nan(None).cast(pl.String)
        elif series.dtype != pl.String:
            series = series.cast(pl.String)
        series = series.fill_null("").str.normalize("NFC").str.strip_chars()
        return whole_as_text(series)


def cell_problem(cell: str, *, kind: Kind) -> Problem | None:
    """Return what is wrong with one cell as a number of its kind, as a file's would be told."""
    faults = as_numbers(pl.Series([cell], dtype=pl.String), kind=kind)[1]
    return Problem(faults[0].what, faults[0].mend) if faults else None


def only_text(table: Table, name: str) -> None:
    """Refuse a cell with the byte that ends text: no database keeps it."""
    texts = table.frame.select(pl.col(pl.String).str.contains("\0", literal=True).any())
    if "\0" in "".join(table.columns) or (texts.width and any(texts.row(0))):
        raise refused(name, "This is not a table of text", "Save the list as CSV or XLSX")


def nearly_numbers(problems: list[Problem], *, known: int, odd: int) -> list[Problem]:
    """Return what is wrong with a column that may be numbers or codes; nothing where it is codes.

    A column with more numbers than other text is one of numbers, with slips in it. Taken as codes,
    every number in it would be a category of its own.
    """
    if known <= odd:
        return []
    return [
        replace(
            problem, mend=f"{problem.mend}, or write {problem.column}:category if it is a code"
        )
        if problem.mend
        else problem
        for problem in problems
    ]
