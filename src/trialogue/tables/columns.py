"""Names of columns, as options give them."""

import csv
from unicodedata import normalize

from trialogue.methods.problems import InputError, Problem


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
