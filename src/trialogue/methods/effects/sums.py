"""What the model needs of each cluster: sums, never rows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trialogue.methods.effects.data import FloatArray, IntArray

HELD = 2_000_000  # numbers held at once of the clusters' p × p matrices


@dataclass(frozen=True)
class ClusterSums:
    """Sums over the people of each of G clusters; x is a whole row of the design, y the outcomes.

    `cluster`: (G,) its number. `people`: (G,). `xx`: Σ x x′, (G, p, p). `xy`: Σ x y, (G, p, o).
    The first column of the design is 1. Outcomes and columns should be near 0: subtract a constant
    near the mean first, or sums of squares lose digits.
    """

    cluster: IntArray
    people: FloatArray
    xx: FloatArray
    xy: FloatArray


def merge(parts: Sequence[ClusterSums]) -> ClusterSums:
    """Add up sums of partitions of the rows; a cluster may be in several."""
    cluster = np.concatenate([part.cluster for part in parts])
    names, index = np.unique(cluster, return_inverse=True)

    def total(arrays: list[FloatArray]) -> FloatArray:
        stacked = np.concatenate(arrays)
        added = np.zeros((names.size, *stacked.shape[1:]))
        np.add.at(added, index, stacked)
        return added

    return ClusterSums(
        cluster=names,
        people=total([part.people for part in parts]),
        xx=total([part.xx for part in parts]),
        xy=total([part.xy for part in parts]),
    )


class RowSums:
    """Sums of rows in memory, some clusters at a time, as often as asked.

    A design of 284 columns and 1,700 clusters has 1 GB of p × p matrices: they are made in turn.
    """

    def __init__(self, matrix: FloatArray, outcomes: FloatArray, cluster: IntArray) -> None:
        """Sort rows by cluster. `matrix`: (n, p), `outcomes`: (n, o), `cluster`: (n,)."""
        order = np.argsort(cluster, kind="stable")
        self._x, self._y = matrix[order], outcomes[order]
        ordered = cluster[order]
        self._starts = np.flatnonzero(np.r_[True, np.diff(ordered) != 0])
        self._cluster = ordered[self._starts]
        self._ends = np.r_[self._starts[1:], ordered.size]

    def __iter__(self) -> Iterator[ClusterSums]:
        """Yield the sums of the next clusters."""
        p = self._x.shape[1]
        step = max(1, HELD // (p * p))
        for first in range(0, self._starts.size, step):
            last = min(first + step, self._starts.size)
            yield self._some(first, last)

    def _some(self, first: int, last: int) -> ClusterSums:
        starts, ends = self._starts[first:last], self._ends[first:last]
        rows = slice(starts[0], ends[-1])
        x, y = self._x[rows], self._y[rows]
        starts, ends = starts - rows.start, ends - rows.start
        people = (ends - starts).astype(float)
        products = x[:, :, None] * y[:, None, :]
        return ClusterSums(
            cluster=self._cluster[first:last],
            people=people,
            xx=_squares(x, starts, ends),
            xy=np.add.reduceat(products, starts, axis=0),
        )


def _squares(x: FloatArray, starts: NDArray[np.intp], ends: NDArray[np.intp]) -> FloatArray:
    """Σ x x′ by cluster: all at once while the rows' products fit, else one by one."""
    if x.size * x.shape[1] <= 2 * HELD:
        added: FloatArray = np.add.reduceat(x[:, :, None] * x[:, None, :], starts, axis=0)
        return added
    pieces = (x[start:end] for start, end in zip(starts, ends, strict=True))
    return np.array([piece.T @ piece for piece in pieces])
