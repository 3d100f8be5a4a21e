"""What difference did it make?"""

import secrets
from dataclasses import replace
from pathlib import Path
from time import monotonic
from typing import Any
from unicodedata import normalize

import click
import numpy as np

from trialogue.cli import output
from trialogue.cli.seeds import parse_seed
from trialogue.cli.slips import Number, OneOf, Whole
from trialogue.methods import effects
from trialogue.methods.arrays import coded_name, need_columns
from trialogue.methods.costs import with_cell_costs, with_costs
from trialogue.methods.problems import InputError, Problem, refuse
from trialogue.tables import Table, nearly_numbers, read_table, split_columns
from trialogue.tables.engines import Roles, add_up, chosen_engine, open_engine
from trialogue.tables.numbers import Kind


@click.command()
@click.argument("data")
@click.option("--outcome", required=True, metavar="COL", help="Column with the outcome.")
@click.option("--arm", required=True, metavar="COL", help="Column with the arm.")
@click.option("--control", required=True, metavar="NAME", help="Which arm is the control.")
@click.option(
    "--cluster", default="", metavar="COL", help="Column with what was placed, if not each row."
)
@click.option(
    "--period",
    default="",
    metavar="COL",
    help="Stepped start: column with when each was measured.",
)
@click.option("--strata", default="", metavar="COL,COL", help="Columns the draw was balanced by.")
@click.option(
    "--blocks", default="", metavar="COL", help="Column of blocks: kept when drawing again."
)
@click.option(
    "--covariates",
    default="",
    metavar="COL,COL",
    help="Known before the start; COL:category for codes.",
)
@click.option(
    "--adjust",
    metavar="additive|lin",
    type=OneOf(["additive", "lin"]),
    default="additive",
    help="How covariates enter; lin: each arm its own slope.  [additive]",
)
@click.option(
    "--kind",
    metavar="KIND",
    type=OneOf(["auto", "binary", "count", "continuous"]),
    default="auto",
    help="binary (0 and 1), count or continuous; auto looks.  [auto]",
)
@click.option(
    "--correction",
    metavar="HOW",
    type=OneOf(["holm", "maxt", "none"]),
    help="Several arms: holm, maxt or none.  [none; 3 arms: holm]",
)
@click.option(
    "--permutations",
    metavar="N",
    type=Whole(),
    help="How often to draw again for p redrawn; 0: never.  [10000]",
)
@click.option(
    "--statistic",
    metavar="t|difference",
    type=OneOf(["t", "difference"]),
    default="t",
    help="What a redraw compares.  [t]",
)
@click.option("--cost", default="", metavar="COL", help="Column with the cost in pounds.")
@click.option(
    "--value", default="", metavar="V,V", help="Pounds one outcome may be worth: 50,100."
)
@click.option(
    "--shares",
    default="",
    metavar="A:1,B:1",
    help="Shares of the draw, for the check of sizes.  [equal]",
)
@click.option(
    "--alpha", metavar="A", type=Number(), default=0.05, help="Chance of a false alarm.  [0.05]"
)
@click.option(
    "--engine",
    metavar="duckdb|spark",
    type=OneOf(["duckdb", "spark"]),
    help="What adds up the rows.  [duckdb for Parquet and over a million rows; else none]",
)
@click.option("--seed", metavar="DIGITS", help="Of the redraws; drawn and printed when absent.")
@output.json_option
def analyse(data: str, as_json: bool, **options: Any) -> None:
    """What difference did it make?

    DATA is a CSV, XLSX or Parquet file with a row a person or a unit, everyone in the arm they
    were placed in. Rows without an outcome are left out and counted.

    \b
    Streets were placed, homes were measured:
      trialogue analyse litter.csv --outcome kg --arm arm --control usual --cluster street

    \b
    Families were placed one by one, month by month, in three arms:
      trialogue analyse families.csv --outcome recertified --arm arm --control usual \\
        --strata month --seed 1

    \b
    Areas began one after another, and everybody was measured at every wave:
      trialogue analyse steps.csv --outcome loneliness --arm arm --control "not yet" \\
        --cluster area --period wave

    The table: the effect is the mean of the arm less that of control, in the outcome's own unit,
    and its 95% range (from, to). p redrawn is a second answer: how often chance alone, drawing
    the groups again, makes a difference as large.
    """
    rule, roles = _rule(options), _roles(options)
    seed = parse_seed(options["seed"]) if options["seed"] else secrets.randbits(63)
    engine = chosen_engine(options["engine"], data)
    if options["period"]:
        refuse(_not_stepped(options))
        done, notes = _stepped(Path(data), roles, options["period"], rule, seed)
    elif engine:
        done, notes = _added_up(engine, data, roles, rule, seed)
    else:
        done, notes = _in_memory(Path(data), roles, rule, seed)
    document = done.to_dict()
    document["notes"] = [*notes, *document["notes"]]
    redrawn = document["permutation"]
    if redrawn and redrawn["seed"] and not options["seed"]:
        output.say(f"Seed: {redrawn['seed']}")
    output.show(document, as_json, readable=lambda: _readable(document))


