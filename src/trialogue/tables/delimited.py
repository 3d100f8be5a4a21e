"""Read CSV: fast when it is regular, row by row when something must be named."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import numpy as np

from trialogue.methods.problems import Problem, refuse
from trialogue.tables import frames as pl
from trialogue.tables.headings import as_table, heading
from trialogue.tables.refusals import refused
from trialogue.tables.table import Table

SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs"}


def read_csv(data: bytes, name: str) -> Table:
    """Read the bytes of a CSV file; commas, semicolons or tabs, whichever its header uses."""
    text, notes = decode(data, name)
    if "\x00" in text:
        raise refused(name, "This is not a table of text", "Save the list as CSV or XLSX")
    if text[:4].lower() == "sep=":  # a line that Excel writes for itself and does not show
        text = text.partition("\n")[2]
    separator = _separator(text)
    if separator != ",":
        notes = (*notes, f"{name}: columns are separated by {SEPARATORS[separator]}")
    rows = _rows(text, separator, name)
    header = heading(next(rows, (1, []))[1], name)
    quick = _quick(text, header, separator)
    if quick is not None:
        return Table(name=name, frame=quick, notes=notes)
    return _slowly(rows, header, name, notes)


def first_rows(text: str, name: str) -> tuple[str, Iterator[tuple[int, list[str]]]]:
    """Return the separator and the rows of the beginning of a file, each with its number."""
    separator = _separator(text)
    return separator, _rows(text, separator, name)


def _rows(text: str, separator: str, name: str) -> Iterator[tuple[int, list[str]]]:
    """Give each row that is not blank, with its number."""
    number = 0
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        for number, row in enumerate(reader, start=1):
            if number == 1 or "".join(row).strip():
                yield number, row
    except csv.Error as error:
        stray = "expected after" in str(error)
        raise refused(
            name,
            "there are letters after a closing double quote"
            if stray
            else "a cell opens with a double quote that is never closed",
            'Take the quote out, or write the cell like "5"" pipe"',
            row=number + 1,
        ) from None


def _slowly(
    rows: Iterator[tuple[int, list[str]]], header: list[str], name: str, notes: tuple[str, ...]
) -> Table:
    whole: list[list[str]] = []
    numbers: list[int] = []
    problems = []
    for number, row in rows:
        if len(row) == len(header):
            whole.append(row)
            numbers.append(number)
        else:
            problems.append(
                Problem(
                    f"{len(row)} cells where the header has {len(header)}",
                    "A cell with a comma in it goes in double quotes",
                    file=name,
                    row=number,
                )
            )
    refuse(problems)
    columns = list(zip(*whole, strict=True)) if whole else [()] * len(header)
    return as_table(name, header, columns, notes=notes, row_numbers=numbers)


def _quick(text: str, header: list[str], separator: str) -> pl.DataFrame | None:
    """Read a regular file; None when there may be something to name.

    polars fills up a row that is too short and takes quotes that are never closed, so separators
    are counted and quotes looked at before it is believed.
    """
    if "" in header or text.count("\r") != text.count("\r\n"):
        return None
    data = text.encode()
    separators = _separators_outside_quotes(data, ord(separator))
    if separators is None:
        return None
    try:
        frame = pl.read_csv(
            data,
            separator=separator,
            infer_schema=False,
            empty_string_is_null=False,
            new_columns=header,
        )
    except (pl.exceptions.PolarsError, ValueError):
        return None
    whole = separators == (frame.height + 1) * (len(header) - 1)
    blank = frame.select(pl.all_horizontal(pl.all().str.strip_chars() == "").any()).item()
    return frame if whole and not blank and frame.width == len(header) else None


def _separators_outside_quotes(data: bytes, separator: int) -> int | None:
    """Count them; None unless each quote opens or closes a whole cell."""
    marks = np.frombuffer(data, dtype=np.uint8)
    quotes = np.flatnonzero(marks == ord('"'))
    if quotes.size % 2:
        return None
    ends = (separator, ord("\r"), ord("\n"))
    opening, closing = quotes[::2], quotes[1::2]
    before = marks[opening[opening > 0] - 1]
    after = marks[closing[closing < marks.size - 1] + 1]
    if not (np.isin(before, ends).all() and np.isin(after, ends).all()):
        return None
    found = np.flatnonzero(marks == separator)
    return int((np.searchsorted(quotes, found) % 2 == 0).sum())


def decode(data: bytes, name: str) -> tuple[str, tuple[str, ...]]:
    """UTF-8 with or without its mark, UTF-16, else Windows-1252, with a note."""
    wide = _wide(data)
    if wide:
        try:
            return data.decode(wide), (f"{name}: read as UTF-16",)
        except UnicodeDecodeError:
            raise refused(
                name, "letters that cannot be read", 'Save the file as "CSV UTF-8"'
            ) from None
    try:
        return data.decode("utf-8-sig"), ()
    except UnicodeDecodeError as error:
        at = error.start
    row = data[:at].count(b"\n") + 1
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        line = max(data.rfind(b"\n", 0, at), data.rfind(b"\r", 0, at)) + 1
        piece = data[max(line, at - 3) : at + 1].decode("utf-8", "replace")
        raise refused(
            name, f'letters we cannot read ("{piece}")', 'Save the file as "CSV UTF-8"', row=row
        ) from None
    return text, (f"{name}: row {row} is not UTF-8; the file was read as Windows-1252",)


def _wide(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    return {(False, True): "utf-16-le", (True, False): "utf-16-be"}.get(
        (data[:1] == b"\x00", data[1:2] == b"\x00"), ""
    )


def _separator(text: str) -> str:
    first = text.split("\n", 1)[0]
    outside = "".join(first.split('"')[::2])
    return max(SEPARATORS, key=lambda mark: (outside.count(mark), mark == ","))
