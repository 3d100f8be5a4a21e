"""What difference did it make?"""

import secrets
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
from trialogue.methods.costs import with_costs
from trialogue.methods.problems import InputError, Problem, refuse
from trialogue.tables import Table, need_columns, read_table, split_columns


@click.command()
@click.argument("data", type=click.Path(path_type=Path))
@click.option("--outcome", required=True, metavar="COL", help="Column with the outcome.")
@click.option("--arm", required=True, metavar="COL", help="Column with the arm.")
@click.option("--control", required=True, metavar="NAME", help="Which arm is the control.")
@click.option(
    "--cluster", default="", metavar="COL", help="Column with what was placed, if not each row."
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
@click.option("--seed", metavar="DIGITS", help="Of the redraws; drawn and printed when absent.")
@output.json_option
def analyse(data: Path, as_json: bool, **options: Any) -> None:
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

    The table: the effect is the mean of the arm less that of control, in the outcome's own unit,
    and its 95% range (from, to). p redrawn is a second answer: how often chance alone, drawing
    the groups again, makes a difference as large.
    """
    rule = _rule(options)
    seed = parse_seed(options["seed"]) if options["seed"] else secrets.randbits(63)
    table = read_table(data)
    prepared = _data(table, options)
    done = effects.analyse(prepared, rule, seed=seed, progress=_Progress())
    if done is None:
        raise click.Abort
    document = with_costs(done, prepared, rule).to_dict()
    document["notes"] = [*table.notes, *document["notes"]]
    redrawn = document["permutation"]
    if redrawn and redrawn["seed"] and not options["seed"]:
        output.say(f"Seed: {redrawn['seed']}")
    output.show(document, as_json, readable=lambda: _readable(document))


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


def _data(table: Table, options: dict[str, Any]) -> effects.Data:
    strata = split_columns(options["strata"])
    covariates = [
        (name.removesuffix(":category"), name.endswith(":category"))
        for name in split_columns(options["covariates"])
    ]
    single = {
        f"--{role}": (options[role],) if options[role] else ()
        for role in ("outcome", "arm", "cluster", "blocks", "cost")
    }
    need_columns(
        table, {**single, "--strata": strata, "--covariates": tuple(n for n, _ in covariates)}
    )
    outcome, problems = table.numbers(options["outcome"], kind=options["kind"])
    cost = None
    if options["cost"]:
        cost, more = table.numbers(options["cost"], kind="continuous")
        problems = [*problems, *more]
    refuse(problem.at(file=table.name) for problem in problems)
    names = {
        "outcome": options["outcome"],
        "arm": options["arm"],
        "cluster": options["cluster"],
        "blocks": options["blocks"],
        **{f"stratum {index}": name for index, name in enumerate(strata)},
    }

    def text(name: str) -> Any:
        return np.array(table.text(name), dtype=str)

    return effects.Data(
        outcome=outcome,
        arm=text(options["arm"]),
        cluster=text(options["cluster"]) if options["cluster"] else None,
        strata=tuple(text(name) for name in strata),
        blocks=text(options["blocks"]) if options["blocks"] else None,
        covariates={
            name: _covariate(table, name, category=category) for name, category in covariates
        },
        cost=cost,
        names=names,
        rows=table.row_numbers,
    )


def _covariate(table: Table, name: str, *, category: bool) -> Any:
    """Numbers as they are; anything else, or what is said to be, as categories."""
    if not category:
        values, problems = table.numbers(name, kind="continuous")
        if not problems:
            return values
    return np.array(["" if cell == "NA" else cell for cell in table.text(name)], dtype=str)


class _Progress:
    """Tells how far the redraws are, after two seconds and every two more."""

    def __init__(self) -> None:
        self._last = monotonic()

    def __call__(self, done: int, total: int) -> bool:
        """Print when it is time; never stops: Ctrl-C does."""
        if monotonic() - self._last >= 2:
            self._last = monotonic()
            output.say(f"{done:,} of {total:,} redraws")
        return True


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
