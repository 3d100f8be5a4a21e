"""A list of units, and what each was given, out of a table: for commands and pages alike."""

from dataclasses import dataclass

from trialogue.methods.allocation import Unit
from trialogue.methods.arrays import need_columns
from trialogue.methods.problems import Problem, refuse
from trialogue.tables.refusals import name_problem, twice
from trialogue.tables.table import Table


@dataclass(frozen=True)
class Listed:
    """The units of a file, the name of its first column, and notes on reading it."""

    units: list[Unit]
    id_column: str
    notes: tuple[str, ...]


def listed_units(table: Table, *, cluster: str, strata: tuple[str, ...]) -> Listed:
    """Return the list whose first column is the id; refuse it with every problem named."""
    need_columns(table.columns, {"--cluster": (cluster,) if cluster else (), "--strata": strata})
    id_column = table.columns[0]
    ids = table.text(id_column)
    clusters = table.text(cluster) if cluster else [""] * table.rows
    values = [table.text(name) for name in strata]
    problems = [*_id_problems(table, id_column, ids), *_cell_problems(table, cluster, clusters)]
    for name, column in zip(strata, values, strict=True):
        problems += _cell_problems(table, name, column)
    units = [
        Unit(name, group, tuple(row))
        for name, group, *row in zip(ids, clusters, *values, strict=True)
    ]
    problems += _split_clusters(table, cluster, units)
    refuse(sorted(problems, key=lambda problem: problem.row or 0))
    return Listed(units=units, id_column=id_column, notes=table.notes)


def placed_arms(table: Table, *, id_column: str) -> tuple[dict[str, str], tuple[str, ...]]:
    """Return who was given what: id -> arm, and notes. Refuses a file that names an id twice."""
    refuse(
        Problem(f'There is no column "{name}"', "Give the file that was written", file=table.name)
        for name in (id_column, "arm")
        if name not in table.columns
    )
    ids = table.text(id_column)
    refuse(_id_problems(table, id_column, ids))
    return dict(zip(ids, table.text("arm"), strict=True)), table.notes


def _id_problems(table: Table, column: str, ids: list[str]) -> list[Problem]:
    problems = _cell_problems(table, column, ids)
    if len(set(ids)) == len(ids):
        return problems
    first: dict[str, int] = {}
    for index, name in enumerate(ids):
        row = table.row(index)
        if name and name in first:
            problems.append(twice(name, first[name], row=row, column=column, file=table.name))
        first.setdefault(name, row)
    return problems


def _cell_problems(table: Table, name: str, cells: list[str]) -> list[Problem]:
    if not name:
        return []
    fine = {cell for cell in set(cells) if not name_problem(cell, row=0, column=name)}
    return [
        problem
        for index, cell in enumerate(cells)
        if cell not in fine
        and (problem := name_problem(cell, row=table.row(index), column=name, file=table.name))
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
