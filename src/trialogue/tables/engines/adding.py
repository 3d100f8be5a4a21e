"""Rows added up by an engine into `effects.Cells`, and what needs a second reading."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import combinations_with_replacement
from typing import Any

import numpy as np

from trialogue.methods import effects
from trialogue.methods.arrays import need_columns
from trialogue.methods.effects.analysis import MOST_UNITS_REDRAWN
from trialogue.methods.effects.cells import CellMoments, Cells, Forms
from trialogue.methods.effects.columns import CONSTANT
from trialogue.methods.effects.data import FloatArray, Kind, Rule, Text, code
from trialogue.methods.problems import InputError, Problem, refuse
from trialogue.tables import frames as pl
from trialogue.tables.engines.engine import Engine
from trialogue.tables.engines.numbers import Number, as_kind, measured
from trialogue.tables.engines.query import Query, coefficients, moments_sql, sum_name, sum_of
from trialogue.tables.engines.roles import Roles
from trialogue.tables.refusals import no_rows
from trialogue.tables.table import Table, nearly_numbers, only_text

GLANCED_AT = 10_000  # rows
NUMBERS = ("integer", "float")
MOST_SINGLE = 1_000_000  # rows, each allocated by itself, that are drawn again


def add_up(engine: Engine, roles: Roles, rule: Rule) -> AddedUp:
    """Add up the rows of a trial: a look at its numbers, then one GROUP BY.

    Raises InputError with the problems of a table in memory, as far as an engine can see them,
    and when it could not give the answer that the rule asks for.
    """
    _refuse_columns(engine, roles)
    trial = _at_a_glance(engine, roles, rule) or _after_a_look(engine, roles, rule)
    try:
        code(trial.cells.groups, rule)
    except InputError:
        # Only now is it worth knowing where in the file each cell begins.
        if engine.row is not None:
            query = replace(trial.query, with_rows=True)
            code(AddedUp(query, trial.cells.kind, _grouped(query)).cells.groups, rule)
        raise
    return trial


def _at_a_glance(engine: Engine, roles: Roles, rule: Rule) -> AddedUp | None:
    """Add up numbers that look whole from their first rows; None if they then are not.

    It saves reading the numbers twice, which is a quarter of the time.
    """
    continuous = rule.kind in ("auto", "continuous")
    rowwise = not roles.cluster and rule.permutations != 0  # how many rows there are matters
    columns = _numeric(roles)
    if not continuous or rowwise or any(engine.columns[c] not in NUMBERS for c in columns):
        return None
    rows, numbers = measured(engine, columns, outcome=roles.outcome, first=GLANCED_AT)
    sure = rule.kind == "continuous" or numbers[roles.outcome].beyond > 0
    whole = all(number.known == rows and number.is_numeric for number in numbers.values())
    if not rows or not sure or not whole:
        return None
    query = _query(engine, roles, numbers, gappy=frozenset(), single=False)
    sums = _grouped(replace(query, counted=True))
    return AddedUp(query, "continuous", sums) if _is_whole(sums) else None


def _after_a_look(engine: Engine, roles: Roles, rule: Rule) -> AddedUp:
    """Look at every number first; refuse those that are none."""
    rows, numbers = measured(engine, _numeric(roles), outcome=roles.outcome)
    if not rows:
        raise no_rows(engine.name)
    outcome, kind, problems = as_kind(engine, numbers[roles.outcome], rule.kind)
    if roles.cost:
        problems += as_kind(engine, numbers[roles.cost], "continuous")[2]
    for name, codes in roles.covariates:
        if not codes and not numbers[name].is_numeric:
            known, odd = numbers[name].known, numbers[name].odd
            slips = as_kind(engine, numbers[name], "continuous")[2] if known > odd else []
            problems += nearly_numbers(slips, known=known, odd=odd)
    refuse(problems)
    single = _single(roles, rule, outcome.known)
    gappy = frozenset(name for name, number in numbers.items() if number.known < rows)
    numbers[roles.outcome] = outcome
    query = _query(engine, roles, numbers, gappy=gappy, single=single)
    return AddedUp(query, kind, _grouped(query))


def _numeric(roles: Roles) -> tuple[str, ...]:
    """Name the columns that are, or may be, numbers."""
    plain = [name for name, codes in roles.covariates if not codes]
    named = (roles.outcome, *((roles.cost,) if roles.cost else ()), *plain)
    return tuple(dict.fromkeys(named))


def _query(
    engine: Engine,
    roles: Roles,
    numbers: Mapping[str, Number],
    *,
    gappy: frozenset[str],
    single: bool,
) -> Query:
    outcomes = (roles.outcome, *((roles.cost,) if roles.cost else ()))
    return Query(
        engine=engine,
        roles=roles,
        outcomes=tuple(numbers[name] for name in outcomes),
        covariates={
            name: numbers[name]
            for name, codes in roles.covariates
            if not codes and numbers[name].is_numeric
        },
        gappy=gappy,
        single=single,
    )


def _refuse_columns(engine: Engine, roles: Roles) -> None:
    need_columns(tuple(engine.columns), roles.by_option)
    for names in roles.by_option.values():
        for name in names:
            if engine.columns[name] == "nested":
                what = "holds lists or bytes, not text or numbers"
                raise InputError(Problem(what, "Leave it out", file=engine.name, column=name))


def _single(roles: Roles, rule: Rule, units: int) -> bool:
    """Whether rows are to be drawn again one by one, so that each must come here as a cell."""
    if roles.cluster or rule.permutations == 0:
        return False
    asked = rule.permutations is not None or rule.correction == "maxt"
    if asked and units > MOST_SINGLE:
        option = "--correction maxt" if rule.correction == "maxt" else "--permutations"
        raise InputError(
            Problem(
                f"{units:,} rows, each placed by itself, are too many to draw again",
                "Use --correction holm and --permutations 0, or name what was placed by --cluster",
                column=option,
            )
        )
    return asked or units <= MOST_UNITS_REDRAWN


def _grouped(query: Query) -> pl.DataFrame:
    """Run the GROUP BY. The sum of nothing is 0."""
    found = query.engine.fetch(query.sums(), "adding up")
    return found.with_columns(pl.col("^s_.*$").cast(pl.Float64).fill_null(0.0))


class AddedUp:
    """A trial that an engine added up: `effects.Source`."""

    def __init__(self, query: Query, kind: Kind, found: pl.DataFrame) -> None:
        """Take what the GROUP BY found: a row a cell, or several where a name is spelled so."""
        self.query = query
        self._keys = found.select(query.keys)
        self._labels = self._cleaned()
        found = found.hstack(self._labels.select(pl.all().name.prefix("cleaned ")))
        by = [f"cleaned {name}" for name in query.labels]
        by += list(query.keys[len(query.labels) :])
        # Two spellings of one name ("S1" and "S1 ") are one cell.
        sums = [name for name in found.columns if name.startswith("s_")]
        merged = (
            found.with_row_index("raw")
            .group_by(by, maintain_order=True)
            .agg(pl.col(sums).sum(), pl.col("raw"), *self._places())
        )
        merged = merged.sort("place" if query.with_rows else by)
        self._cell_of = _cell_of(merged["raw"], found.height)
        self.cells = self._as_cells(merged, kind)

    def _places(self) -> list[Any]:
        return [pl.col("place").min()] if self.query.with_rows else []

    def _cleaned(self) -> pl.DataFrame:
        """Clean the text of the keys as a table in memory is cleaned."""
        query = self.query
        labels = dict(zip(query.labels, query.keys, strict=False))
        table = Table(
            query.engine.name,
            pl.DataFrame({name: self._keys[key] for name, key in labels.items()}),
        )
        only_text(table, query.engine.name)
        categories = {name for name, _ in query.roles.covariates}
        return pl.DataFrame(
            {
                name: [
                    "" if cell == "NA" and name in categories else cell
                    for cell in table.text(name)
                ]
                for name in query.labels
            },
            schema=dict.fromkeys(query.labels, pl.String),
        )

    def _as_cells(self, merged: pl.DataFrame, kind: Kind) -> Cells:
        query, roles = self.query, self.query.roles
        nothing = np.zeros(merged.height)

        def text(name: str) -> Text:
            return np.array(merged[f"cleaned {name}"].to_list(), dtype=str)

        def gone(name: str) -> FloatArray:
            key = query.gaps.get(name)
            return np.where(merged[key].to_numpy(), np.nan, 0.0) if key else nothing

        def sums(left: tuple[str, ...], right: tuple[str, ...]) -> FloatArray:
            columns = [[merged[sum_name(query, a, b)].to_numpy() for b in right] for a in left]
            return np.moveaxis(np.array(columns, dtype=float), 2, 0)

        groups = effects.Data(
            outcome=gone(roles.outcome),
            arm=text(roles.arm),
            cluster=text(roles.cluster) if roles.cluster else None,
            strata=tuple(text(name) for name in roles.strata),
            blocks=text(roles.blocks) if roles.blocks else None,
            covariates={
                name: nothing if name in query.covariates else text(name)
                for name, _ in roles.covariates
            },
            cost=gone(roles.cost) if roles.cost else None,
            names=roles.names,
            rows=merged["place"].cast(pl.Int64).to_numpy()
            if query.with_rows
            else np.zeros(merged.height, dtype=np.int64),
        )
        ww, wy, yy = sums(query.w, query.w), sums(query.w, query.y), sums(query.y, query.y)
        people = merged[sum_of("1", "1")].to_numpy()
        # A constant less its mean leaves rounding, which is no variation.
        means = [0.0 if flag else query.covariates[name].mean for name, flag in query.numbers]
        spread = np.sqrt(np.einsum("gaa->a", ww) / people.sum())
        constant = np.r_[False, spread[1:] <= CONSTANT * np.abs(means)]
        ww[:, constant], ww[:, :, constant], wy[:, constant] = 0.0, 0.0, 0.0
        centre = np.array([number.mean for number in query.outcomes])
        known = [people[~np.isnan(gone(number.column))].sum() for number in query.outcomes]
        scale = np.sqrt(np.einsum("goo->o", yy) / np.maximum(known, 1))
        scale[scale <= CONSTANT * np.abs(centre)] = 0.0
        over = np.where(scale > 0, 1 / np.where(scale > 0, scale, 1.0), 0.0)
        return Cells(
            groups=groups,
            people=people,
            ww=ww,
            wy=wy * over,
            yy=yy * over * over[:, None],
            numbers=query.numbers,
            centre=centre,
            scale=scale,
            kind=kind,
        )

    def extremes(self, arm: str, k: int, *, largest: bool) -> float:
        """Add up the k largest, or smallest, outcomes of an arm."""
        query = self.query
        spelled = self._keys.filter(self._labels[query.roles.arm] == arm)[query.keys[0]].unique()
        query.engine.lend("lent", {"arm": _lendable(spelled)})
        order = "DESC" if largest else "ASC"
        found = query.engine.fetch(
            f"SELECT sum(y0) AS total FROM (SELECT y0 FROM ({query.rows()}) AS people"
            f" JOIN lent ON lent.arm = people.{query.keys[0]}"
            f" WHERE y0 IS NOT NULL ORDER BY y0 {order} LIMIT {k}) AS most",
            "bounds for the missing",
        )
        scale = float(self.cells.scale[0])
        return float(found["total"][0]) / scale if scale else 0.0

    def moments(self, forms: Forms) -> CellMoments:
        """Read the rows a second time, and add up what needs each row's leverage."""
        query = self.query
        at = np.full(len(self.cells.people), -1)
        at[forms.cells] = np.arange(forms.cells.size)
        place = at[self._cell_of]
        some = np.flatnonzero(place >= 0)
        lent = {key: _lendable(self._keys[key][some]) for key in query.keys}
        lent["cell"] = place[some]
        scale = self.cells.scale[: forms.fitted.shape[1]]
        numbers = dict(coefficients(replace(forms, fitted=forms.fitted * scale[:, None])))
        lent |= {name: values[place[some]] for name, values in numbers.items()}
        query.engine.lend("lent", lent)
        found = query.engine.fetch(moments_sql(query, forms), "adding up once more").sort("cell")
        moments = _as_moments(found, forms)
        over = np.where(scale > 0, 1 / np.where(scale > 0, scale, 1.0), 0.0)
        meat = moments.meat * (over[:, None] * over)[:, :, None, None]
        return replace(moments, meat=meat)


