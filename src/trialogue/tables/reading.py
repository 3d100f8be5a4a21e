"""Read a table by its ending, and say what is wrong with a file that cannot be read."""

import csv
import gzip
import io
import zipfile
import zlib
from datetime import date, datetime, time
from pathlib import Path
from typing import BinaryIO

import numpy as np
import polars as pl

from trialogue.methods.problems import InputError, Problem, refuse
from trialogue.tables.table import Table, as_frame

ENDINGS = (".csv", ".csv.gz", ".xlsx", ".parquet")
# A file that unpacks to more than this is not a list of streets.
MOST_BYTES = 200_000_000
MOST_UNPACKED = 1_000_000_000
KINDS = {
    b"%PDF": "a PDF",
    b"\xd0\xcf\x11\xe0": "an old Excel file or has a password",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
}


def read_table(path: Path) -> Table:
    """Read a CSV (also .csv.gz), XLSX or Parquet file.

    Raises InputError when it cannot be read, naming the file and, where there is one, the row.
    """
    if not path.exists():
        raise InputError(Problem("no such file", column=str(path)))
    if not path.is_file():
        raise InputError(Problem("not a file", column=str(path)))
    with path.open("rb") as content:
        return read_upload(content, path.name, largest=None)


def read_upload(content: BinaryIO, name: str, *, largest: int | None = MOST_BYTES) -> Table:
    """Read a file somebody sent, known by `name`. At most `largest` bytes, when it is given."""
    ending = next(
        (e for e in (".csv.gz", ".csv", ".xlsx", ".parquet") if name.lower().endswith(e)), ""
    )
    try:
        data = content.read() if largest is None else content.read(largest + 1)
    except OSError as error:
        raise InputError(Problem(f"cannot be read: {error.strerror}", file=name)) from None
    if largest is not None and len(data) > largest:
        raise _refused(
            name,
            f"The file is over {largest / 1e6:.0f} MB. The most we can read is 200 MB",
            "Split it, or take out columns we do not need",
        )
    for magic, kind in KINDS.items():
        if data.startswith(magic):
            raise _refused(name, f"This file is {kind}", "Save the list as CSV or XLSX")
    if not ending:
        raise _refused(
            name, "this kind of file is not read", "give a .csv, .xlsx or .parquet file"
        )
    if not data:
        raise _refused(name, "The file is empty", "Add a row of headings and a row for each unit")
    if ending == ".xlsx":
        return _xlsx(data, name)
    if ending == ".parquet":
        return _parquet(data, name)
    if ending == ".csv.gz":
        data = _unpack(data, name)
    return _csv(data, name)


def _refused(name: str, what: str, mend: str = "", row: int | None = None) -> InputError:
    return InputError(Problem(what, mend, file=name, row=row))


def _unpack(data: bytes, name: str) -> bytes:
    try:
        with gzip.open(io.BytesIO(data)) as packed:
            unpacked = packed.read(MOST_UNPACKED + 1)
    except (OSError, EOFError, zlib.error):
        raise _refused(name, "The file is not whole", "Pack it again with gzip") from None
    if len(unpacked) > MOST_UNPACKED:
        raise _refused(name, "The file unpacks to over 1 GB", "Split it")
    return unpacked


def _csv(data: bytes, name: str) -> Table:
    text, notes = _decode(data, name)
    if "\x00" in text[:10_000]:
        raise _refused(name, "This is not a table of text", "Save the list as CSV or XLSX")
    separator = _separator(text)
    if separator != ",":
        shown = {";": "semicolons", "\t": "tabs"}[separator]
        notes = (*notes, f"{name}: columns are separated by {shown}")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    header = _header(next(reader, []), name)
    quick = _quick_csv(text, header, separator)
    if quick is not None:
        return _some_rows(Table(name=name, frame=quick, notes=notes))
    rows: list[list[str]] = []
    numbers: list[int] = []
    problems = []
    try:
        for number, row in enumerate(reader, start=2):
            if not any(cell.strip() for cell in row):
                continue
            if len(row) != len(header):
                problems.append(
                    Problem(
                        f"{len(row)} cells where the header has {len(header)}",
                        "Check for a comma inside a cell: such a cell goes in double quotes",
                        file=name,
                        row=number,
                    )
                )
                continue
            rows.append(row)
            numbers.append(number)
    except csv.Error as error:
        raise _refused(
            name, f"a row cannot be read ({error})", "Save the file again as CSV"
        ) from None
    refuse(problems)
    frame = as_frame(header, list(zip(*rows, strict=True)) if rows else [[] for _ in header])
    return _some_rows(
        Table(name=name, frame=frame, notes=notes, row_numbers=np.array(numbers, dtype=np.int64))
    )


