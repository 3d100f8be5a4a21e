"""The part of `trialogue pool` that pools several services at once."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from unicodedata import normalize

import click
import numpy as np

from trialogue.cli import output
from trialogue.cli.slips import OneOf
from trialogue.methods.arrays import need_columns
from trialogue.methods.pooling import ARM_COLUMNS, RATIOS
from trialogue.methods.pooling.network import (
    Network,
    Places,
    Trials,
    pool_network,
    trials_from_comparisons,
    trials_from_counts,
    trials_from_means,
)
from trialogue.methods.pooling.studies import wrong_alpha
from trialogue.methods.problems import InputError, Problem, refuse
from trialogue.methods.special import tails
from trialogue.tables import Table, read_table, split_columns

MEASURES = ("OR", "RR", "RD", "MD")  # that arms are told by
NETWORK_ONLY = ("trial", "columns", "reference", "good")  # options that need --network


def network_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of a network to a command."""
    for option in reversed(
        [
            click.option(
                "--network",
                default="",
                metavar="ARM[,ARM2]",
                help="Several services at once: the column of arms, or the two compared.",
            ),
            click.option(
                "--trial", default="", metavar="COL", help="A network's column of trials."
            ),
            click.option(
                "--columns",
                default="",
                metavar="COL,COL",
                help="A network of arms: columns of events and people, or of mean, sd and people.",
            ),
            click.option(
                "--reference",
                default="",
                metavar="NAME",
                help="The arm that a network's others are shown against.  [the first]",
            ),
            click.option(
                "--good",
                metavar="high|low",
                type=OneOf(["high", "low"]),
                default="high",
                help="Which outcome is good, for a network's scores.  [high]",
            ),
        ]
    ):
        command = option(command)
    return command


def show_network(studies: str, options: dict[str, Any], *, as_json: bool) -> None:
    """Read the trials, pool the network and print it.

    `options` are those of `network_options` and of `trialogue pool`: `estimate`, `variance`, `se`,
    `measure`, `method`, `alpha`, empty or None where they were not given.
    """
    arms = split_columns(options["network"])
    refuse(_problems(arms, options))
    table = read_table(Path(studies))
    network = pool_network(
        _trials(table, arms, options),
        method=options["method"],
        reference=normalize("NFC", options["reference"].strip()) or None,
        good=options["good"],
    )
    document = network.to_dict()
    document["notes"] = [*table.notes, *document["notes"]]
    ratio, alpha = options["measure"] in RATIOS, options["alpha"]
    output.show(
        document,
        as_json,
        readable=lambda: _readable(network, table.notes, ratio=ratio, alpha=alpha),
    )


def _problems(arms: tuple[str, ...], options: dict[str, Any]) -> list[Problem]:
    """Name the options that are missing, or that the form of the table has no use for."""
    needed, unused = {"trial": "give the column of trials"}, []
    if len(arms) == 1:
        needed |= {"measure": "give OR, RR, RD or MD", "columns": "name those of the arms"}
        unused = ["estimate", "variance", "se"]
    elif len(arms) == 2:
        needed |= {"estimate": "give the column of differences"}
        unused = ["measure", "columns"]
    else:
        what = "give one column of arms, or the two compared"
        return [Problem(what, column=f"--network {options['network']}")]
    problems = [
        Problem(f"needed with --network; {mend}", column=f"--{name}")
        for name, mend in needed.items()
        if not options[name]
    ]
    problems += [
        Problem(f"not with --network {','.join(arms)}", column=f"--{name} {options[name]}")
        for name in unused
        if options[name]
    ]
    problems += wrong_alpha(options["alpha"])
    if len(arms) == 2 and bool(options["variance"]) == bool(options["se"]):
        problems.append(Problem("give one of it and --se", column="--variance"))
    return problems


def _trials(table: Table, arms: tuple[str, ...], options: dict[str, Any]) -> Trials:
    if len(arms) == 2:
        return _compared(table, arms, options)
    return _told_by_arm(table, arms[0], options)


