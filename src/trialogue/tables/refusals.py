"""What is wrong with a file or a cell, in the words that every door says."""

import unicodedata

from trialogue.methods.problems import InputError, Problem

# What somebody may send: a list larger than this is not a list of streets.
MOST_BYTES = 200_000_000
# Of a name that units are told apart by: longer is a sentence in the wrong column.
LONGEST_NAME = 100


def refused(file: str, what: str, mend: str = "", *, row: int | None = None) -> InputError:
    """Return the error that refuses a file."""
    return InputError(Problem(what, mend, file=file, row=row))


def no_rows(file: str) -> InputError:
    """Return the error that refuses a table of headings alone."""
    return refused(file, "The file has headings but no rows", "Add one row for each unit")


def too_large(size: int, *, most: int = MOST_BYTES, file: str = "") -> list[Problem]:
    """Return the problem of a file with more bytes than we read."""
    if size <= most:
        return []
    what = f"The file is {size / 1e6:.0f} MB. The most we can read is {most / 1e6:.0f} MB"
    return [Problem(what, "Split it, or take out columns we do not need", file=file)]


def name_problem(cell: str, *, row: int, column: str, file: str = "") -> Problem | None:
    """Return what is wrong with a cell that names a unit or where it belongs, if anything is."""
    what, mend = "", ""
    if not cell:
        what, mend = f"Row {row} has no {column}", "Fill it in or leave the row out"
    elif not cell.isprintable() and (seen := _shown(cell)) != cell:
        # Two that look alike would differ.
        what, mend = f'"{seen}" has a letter that cannot be seen', "Type it again"
    elif len(cell) > LONGEST_NAME:
        what, mend = f"The {column} has {len(cell)} letters", "Use a short code"
    return Problem(what, mend, file=file, row=row, column=column) if what else None


def _shown(cell: str) -> str:
    return "".join("\ufffd" if unicodedata.category(c) == "Cc" else c for c in cell)


def twice(
    name: str, first: int, *, row: int, column: str, what: str = "unit", file: str = ""
) -> Problem:
    """Return the problem of an identifier that stands in row `first` already."""
    return Problem(
        f'"{name}" is also in row {first}',
        f"Each {what} may appear once",
        row=row,
        column=column,
        file=file,
    )
