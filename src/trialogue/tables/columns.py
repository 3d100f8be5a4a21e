"""Names of columns, as options give them."""

import csv
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from unicodedata import normalize

from trialogue.methods.problems import InputError, Problem, refuse


def split_columns(option: str) -> tuple[str, ...]:
    """Split `ward, "age, in years"` into its names; spaces around them do not count."""
    if not option.strip():
        return ()
    try:
        row = next(csv.reader([option.strip()], skipinitialspace=True, strict=True))
    except csv.Error:
        what = "a double quote is not closed"
        mend = 'Write it like ward,"age, in years"'
        raise InputError(Problem(what, mend, column=option)) from None
    return tuple(normalize("NFC", name.strip()) for name in row if name.strip())


def need_columns(columns: Sequence[str], wanted: Mapping[str, Sequence[str]]) -> None:
    """Refuse when a column named in an option is not among a table's.

    `wanted`: option -> names of columns. The message guesses what was meant.
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
