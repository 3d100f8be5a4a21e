"""What do all trials say?"""

from collections.abc import Iterator
from dataclasses import replace
from math import inf
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from trialogue.cli import output
from trialogue.cli.networks import NETWORK_ONLY, network_options, show_network
from trialogue.cli.pooled import readable
from trialogue.cli.seeds import parse_seed
from trialogue.cli.slips import Number, OneOf, Whole
from trialogue.cli.studies import studies_of
from trialogue.methods import pooling
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
    "unreported",
    "smallest_change",
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
@click.option(
    "--unreported",
    metavar="N",
    type=Whole(),
    default=0,
    help="Pool again as if so many trials, registered and never reported, had found nothing.",
)
@click.option(
    "--smallest-change",
    metavar="D",
    type=Number(),
    help="With --unreported: and as if each had done harm of D, where more is better.",
)
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
        trials = studies_of(table, options)
        document = pooling.pool(trials, rule).to_dict()
        if options["unreported"]:
            document["unreported"] = _unreported(trials, rule, options).to_dict()
    except InputError as error:
        raise _in_file(error, table) from None
    document["notes"] = [*table.notes, *document["notes"]]
    output.show(document, as_json, readable=lambda: readable(document, rule))


def _out_of_place(*, network: bool) -> Iterator[Problem]:
    """Name the options given that would do nothing: a network's without one, others with one."""
    context = click.get_current_context()
    idle, what = (ONE_EFFECT_ONLY, "not with") if network else (NETWORK_ONLY, "needs")
    for name in idle:
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE:
            yield Problem(f"{what} --network", column=f"--{name.replace('_', '-')}")


def _unreported(
    trials: pooling.Studies, rule: pooling.Rule, options: dict[str, Any]
) -> pooling.Unreported:
    return pooling.with_unreported(
        trials,
        replace(rule, leave_one_out=False),
        count=options["unreported"],
        smallest_change=options["smallest_change"],
    )


def _wrong_options(options: dict[str, Any]) -> Iterator[Problem]:
    """Ask for estimates or for tables: one of the two, and whole."""
    if bool(options["unreported"]) != (options["smallest_change"] is not None):
        yield Problem("give both or neither", column="--unreported, --smallest-change")
    if options["smallest_change"] is not None and not 0 < options["smallest_change"] < inf:
        yield Problem(
            "must be above 0", column=f"--smallest-change {options['smallest_change']:g}"
        )
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


def _in_file(error: InputError, table: Table) -> InputError:
    """Name the file in problems that have a row."""
    return InputError(
        *(
            problem.at(file=table.name) if problem.row is not None else problem
            for problem in error.problems
        )
    )
