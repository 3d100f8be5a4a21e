"""A trial added up: rows alike in all but their numbers are one cell, and only its sums are here.

A database or a cluster of machines adds up the rows; the model is the same. Every column of the
model is, within a cell, a sum of w = (1, numbers of the row): x = L w. So Σ x x′ = L (Σ w w′) L′.
"""

from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from trialogue.methods.effects.columns import (
    Choice,
    choose_columns,
    refuse_width,
    slope_candidates,
)
from trialogue.methods.effects.data import (
    SEPARATOR,
    BoolArray,
    Coded,
    Data,
    FloatArray,
    IntArray,
    Kind,
    Rule,
)
from trialogue.methods.effects.freedom import RowMoments
from trialogue.methods.effects.model import (
    LEVERAGE_ONE,
    Fit,
    Solved,
    fit_rows,
    fit_sums,
)
from trialogue.methods.effects.sums import HELD, ClusterSums

ROUNDING = 1e-13  # of a mean square: a variance below it is what subtraction left


@dataclass(frozen=True)
class Cells:
    """Sums of the rows of each of G cells: rows of one cluster, arm, stratum, block, category.

    `groups`: a row a cell. Its outcome and cost are NaN where those of the cell's rows are
    missing, else 0; a covariate of numbers is 0, and stands in `numbers`. Without a cluster,
    every row was allocated by itself. `people`: (G,). `ww`: Σ w w′, (G, k, k), where w is 1 and
    `numbers`: the name of a covariate with True for its flag of a missing value (its own number
    is then 0). `wy`: Σ w y, (G, k, o). `yy`: Σ y y′, (G, o, o). Numbers are less their mean,
    outcomes over their deviation too: y is `centre` + `scale` times what stands here, (o,).
    """

    groups: Data
    people: FloatArray
    ww: FloatArray
    wy: FloatArray
    yy: FloatArray
    numbers: tuple[tuple[str, bool], ...]
    centre: FloatArray
    scale: FloatArray
    kind: Kind

    @property
    def known(self) -> BoolArray:
        """Which cells have an outcome."""
        known: BoolArray = ~np.isnan(self.groups.outcome)
        return known

    @property
    def single(self) -> bool:
        """Whether each row is a cell of its own, allocated by itself."""
        return self.groups.cluster is None and bool((self.people == 1).all())


@dataclass(frozen=True)
class Forms:
    """What a row's leverage, contrasts and residuals are of its w, in each of some cells.

    h = w′`h` w, (m, k, k). v = `v` w for the orthonormal contrasts and `c` w for those tested,
    (m, q, k). e = y − `fitted` w, (m, o, k).
    """

    cells: IntArray
    h: FloatArray
    v: FloatArray
    c: FloatArray
    fitted: FloatArray


@dataclass(frozen=True)
class CellMoments:
    """`RowMoments` of each of some cells, with w in the place of x."""

    meat: FloatArray
    B: FloatArray
    trace: FloatArray
    own: FloatArray
    joint: FloatArray


class Source(Protocol):
    """Where the rows are. It answers with sums, never rows."""

    @property
    def cells(self) -> Cells:
        """The rows added up."""

    def extremes(self, arm: str, k: int, *, largest: bool) -> float:
        """Add up the k largest, or smallest, outcomes of an arm."""

    def moments(self, forms: Forms) -> CellMoments:
        """Read the rows a second time, and add up what needs each row's leverage."""


