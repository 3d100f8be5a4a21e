"""A trial added up: rows alike in all but their numbers are one cell, and only its sums are here.

A database or a cluster of machines adds up the rows; the model is the same. Every column of the
model is, within a cell, a sum of w = (1, numbers of the row): x = L w. So Σ x x′ = L (Σ w w′) L′.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from trialogue.methods.effects.data import BoolArray, Data, FloatArray, IntArray, Kind

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