def _compared(table: Table, arms: tuple[str, ...], options: dict[str, Any]) -> Trials:
    spread = options["variance"] or options["se"]
    wanted = {"--network": arms, "--estimate": (options["estimate"],)}
    _need(table, options, {**wanted, "--se" if options["se"] else "--variance": (spread,)})
    variance = table.number_column(spread, kind="continuous")
    if options["se"]:
        refuse(table.not_above_0(spread, variance, "a standard error"))
        variance = variance**2
    names = {"arm": arms[0], "against": arms[1], "variance": spread}
    return trials_from_comparisons(
        trial=_text(table, options["trial"]),
        arm=_text(table, arms[0]),
        against=_text(table, arms[1]),
        estimate=table.number_column(options["estimate"], kind="continuous"),
        variance=variance,
        places=_places(table, options, {**names, "estimate": options["estimate"]}),
    )


def _told_by_arm(table: Table, arm: str, options: dict[str, Any]) -> Trials:
    measure, columns = options["measure"], split_columns(options["columns"])
    if measure not in MEASURES:
        raise InputError(Problem("use OR, RR, RD or MD", column=f"--measure {measure}"))
    roles = ARM_COLUMNS[measure]
    if len(columns) != len(roles):
        what = f"name {len(roles)} columns: {', '.join(roles)}"
        raise InputError(Problem(what, column=f"--columns {options['columns']}"))
    _need(table, options, {"--network": (arm,), "--columns": columns})
    names = dict(zip(roles, columns, strict=True))
    numbers = {role: table.number_column(name, kind="continuous") for role, name in names.items()}
    trial, arms = _text(table, options["trial"]), _text(table, arm)
    places = _places(table, options, {"arm": arm, **names})
    if measure == "MD":
        return trials_from_means(trial=trial, arm=arms, places=places, **numbers)
    return trials_from_counts(trial=trial, arm=arms, places=places, measure=measure, **numbers)


def _need(table: Table, options: dict[str, Any], more: dict[str, tuple[str, ...]]) -> None:
    need_columns(table.columns, {"--trial": (options["trial"],), **more})


def _text(table: Table, column: str) -> Any:
    return np.array(table.text(column), dtype=str)


def _places(table: Table, options: dict[str, Any], names: dict[str, str]) -> Places:
    return Places({**names, "trial": options["trial"]}, table.row_numbers)


def _readable(network: Network, notes: tuple[str, ...], *, ratio: bool, alpha: float) -> str:
    number = output.number
    place, reach = network.arms.index(network.reference), tails.quantile(1 - alpha / 2, None)
    rows = []
    for i, arm in enumerate(network.arms):
        if i == place:
            continue
        effect, se = network.league[i][place], network.league_se[i][place]
        cells = [effect, effect - reach * se, effect + reach * se]
        if ratio:
            cells = [float(np.exp(cell)) for cell in cells]
        rows.append([arm, *map(number, cells), number(se), number(network.p_scores[arm])])
    what = ("ratio", "se of its log") if ratio else ("effect", "se")
    header = [f"against {network.reference}", what[0], "from", "to", what[1], "P-score"]
    rows.append(
        [network.reference, "–", "–", "–", "–", number(network.p_scores[network.reference])]
    )
    return "\n".join(
        [
            output.table(header, rows),
            "",
            _indirect(network, ratio=ratio),
            f"{network.trials} trials, {network.comparisons} comparisons, "
            f"{100 * (1 - alpha):g}% ranges. "
            f"tau {number(network.tau)}, I2 {number(network.i2)}%, "
            f"Q {number(network.q)} on {network.q_df} "
            f"(within designs {number(network.q_het)}, between {number(network.q_inc)})",
            network.method,
            *(f"note: {note}" for note in (*notes, *network.notes)),
        ]
    )


def _indirect(network: Network, *, ratio: bool) -> str:
    """Set direct beside indirect for the pairs that have both."""
    number = output.number
    rows = [
        [
            f"{row.arm} against {row.against}",
            *map(number, (row.direct, row.direct_se, row.indirect, row.indirect_se, row.p)),
        ]
        for row in network.direct_indirect
        if row.p is not None
    ]
    header = [
        "pair, logs" if ratio else "pair",
        "direct",
        "se",
        "indirect",
        "se",
        "p of difference",
    ]
    return f"{output.table(header, rows)}\n" if rows else ""