class Layout:
    """The candidate columns of the model as sums of w, for the cells in `keep`, and those chosen.

    `index`: (m,) the cells. Raises InputError when the model would have over 400 columns.
    """

    def __init__(self, cells: Cells, coded: Coded, rule: Rule, keep: BoolArray) -> None:
        """Name the candidates as `extra_columns` does, standardise them and choose."""
        self._cells = cells
        self.index = np.flatnonzero(keep)
        self.arm = coded.arm[keep]
        self._arms = coded.arms
        self.present = tuple(int(a) for a in np.unique(self.arm) if a)
        self._lin = rule.adjust == "lin"
        self._constants: list[BoolArray | None] = []  # of each extra: its value in a cell …
        self._places: list[int] = []  # … or its place in w
        self._fills: list[tuple[int, float]] = []  # where a number is missing: its flag, its value
        self.names: list[str] = []
        self.covariates: list[bool] = []
        self._refuse_width(coded, keep)
        self._name_strata(coded, keep)
        self._name_covariates(keep)
        self._centre, self._spread = self._standards()
        self.choice = self._choose()

    def _name_strata(self, coded: Coded, keep: BoolArray) -> None:
        groups = self._cells.groups
        name = ", ".join(groups.name(f"stratum {i}") for i in range(len(groups.strata)))
        stratum = coded.stratum[keep]
        for level in np.unique(stratum)[1:]:
            label = coded.strata[level].replace(SEPARATOR, " / ")
            self._add(f"{name}={label}", stratum == level, covariate=False)

    def _name_covariates(self, keep: BoolArray) -> None:
        for name, values in self._cells.groups.covariates.items():
            for place in self._places_of(name, keep):
                flag = self._cells.numbers[place - 1][1]
                fill = (0, 0.0) if flag else self._fill(name, place, keep)
                self._add(f"{name} missing" if flag else name, place, covariate=True, fill=fill)
            if values.dtype.kind != "f":
                here = np.where(values[keep] == "", "missing", values[keep])
                for label in np.unique(here)[1:]:
                    self._add(f"{name}={label}", here == label, covariate=True)

    def _fill(self, name: str, place: int, keep: BoolArray) -> tuple[int, float]:
        """Return the place of a number's flag, and the mean of those of it that are measured.

        Of the rows analysed, as in memory: with slopes of its own an arm that misses none has no
        slope of the flag, and what stands in the place of a missing number is then seen.
        """
        cells = self._cells
        if (name, True) not in cells.numbers:
            return 0, 0.0
        flag = 1 + cells.numbers.index((name, True))
        known = cells.people[keep].sum() - cells.ww[keep, flag, 0].sum()
        return flag, float(cells.ww[keep, place, 0].sum() / known) if known else 0.0

    def _places_of(self, name: str, keep: BoolArray) -> list[int]:
        """Return the places in w of a covariate's number, and of its flag if any is missing."""
        cells = self._cells
        return [
            place
            for place, (number, flag) in enumerate(cells.numbers, start=1)
            if number == name and (not flag or cells.ww[keep, place, 0].any())
        ]

    def _refuse_width(self, coded: Coded, keep: BoolArray) -> None:
        groups = self._cells.groups
        strata = ", ".join(groups.name(f"stratum {i}") for i in range(len(groups.strata)))
        refuse_width(
            {strata: np.unique(coded.stratum[keep]).size - 1},
            {
                name: len(self._places_of(name, keep))
                if values.dtype.kind == "f"
                else np.unique(values[keep]).size - 1
                for name, values in groups.covariates.items()
            },
            arms=len(coded.arms),
            lin=self._lin,
        )

    def _add(
        self,
        name: str,
        value: BoolArray | int,
        *,
        covariate: bool,
        fill: tuple[int, float] = (0, 0.0),
    ) -> None:
        self.names.append(name)
        self._fills.append(fill)
        self.covariates.append(covariate)
        self._constants.append(None if isinstance(value, int) else value)
        self._places.append(value if isinstance(value, int) else 0)

    def _standards(self) -> tuple[FloatArray, FloatArray]:
        """Return the mean and the spread over all people of each extra; spread 0: constant."""
        ww = self._cells.ww[self.index]
        people = ww[:, 0, 0].sum()
        total = np.zeros(len(self.names))
        square = np.zeros(len(self.names))
        for j, (constant, place) in enumerate(zip(self._constants, self._places, strict=True)):
            if constant is not None:
                total[j] = square[j] = ww[constant, 0, 0].sum()
            else:
                flag, value = self._fills[j]
                filled = ww[:, flag, 0].sum() if flag else 0.0
                total[j] = ww[:, 0, place].sum() + value * filled
                square[j] = ww[:, place, place].sum() + value**2 * filled
        mean, mean_square = total / people, square / people
        variance = mean_square - mean**2
        return mean, np.where(
            variance > ROUNDING * mean_square, np.sqrt(np.maximum(variance, 0)), 0
        )

    def _choose(self) -> Choice:
        width = 1 + len(self.present) + len(self.names)
        width += len(slope_candidates(self.present, self.covariates, lin=self._lin))
        products = np.zeros((width, width))
        for some in self._pieces(width):
            L = self._candidates(some)
            products += _sandwich(L, self._cells.ww[self.index[some]])
        return choose_columns(
            products,
            self.present,
            self.names,
            self.covariates,
            arms=self._arms,
            lin=self._lin,
        )

    def _candidates(self, some: slice | IntArray) -> FloatArray:
        """Return L of some of the cells and every candidate, (m, P, k)."""
        arm = self.arm[some]
        first = 1 + len(self.present)
        L = np.zeros((arm.size, first + len(self.names), self._cells.ww.shape[1]))
        L[:, 0, 0] = 1
        for i, a in enumerate(self.present, start=1):
            L[:, i, 0] = arm == a
        for j, (constant, place) in enumerate(zip(self._constants, self._places, strict=True)):
            if not self._spread[j]:
                continue
            column = L[:, first + j]
            if constant is not None:
                column[:, 0] = constant[some]
            else:
                flag, value = self._fills[j]
                column[:, place] = 1
                column[:, flag] += value
            column[:, 0] -= self._centre[j]
            column /= self._spread[j]
        slopes = slope_candidates(self.present, self.covariates, lin=self._lin)
        own = [L[:, 1 + i, :1] * L[:, first + j] for i, j in slopes]
        return np.concatenate([L, np.stack(own, axis=1)], axis=1) if own else L

    def columns(self, some: slice | IntArray) -> FloatArray:
        """Return L of some of the cells and the columns of the model, (m, p, k)."""
        return self._candidates(some)[:, self.choice.kept]

    def pieces(self) -> Iterator[slice]:
        """Cut the cells into pieces whose L may be held."""
        return self._pieces(len(self.choice.kept))

    def _pieces(self, width: int) -> Iterator[slice]:
        step = max(1, HELD // (width * max(width, self._cells.ww.shape[1])))
        starts = range(0, self.index.size, step)
        return (slice(start, min(start + step, self.index.size)) for start in starts)

    def without_arms(self) -> "Layout":
        """Return the same with strata and covariates alone: what re-randomisation takes out."""
        bare = copy(self)
        bare.present = ()
        bare._lin = False
        bare.choice = bare._choose()
        return bare

    def totals(self, wy: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return Σ x x′ and Σ x y over everybody; `wy`: (m, k, o)."""
        p = len(self.choice.kept)
        xx, xy = np.zeros((p, p)), np.zeros((p, wy.shape[2]))
        for some in self.pieces():
            L = self.columns(some)
            xx += _sandwich(L, self._cells.ww[self.index[some]])
            xy += np.einsum("gpk,gko->po", L, wy[some])
        return xx, xy


def _sandwich(L: FloatArray, ww: FloatArray) -> FloatArray:
    """Σ L W L′, (P, P)."""
    P = L.shape[1]
    left = (L @ ww).transpose(1, 0, 2).reshape(P, -1)
    product: FloatArray = left @ L.transpose(1, 0, 2).reshape(P, -1).T
    return product


class CellSums:
    """Sums of clusters from their cells, some at a time, as often as asked."""

    def __init__(self, layout: Layout, cells: Cells, cluster: IntArray, *, outcomes: int) -> None:
        """Sort cells by cluster; `cluster`: (m,) of those in the layout."""
        self._layout, self._cells, self._outcomes = layout, cells, outcomes
        order = np.argsort(cluster, kind="stable")
        layout = self._layout
        starts = np.flatnonzero(np.r_[True, np.diff(cluster[order]) != 0])
        ends = np.r_[starts[1:], order.size]
        single = ends - starts == 1
        if cells.ww.shape[1] > 1:
            single &= cells.people[layout.index[order[starts]]] == 1
        self._order, self._starts, self._ends, self._alike = order, starts, ends, single
        self._cluster = cluster

    def __iter__(self) -> Iterator[ClusterSums]:
        """Yield the sums of the next clusters."""
        p = len(self._layout.choice.kept)
        each = max(1, int(np.ceil(self._order.size / self._starts.size)))
        for alike in (True, False):
            clusters = np.flatnonzero(self._alike == alike)
            step = max(1, HELD // (p * (self._cells.ww.shape[1] if alike else p) * each))
            for first in range(0, clusters.size, step):
                yield self._some(clusters[first : first + step], alike=alike)

    def _some(self, clusters: IntArray, *, alike: bool) -> ClusterSums:
        sizes = self._ends[clusters] - self._starts[clusters]
        starts = np.cumsum(sizes) - sizes
        within = np.arange(sizes.sum()) - np.repeat(starts, sizes)
        some = self._order[np.repeat(self._starts[clusters], sizes) + within]
        L = self._layout.columns(some)
        at = self._layout.index[some]
        ww, wy = self._cells.ww[at], self._cells.wy[at, :, : self._outcomes]
        return ClusterSums(
            cluster=self._cluster[some[starts]],
            people=np.add.reduceat(self._cells.people[at], starts),
            x=np.add.reduceat((L @ ww[:, :, :1])[:, :, 0], starts),
            xy=np.add.reduceat(L @ wy, starts),
            xx=None if alike else np.add.reduceat(L @ ww @ L.transpose(0, 2, 1), starts),
        )


def fit_cells(
    source: Source,
    layout: Layout,
    cluster: IntArray,
    *,
    tested: tuple[int, ...],
    outcomes: int = 1,
) -> Fit:
    """Fit the planned model to the cells of a layout; `cluster`: (m,) of each of them.

    `outcomes`: 1, or 2 with the cost, which then all cells of the layout have.
    """
    cells = source.cells
    if cells.groups.cluster is not None or cells.single:
        fit = fit_sums(CellSums(layout, cells, cluster, outcomes=outcomes), tested=tested)
    else:
        xx, xy = layout.totals(cells.wy[layout.index][:, :, :outcomes])
        solved = Solved.of(xx, xy, tested)
        fit = fit_rows(solved, _row_moments(source, layout, solved))
    return fit.in_units(cells.centre[:outcomes], cells.scale[:outcomes])


def _row_moments(source: Source, layout: Layout, solved: Solved) -> RowMoments:
    """Add up over cells what needs each row's leverage; a second reading where rows differ."""
    cells = source.cells
    VD, VC = solved.D @ solved.M, solved.C @ solved.M
    parts = []
    for some in layout.pieces():
        L = layout.columns(some)
        parts.append(
            Forms(
                cells=layout.index[some],
                h=L.transpose(0, 2, 1) @ solved.M @ L,
                v=VD @ L,
                c=VC @ L,
                fitted=solved.beta.T @ L,
            )
        )
    forms = Forms(
        cells=layout.index,
        h=np.concatenate([part.h for part in parts]),
        v=np.concatenate([part.v for part in parts]),
        c=np.concatenate([part.c for part in parts]),
        fitted=np.concatenate([part.fitted for part in parts]),
    )
    found = source.moments(forms) if cells.ww.shape[1] > 1 else _moments_of_alike(cells, forms)
    p, o, q = len(solved.M), solved.beta.shape[1], len(solved.C)
    meat, B = np.zeros((o, o, p, p)), np.zeros((q, q, p, p))
    for some in layout.pieces():
        L = layout.columns(some)
        for k, j in np.ndindex(o, o):
            meat[k, j] += _sandwich(L, found.meat[some, k, j])
        for i, j in np.ndindex(q, q):
            B[i, j] += _sandwich(L, found.B[some, i, j])
    return RowMoments(
        people=int(cells.people[layout.index].sum()),
        meat=meat,
        B=B,
        trace=found.trace.sum(axis=0),
        own=found.own.sum(axis=0),
        joint=float(found.joint.sum()),
    )


def _moments_of_alike(cells: Cells, forms: Forms) -> CellMoments:
    """Of cells whose rows are all alike but for their outcomes: no need to read them again."""
    o = forms.fitted.shape[1]
    n = cells.people[forms.cells]
    y, yy = cells.wy[forms.cells, 0, :o], cells.yy[forms.cells][:, :o, :o]
    left = 1 - forms.h[:, 0, 0]
    weight = np.where(left < LEVERAGE_ONE, 0.0, 1 / np.maximum(left, LEVERAGE_ONE))
    within = yy - y[:, :, None] * y[:, None, :] / n[:, None, None]
    own = np.einsum("goo->go", within)
    own[own <= ROUNDING * np.einsum("goo->go", yy)] = 0.0
    away = y / n[:, None] - forms.fitted[:, :, 0]
    squares = within + n[:, None, None] * away[:, :, None] * away[:, None, :]
    v, c = forms.v[:, :, 0], forms.c[:, :, 0]
    counted = np.where(weight > 0, n, 0.0)
    excess = weight**2 * (2 * left - 1) * n  # (1 − 2h)/(1 − h)²
    return CellMoments(
        meat=(weight[:, None, None] * squares)[..., None, None],
        B=((weight * n)[:, None, None] * v[:, :, None] * v[:, None, :])[..., None, None],
        trace=counted[:, None] * c**2,
        own=excess[:, None] * c**4,
        joint=2 * excess * (v**2).sum(axis=1) ** 2,
    )