def _is_whole(found: pl.DataFrame) -> bool:
    """Whether no number was missing or without end, where they were counted."""
    people = found[sum_of("1", "1")].sum()
    counted = [found[name].sum() for name in found.columns if name.startswith("n_")]
    finite = found.select(pl.col("^s_.*$").is_finite().all()).row(0)
    return all(count == people for count in counted) and all(finite)


def _cell_of(raw: pl.Series, count: int) -> np.ndarray:
    """Return the cell that each row of the GROUP BY went into."""
    cell = np.empty(count, dtype=np.int64)
    lengths = raw.list.len().to_numpy()
    cell[raw.explode().to_numpy()] = np.repeat(np.arange(lengths.size), lengths)
    return cell


def _lendable(values: pl.Series) -> Any:
    """Return a column as numpy holds it, empty cells masked."""
    if values.dtype == pl.String:
        return np.array(values.to_list(), dtype=object)
    if values.null_count():
        return np.ma.array(values.fill_null(0).to_numpy(), mask=values.is_null().to_numpy())
    return values.to_numpy()


def _as_moments(found: pl.DataFrame, forms: Forms) -> CellMoments:
    """Put the sums of cells in their places; a cell whose rows all have leverage 1 has none."""
    m, o, k = forms.fitted.shape
    q = forms.v.shape[1]
    at = found["cell"].to_numpy()
    meat, B = np.zeros((m, o, o, k, k)), np.zeros((m, q, q, k, k))
    for target, letter, size in ((meat, "m", o), (B, "b", q)):
        for i, j in combinations_with_replacement(range(size), 2):
            for a, b in combinations_with_replacement(range(k), 2):
                values = found[f"{letter}_{i}_{j}_{a}_{b}"].to_numpy()
                for first, second in {(i, j), (j, i)}:
                    target[at, first, second, a, b] = target[at, first, second, b, a] = values
    trace, own, joint = np.zeros((m, q)), np.zeros((m, q)), np.zeros(m)
    for i in range(q):
        trace[at, i], own[at, i] = found[f"t_{i}"].to_numpy(), found[f"o_{i}"].to_numpy()
    joint[at] = found["j"].to_numpy()
    return CellMoments(meat=meat, B=B, trace=trace, own=own, joint=joint)
