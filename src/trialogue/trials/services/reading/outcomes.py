"""Outcomes: a row a unit, a column an outcome, one wave a file."""

from datetime import date
from math import isnan
from typing import Any

from trialogue.methods.problems import InputError, Problem
from trialogue.tables import Table, name_problem, twice
from trialogue.trials.models import Assignment, Trial, Withdrawal
from trialogue.trials.protocol import Outcome, Protocol
from trialogue.trials.queries.measures import NOT_MEASURED, held_values
from trialogue.trials.queries.trials import protocol_of
from trialogue.trials.services.reading import Reading, arm_codes, ids_of
from trialogue.trials.services.reading.values import day_problem, range_problem

ARM_COLUMNS = ("arm", "group")
FIELDS = ("row", "unit", "outcome", "version", "value", "missing", "measured_on")


def read(trial: Trial, table: Table, options: dict[str, Any]) -> Reading:
    """Read outcomes by the registered plan.

    Options: `id` or `numbered`, `wave`, and `columns`, which maps an outcome's code to the column
    that holds it where the two differ. Raises InputError when nothing in the file is an outcome of
    this trial; a problem in a row is kept with the row. A value that is held already and equal is
    not staged.
    """
    protocol = protocol_of(trial)
    wave = int(options.get("wave") or 1)
    if wave not in {each.number for each in protocol.dates.waves}:
        known = ", ".join(f"{each.number} ({each.name})" for each in protocol.dates.waves)
        what = f"The plan has no time of measuring {wave}"
        raise InputError(Problem(what, f"It has {known}", column="wave"))
    id_column, ids = ids_of(table, options)
    columns = _outcome_columns(protocol, table, options.get("columns") or {})
    problems = list(_arm_problems(trial, protocol, table, ids))

    values: dict[str, list[float]] = {}
    bad: set[int] = set()
    for outcome, column in columns:
        numbers, found = table.numbers(column, kind=outcome.kind)
        values[outcome.code] = numbers.tolist()
        found += _out_of_range(table, outcome, column, values[outcome.code])
        problems += found
        bad |= {problem.row for problem in found if problem.row is not None}
    dates, found = _dates(table, protocol, wave)
    problems += found
    bad |= {problem.row for problem in found if problem.row is not None}

    units = dict(trial.units.values_list("study_id", "pk"))
    gone = set(
        Withdrawal.objects.filter(unit__trial=trial, scope__in=NOT_MEASURED).values_list(
            "unit_id", flat=True
        )
    )
    held = {o.code: held_values(trial, o.code, wave) for o, _ in columns}
    what = protocol.unit.measured if protocol.unit.clustered else protocol.unit.placed
    seen: dict[str, int] = {}
    rows: list[tuple[Any, ...]] = []
    good = changed = 0
    for index, study_id in enumerate(ids):
        row = table.row(index)
        problem = _unit_problem(study_id, row, id_column, seen, units, gone, what)
        if problem:
            problems.append(problem)
            continue
        seen[study_id] = row
        if row in bad:
            continue
        good += 1
        unit = units[study_id]
        for outcome, _ in columns:
            value = values[outcome.code][index]
            version, old = held[outcome.code].get(unit, (0, None))
            if isnan(value) or (version and value == old):
                continue
            changed += version > 0
            day = dates[index] if dates else None
            measured_on = day.isoformat() if day else None
            rows.append((row, unit, outcome.code, version + 1, value, "", measured_on))
    return Reading(
        fields=FIELDS,
        rows=rows,
        total=table.rows,
        good=good,
        problems=tuple(problems),
        changed=changed,
    )


def _outcome_columns(
    protocol: Protocol, table: Table, named: dict[str, str]
) -> list[tuple[Outcome, str]]:
    found = [
        (outcome, named.get(outcome.code) or outcome.code)
        for outcome in protocol.outcomes.all
        if (named.get(outcome.code) or outcome.code) in table.columns
    ]
    if not found:
        codes = ", ".join(outcome.code for outcome in protocol.outcomes.all)
        raise InputError(
            Problem(
                "No column is an outcome of this trial",
                f"Name the columns as the plan does: {codes}",
                file=table.name,
            )
        )
    return found


def _arm_problems(trial: Trial, protocol: Protocol, table: Table, ids: list[str]) -> list[Problem]:
    """Refuse a file that says other groups than the allocation; where it agrees, go on."""
    names = {name.casefold(): name for name in table.columns}
    column = next((names[name] for name in ARM_COLUMNS if name in names), None)
    if column is None:
        return []
    codes = arm_codes(protocol)
    placed = dict(Assignment.objects.filter(trial=trial).values_list("unit__study_id", "arm"))
    differ = sum(
        1
        for study_id, arm in zip(ids, table.text(column), strict=True)
        if study_id in placed and codes.get(arm.casefold()) != placed[study_id]
    )
    if not differ:
        return []
    return [
        Problem(
            f'The column "{column}" differs from the allocation in {differ} rows',
            "Take the column out; we know the groups",
            column=column,
        )
    ]


def _unit_problem(
    study_id: str,
    row: int,
    column: str,
    seen: dict[str, int],
    units: dict[str, int],
    gone: set[int],
    what: str,
) -> Problem | None:
    if problem := name_problem(study_id, row=row, column=column):
        return problem
    if study_id in seen:
        return twice(study_id, seen[study_id], row=row, column=column, what=what)
    if study_id not in units:
        return Problem(
            f'"{study_id}" was not allocated',
            "Check the spelling, or leave this row out",
            row=row,
            column=column,
        )
    if units[study_id] in gone:
        return Problem(
            f'"{study_id}" no longer takes part in the measuring',
            "Leave this row out",
            row=row,
            column=column,
        )
    return None


def _out_of_range(
    table: Table, outcome: Outcome, column: str, values: list[float]
) -> list[Problem]:
    """Return a problem for each number beyond the ends of its scale."""
    if outcome.lowest is None and outcome.highest is None:
        return []
    found = ((index, range_problem(outcome, value)) for index, value in enumerate(values))
    return [
        Problem(problem.what, problem.mend, row=table.row(index), column=column)
        for index, problem in found
        if problem
    ]


def _dates(
    table: Table, protocol: Protocol, wave: int
) -> tuple[list[date | None] | None, list[Problem]]:
    """Read the column `measured`, when there is one; each day while its wave was open."""
    if "measured" not in table.columns:
        return None, []
    open_in = next(each for each in protocol.dates.waves if each.number == wave)
    problems: list[Problem] = []
    dates: list[date | None] = []
    for index, text in enumerate(table.text("measured")):
        day = _day(text)
        dates.append(day)
        problem = None
        if text and day is None:
            problem = Problem(f'"{text}" is not a date', "Write it like 28/02/2027")
        elif day:
            problem = day_problem(open_in, day)
        if problem:
            problems.append(problem.at(row=table.row(index), column="measured"))
    return dates, problems


def _day(text: str) -> date | None:
    try:
        if "/" in text:
            day, month, year = text.split("/")
            return date(int(year), int(month), int(day))
        return date.fromisoformat(text[:10]) if text else None
    except (ValueError, OverflowError):
        return None