Answer = tuple[effects.Analysis, tuple[str, ...]]  # and notes on reading the file


def _in_memory(path: Path, roles: Roles, rule: effects.Rule, seed: int) -> Answer:
    table = read_table(path)
    data = _data(table, roles, rule.kind)
    done = effects.analyse(data, rule, seed=seed, progress=_Redraws())
    if done is None:
        raise click.Abort
    return with_costs(done, data, rule), table.notes


def _not_stepped(options: dict[str, Any]) -> list[Problem]:
    """Name the options that a stepped start has no use for."""
    return [
        Problem("not with --period", "Leave it out", column=f"--{name} {options[name]}")
        for name in ("cost", "value", "correction", "shares", "engine")
        if options[name]
    ]


def _stepped(path: Path, roles: Roles, period: str, rule: effects.Rule, seed: int) -> Answer:
    table = read_table(path)
    need_columns(table.columns, {"--period": (period,)})
    data = _data(table, roles, rule.kind)
    when, problems = _covariate(table, period, category=False)
    refuse(problem.at(file=table.name) for problem in problems)
    done = effects.analyse_stepped(
        replace(data, names={**data.names, "period": period}),
        when,
        rule,
        seed=seed,
        progress=_Redraws(),
    )
    if done is None:
        raise click.Abort
    return done, table.notes


def _added_up(name: str, data: str, roles: Roles, rule: effects.Rule, seed: int) -> Answer:
    """Let an engine add up the rows; only the sums come here."""
    with open_engine(name, data, progress=_Reading()) as engine:
        trial = add_up(engine, roles, rule)
        done = effects.analyse_cells(trial, rule, seed=seed, progress=_Redraws())
        if done is None:
            raise click.Abort
        return with_cell_costs(done, trial, rule), engine.notes


def _rule(options: dict[str, Any]) -> effects.Rule:
    values = []
    for text in split_columns(options["value"]):
        try:
            values.append(float(text))
        except ValueError:
            raise InputError(Problem("give pounds", column=f"--value {text}")) from None
    return effects.Rule(
        control=normalize("NFC", options["control"].strip()),
        kind=options["kind"],
        correction=options["correction"],
        adjust=options["adjust"],
        permutations=options["permutations"],
        statistic=options["statistic"],
        alpha=options["alpha"],
        shares=_shares(options["shares"]),
        values=tuple(values),
    )


def _shares(text: str) -> dict[str, int] | None:
    if not text:
        return None
    shares = {}
    for part in text.split(","):
        name, _, share = part.strip().rpartition(":")
        if not name or not share.strip().isdecimal() or int(share) < 1:
            raise InputError(Problem("shares are whole, 1 or more", column=f"--shares {part}"))
        arm = normalize("NFC", name.strip())
        if arm in shares:
            raise InputError(Problem(f"{arm} stands twice", column=f"--shares {text}"))
        shares[arm] = int(share)
    return shares


