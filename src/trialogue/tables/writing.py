"""Write tables: to the byte for checking, or safe for a spreadsheet."""

import csv
from collections.abc import Iterable, Sequence
from typing import Any, Protocol

# A cell that begins with one of these is a formula to a spreadsheet.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Text(Protocol):
    """Something text can be written to: an open file, a response."""

    def write(self, text: str, /) -> Any:
        """Write."""


def write_csv(to: Text, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write UTF-8 text with `\\n` at the end of each row, cells as they are."""
    writer = csv.writer(to, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)


def write_for_spreadsheet(to: Text, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write a CSV that a spreadsheet opens: with its mark, and no cell that could be a formula."""
    to.write("\ufeff")
    writer = csv.writer(to, lineterminator="\r\n")
    writer.writerow([_harmless(cell) for cell in header])
    writer.writerows([_harmless(cell) for cell in row] for row in rows)


def _harmless(cell: Any) -> Any:
    if isinstance(cell, str) and cell.startswith(FORMULA):
        return f"'{cell}"
    return "" if cell is None else cell
