"""Who gets what?"""

from collections import Counter
from pathlib import Path
from typing import Any

import click

from trialogue.cli import output
from trialogue.cli.designs import design_options, existing_folder, parse_design, parse_seed
from trialogue.cli.units import read_units
from trialogue.methods import allocation
from trialogue.methods.design import Design
from trialogue.tables import split_columns, write_csv

FEW = 200


@click.command()
@click.argument("units", type=click.Path(path_type=Path))
@design_options
@click.option("--out", required=True, type=click.Path(path_type=Path), help="File to write (CSV).")
@output.json_option
def allocate(
    units: Path,
    arms: str,
    strata: str,
    cluster: str,
    method: str | None,
    block: int | None,
    seed: str | None,
    out: Path,
    as_json: bool,
) -> None:
    """Who gets what? Drawn by chance, so that anyone can check.

    UNITS is a CSV, XLSX or Parquet file with a row a unit; its first column is the id.

    \b
    trialogue allocate streets.csv --arms "control:1,letter:1" --strata ward --out placed.csv
    """
    design = parse_design(arms, method, block)
    existing_folder(out)
    columns = split_columns(strata)
    listed = read_units(units, cluster=cluster, strata=columns)
    number = parse_seed(seed)
    drawn = allocation.draw(listed.units, design, number)
    blocks = allocation.blocks(listed.units, design)

    header = [
        listed.id_column,
        *([cluster] if cluster else []),
        *columns,
        "stratum",
        "block",
        "arm",
    ]
    with out.open("x", encoding="utf-8", newline="") as file:
        write_csv(
            file,
            header,
            (
                [
                    unit.id,
                    *([unit.cluster] if cluster else []),
                    *unit.strata,
                    " / ".join(unit.strata),
                    of_block,
                    arm,
                ]
                for unit, of_block, arm in zip(listed.units, blocks, drawn, strict=True)
            ),
        )
    answer = _answer(listed.units, drawn, design, number, clustered=bool(cluster))
    answer |= {"out": str(out), "notes": [*listed.notes, *answer["notes"]]}
    output.show(answer, as_json, readable=lambda: _readable(answer))


def _answer(
    units: list[allocation.Unit],
    drawn: list[str],
    design: Design,
    seed: int,
    *,
    clustered: bool,
) -> dict[str, Any]:
    names = [arm.name for arm in design.arms]
    rows = Counter(drawn)
    clusters = Counter(
        {unit.cluster: arm for unit, arm in zip(units, drawn, strict=True)}.values()
    )
    by_stratum: dict[str, Counter[str]] = {}
    for unit, arm in zip(units, drawn, strict=True):
        by_stratum.setdefault(" / ".join(unit.strata), Counter())[arm] += 1
    small, strata = allocation.small_strata(units, design)
    notes = []
    if small and strata > 1:
        notes.append(f"{small} of {strata} strata have fewer units than arms; put strata together")
    if design.method == "simple" and len(units) < FEW:
        notes.append("with few units a simple draw can give arms of very unequal size")
    return {
        "arms": {name: rows[name] for name in names},
        "clusters": {name: clusters[name] for name in names} if clustered else None,
        "seed": str(seed),
        "commitment": allocation.commitment(seed),
        "list_hash": allocation.list_hash(units, design),
        "method": design.method,
        "strata": [
            {"stratum": label, **{name: counts[name] for name in names}}
            for label, counts in sorted(by_stratum.items())
        ],
        "notes": notes,
    }


def _readable(answer: dict[str, Any]) -> str:
    counts = output.table(
        ["arm", "rows"], [[name, str(number)] for name, number in answer["arms"].items()]
    )
    return "\n".join(
        [
            counts,
            "",
            f"written to  {answer['out']}",
            f"seed        {answer['seed']}",
            f"commitment  {answer['commitment']}",
            f"list hash   {answer['list_hash']}",
            *(f"note: {note}" for note in answer["notes"]),
        ]
    )
