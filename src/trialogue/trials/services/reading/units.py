"""A list of units: who or what will be placed, or was placed elsewhere."""

from typing import Any

from trialogue.methods.problems import InputError, Problem
from trialogue.tables import Table
from trialogue.trials.models import StagedUnit, Trial
from trialogue.trials.protocol import Protocol
from trialogue.trials.queries.trials import protocol_of
from trialogue.trials.services.reading import Reading, arm_codes, ids_of, missing_column

LONGEST = 100


def read(trial: Trial, table: Table, options: dict[str, Any]) -> Reading[StagedUnit]:
    """Read a list by the registered design. Options: `id`, `cluster`, `arm`: names of columns.

    Raises InputError when a column is missing; a problem in a row is kept with the row.
    """
    protocol = protocol_of(trial)
    names = _columns(protocol, table, options)
    names["id"], ids = ids_of(table, options)
    text = {role: table.text(column) for role, column in names.items() if role != "id"}
    strata = [table.text(name) for name in protocol.strata.by]
    covariates = {c.name: table.text(c.name) for c in protocol.outcomes.covariates}
    blocks = table.text(protocol.strata.blocks) if protocol.strata.blocks else None

    problems: list[Problem] = []
    seen: dict[str, int] = {}
    arm_of: dict[str, tuple[str, int]] = {}
    codes = arm_codes(protocol)
    rows: list[StagedUnit] = []
    for index, study_id in enumerate(ids):
        row = table.row(index)
        found = _row_problems(
            protocol, names, row, study_id, seen, [column[index] for column in strata]
        )
        cluster = text["cluster"][index] if "cluster" in text else ""
        if "cluster" in text and not cluster:
            found.append(_empty(row, names["cluster"], protocol.unit.placed))
        arm = ""
        if "arm" in text:
            arm = codes.get(text["arm"][index].casefold(), "")
            if not arm:
                known = ", ".join(a.name for a in protocol.arms.list)
                found.append(
                    Problem(
                        f'"{text["arm"][index]}" is not a group of this trial',
                        f"The groups are {known}",
                        row=row,
                        column=names["arm"],
                    )
                )
        if cluster and not found:
            found += _cluster_problems(protocol, row, names, cluster, arm, strata, index, arm_of)
        if found:
            problems += found
            continue
        seen[study_id] = row
        rows.append(
            StagedUnit(
                row=row,
                study_id=study_id,
                cluster=cluster,
                strata=[column[index] for column in strata],
                block=blocks[index] if blocks else "",
                covariates={name: column[index] for name, column in covariates.items()},
                arm=arm,
            )
        )
    problems += _small_strata(protocol, rows)
    return Reading(rows=rows, total=table.rows, good=len(rows), problems=tuple(problems))


def _columns(protocol: Protocol, table: Table, options: dict[str, Any]) -> dict[str, str]:
    """Which column is what; every one that is missing is named at once."""
    names = {}
    if protocol.unit.clustered:
        names["cluster"] = str(options.get("cluster") or protocol.unit.placed)
    if protocol.strata.method == "elsewhere":
        names["arm"] = str(options.get("arm") or "arm")
    wanted = [
        *names.values(),
        *protocol.strata.by,
        *([protocol.strata.blocks] if protocol.strata.blocks else []),
        *(c.name for c in protocol.outcomes.covariates),
    ]
    missing = [name for name in dict.fromkeys(wanted) if name not in table.columns]
    if missing:
        raise InputError(*(missing_column(name, table) for name in missing))
    return names


def _row_problems(
    protocol: Protocol,
    names: dict[str, str],
    row: int,
    study_id: str,
    seen: dict[str, int],
    strata: list[str],
) -> list[Problem]:
    what = protocol.unit.measured if protocol.unit.clustered else protocol.unit.placed
    found = []
    if not study_id:
        found.append(
            Problem(
                f"Row {row} has no {names['id']}",
                "Fill it in or leave the row out",
                row=row,
                column=names["id"],
            )
        )
    elif study_id in seen:
        found.append(
            Problem(
                f'"{study_id}" is also in row {seen[study_id]}',
                f"Each {what} may appear once",
                row=row,
                column=names["id"],
            )
        )
    elif len(study_id) > LONGEST:
        found.append(
            Problem(
                f"The identifier has {len(study_id)} letters",
                "Use a short code",
                row=row,
                column=names["id"],
            )
        )
    found += [
        _empty(row, name, name)
        for name, value in zip(protocol.strata.by, strata, strict=True)
        if not value
    ]
    return found


def _empty(row: int, column: str, what: str) -> Problem:
    return Problem(
        f"There is no {what}", "Fill it in or leave the row out", row=row, column=column
    )


def _cluster_problems(
    protocol: Protocol,
    row: int,
    names: dict[str, str],
    cluster: str,
    arm: str,
    strata: list[Any],
    index: int,
    first: dict[str, tuple[str, int]],
) -> list[Problem]:
    """All rows of a cluster share an arm and a stratum."""
    mark = "\x1f".join([arm, *(str(column[index]) for column in strata)])
    held, where = first.setdefault(cluster, (mark, row))
    if held == mark:
        return []
    return [
        Problem(
            f'{protocol.unit.placed} "{cluster}" is in two groups or strata (see row {where})',
            f"Everyone in a {protocol.unit.placed} has the same",
            row=row,
            column=names["cluster"],
        )
    ]


def _small_strata(protocol: Protocol, rows: list[StagedUnit]) -> list[Problem]:
    """Refuse a list that cannot be shared: fewer things to place than groups, in all."""
    if protocol.strata.method == "elsewhere":
        return []
    placed = {row.cluster or row.study_id for row in rows}
    arms = len(protocol.arms.list)
    if rows and len(placed) < arms:
        return [
            Problem(
                f"{len(placed)} {protocol.unit.placed_plural} cannot make {arms} groups",
                f"Add {protocol.unit.placed_plural} or use fewer groups",
            )
        ]
    return []
