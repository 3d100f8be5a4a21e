"""A column as numbers, in SQL: the same cells are numbers as when a table is read here."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from trialogue.methods.effects.data import Kind
from trialogue.methods.problems import Problem
from trialogue.tables import frames as pl
from trialogue.tables.engines.engine import Engine
from trialogue.tables.numbers import YES_NO
from trialogue.tables.table import Table

NUMBER = r"[-+]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][-+]?[0-9]+)?"
COUNTS = ("known", "beyond", "odd", "yes_no")
MOST_NAMED = 1_000  # cells that are named; of more, only how many


@dataclass(frozen=True)
class Number:
    """A column as numbers: `value` in SQL, NULL where missing.

    `text`: the cell as text, "" where it is empty, when the column holds text. `known` is how
    many numbers there are. What is odd is text that is no number; `yes_no` of it, yes or no.
    `beyond`: numbers other than 0 and 1.
    """

    column: str
    value: str
    text: str | None
    known: int
    mean: float
    odd: int
    yes_no: int
    beyond: int

    @property
    def infinite(self) -> bool:
        """Whether a number is without end."""
        return not np.isfinite(self.mean)

    @property
    def is_numeric(self) -> bool:
        """Whether every cell is a number or missing."""
        return not self.odd and not self.infinite

    @property
    def centred(self) -> str:
        """The value less the mean: sums of squares then keep their digits."""
        return f"(({self.value}) - ({self.mean:.17e}))"


def measured(
    engine: Engine, columns: tuple[str, ...], *, outcome: str, first: int | None = None
) -> tuple[int, dict[str, Number]]:
    """Read columns once: how many rows there are, and each column as numbers.

    `first`: of so many rows only.
    """
    written = [_written(engine, column) for column in columns]
    cells, sums = ["1 AS one"], ["count(*) AS n"]
    for place, (value, text) in enumerate(written):
        v, t = f"v{place}", f"t{place}"
        cells += [f"{value} AS {v}", *([f"{text} AS {t}"] if text else [])]
        aggregates = {
            "known": f"count({v})",
            "mean": f"avg({v})",
            "beyond": f"count(CASE WHEN {v} NOT IN (0, 1) THEN 1 END)"
            if columns[place] == outcome
            else "0",
            "odd": f"count(CASE WHEN {_odd(v, t)} THEN 1 END)" if text else "0",
            "yes_no": f"count(CASE WHEN {_is_yes_or_no(t)} THEN 1 END)" if text else "0",
        }
        sums += [f"{sql} AS {name}_{place}" for name, sql in aggregates.items()]
    read = f"SELECT {', '.join(cells)} FROM {engine.source} WHERE {engine.where}"
    read += f" LIMIT {first}" if first else ""
    found = engine.fetch(f"SELECT {', '.join(sums)} FROM ({read}) AS cells", "first look").row(
        0, named=True
    )
    rows = int(found["n"])
    numbers = {
        column: Number(
            column=column,
            value=_double(engine, column)
            if not text and found[f"known_{place}"] == rows
            else value,
            text=text,
            **{name: int(found[f"{name}_{place}"]) for name in COUNTS},
            mean=float(found[f"mean_{place}"] or 0),
        )
        for place, (column, (value, text)) in enumerate(zip(columns, written, strict=True))
    }
    return rows, numbers


def _written(engine: Engine, column: str) -> tuple[str, str | None]:
    """Write a column as a number, and as text where it holds any."""
    held = engine.columns[column]
    double = _double(engine, column)
    if held == "integer":
        return double, None
    if held == "float":
        return f"CASE WHEN isnan({double}) THEN NULL ELSE {double} END", None
    name = engine.quoted(column)
    text = f"coalesce({engine.trimmed(f'CAST({name} AS {engine.text_type()})')}, '')"
    number = f"CASE WHEN {engine.matches(text, NUMBER)} THEN TRY_CAST({text} AS DOUBLE) END"
    return number, text


def _double(engine: Engine, column: str) -> str:
    return f"CAST({engine.quoted(column)} AS DOUBLE)"


def _odd(value: str, text: str) -> str:
    return f"({value}) IS NULL AND {text} NOT IN ('', 'NA')"


def _is_yes_or_no(text: str) -> str:
    words = ", ".join(f"'{word}'" for word in YES_NO)
    return f"lower({text}) IN ({words})"


def as_kind(engine: Engine, number: Number, kind: Kind) -> tuple[Number, Kind, list[Problem]]:
    """Return a column as numbers of a kind, the kind, and a problem for each cell that is none.

    `auto` is yes/no when every value is, else continuous, as of a table in memory.
    """
    words = kind in ("auto", "binary") and number.yes_no > 0
    if kind == "auto":
        kind = "binary" if not number.beyond and (words or not number.odd) else "continuous"
        words = words and kind == "binary"
    value = number.value
    wrong = [f"abs({value}) = CAST('Infinity' AS DOUBLE)"]
    if number.text:
        but = f" AND NOT {_is_yes_or_no(number.text)}" if words else ""
        wrong.append(f"({_odd(value, number.text)}{but})")
    if kind == "binary":
        wrong.append(f"({value}) NOT IN (0, 1)")
    if kind == "count":
        wrong.append(f"({value}) < 0 OR ({value}) % 1 <> 0")
    looked_for = number.odd - (number.yes_no if words else 0) + number.infinite
    looked_for += number.beyond if kind in ("binary", "count") else 0
    problems = _named(engine, number, " OR ".join(wrong), kind) if looked_for else []
    return (_with_words(number) if words else number), kind, problems


def _with_words(number: Number) -> Number:
    """Let yes and true be 1, no and false 0."""
    cases = " ".join(f"WHEN '{word}' THEN {value:.1f}e0" for word, value in YES_NO.items())
    return replace(
        number,
        value=f"CASE lower({number.text}) {cases} ELSE {number.value} END",
        known=number.known + number.yes_no,
        mean=0.5,
    )


def _named(engine: Engine, number: Number, wrong: str, kind: Kind) -> list[Problem]:
    """Fetch the cells that are wrong and say what is wrong with each, as of a table here."""
    row = engine.row or "0"
    name = engine.quoted(number.column)
    cells = engine.fetch(
        f"SELECT {row} AS place, {name} AS cell FROM {engine.numbered}"
        f" WHERE {engine.where} AND ({wrong}) ORDER BY place LIMIT {MOST_NAMED}",
        "what is wrong",
    )
    table = Table(
        engine.name,
        pl.DataFrame({number.column: cells["cell"]}),
        row_numbers=cells["place"].cast(pl.Int64).to_numpy(),
    )
    _, problems = table.numbers(number.column, kind=kind)
    return [
        problem.at(file=engine.name)
        if engine.row
        else replace(problem, row=None, file=engine.name)
        for problem in problems
    ]
