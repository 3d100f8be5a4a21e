"""Columns of any table as the arrays that methods take.

A column is a list, or what numpy, pandas, polars or Arrow call one. None of those libraries but
numpy is imported to tell: most say `__array__`, and an Arrow column is read by polars.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from difflib import get_close_matches
from numbers import Real
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from trialogue.methods.problems import InputError, Problem, refuse

FloatArray = NDArray[np.float64]
Text = NDArray[Any]
Column: TypeAlias = Any  # a list, or a column of any of the libraries named above
_NUMBERS = "fiub"  # numpy's letters for what an array holds: floats, whole numbers, truths
_OTHERS = "UTMO"  # text of two kinds, times, objects


def numbers(column: Column, *, name: str = "") -> FloatArray:
    """Return a column as floats, what is missing as NaN.

    Parameters
    ----------
    column : (n,)
        Numbers, or true and false, which become 1 and 0.
    name : str
        What messages call it.

    Raises
    ------
    InputError
        A value is no number, each named by its row as a spreadsheet counts; or it is no column.
    """
    found = _one_column(column, name)
    if found.dtype.kind in _NUMBERS:
        return found.astype(np.float64, copy=False)
    if found.dtype.kind == "U":
        raise InputError(Problem("holds text, not numbers", "Turn it into numbers", column=name))
    refuse(
        Problem(
            f'"{value}" is not a number',
            "Leave it empty if it is missing",
            row=index + 2,
            column=name,
        )
        for index, value in enumerate(found)
        if not (_is_missing(value) or _is_number(value))
    )
    return np.array([np.nan if _is_missing(value) else float(value) for value in found])


def text(column: Column, *, name: str = "") -> Text:
    """Return a column as text, as it stands, what is missing as "".

    A whole number is written without decimals, true and false in small letters, as the commands
    read them from files.

    Parameters
    ----------
    column : (n,)
        Text, numbers, dates, true and false.
    name : str
        What messages call it.

    Raises
    ------
    InputError
        It is no column.
    """
    found = _one_column(column, name)
    if found.dtype.kind == "U":
        return found
    if found.dtype.kind in "iu":
        return found.astype(str)
    return np.array([_written(value) for value in found], dtype=str)


def numbers_or_text(column: Column, *, name: str = "") -> FloatArray | Text:
    """Return a column of numbers as `numbers` does, and any other as `text` does."""
    found = _one_column(column, name)
    if found.dtype.kind in _NUMBERS:
        return numbers(found, name=name)
    holds_numbers = found.dtype.kind == "O" and all(
        _is_missing(value) or _is_number(value) for value in found
    )
    return numbers(found, name=name) if holds_numbers else text(found, name=name)


def same_length(columns: Mapping[str, NDArray[Any] | None]) -> list[Problem]:
    """Return a problem for each column, by name, that is not as long as the first."""
    given = {name: column.size for name, column in columns.items() if column is not None}
    first, *others = given
    return [
        Problem(f"{given[name]} values, and {given[first]} of {first}", column=name)
        for name in others
        if given[name] != given[first]
    ]


def column_of(table: Any, role: str, name: str) -> Column:
    """Return a column of a table: pandas', polars' or Arrow's, or a dictionary of columns.

    Raises InputError when it is not there; `role` says what it was wanted for.
    """
    names = getattr(table, "column_names", None)
    if names is None:
        names = list(getattr(table, "columns", table))
    need_columns([each for each in names if isinstance(each, str)], {role: (name,)})
    return table[name]


def coded_name(name: str) -> tuple[str, bool]:
    """Part `COL:category` into the column's name, and whether it holds codes."""
    return name.removesuffix(":category"), name.endswith(":category")


def need_columns(columns: Sequence[str], wanted: Mapping[str, Sequence[str]]) -> None:
    """Refuse when a column that is wanted is not among a table's.

    `wanted`: option or role -> names of columns. The message guesses what was meant.
    """
    refuse(
        Problem(f"no such column{_guess(name, columns)}", column=f"{option} {name}")
        for option, names in wanted.items()
        for name in names
        if name not in columns
    )


def _guess(name: str, columns: Sequence[str]) -> str:
    folded = {column.casefold(): column for column in columns}
    close = get_close_matches(name.casefold(), list(folded), n=1)
    return f'; did you mean "{folded[close[0]]}"?' if close else ""


def _one_column(column: Column, name: str) -> NDArray[Any]:
    if isinstance(column, np.ma.MaskedArray):
        masked = np.ma.getmaskarray(column)
        column = column.data.astype(object)
        column[masked] = None
    if not hasattr(column, "dtype") and (
        hasattr(column, "__arrow_c_stream__") or hasattr(column, "__arrow_c_array__")
    ):
        # An Arrow column. Its own way to numpy loses what is missing in a dictionary of several
        # chunks, and gives another value for it.
        from polars import Series

        column = Series(column)
    try:
        found = np.asarray(column)
    except ValueError:  # lists of several lengths
        found = np.empty((0, 0))
    if found.ndim != 1 or found.dtype.kind not in _NUMBERS + _OTHERS:
        raise InputError(Problem("is no column of values", "Give one value a row", column=name))
    return found


def _is_missing(value: object) -> bool:
    """Whether a value is None, NaN, no time, or pandas' NA."""
    try:
        return value is None or bool(value != value)
    except TypeError:  # NA does not say whether it is itself
        return True


def _is_number(value: object) -> bool:
    return isinstance(value, Real | Decimal | np.bool_)


def _written(value: object) -> str:
    if _is_missing(value):
        return ""
    if isinstance(value, bool | np.bool_):
        return str(value).lower()
    if isinstance(value, float | np.floating):
        return repr(float(value)).removesuffix(".0")
    return str(value)