def _quick_csv(text: str, header: list[str], separator: str) -> pl.DataFrame | None:
    """Read a regular file fast; None when a row is odd, for the slow reader to name it."""
    try:
        frame = pl.read_csv(
            text.encode(),
            separator=separator,
            infer_schema=False,
            empty_string_is_null=False,
            new_columns=header,
        )
    except (pl.exceptions.PolarsError, ValueError):
        return None
    if frame.width != len(header) or any(frame.null_count().row(0)):
        return None
    # A blank line is no row, but counts when rows are numbered: the slow reader keeps account.
    blank = frame.select(pl.all_horizontal(pl.all().str.strip_chars() == "").any()).item()
    return None if blank else frame


def _some_rows(table: Table) -> Table:
    if table.rows == 0:
        raise _refused(
            table.name, "The file has headings but no rows", "Add one row for each unit"
        )
    return table


def _decode(data: bytes, name: str) -> tuple[str, tuple[str, ...]]:
    """UTF-8 with or without its mark, UTF-16 with its mark, else Windows-1252 with a note."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return data.decode("utf-16"), (f"{name}: read as UTF-16",)
        except UnicodeDecodeError:
            raise _refused(name, "Letters cannot be read", 'Save as "CSV UTF-8"') from None
    try:
        return data.decode("utf-8-sig"), ()
    except UnicodeDecodeError as error:
        at = error.start
        row = data[:at].count(b"\n") + 1
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        piece = data[max(0, at - 3) : at + 1].decode("utf-8", "replace")
        raise _refused(
            name,
            f'Row {row} has letters we cannot read ("{piece}")',
            'Save the file as "CSV UTF-8"',
            row=row,
        ) from None
    return text, (f"{name}: row {row} is not UTF-8; the file was read as Windows-1252",)


def _separator(text: str) -> str:
    first = text.split("\n", 1)[0]
    outside = "".join(first.split('"')[::2])
    return max(",;\t", key=lambda mark: (outside.count(mark), mark == ","))


def _header(cells: list[str], name: str) -> list[str]:
    header = [cell.strip() for cell in cells]
    while header and not header[-1]:
        header.pop()
    if not header:
        raise _refused(name, "The first row is empty", "Put the names of the columns there", 1)
    problems = [
        Problem(f"column {number} has no name", "Name it", file=name, row=1)
        for number, cell in enumerate(header, start=1)
        if not cell
    ]
    problems += [
        Problem(f'Two columns are called "{cell}"', "Rename one", file=name, row=1)
        for cell in dict.fromkeys(header)
        if cell and header.count(cell) > 1
    ]
    refuse(problems)
    return header if len(header) == len(cells) else _cells_kept(header, cells)


def _cells_kept(header: list[str], cells: list[str]) -> list[str]:
    """Return the header with a name for each empty column at its end, so that rows still fit."""
    return header + [f"(column {number})" for number in range(len(header) + 1, len(cells) + 1)]


def _xlsx(data: bytes, name: str) -> Table:
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            unpacked = sum(part.file_size for part in parts.infolist())
    except zipfile.BadZipFile:
        raise _refused(name, "This is not an XLSX file", "Save the list as CSV or XLSX") from None
    if unpacked > MOST_UNPACKED or unpacked > 200 * max(len(data), 50_000):
        raise _refused(name, "The file unpacks to far more than it should", "Save it again as CSV")
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheet = book.get_sheet_by_index(0)
        cells = sheet.to_python(skip_empty_area=False)
        merged = sheet.merged_cell_ranges or []
    except PasswordError:
        raise _refused(name, "The file has a password", "Save a copy without it") from None
    except (CalamineError, OSError, ValueError, KeyError):
        raise _refused(name, "The file cannot be read", "Save the list as CSV or XLSX") from None
    if merged:
        (top, left), (bottom, right) = merged[0]
        place = f"{_letter(left)}{top + 1} to {_letter(right)}{bottom + 1}"
        raise _refused(name, f"Cells {place} are merged", "Unmerge them and fill each", top + 1)
    rows = [[_spelled(cell) for cell in row] for row in cells]
    header = _header(rows[0] if rows else [], name)
    body = [(n, row) for n, row in enumerate(rows[1:], start=2) if any(c.strip() for c in row)]
    columns = [[row[i] for _, row in body] for i in range(len(header))]
    notes = (
        (f"{name}: only the first of {len(book.sheet_names)} sheets was read",)
        if len(book.sheet_names) > 1
        else ()
    )
    return _some_rows(
        Table(
            name=name,
            frame=as_frame(header, columns),
            notes=notes,
            row_numbers=np.array([n for n, _ in body], dtype=np.int64),
        )
    )


def _letter(index: int) -> str:
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _spelled(cell: object) -> str:
    """Write a spreadsheet's cell as text: dates as ISO, whole numbers without decimals."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ")
    if isinstance(cell, date | time):
        return cell.isoformat()
    return str(cell)


def _parquet(data: bytes, name: str) -> Table:
    try:
        frame = pl.read_parquet(io.BytesIO(data))
    except (pl.exceptions.PolarsError, OSError):
        raise _refused(name, "The file cannot be read", "Write it again as Parquet") from None
    return _some_rows(Table(name=name, frame=frame))
