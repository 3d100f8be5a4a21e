"""Who gets what?"""

from collections import Counter
from io import StringIO
from pathlib import Path
from typing import Any

import click

from trialogue.cli import output
from trialogue.cli.designs import Asked, design_options, out_problems, read_options
from trialogue.cli.seeds import parse_seed
from trialogue.cli.units import read_units
from trialogue.methods import allocation
from trialogue.methods.design import Design
from trialogue.methods.problems import InputError, Problem, refuse
from trialogue.tables import Listed, write_csv

FEW = 200
OURS = ("stratum", "block", "arm")


@click.command()
@click.argument("units", type=click.Path(path_type=Path))
@design_options
@click.option("--out", default="", metavar="FILE", help="File to write (CSV).")
@output.json_option
def allocate(units: Path, out: str, as_json: bool, **typed: str | None) -> None:
    """Who gets what? Drawn by chance, so that anyone can check.

    UNITS is a CSV, XLSX or Parquet file with a row a unit; its first column is the id. The same
    list, options and seed give the same groups on every machine. Without a seed one is drawn and
    printed: keep it.

    \b
    Half of the streets of each ward get a letter:
      trialogue allocate streets.csv --arms "control:1,letter:1" --strata ward --out placed.csv

    \b
    Whole streets are placed, from a list of homes:
      trialogue allocate homes.csv --arms "control:1,letter:1" --cluster street --out placed.csv
    """
    asked = read_options(typed, out_problems(out))
    listed = read_units(units, cluster=asked.cluster, strata=asked.strata)
    _refuse_our_names(listed.id_column, asked)
    seed = parse_seed(None) if asked.seed is None else asked.seed
    drawn = allocation.draw(listed.units, asked.design, seed)
    answer = _answer(listed, drawn, asked.design, seed, clustered=bool(asked.cluster))
    answer["out"] = out
    _write(Path(out), _columns(listed, asked, drawn))
    output.show(answer, as_json, readable=lambda: _readable(answer))


def _refuse_our_names(id_column: str, asked: Asked) -> None:
    refuse(
        Problem(f'the column "{name}" would stand twice in the file written', "Rename it")
        for name in dict.fromkeys([id_column, asked.cluster, *asked.strata])
        if name in OURS and not (name == "stratum" and asked.strata == ("stratum",))
    )


def _columns(listed: Listed, asked: Asked, drawn: list[str]) -> dict[str, list[Any]]:
    """Return what is written, and nothing else of the list: no personal data travels with it."""
    units = listed.units
    columns: dict[str, list[Any]] = {listed.id_column: [unit.id for unit in units]}
    if asked.cluster:
        columns[asked.cluster] = [unit.cluster for unit in units]
    for index, name in enumerate(asked.strata):
        columns[name] = [unit.strata[index] for unit in units]
    return columns | {
        "stratum": [" / ".join(unit.strata) for unit in units],
        "block": allocation.blocks(units, asked.design),
        "arm": drawn,
    }


def _write(out: Path, columns: dict[str, list[Any]]) -> None:
    """Write the whole file, or nothing."""
    text = StringIO()
    write_csv(text, list(columns), zip(*columns.values(), strict=True))
    try:
        with out.open("x", encoding="utf-8", newline="") as file:
            file.write(text.getvalue())
    except OSError as error:
        what = f"cannot be written ({(error.strerror or 'unknown').lower()})"
        raise InputError(Problem(what, "Give another name", column=f"--out {out}")) from None


def _answer(
    listed: Listed, drawn: list[str], design: Design, seed: int, *, clustered: bool
) -> dict[str, Any]:
    units = listed.units
    names = [arm.name for arm in design.arms]
    rows = Counter(drawn)
    clusters = Counter({u.cluster: arm for u, arm in zip(units, drawn, strict=True)}.values())
    by_stratum = Counter(zip((unit.strata for unit in units), drawn, strict=True))
    return {
        "arms": {name: rows[name] for name in names},
        "clusters": {name: clusters[name] for name in names} if clustered else None,
        "seed": str(seed),
        "commitment": allocation.commitment(seed),
        "list_hash": allocation.list_hash(units, design),
        "method": design.method,
        "strata": [
            {"stratum": " / ".join(strata), **{name: by_stratum[strata, name] for name in names}}
            for strata in sorted({unit.strata for unit in units})
        ],
        "notes": [*listed.notes, *_warnings(units, design)],
    }


def _warnings(units: list[allocation.Unit], design: Design) -> list[str]:
    small, strata = allocation.small_strata(units, design)
    placed = len({unit.placed for unit in units})
    notes = []
    if small and strata > 1:
        notes.append(f"{small} of {strata} strata have fewer units than arms; put strata together")
    if design.method == "simple" and placed < FEW:
        notes.append(
            f"with {placed} units a simple draw can give arms of very unequal size; "
            "complete keeps them even"
        )
    return notes


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
