"""What a file must hold to become units or outcomes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from trialogue.methods.problems import InputError, Problem
from trialogue.tables import Table
from trialogue.trials.protocol import Protocol


@dataclass(frozen=True)
class Reading:
    """The good rows of a file, not saved yet, and every problem in the others.

    `fields` names what each of `rows` holds, as staged. `total` counts rows of the file, `good`
    those without a problem; `changed` the values that differ from those held.
    """

    fields: tuple[str, ...]
    rows: Sequence[tuple[Any, ...]]
    total: int
    good: int
    problems: tuple[Problem, ...]
    changed: int = 0


NUMBERED = "row number"


def ids_of(table: Table, options: dict[str, Any]) -> tuple[str, list[str]]:
    """Return the column that identifies a row, and each row's identifier.

    With the option `numbered` the file has none, and a row is known by its number in the file: a
    list and its outcomes then have to be the same file. Raises InputError when there is no such
    column.
    """
    if options.get("numbered"):
        width = len(str(table.rows + 1))
        return NUMBERED, [f"row {table.row(index):0{width}d}" for index in range(table.rows)]
    column = str(options.get("id") or table.columns[0])
    if column not in table.columns:
        raise InputError(missing_column(column, table))
    return column, table.text(column)


def missing_column(column: str, table: Table) -> Problem:
    """Return the problem of a file that lacks a column."""
    return Problem(
        f'There is no column "{column}"',
        "Rename the column that has it, or name it here",
        file=table.name,
    )


def arm_codes(protocol: Protocol) -> dict[str, str]:
    """Return every spelling of a group, by code or by name, and its code."""
    return {
        spelling.strip().casefold(): arm.code
        for arm in protocol.arms.list
        for spelling in (arm.code, arm.name)
    }
