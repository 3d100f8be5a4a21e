"""What the model needs of each cluster: sums, never rows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trialogue.methods.effects.data import FloatArray, IntArray

HELD = 2_000_000  # numbers held at once of the clusters' p × p matrices
ALONE = 250_000  # multiplications that one thread does sooner than two agree who does which


@dataclass(frozen=True)
class ClusterSums:
    """Sums over the people of each of G clusters; x is a whole row of the design, y the outcomes.

    `cluster`: (G,) its number. `people`: (G,). `x`: Σ x, (G, p). `xy`: Σ x y, (G, p, o). `xx`:
    Σ x x′, (G, p, p); None when all rows of a cluster are one row n times, as without covariates
    of people: it is then Σx Σx′ / n, of rank one, and need not be held.

    The first column of the design is 1. Outcomes and columns should be near 0: subtract a constant
    near the mean first, or sums of squares lose digits.
    """

    cluster: IntArray
    people: FloatArray
    x: FloatArray
    xy: FloatArray
    xx: FloatArray | None

    @property
    def root(self) -> FloatArray:
        """Σx / √n, (G, p): where `xx` is None, the vector whose square it is."""
        return self.x / np.sqrt(self.people)[:, None]

    @property
    def products(self) -> FloatArray:
        """Σ x x′, (G, p, p), whether it is held or not."""
        if self.xx is not None:
            return self.xx
        root = self.root
        return root[:, :, None] * root[:, None, :]

    def squares(self) -> FloatArray:
        """Σ x x′ over everybody, (p, p)."""
        if self.xx is None:
            return self.root.T @ self.root
        total: FloatArray = self.xx.sum(axis=0)
        return total

    def scores(self, beta: FloatArray) -> FloatArray:
        """Σ x (y − x′β), (G, p, o)."""
        if self.xx is None:
            root = self.root
            return self.xy - root[:, :, None] * (root @ beta)[:, None, :]
        return self.xy - self.xx @ beta


def merge(parts: Sequence[ClusterSums]) -> ClusterSums:
    """Add up sums of partitions of the rows; a cluster may be in several."""
    names, index = np.unique(np.concatenate([p.cluster for p in parts]), return_inverse=True)

    def total(arrays: list[FloatArray]) -> FloatArray:
        stacked = np.concatenate(arrays)
        added = np.zeros((names.size, *stacked.shape[1:]))
        np.add.at(added, index, stacked)
        return added

    return ClusterSums(
        cluster=names,
        people=total([part.people for part in parts]),
        x=total([part.x for part in parts]),
        xy=total([part.xy for part in parts]),
        xx=total([part.products for part in parts]),
    )


class RowSums:
    """Sums of rows in memory, some clusters at a time, as often as asked.

    A design of 284 columns and 1,700 clusters has 1 GB of p × p matrices: they are made in turn,
    and only where the rows of a cluster differ.
    """

    def __init__(self, matrix: FloatArray, outcomes: FloatArray, cluster: IntArray) -> None:
        """Sort rows by cluster. `matrix`: (n, p), `outcomes`: (n, o), `cluster`: (n,)."""
        order = np.argsort(cluster, kind="stable")
        x, y, ordered = matrix[order], outcomes[order], cluster[order]
        first = np.r_[True, np.diff(ordered) != 0]
        starts, place = np.flatnonzero(first), np.cumsum(first) - 1
        same = (x == x[starts[place]]).all(axis=1)
        alike = np.logical_and.reduceat(same, starts)
        people = np.diff(np.r_[starts, ordered.size]).astype(float)

        one = starts[alike]
        self._alike = ordered[one], people[alike], x[one], np.add.reduceat(y, starts)[alike]
        rest = ~alike[place]
        self._x, self._y, self._cluster = x[rest], y[rest], ordered[rest]
        self._starts = np.flatnonzero(np.r_[True, np.diff(self._cluster) != 0][: rest.sum()])
        self._people = people[~alike]

    @property
    def few(self) -> bool:
        """Whether all p × p matrices may be held at once, and need be made only once."""
        return bool(self._people.size * self._x.shape[1] ** 2 <= HELD)

    def __iter__(self) -> Iterator[ClusterSums]:
        """Yield the sums of the next clusters."""
        p = self._x.shape[1]
        cluster, people, x, y = self._alike
        step = max(1_000, ALONE // p**2)
        for some in _slices(people.size, max(p * (1 + y.shape[1]), HELD // step)):
            yield ClusterSums(
                cluster=cluster[some],
                people=people[some],
                x=x[some] * people[some, None],
                xy=x[some, :, None] * y[some, None, :],
                xx=None,
            )
        for some in _slices(self._people.size, p * p):
            yield self._some(some)

    def _some(self, some: slice) -> ClusterSums:
        starts = self._starts[some]
        end = self._starts[some.stop] if some.stop < self._starts.size else len(self._x)
        x, y = self._x[starts[0] : end], self._y[starts[0] : end]
        people, starts = self._people[some], starts - starts[0]
        return ClusterSums(
            cluster=self._cluster[self._starts[some]],
            people=people,
            x=np.add.reduceat(x, starts, axis=0),
            xy=np.add.reduceat(x[:, :, None] * y[:, None, :], starts, axis=0),
            xx=_squares(x, starts),
        )


def _slices(count: int, width: int) -> Iterator[slice]:
    step = max(1, HELD // width)
    return (slice(first, min(first + step, count)) for first in range(0, count, step))


def _squares(x: FloatArray, starts: NDArray[np.intp]) -> FloatArray:
    """Σ x x′ by cluster: all at once while a row's product is small, else one by one."""
    if x.shape[1] <= 16 and x.size * x.shape[1] <= 2 * HELD:
        added: FloatArray = np.add.reduceat(x[:, :, None] * x[:, None, :], starts, axis=0)
        return added
    return np.array([piece.T @ piece for piece in np.split(x, starts[1:])])
