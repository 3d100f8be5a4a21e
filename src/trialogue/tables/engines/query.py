"""The SQL of a trial: rows as keys and numbers, their sums, and what needs a second reading."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations_with_replacement

import numpy as np

from trialogue.methods.effects.cells import Forms
from trialogue.methods.effects.data import FloatArray
from trialogue.methods.effects.model import LEVERAGE_ONE
from trialogue.tables.engines.engine import Engine
from trialogue.tables.engines.numbers import Number
from trialogue.tables.engines.roles import Roles


@dataclass(frozen=True)
class Query:
    """The SQL of a trial.

    `gappy`: columns of numbers where some are missing. Keys k0, k1, … tell cells apart: columns
    that are text, then whether the outcome and the cost are missing, where any is, then the row
    where each is a cell of its own. w1, w2, … are the numbers of w
    after 1; y0 and y1 outcome and cost, all less their mean.
    """

    engine: Engine
    roles: Roles
    outcomes: tuple[Number, ...]
    covariates: Mapping[str, Number]
    gappy: frozenset[str]
    single: bool
    counted: bool = False
    with_rows: bool = False

    @property
    def labels(self) -> tuple[str, ...]:
        """The columns whose text tells cells apart."""
        roles = self.roles
        categories = [name for name, _ in roles.covariates if name not in self.covariates]
        named = [roles.arm, roles.cluster, *roles.strata, roles.blocks, *categories]
        return tuple(dict.fromkeys(name for name in named if name))

    @property
    def numbers(self) -> tuple[tuple[str, bool], ...]:
        """What w holds after its 1."""
        return tuple(
            (name, flag)
            for name in self.covariates
            for flag in ((False, True) if name in self.gappy else (False,))
        )

    @property
    def gaps(self) -> dict[str, str]:
        """Which outcomes are missing in some rows: name -> key."""
        names = [number.column for number in self.outcomes if number.column in self.gappy]
        return {name: f"k{len(self.labels) + place}" for place, name in enumerate(names)}

    @property
    def keys(self) -> tuple[str, ...]:
        """The names of the keys."""
        count = len(self.labels) + len(self.gaps) + self.single
        return tuple(f"k{place}" for place in range(count))

    @property
    def w(self) -> tuple[str, ...]:
        """The elements of w."""
        return ("1", *(f"w{place}" for place in range(1, 1 + len(self.numbers))))

    @property
    def y(self) -> tuple[str, ...]:
        """The outcomes."""
        return tuple(f"y{place}" for place in range(len(self.outcomes)))

    def rows(self) -> str:
        """The rows with keys, w and y."""
        engine = self.engine
        parts = [self._label(name) for name in self.labels]
        parts += [f"({n.value}) IS NULL" for n in self.outcomes if n.column in self.gappy]
        parts += [engine.unique_row] if self.single else []
        numbered = self.single or self.with_rows
        named = [f"{sql} AS {key}" for sql, key in zip(parts, self.keys, strict=True)]
        for (name, flag), w in zip(self.numbers, self.w[1:], strict=True):
            number = self.covariates[name]
            value = (
                f"CASE WHEN ({number.value}) IS NULL THEN 1.0e0 ELSE 0.0e0 END"
                if flag
                else f"coalesce({number.centred}, 0.0e0)"
                if name in self.gappy
                else number.centred
            )
            named.append(f"{value} AS {w}")
        named += [f"{n.centred} AS {y}" for n, y in zip(self.outcomes, self.y, strict=True)]
        named += [f"{engine.row} AS place"] if self.with_rows else []
        source = engine.numbered if numbered else engine.source
        return f"SELECT {', '.join(named)} FROM {source} WHERE {engine.where}"

    def _label(self, name: str) -> str:
        quoted, held = self.engine.quoted(name), self.engine.columns[name]
        return f"CAST({quoted} AS {self.engine.text_type()})" if held == "other" else quoted

    def sums(self) -> str:
        """The one GROUP BY."""
        pairs = combinations_with_replacement((*self.w, *self.y), 2)
        named = [
            f"{'count(*)' if (a, b) == ('1', '1') else f'sum({_times(a, b)})'} AS {sum_of(a, b)}"
            for a, b in pairs
        ]
        counted = (*self.w[1:], *self.y) if self.counted else ()
        named += [f"count({name}) AS n_{name}" for name in counted]
        named += ["min(place) AS place"] if self.with_rows else []
        keys = ", ".join(self.keys)
        return f"SELECT {keys}, {', '.join(named)} FROM ({self.rows()}) AS people GROUP BY {keys}"


def _times(a: str, b: str) -> str:
    return b if a == "1" else f"{a} * {b}"


def sum_of(a: str, b: str) -> str:
    """Name the sum of a product, of two in the order of w and y."""
    return f"s_{a}_{b}"


def sum_name(query: Query, a: str, b: str) -> str:
    """Name the sum of a product of two in any order."""
    names = (*query.w, *query.y)
    first, second = sorted((a, b), key=names.index)
    return sum_of(first, second)


def coefficients(forms: Forms) -> Iterator[tuple[str, FloatArray]]:
    """Name every number of the forms: h_a_b, v_i_a, c_i_a, f_o_a."""
    k = forms.h.shape[1]
    for a, b in combinations_with_replacement(range(k), 2):
        yield f"h_{a}_{b}", forms.h[:, a, b] * (1 if a == b else 2)
    for letter, form in (("v", forms.v), ("c", forms.c), ("f", forms.fitted)):
        for i, a in np.ndindex(*form.shape[1:]):
            yield f"{letter}_{i}_{a}", form[:, i, a]


def moments_sql(query: Query, forms: Forms) -> str:
    """h, v, c and e of each row, and their sums by cell."""
    w, o = query.w, forms.fitted.shape[1]
    q, k = forms.v.shape[1:]
    h = " + ".join(
        f"h_{a}_{b} * {_product(w[a], w[b])}"
        for a, b in combinations_with_replacement(range(k), 2)
    )
    linear = {
        f"{letter}{i}": " + ".join(f"{letter}_{i}_{a} * {w[a]}" for a in range(k))
        for letter, count in (("v", q), ("c", q), ("f", o))
        for i in range(count)
    }
    residuals = [f"y{i} - ({linear.pop(f'f{i}')}) AS e{i}" for i in range(o)]
    forms_sql = ", ".join(
        [f"1.0e0 - ({h}) AS rest", *residuals, *(f"{sql} AS {n}" for n, sql in linear.items())]
    )
    on = " AND ".join(f"people.{key} IS NOT DISTINCT FROM lent.{key}" for key in query.keys)
    known = " AND ".join(f"y{i} IS NOT NULL" for i in range(o))
    counted = ", ".join(["cell", *w[1:], forms_sql])
    joined = f"SELECT {counted} FROM ({query.rows()}) AS people JOIN lent ON {on} WHERE {known}"
    sums = []
    for a, b in combinations_with_replacement(range(k), 2):
        for i, j in combinations_with_replacement(range(o), 2):
            sums.append(f"sum({_product(w[a], w[b])} * e{i} * e{j} / rest) AS m_{i}_{j}_{a}_{b}")
        for i, j in combinations_with_replacement(range(q), 2):
            sums.append(f"sum({_product(w[a], w[b])} * v{i} * v{j} / rest) AS b_{i}_{j}_{a}_{b}")
    bent = "(2 * rest - 1) / rest / rest"
    for i in range(q):
        sums += [f"sum(c{i} * c{i}) AS t_{i}", f"sum(c{i} * c{i} * c{i} * c{i} * {bent}) AS o_{i}"]
    square = " + ".join(["0.0e0", *(f"v{i} * v{i}" for i in range(q))])
    sums.append(f"sum(2 * ({square}) * ({square}) * {bent}) AS j")
    return (
        f"SELECT cell, {', '.join(sums)} FROM ({joined}) AS formed"
        f" WHERE rest >= {LEVERAGE_ONE!r} GROUP BY cell"
    )


def _product(a: str, b: str) -> str:
    factors = [name for name in (a, b) if name != "1"]
    return " * ".join(factors) or "1.0e0"
