"""Was it drawn as it says?"""

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from trialogue.cli import output
from trialogue.cli.designs import design_options, read_options
from trialogue.cli.units import read_placed, read_units
from trialogue.methods import allocation
from trialogue.methods.problems import InputError, Problem

MOST_DIFFERENCES = 1_000
PRINTED = 20
ORDER = (
    "only the order of the list differs: with blocks the list must stand in the order in which it "
    "was drawn, and in the order of the allocation file everything is as drawn"
)


@click.command()
@click.argument("units", type=click.Path(path_type=Path))
@click.argument("placed", metavar="ALLOCATION", type=click.Path(path_type=Path))
@design_options
@output.json_option
def verify(units: Path, placed: Path, as_json: bool, **typed: str | None) -> None:
    """Was it drawn as it says?

    UNITS is the list that was placed, ALLOCATION the file that says who got what. Give the same
    options as to `allocate`, and the seed; a trial's page "For statisticians" shows them. Every
    unit that differs is named. Leaves with 0 when the draw is as it says, else with 1.

    \b
      trialogue verify streets.csv placed.csv --arms "control:1,letter:1" --strata ward --seed 7
    """
    asked = read_options(typed)
    if asked.seed is None:
        raise InputError(Problem("needed, to draw again", column="--seed"))
    listed = read_units(units, cluster=asked.cluster, strata=asked.strata)
    found, notes = read_placed(placed, id_column=listed.id_column)
    question = (listed.units, found, asked.design, asked.seed)
    differ = allocation.differences(*question)
    order = bool(differ) and allocation.differs_only_by_order(*question)
    answer: dict[str, Any] = {
        "valid": not differ,
        "differences": [asdict(difference) for difference in differ[:MOST_DIFFERENCES]],
        "differences_total": len(differ),
        "commitment": allocation.commitment(asked.seed),
        "list_hash": allocation.list_hash(listed.units, asked.design),
        "notes": [*listed.notes, *notes, *([ORDER] if order else [])],
    }
    output.show(answer, as_json, readable=lambda: _readable(answer))
    sys.exit(1 if differ else 0)


def _readable(answer: dict[str, Any]) -> str:
    total = answer["differences_total"]
    shown = answer["differences"][:PRINTED]
    return "\n".join(
        [
            "valid: everyone is where chance put them"
            if answer["valid"]
            else f"not valid: {total} differ from the draw",
            *(_line(difference) for difference in shown),
            *([f"  and {total - len(shown)} more"] if total > len(shown) else []),
            f"commitment  {answer['commitment']}",
            f"list hash   {answer['list_hash']}",
            *(f"note: {note}" for note in answer["notes"]),
        ]
    )


def _line(difference: dict[str, str | None]) -> str:
    if difference["expected"] is None:
        return f"  {difference['id']}: not in the list, found {difference['found']}"
    if difference["found"] is None:
        return f"  {difference['id']}: drawn {difference['expected']}, missing"
    return f"  {difference['id']}: drawn {difference['expected']}, found {difference['found']}"
