"""The planned model fitted to cells: the same code as of rows, on other sums."""

from collections.abc import Iterator

import numpy as np

from trialogue.methods.effects.cells import ROUNDING, CellMoments, Cells, Forms, Source
from trialogue.methods.effects.data import IntArray
from trialogue.methods.effects.freedom import RowMoments
from trialogue.methods.effects.layout import Layout, sandwich
from trialogue.methods.effects.model import LEVERAGE_ONE, Fit, Solved, fit_rows, fit_sums
from trialogue.methods.effects.sums import HELD, ClusterSums


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
            meat[k, j] += sandwich(L, found.meat[some, k, j])
        for i, j in np.ndindex(q, q):
            B[i, j] += sandwich(L, found.B[some, i, j])
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
