"""Read the first sheet of an XLSX workbook, in the words a person sees in it."""

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import reduce

from trialogue.methods.problems import InputError, Problem, refuse
from trialogue.tables.headings import as_table, heading
from trialogue.tables.refusals import refused
from trialogue.tables.table import Table

# An XLSX is a zip: a small one may unpack to fill the memory, or name one cell in the last corner.
MOST_UNPACKED = 1_000_000_000
MOST_CELLS = 30_000_000
PIECE = 1 << 20

SHEET = re.compile(rb"<(?:\w+:)?sheet\s[^>]*?:id=[\"']([^\"']+)[\"']")
RELATION = re.compile(rb"<(?:\w+:)?Relationship\s[^>]*>")
ATTRIBUTE = re.compile(rb"\b(Id|Target)=[\"']([^\"']+)[\"']")
CELL = re.compile(
    rb"<(?:\w+:)?c\s[^>]*?\br=[\"']([A-Z]+)(\d+)[\"'][^>]*?(?:/>|>(.*?)</(?:\w+:)?c>)", re.DOTALL
)
REFERENCE = re.compile(rb"\br=[\"']([A-Z]+)(\d+)[\"']")
ODD = re.compile(rb"\bt=\"e\"|<(?:\w+:)?f[\s/>]")
VALUE = re.compile(rb"<(?:\w+:)?v>([^<]*)")
FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")


@dataclass
class _Sheet:
    """What calamine does not tell: how far a sheet reaches, its errors, its empty formulas."""

    width: int = 0
    height: int = 0
    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    uncounted: list[tuple[int, str]] = field(default_factory=list)


def read_xlsx(data: bytes, name: str) -> Table:
    """Read the first sheet; dates as ISO, whole numbers without decimals."""
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    looked = _look(data, name)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheet = book.get_sheet_by_index(0)
        cells = sheet.to_python(skip_empty_area=False)
        merged = sheet.merged_cell_ranges or []
    except PasswordError:
        raise refused(name, "The file has a password", "Save a copy without it") from None
    except (CalamineError, OSError, ValueError, KeyError):
        raise _unreadable(name) from None
    _refuse_merged(merged, name)
    rows = [[_spelled(cell) for cell in row] for row in cells]
    for (row, column), shown in looked.errors.items():
        if row < len(rows) and column < len(rows[row]):
            rows[row][column] = shown
    header = heading(rows[0] if rows else [], name)
    body = [(n, row) for n, row in enumerate(rows[1:], start=2) if any(c.strip() for c in row)]
    notes = (
        (f"{name}: only the first of {len(book.sheet_names)} sheets was read",)
        if len(book.sheet_names) > 1
        else ()
    )
    return as_table(
        name,
        header,
        [[row[i] for _, row in body] for i in range(len(header))],
        notes=notes,
        row_numbers=[n for n, _ in body],
    )


def _look(data: bytes, name: str) -> _Sheet:
    """Unpack piece by piece, and refuse a sheet that would not fit before it is read."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            unpacked = sum(part.file_size for part in parts.infolist())
            if unpacked > MOST_UNPACKED:
                raise _too_much(name)
            for part in parts.infolist():
                _whole(parts, part, name)
            if "mimetype" in parts.namelist():
                raise refused(
                    name, "This file is an OpenDocument sheet", "Save the list as CSV or XLSX"
                )
            looked = _Sheet()
            for piece in _cells(parts, _first_sheet(parts)):
                _note(looked, piece)
    except (zipfile.BadZipFile, KeyError, NotImplementedError, RuntimeError, EOFError):
        raise _unreadable(name) from None
    if looked.width * looked.height > MOST_CELLS:
        raise refused(
            name,
            f"The sheet is {looked.width:,} columns wide and {looked.height:,} rows long",
            "Take out cells far from the list",
        )
    refuse(
        Problem(
            f"the formula in {cell} has no value yet",
            "Open the file in a spreadsheet program and save it again",
            file=name,
            row=row,
        )
        for row, cell in looked.uncounted
    )
    return looked


def _whole(parts: zipfile.ZipFile, part: zipfile.ZipInfo, name: str) -> None:
    """Read a part to its true end: what the zip's own list says of its size may be a lie."""
    said, part.file_size = part.file_size, MOST_UNPACKED + 1
    size = 0
    with parts.open(part) as content:
        while piece := content.read(PIECE):
            size += len(piece)
            if size > MOST_UNPACKED:
                raise _too_much(name)
    part.file_size = said
    if size != said:
        raise _too_much(name)


def _first_sheet(parts: zipfile.ZipFile) -> str:
    """Find the file of the first sheet: KeyError when the workbook does not say."""
    first = SHEET.search(parts.read("xl/workbook.xml"))
    relations = [
        dict(ATTRIBUTE.findall(tag))
        for tag in RELATION.findall(parts.read("xl/_rels/workbook.xml.rels"))
    ]
    targets = {relation[b"Id"]: relation[b"Target"].decode() for relation in relations}
    if first is None:
        raise KeyError("sheet")
    target = targets[first[1]]
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def _cells(parts: zipfile.ZipFile, sheet: str) -> Iterator[bytes]:
    """Give the sheet's text in pieces that end where a row ends."""
    rest = b""
    with parts.open(sheet) as content:
        while piece := content.read(PIECE):
            rest += piece
            cut = rest.rfind(b"</row>")
            if cut >= 0:
                yield rest[:cut]
                rest = rest[cut:]
    yield rest


def _note(looked: _Sheet, piece: bytes) -> None:
    places = REFERENCE.findall(piece)
    for letters in {letters for letters, _ in places}:
        looked.width = max(looked.width, _index(letters) + 1)
    looked.height = max(looked.height, *(int(row) for row in {row for _, row in places}), 0)
    if not ODD.search(piece):
        return
    for match in CELL.finditer(piece):
        letters, number, inside = match[1], int(match[2]), match[3]
        if not inside or (b't="e"' not in match[0] and b"f" not in inside):
            continue
        kind, _, _ = match[0].partition(b">")
        value = VALUE.search(inside)
        shown = value[1].decode() if value else ""
        empty_text = value is not None and b't="str"' in kind
        if b't="e"' in kind:
            looked.errors[number - 1, _index(letters)] = shown
        elif FORMULA.search(inside) and not shown and not empty_text:
            looked.uncounted.append((number, f"{letters.decode()}{number}"))


def _refuse_merged(
    merged: list[tuple[tuple[int, int], tuple[int, int]]],
    name: str,
) -> None:
    refuse(
        Problem(
            f"cells {_letters(left)}{top + 1} to {_letters(right)}{bottom + 1} are merged",
            "Unmerge them and fill each",
            file=name,
            row=top + 1,
        )
        for (top, left), (bottom, right) in merged
    )


def _index(letters: bytes) -> int:
    return reduce(lambda total, letter: total * 26 + letter - 64, letters, 0) - 1


def _letters(index: int) -> str:
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _spelled(cell: object) -> str:
    """Write a cell as text: dates as ISO, whole numbers without decimals."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ")
    if isinstance(cell, date | time):
        return cell.isoformat()
    return "" if cell is None else str(cell)


def _unreadable(name: str) -> InputError:
    return refused(name, "The file cannot be read", "Save the list as CSV or XLSX")


def _too_much(name: str) -> InputError:
    return refused(name, "The file unpacks to far more than it should", "Save it again as CSV")
