"""The trials of `trialogue pool`: effects as a table has them, or from tables of both arms."""

from typing import Any

import numpy as np

from trialogue.methods import pooling
from trialogue.methods.arrays import coded_name, need_columns
from trialogue.methods.problems import Problem, refuse
from trialogue.tables import Table, split_columns


def studies_of(table: Table, options: dict[str, Any]) -> pooling.Studies:
    """Read the columns that the options name; raises InputError with every problem found."""
    named = {
        f"--{name.replace('_', '-')}": split_columns(options[name])
        for name in (
            "estimate",
            "variance",
            "se",
            "treated",
            "control",
            "design_effect",
            "cumulative",
            "name",
        )
    }
    moderators = list(map(coded_name, split_columns(options["moderators"])))
    need_columns(table.columns, {**named, "--moderators": [name for name, _ in moderators]})
    read = _from_tables if options["measure"] else _from_estimates
    effects, columns = read(table, options)
    return pooling.Studies(
        estimate=effects.estimate,
        variance=effects.variance * _design_effect(table, options["design_effect"]),
        names=_names(table, options["name"]),
        moderators={name: _values(table, name, text=text) for name, text in moderators},
        order=_values(table, options["cumulative"]) if options["cumulative"] else None,
        columns={**columns, "order": options["cumulative"]},
        rows=table.row_numbers,
    )


Read = tuple[pooling.EffectSizes, dict[str, str]]  # and the columns' own names, by role


def _from_estimates(table: Table, options: dict[str, Any]) -> Read:
    spread = options["se"] or options["variance"]
    estimate, problems = table.numbers(options["estimate"], kind="continuous")
    given, more = table.numbers(spread, kind="continuous")
    problems = [*problems, *more, *_empty(table, options["estimate"], estimate, "its estimate")]
    problems += _empty(
        table, spread, given, f"its {'standard error' if options['se'] else 'variance'}"
    )
    refuse(_in_order(problems))
    if options["se"]:
        refuse(table.not_above_0(spread, given, "a standard error"))
        given = given**2
    columns = {"estimate": options["estimate"], "variance": spread}
    return pooling.EffectSizes(estimate, given), columns


def _from_tables(table: Table, options: dict[str, Any]) -> Read:
    kinds = pooling.ARM_COLUMNS[options["measure"]]
    problems: list[Problem] = []
    arms = []
    for option in ("treated", "control"):
        names = split_columns(options[option])
        found = [table.numbers(name, kind="continuous") for name in names]
        problems += [problem for _, more in found for problem in more]
        arms.append(
            pooling.ArmTable(
                columns=tuple(values for values, _ in found),
                names=dict(zip(kinds, names, strict=True)),
                rows=table.row_numbers,
            )
        )
    refuse(_in_order(problems))
    return pooling.effect_sizes(options["measure"], *arms), {}


def _design_effect(table: Table, column: str) -> Any:
    if not column:
        return 1.0
    values, problems = table.numbers(column, kind="continuous")
    problems += _empty(table, column, values, "its own; write 1 where people were placed")
    refuse(_in_order(problems))
    refuse(table.not_above_0(column, values, "a design effect"))
    return values


def _empty(table: Table, column: str, values: Any, what: str) -> list[Problem]:
    missing = table.missing(column)
    return [
        Problem(f"empty; every trial needs {what}", row=table.row(int(i)), column=column)
        for i in np.flatnonzero(missing & np.isnan(values))
    ]


def _in_order(problems: list[Problem]) -> list[Problem]:
    return sorted(problems, key=lambda problem: problem.row or 0)


def _values(table: Table, name: str, *, text: bool = False) -> Any:
    """Numbers as they are; anything else, or what is said to be, as text."""
    if not text:
        values, problems = table.numbers(name, kind="continuous")
        if not problems:
            return values
    return np.array(["" if cell == "NA" else cell for cell in table.text(name)], dtype=str)


def _names(table: Table, column: str) -> tuple[str, ...]:
    """What trials are called: in the column named, else in the first that is not of numbers."""
    for name in [column] if column else table.columns:
        if column or table.numbers(name, kind="continuous")[1]:
            return tuple(table.text(name))
    return tuple(f"row {table.row(index)}" for index in range(table.rows))
