"""Read a table by its ending, and say what is wrong with a file that cannot be read."""

import gzip
import io
import zlib
from pathlib import Path
from typing import BinaryIO

from trialogue.methods.problems import InputError, Problem, refuse
from trialogue.tables import frames as pl
from trialogue.tables.delimited import read_csv
from trialogue.tables.refusals import MOST_BYTES, no_rows, refused, too_large
from trialogue.tables.table import Table, only_text
from trialogue.tables.workbook import read_xlsx

ENDINGS = (".csv", ".csv.gz", ".xlsx", ".parquet")
# What a person may read on their own machine from a packed file.
MOST_UNPACKED = 1_000_000_000
# A Parquet file of a few bytes can say "a thousand million times the same".
MOST_CELLS = 100_000_000
PIECE = 1 << 20

OLD_EXCEL = b"\xd0\xcf\x11\xe0"
KINDS = {
    b"%PDF": "a PDF",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"{\\rtf": "a text document",
    b"<!DOCTYPE": "a web page",
    b"<html": "a web page",
    b"SQLite format 3": "a database",
}
# How the right kinds begin, so that a file with the wrong ending is named for what it is.
BEGINNINGS = {b"PK\x03\x04": ".xlsx", b"PAR1": ".parquet", b"\x1f\x8b": ".csv.gz"}


def read_table(path: Path) -> Table:
    """Read a CSV (also .csv.gz), XLSX or Parquet file.

    Raises InputError when it cannot be read, naming the file and, where there is one, the row.
    """
    with opened(path) as content:
        return read_upload(content, path.name, largest=None)


def opened(path: Path) -> BinaryIO:
    """Open a file, or refuse it in our words."""
    try:
        return path.open("rb")
    except FileNotFoundError:
        raise InputError(Problem("no such file", column=str(path))) from None
    except IsADirectoryError:
        raise InputError(Problem("this is a folder, not a file", column=str(path))) from None
    except OSError as error:
        what = f"cannot be read ({(error.strerror or 'unknown').lower()})"
        raise InputError(Problem(what, column=str(path))) from None


def read_upload(content: BinaryIO, name: str, *, largest: int | None = MOST_BYTES) -> Table:
    """Read a file somebody sent, known by `name`. At most `largest` bytes, when it is given."""
    if largest is not None:
        refuse(too_large(content.seek(0, io.SEEK_END), most=largest, file=name))
        content.seek(0)
    ending = ending_of(content, name)
    if ending == ".csv.gz":
        data = _unpack(content, name, largest or MOST_UNPACKED)
    else:
        content.seek(0)
        data = content.read()
    if ending == ".xlsx":
        table = read_xlsx(data, name)
    elif ending == ".parquet":
        table = _parquet(data, name, MOST_CELLS if largest else None)
    else:
        table = read_csv(data, name)
    only_text(table, name)
    if table.rows == 0:
        raise no_rows(name)
    return table


def ending_of(content: BinaryIO, name: str) -> str:
    """Return the file's ending. Raises InputError when what is in it is something else."""
    ending = next((e for e in (".csv.gz", *ENDINGS) if name.lower().endswith(e)), "")
    _right_kind(content.read(32), content, name, ending)
    return ending


def _right_kind(start: bytes, content: BinaryIO, name: str, ending: str) -> None:
    """Refuse what is no table, and a table under the wrong ending."""
    if start.startswith(OLD_EXCEL):
        content.seek(0)
        if "EncryptedPackage".encode("utf-16-le") in content.read():
            raise refused(name, "The file has a password", "Save a copy without it")
        raise refused(name, "This file is an old Excel file", "Save the list as CSV or XLSX")
    for beginning, kind in KINDS.items():
        if start.startswith(beginning):
            raise refused(name, f"This file is {kind}", "Save the list as CSV or XLSX")
    if not ending:
        raise refused(name, "this kind of file is not read", "give a .csv, .xlsx or .parquet file")
    if not start:
        raise refused(name, "The file is empty", "Add a row of headings and a row for each unit")
    meant = next((e for b, e in BEGINNINGS.items() if start.startswith(b)), ".csv")
    if meant == ending:
        return
    if ending == ".csv":
        raise refused(name, "This is not a CSV file", f'Give it its own ending, "{meant}"')
    raise refused(name, f"This is not a {ending} file", "Save the list again as CSV or XLSX")


def _unpack(content: BinaryIO, name: str, most: int) -> bytes:
    """Unpack piece by piece, so that a small file cannot fill the memory."""
    content.seek(0)
    pieces = []
    size = 0
    try:
        with gzip.open(content) as packed:
            while piece := packed.read(PIECE):
                size += len(piece)
                if size > most:
                    what = f"The file unpacks to over {most / 1e6:.0f} MB"
                    raise refused(name, what, "Split it, or take out columns we do not need")
                pieces.append(piece)
    except (OSError, EOFError, zlib.error):
        raise refused(name, "The file is not whole", "Pack it again with gzip") from None
    return b"".join(pieces)


def _parquet(data: bytes, name: str, most_cells: int | None) -> Table:
    try:
        lazy = pl.scan_parquet(io.BytesIO(data))
        width = len(lazy.collect_schema())
        height = int(lazy.select(pl.len()).collect().item())
        if most_cells and width * height > most_cells:
            raise refused(name, f"The file has {height:,} rows", "Split it")
        frame = lazy.collect()
    except (pl.exceptions.PolarsError, OSError):
        raise refused(name, "The file cannot be read", "Write it again as Parquet") from None
    return Table(name=name, frame=frame)
