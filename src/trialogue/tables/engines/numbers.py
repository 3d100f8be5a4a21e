"""A column as numbers, in SQL: the same cells are numbers as when a table is read here."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from trialogue.methods.effects.data import Kind
from trialogue.methods.problems import InputError, Problem
from trialogue.tables import frames as pl
from trialogue.tables.engines.engine import Engine
from trialogue.tables.numbers import YES_NO
from trialogue.tables.table import Table

NUMBER = r"[-+]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][-+]?[0-9]+)?"
COUNTS, REAL = ("known", "beyond", "uncounted", "odd", "yes_no"), ("mean", "low", "high")
MOST_NAMED = 1_000  # cells that are named; of more, only how many


@dataclass(frozen=True)
class Number:
    """A column as numbers: `value` in SQL, NULL where missing; how it was measured.

    `text`: the cell as text, "" where it is empty, when the column holds text. `known` is how
    many numbers there are. What is odd is text that is no number; `yes_no` of it, yes or no.
    `beyond`: numbers other than 0 and 1. `uncounted`: below 0 or not whole.
    """

    column: str
    value: str
    text: str | None
    known: int
    mean: float
    low: float
    high: float
    odd: int
    yes_no: int
    beyond: int
    uncounted: int

    @property
    def infinite(self) -> bool:
        """Whether a number is without end."""
        return self.known > 0 and not (np.isfinite(self.low) and np.isfinite(self.high))

    @property
    def is_numeric(self) -> bool:
        """Whether every cell is a number or missing."""
        return not self.odd and not self.infinite

    @property
    def scale(self) -> float:
        """The largest deviation from the mean; 0 where all are alike but for rounding."""
        if not self.known:
            return 0.0
        scale = max(self.high - self.mean, self.mean - self.low)
        return scale if scale > 1e-14 * abs(self.mean) else 0.0

    @property
    def standard(self) -> str:
        """(value − mean) / scale in SQL."""
        if not self.scale:
            return f"({self.value}) * 0.0e0"
        return f"(({self.value}) - ({self.mean:.17e})) / {self.scale:.17e}"


def measured(engine: Engine, columns: tuple[str, ...]) -> tuple[int, dict[str, Number]]:
    """Read columns once: how many rows there are, and each column as numbers."""
    parts = ["count(*) AS n"]
    written = {column: _written(engine, column) for column in columns}
    for place, column in enumerate(columns):
        value, text = written[column]
        aggregates = {
            "known": f"count({value})",
            "mean": f"avg({value})",
            "low": f"min({value})",
            "high": f"max({value})",
            "beyond": f"count(CASE WHEN ({value}) NOT IN (0, 1) THEN 1 END)",
            "uncounted": f"count(CASE WHEN {_uncounted(value)} THEN 1 END)",
            "odd": f"count(CASE WHEN {_odd(value, text)} THEN 1 END)" if text else "0",
            "yes_no": f"count(CASE WHEN {_is_yes_or_no(text)} THEN 1 END)" if text else "0",
        }
        parts += [f"{sql} AS {name}_{place}" for name, sql in aggregates.items()]
    found = engine.fetch(
        f"SELECT {', '.join(parts)} FROM {engine.source} WHERE {engine.where}", "first look"
    ).row(0, named=True)
    numbers = {}
    for place, column in enumerate(columns):
        value, text = written[column]
        numbers[column] = Number(
            column=column,
            value=value,
            text=text,
            **{name: int(found[f"{name}_{place}"]) for name in COUNTS},
            **{name: float(found[f"{name}_{place}"] or 0) for name in REAL},  # type: ignore[arg-type]
        )
    return int(found["n"]), numbers


def _written(engine: Engine, column: str) -> tuple[str, str | None]:
    """Write a column as a number, and as text where it holds any."""
    name, held = engine.quoted(column), engine.columns[column]
    if held == "integer":
        return f"CAST({name} AS DOUBLE)", None
    if held == "float":
        double = f"CAST({name} AS DOUBLE)"
        return f"CASE WHEN isnan({double}) THEN NULL ELSE {double} END", None
    text = f"coalesce(trim(CAST({name} AS {engine.text_type()})), '')"
    number = f"CASE WHEN {engine.matches(text, NUMBER)} THEN TRY_CAST({text} AS DOUBLE) END"
    return number, text


def _odd(value: str, text: str) -> str:
    return f"({value}) IS NULL AND {text} NOT IN ('', 'NA')"


def _uncounted(value: str) -> str:
    return f"(({value}) < 0 OR ({value}) % 1 <> 0)"


def _is_yes_or_no(text: str) -> str:
    words = ", ".join(f"'{word}'" for word in YES_NO)
    return f"lower({text}) IN ({words})"


def as_outcome(engine: Engine, number: Number, kind: Kind) -> tuple[Number, Kind]:
    """Return the outcome as numbers of its kind, or refuse it with the cells that are none.

    `auto` is yes/no when every value is, else continuous, as of a table in memory.
    """
    words = kind in ("auto", "binary") and number.yes_no > 0
    if kind == "auto":
        kind = "binary" if not number.beyond and (words or not number.odd) else "continuous"
        words = words and kind == "binary"
    wrong = f"abs({number.value}) = CAST('Infinity' AS DOUBLE)"
    if number.text:
        odd = _odd(number.value, number.text)
        wrong += f" OR ({odd}{f' AND NOT ({_is_yes_or_no(number.text)})' if words else ''})"
    total = number.odd - (number.yes_no if words else 0) + number.infinite
    if kind == "binary":
        wrong, total = f"{wrong} OR ({number.value}) NOT IN (0, 1)", total + number.beyond
    if kind == "count":
        wrong += f" OR {_uncounted(number.value)}"
        total += number.uncounted
    if total:
        raise InputError(*_named(engine, number, wrong, kind))
    return (_with_words(number) if words else number), kind


def refuse_odd(engine: Engine, number: Number) -> None:
    """Refuse a cost that is not a number, or without end."""
    as_outcome(engine, number, "continuous")


def _with_words(number: Number) -> Number:
    """Let yes and true be 1, no and false 0; they were not measured, so 0 to 1 is."""
    cases = " ".join(f"WHEN '{word}' THEN {value:.1f}e0" for word, value in YES_NO.items())
    return replace(
        number,
        value=f"CASE lower({number.text}) {cases} ELSE {number.value} END",
        known=number.known + number.yes_no,
        mean=0.5,
        low=0.0,
        high=1.0,
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
