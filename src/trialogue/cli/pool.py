"""What do all trials say?"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import numpy as np
from click.core import ParameterSource

from trialogue.cli import output
from trialogue.cli.networks import NETWORK_ONLY, network_options, show_network
from trialogue.cli.pooled import readable
from trialogue.cli.seeds import parse_seed
from trialogue.cli.slips import Number, OneOf
from trialogue.methods import pooling
from trialogue.methods.arrays import coded_name, need_columns
from trialogue.methods.problems import InputError, Problem, refuse
from trialogue.tables import Table, read_table, split_columns

ONE_EFFECT_ONLY = (
    "treated",
    "control",
    "test",
    "prediction",
    "moderators",
    "design_effect",
    "leave_one_out",
    "cumulative",
    "name",
)


@click.command()
@click.argument("studies")
@click.option("--estimate", default="", metavar="COL", help="Column with each trial's effect.")
@click.option("--variance", default="", metavar="COL", help="Column with its variance.")
@click.option("--se", default="", metavar="COL", help="Or with its standard error.")
@click.option(
    "--measure",
    metavar="NAME",
    type=OneOf(pooling.MEASURES),
    help="Or from tables: RD, RR, OR, AS, PETO, IRR, MD or SMD.",
)
@click.option(
    "--treated",
    default="",
    metavar="COLS",
    help="With --measure, the new service: events,n; events,time (IRR); mean,sd,n (MD, SMD).",
)
@click.option("--control", default="", metavar="COLS", help="The same of the usual service.")
@click.option(
    "--method",
    metavar="HOW",
    type=OneOf(pooling.METHODS),
    default="REML",
    help="How to find tau²; FE: it is 0.  [REML]",
)
@click.option(
    "--test",
    metavar="knha|z",
    type=OneOf(["knha", "z"]),
    default="knha",
    help="Ranges: knha by t, z normal.  [knha]",
)
@click.option(
    "--prediction",
    metavar="HOW",
    type=OneOf(["k-1", "k-2", "z"]),
    help="Range of a new place: k-1, k-2 or z.  [k-1; with --test z: z]",
)
@click.option(
    "--moderators",
    default="",
    metavar="COL,COL",
    help="What may explain differences; COL:category for codes.",
)
@click.option(
    "--design-effect", default="", metavar="COL", help="Column to multiply variances by."
)
@click.option("--leave-one-out", is_flag=True, help="Pool again without each trial in turn.")
@click.option("--cumulative", default="", metavar="COL", help="Add trials one by one, by COL.")
@click.option("--name", default="", metavar="COL", help="Column with names.  [first with text]")
@click.option(
    "--alpha", metavar="A", type=Number(), default=0.05, help="Ranges miss this often.  [0.05]"
)
@network_options
@click.option("--seed", metavar="DIGITS", help="As for every command; nothing is drawn here.")
@output.json_option
def pool(studies: str, as_json: bool, **options: Any) -> None:
    """What do all trials say?

    STUDIES is a CSV, XLSX or Parquet file with a row a trial.

    \b
    Each trial's effect is known, with its standard error:
      trialogue pool trials.csv --estimate effect --se se

    \b
    Each trial's table is known, events and people of both arms:
      trialogue pool trials.csv --measure RR \\
        --treated missed_new,n_new --control missed_usual,n_usual

    \b
    Several services at once, a row an arm:
      trialogue pool arms.csv --network arm --trial trial --measure OR --columns events,n

    Together: the average effect with its range. A new place: where its own effect may lie.
    Ratios (RR, OR, PETO, IRR) are pooled as logarithms.
    """
    if options["seed"] is not None:
        parse_seed(options["seed"])
    refuse(_out_of_place(network=bool(options["network"])))
    if options["network"]:
        show_network(studies, options, as_json=as_json)
        return
    refuse(_wrong_options(options))
    table = read_table(Path(studies))
    rule = pooling.Rule(
        method=options["method"],
        test=options["test"],
        prediction=options["prediction"],
        alpha=options["alpha"],
        measure=options["measure"] or "",
        leave_one_out=options["leave_one_out"],
    )
    try:
        pooled = pooling.pool(_studies(table, options), rule)
    except InputError as error:
        raise _in_file(error, table) from None
    document = pooled.to_dict()
    document["notes"] = [*table.notes, *document["notes"]]
    output.show(document, as_json, readable=lambda: readable(document, rule))


def _out_of_place(*, network: bool) -> Iterator[Problem]:
    """Name the options given that would do nothing: a network's without one, others with one."""
    context = click.get_current_context()
    idle, what = (ONE_EFFECT_ONLY, "not with") if network else (NETWORK_ONLY, "needs")
    for name in idle:
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE:
            yield Problem(f"{what} --network", column=f"--{name.replace('_', '-')}")


def _wrong_options(options: dict[str, Any]) -> Iterator[Problem]:
    """Ask for estimates or for tables: one of the two, and whole."""
    if options["measure"]:
        for name in ("estimate", "variance", "se"):
            if options[name]:
                what = f"cannot be given with --measure {options['measure']}"
                yield Problem(what, column=f"--{name} {options[name]}")
        wanted = pooling.ARM_COLUMNS[options["measure"]]
        for name in ("treated", "control"):
            if len(split_columns(options[name])) != len(wanted):
                what = f"{options['measure']} needs {len(wanted)} columns: {','.join(wanted)}"
                yield Problem(what, column=f"--{name} {options[name]}".strip())
        return
    for name in ("treated", "control"):
        if options[name]:
            yield Problem("needs --measure", column=f"--{name} {options[name]}")
    if not options["estimate"]:
        mend = "Give it with --variance or --se, or give --measure, --treated and --control"
        yield Problem("needed", mend, column="--estimate")
    elif not options["variance"] and not options["se"]:
        yield Problem("needed; give --variance or --se", column="--variance")
    if options["variance"] and options["se"]:
        yield Problem("give --variance or --se, not both", column=f"--se {options['se']}")


def _studies(table: Table, options: dict[str, Any]) -> pooling.Studies:
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


def _in_file(error: InputError, table: Table) -> InputError:
    """Name the file in problems that have a row."""
    return InputError(
        *(
            problem.at(file=table.name) if problem.row is not None else problem
            for problem in error.problems
        )
    )
