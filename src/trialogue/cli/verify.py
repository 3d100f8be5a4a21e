"""Was it drawn as it says?"""

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from trialogue.cli import output
from trialogue.cli.designs import design_options, parse_design, parse_seed
from trialogue.cli.units import read_units
from trialogue.methods import allocation
from trialogue.methods.problems import InputError, Problem
from trialogue.tables import need_columns, read_table, split_columns

SHOWN = 1_000


@click.command()
@click.argument("units", type=click.Path(path_type=Path))
@click.argument("placed", metavar="ALLOCATION", type=click.Path(path_type=Path))
@design_options
@output.json_option
def verify(
    units: Path,
    placed: Path,
    arms: str,
    strata: str,
    cluster: str,
    method: str | None,
    block: int | None,
    seed: str | None,
    as_json: bool,
) -> None:
    """Was it drawn as it says?

    UNITS is the list that was placed, ALLOCATION the file that says who got what. Give the same
    options as to `allocate`, and the seed. Leaves with 0 when the draw is as it says, else 1.

    \b
    trialogue verify streets.csv placed.csv --arms "control:1,letter:1" --strata ward --seed 7
    """
    if seed is None:
        raise InputError(Problem("needed, to draw again", column="--seed"))
    design = parse_design(arms, method, block)
    number = parse_seed(seed)
    listed = read_units(units, cluster=cluster, strata=split_columns(strata))
    table = read_table(placed)
    need_columns(table, {placed.name: (listed.id_column, "arm")})
    found = dict(zip(table.text(listed.id_column), table.text("arm"), strict=True))
    differ = allocation.differences(listed.units, found, design, number)
    answer: dict[str, Any] = {
        "valid": not differ,
        "differences": [asdict(difference) for difference in differ[:SHOWN]],
        "differences_total": len(differ),
        "commitment": allocation.commitment(number),
        "list_hash": allocation.list_hash(listed.units, design),
    }
    output.show(answer, as_json, readable=lambda: _readable(answer))
    if differ:
        if design.method == "blocked" and len(differ) > 1:
            output.say("A blocked draw depends on the order of the list: is it the same?")
        sys.exit(1)


def _readable(answer: dict[str, Any]) -> str:
    lines = [
        "valid: everyone is where chance put them"
        if answer["valid"]
        else f"not valid: {answer['differences_total']} differ",
        *(
            f"  {difference['id']}: drawn {difference['expected']}, found {difference['found']}"
            for difference in answer["differences"][:20]
        ),
        f"commitment  {answer['commitment']}",
        f"list hash   {answer['list_hash']}",
    ]
    return "\n".join(lines)
