"""Write tables: to the byte for checking, or safe for a spreadsheet."""

import csv
import re
from collections.abc import Iterable, Sequence
from typing import Any, BinaryIO, Protocol

# A cell that begins with one of these is a formula to a spreadsheet; a plain number is not.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
NUMBER = re.compile(r"-\d+(\.\d+)?")
# What no cell of an XLSX may hold.
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


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


def write_xlsx(to: BinaryIO, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write one sheet: text as text, whatever it begins with; the header stays in sight."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Table")
    sheet.freeze_panes = "A2"

    def cell(value: Any) -> Any:
        if not isinstance(value, str):
            return value
        made = WriteOnlyCell(sheet, CONTROL.sub("", value))
        made.data_type = "s"
        return made

    sheet.append([cell(name) for name in header])
    for row in rows:
        sheet.append([cell(value) for value in row])
    book.save(to)


def _harmless(cell: Any) -> Any:
    if isinstance(cell, str) and cell.startswith(FORMULA) and not NUMBER.fullmatch(cell):
        return f"'{cell}"
    return "" if cell is None else cell
