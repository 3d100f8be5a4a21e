"""A list of units: who or what will be placed, or was placed elsewhere."""

import json
from collections.abc import Mapping
from typing import Any

from trialogue.methods.problems import InputError, Problem
from trialogue.tables import Table, name_problem, twice
from trialogue.trials.models import Trial
from trialogue.trials.protocol import Protocol
from trialogue.trials.queries.trials import protocol_of
from trialogue.trials.services.reading import Reading, arm_codes, ids_of, missing_column
from trialogue.trials.stepped import too_many

FIELDS = ("row", "study_id", "label", "cluster", "strata", "block", "covariates", "arm")


def read(trial: Trial, table: Table, options: dict[str, Any]) -> Reading:
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
    # What says where a unit belongs: it has to be there, and to be readable.
    placing = dict(zip(protocol.strata.by, strata, strict=True))
    placing |= {names["cluster"]: text["cluster"]} if "cluster" in text else {}

    problems: list[Problem] = []
    seen: dict[str, int] = {}
    arm_of: dict[str, tuple[str, int]] = {}
    codes = arm_codes(protocol)
    rows: list[tuple[Any, ...]] = []
    placed: set[str] = set()
    for index, study_id in enumerate(ids):
        row = table.row(index)
        cluster = text["cluster"][index] if "cluster" in text else ""
        places = {name: column[index] for name, column in placing.items()}
        if blocks and blocks[index]:
            places[protocol.strata.blocks] = blocks[index]
        found = _row_problems(protocol, names["id"], row, study_id, seen, places)
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
        placed.add(cluster or study_id)
        rows.append(
            (
                row,
                study_id,
                "",
                cluster,
                _json([column[index] for column in strata]),
                blocks[index] if blocks else "",
                _json({name: column[index] for name, column in covariates.items()}),
                arm,
            )
        )
    problems += _shared(protocol, len(placed))
    return Reading(
        fields=FIELDS, rows=rows, total=table.rows, good=len(rows), problems=tuple(problems)
    )


def _json(value: list[str] | Mapping[str, str]) -> str:
    return json.dumps(value) if value else ("[]" if isinstance(value, list) else "{}")


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
    id_column: str,
    row: int,
    study_id: str,
    seen: dict[str, int],
    places: Mapping[str, str],
) -> list[Problem]:
    what = protocol.unit.measured if protocol.unit.clustered else protocol.unit.placed
    named = name_problem(study_id, row=row, column=id_column)
    if study_id in seen:
        named = twice(study_id, seen[study_id], row=row, column=id_column, what=what)
    found = (name_problem(cell, row=row, column=name) for name, cell in places.items())
    return [problem for problem in (named, *found) if problem]


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


def _shared(protocol: Protocol, placed: int) -> list[Problem]:
    """Refuse a list that cannot be shared, or not analysed: too few to place, or too many."""
    if protocol.strata.method == "elsewhere":
        return []
    if protocol.stepped and (problem := too_many(placed, protocol.unit.placed_plural)):
        return [problem]
    arms = len(protocol.groups)
    if 0 < placed < arms:
        return [
            Problem(
                f"{placed} {protocol.unit.placed_plural} cannot make {arms} groups",
                f"Add {protocol.unit.placed_plural} or use fewer groups",
            )
        ]
    return []
