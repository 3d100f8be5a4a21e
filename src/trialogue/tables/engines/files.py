"""A file that an engine is to read: its kind and its header, looked at before anything is read."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from trialogue.tables.delimited import SEPARATORS, decode, first_rows
from trialogue.tables.headings import heading
from trialogue.tables.reading import ending_of, opened
from trialogue.tables.refusals import refused

LOOKED_AT = 1_000_000  # bytes of a CSV: enough for any header


@dataclass(frozen=True)
class Opened:
    """`header` and `separator` are of a CSV; a Parquet file says for itself."""

    path: Path
    name: str
    notes: tuple[str, ...] = ()
    header: tuple[str, ...] | None = None
    separator: str = ","


def look_at(path: Path, engine: str) -> Opened:
    """Look at the beginning of a file. Raises InputError when no engine reads it."""
    with opened(path) as content:
        ending = ending_of(content, path.name)
        if ending == ".parquet":
            return Opened(path=path, name=path.name)
        if ending == ".xlsx":
            raise refused(
                path.name,
                f"{engine} reads CSV and Parquet",
                "Save it as CSV, or leave --engine out",
            )
        content.seek(0)
        if ending == ".csv.gz":
            with _whole(path.name), gzip.open(content) as packed:
                start = packed.read(LOOKED_AT)
        else:
            start = content.read(LOOKED_AT)
    cut = start.rfind(b"\n") + 1 if len(start) == LOOKED_AT else len(start)
    text, odd = decode(start[: cut or len(start)], path.name)
    if odd or text[:4].lower() == "sep=":
        what = f"{engine} reads CSV in UTF-8 that begins with the names of its columns"
        raise refused(path.name, what, 'Save the file as "CSV UTF-8"')
    separator, rows = first_rows(text, path.name)
    header = heading(next(rows, (1, []))[1], path.name)
    spoken = f"{path.name}: columns are separated by {SEPARATORS[separator]}"
    return Opened(
        path=path,
        name=path.name,
        notes=(spoken,) if separator != "," else (),
        header=tuple(header),
        separator=separator,
    )


def has_rows(path: Path, more_than: int) -> bool:
    """Whether a CSV has more lines than so many; others are not counted."""
    if not path.name.lower().endswith((".csv", ".csv.gz")):
        return False
    lines = 0
    for piece in _pieces(path):
        lines += piece.count(b"\n")
        if lines > more_than:
            return True
    return False


def has_blank_lines(path: Path) -> bool:
    """Whether any line of a CSV is empty."""
    end = b""
    for piece in _pieces(path):
        if b"\n\n" in (text := (end + piece).replace(b"\r", b"")):
            return True
        end = text[-1:]
    return False


def _pieces(path: Path) -> Iterator[bytes]:
    opener = gzip.open if path.name.lower().endswith(".gz") else open
    with _whole(path.name), opener(path, "rb") as content:
        while piece := content.read(LOOKED_AT):
            yield piece


@contextmanager
def _whole(name: str) -> Iterator[None]:
    """Refuse a packed file that ends in its middle, as reading it in memory does."""
    try:
        yield
    except (gzip.BadGzipFile, EOFError, zlib.error):
        raise refused(name, "The file is not whole", "Pack it again with gzip") from None
