"""From cells to a table: the first row names the columns."""

from collections.abc import Sequence
from unicodedata import normalize

import numpy as np

from trialogue.methods.problems import Problem, refuse
from trialogue.tables import frames as pl
from trialogue.tables.refusals import refused
from trialogue.tables.table import Table


def heading(cells: Sequence[str], name: str) -> list[str]:
    """Return the names of the columns; "" for those that have none. Refuses a name used twice."""
    header = [normalize("NFC", " ".join(cell.split())) for cell in cells]
    if not any(header):
        raise refused(name, "The first row is empty", "Put the names of the columns there", row=1)
    refuse(
        Problem(f'Two columns are called "{cell}"', "Rename one", file=name, row=1)
        for cell in dict.fromkeys(header)
        if cell and header.count(cell) > 1
    )
    return header


def as_table(
    name: str,
    header: Sequence[str],
    columns: Sequence[Sequence[str]],
    *,
    notes: tuple[str, ...] = (),
    row_numbers: Sequence[int] | None = None,
) -> Table:
    """Make a table of text columns. Columns without a name must be empty, and are left out."""
    refuse(
        Problem(f"column {number} has no name", "Name it", file=name, row=1)
        for number, (title, cells) in enumerate(zip(header, columns, strict=True), start=1)
        if not title and any(cell.strip() for cell in cells)
    )
    named = {title: cells for title, cells in zip(header, columns, strict=True) if title}
    return Table(
        name=name,
        frame=pl.DataFrame(named, schema=dict.fromkeys(named, pl.String)),
        notes=notes,
        row_numbers=None if row_numbers is None else np.array(row_numbers, dtype=np.int64),
    )