def _roles(options: dict[str, Any]) -> Roles:
    covariates = tuple(map(coded_name, split_columns(options["covariates"])))
    single = {role: options[role] for role in ("outcome", "arm", "cluster", "blocks", "cost")}
    return Roles(**single, strata=split_columns(options["strata"]), covariates=covariates)


def _data(table: Table, roles: Roles, kind: Kind) -> effects.Data:
    need_columns(table.columns, roles.by_option)
    outcome, problems = table.numbers(roles.outcome, kind=kind)
    cost = None
    if roles.cost:
        cost, more = table.numbers(roles.cost, kind="continuous")
        problems = [*problems, *more]
    covariates: dict[str, Any] = {}
    for name, category in roles.covariates:
        covariates[name], more = _covariate(table, name, category=category)
        problems = [*problems, *more]
    refuse(problem.at(file=table.name) for problem in problems)

    def text(name: str) -> Any:
        return np.array(table.text(name), dtype=str)

    return effects.Data(
        outcome=outcome,
        arm=text(roles.arm),
        cluster=text(roles.cluster) if roles.cluster else None,
        strata=tuple(text(name) for name in roles.strata),
        blocks=text(roles.blocks) if roles.blocks else None,
        covariates=covariates,
        cost=cost,
        names=roles.names,
        rows=table.row_numbers,
    )


def _covariate(table: Table, name: str, *, category: bool) -> tuple[Any, list[Problem]]:
    """Numbers as they are; anything else, or what is said to be, as categories."""
    if not category:
        values, problems = table.numbers(name, kind="continuous")
        if not problems:
            return values, []
        known = int(np.isfinite(values).sum())
        if slips := nearly_numbers(problems, known=known, odd=len(problems)):
            return values, slips
    return np.array(["" if cell == "NA" else cell for cell in table.text(name)], dtype=str), []


class _Seldom:
    """Says something after two seconds and every two more; never stops: Ctrl-C does."""

    def __init__(self) -> None:
        self._last = monotonic()

    def say(self, message: str) -> bool:
        """Print when it is time."""
        if monotonic() - self._last >= 2:
            self._last = monotonic()
            output.say(message)
        return True


class _Redraws(_Seldom):
    """Tells how far the redraws are."""

    def __call__(self, done: int, total: int) -> bool:
        """Print when it is time."""
        return self.say(f"{done:,} of {total:,} redraws")


class _Reading(_Seldom):
    """Tells how far an engine has read."""

    def __call__(self, about: str, done: float | None) -> bool:
        """Print when it is time."""
        return self.say(f"{about}: reading" if done is None else f"{about}: {done:.0%} read")


def _readable(document: dict[str, Any]) -> str:
    number = output.number
    arms = output.table(
        ["arm", "n", "clusters", "mean", "sd"],
        [
            [a["arm"], str(a["n"]), str(a["clusters"] or "–"), number(a["mean"]), number(a["sd"])]
            for a in document["arms"]
        ],
    )
    rows = output.table(
        ["effect", "estimate", "from", "to", "se", "df", "p", "p adjusted", "p redrawn"],
        [
            [
                e["arm"],
                number(e["estimate"]),
                number(e["ci_low"]),
                number(e["ci_high"]),
                number(e["se"]),
                number(e["df"]),
                number(e["p"]),
                number(e["p_adjusted"]),
                number(e["p_permutation"]),
            ]
            for e in document["effects"]
        ],
    )
    missing = ", ".join(f"{arm} {count}" for arm, count in document["missing"].items() if count)
    lines = [arms, "", rows, "", document["method"]]
    lines += [f"missing outcomes: {missing}"] if missing else []
    return "\n".join([*lines, *(f"note: {note}" for note in document["notes"])])
