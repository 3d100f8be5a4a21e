"""Read a list of units, and what each was given, for `allocate` and `verify`."""

from pathlib import Path

from trialogue.tables import Listed, listed_units, placed_arms, read_table


def read_units(path: Path, *, cluster: str, strata: tuple[str, ...]) -> Listed:
    """Read a list whose first column is the id; refuse it with every problem named."""
    return listed_units(read_table(path), cluster=cluster, strata=strata)


def read_placed(path: Path, *, id_column: str) -> tuple[dict[str, str], tuple[str, ...]]:
    """Read who was given what: id -> arm, and notes. Refuses a file that names an id twice."""
    return placed_arms(read_table(path), id_column=id_column)
