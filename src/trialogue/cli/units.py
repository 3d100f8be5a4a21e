"""Read a list of units for `allocate` and `verify`."""

from dataclasses import dataclass
from pathlib import Path

from trialogue.methods.allocation import Unit
from trialogue.methods.problems import Problem, refuse
from trialogue.tables import Table, need_columns, read_table


@dataclass(frozen=True)
class Listed:
    """The units of a file, the name of its first column, and notes on reading it."""

    units: list[Unit]
    id_column: str
    notes: tuple[str, ...]


def read_units(path: Path, *, cluster: str, strata: tuple[str, ...]) -> Listed:
    """Read a list whose first column is the id; refuse it with every problem named."""
    table = read_table(path)
    need_columns(table, {"--cluster": (cluster,) if cluster else (), "--strata": strata})
    id_column = table.columns[0]
    ids = table.text(id_column)
    clusters = table.text(cluster) if cluster else [""] * table.rows
    values = [table.text(name) for name in strata]
    problems = [*_id_problems(table, id_column, ids), *_empty(table, cluster, clusters)]
    for name, column in zip(strata, values, strict=True):
        problems += _empty(table, name, column)
    units = [
        Unit(name, group, tuple(row))
        for name, group, *row in zip(ids, clusters, *values, strict=True)
    ]
    problems += _split_clusters(table, cluster, units)
    refuse(sorted(problems, key=lambda problem: problem.row or 0))
    return Listed(units=units, id_column=id_column, notes=table.notes)


def _id_problems(table: Table, column: str, ids: list[str]) -> list[Problem]:
    problems = []
    first: dict[str, int] = {}
    for index, name in enumerate(ids):
        row = table.row(index)
        if not name:
            what = Problem(
                "empty; every row needs its id", file=table.name, row=row, column=column
            )
            problems.append(what)
        elif name in first:
            problems.append(
                Problem(
                    f'"{name}" is also in row {first[name]}',
                    file=table.name,
                    row=row,
                    column=column,
                )
            )
        else:
            first[name] = row
    return problems


def _empty(table: Table, name: str, cells: list[str]) -> list[Problem]:
    if not name:
        return []
    return [
        Problem("empty; every row needs one", file=table.name, row=table.row(index), column=name)
        for index, cell in enumerate(cells)
        if not cell
    ]


def _split_clusters(table: Table, cluster: str, units: list[Unit]) -> list[Problem]:
    problems = []
    first: dict[str, tuple[tuple[str, ...], int]] = {}
    for index, unit in enumerate(units):
        if not unit.cluster:
            continue
        strata, row = first.setdefault(unit.cluster, (unit.strata, table.row(index)))
        if strata != unit.strata:
            problems.append(
                Problem(
                    f"{cluster} {unit.cluster} is in two strata "
                    f"({' / '.join(strata)} in row {row}, {' / '.join(unit.strata)} here)",
                    "Put all its rows in one stratum",
                    file=table.name,
                    row=table.row(index),
                    column=cluster,
                )
            )
    return problems
