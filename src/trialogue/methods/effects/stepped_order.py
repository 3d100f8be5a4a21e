"""The exact answer of a stepped start: draw again which cluster starts when."""

from dataclasses import dataclass

import numpy as np

from trialogue.methods.effects.analysis import without_rounding
from trialogue.methods.effects.data import (
    NO_DIFFERENCE,
    NO_VARIANCE,
    Coded,
    Data,
    FloatArray,
    IntArray,
    first_rows,
)
from trialogue.methods.effects.labels import drawn_labels
from trialogue.methods.effects.planned import PlannedRows
from trialogue.methods.effects.randomisation import (
    HELD,
    MOST_EXACT,
    Count,
    Progress,
    Redrawn,
    distinct_allocations,
    every_allocation,
    unit_free,
)


@dataclass(frozen=True)
class Order:
    """What drawing the order again needs: the cells of clusters and periods, m of them.

    `start`: (G,) when each cluster that was measured started, group by group, group g from
    `groups[g]`; `cluster`, `time`: (m,) of each cell; `sums`, `sizes`: (m,) of the residual that
    clusters, periods and covariates leave, and of rows; `left`: (m, m) takes out of a cell's value
    what clusters and periods explain.
    """

    start: IntArray
    groups: IntArray
    cluster: IntArray
    time: IntArray
    sums: FloatArray
    sizes: FloatArray
    left: FloatArray

    @classmethod
    def of(
        cls, data: Data, coded: Coded, planned: PlannedRows, time: IntArray, start: IntArray
    ) -> "Order":
        """Add rows up into cells, clusters in the order of their groups and names."""
        first = first_rows(coded.cluster)
        group = coded.stratum[first] * (coded.block.max() + 1) + coded.block[first]
        measured = np.unique(planned.cluster)
        order = measured[np.argsort(group[measured], kind="stable")]
        place = np.empty(start.size, dtype=np.int64)
        place[order] = np.arange(order.size)
        rest = [index for index in range(planned.columns.matrix.shape[1]) if index != 1]
        X, y = planned.columns.matrix[:, rest], data.outcome[planned.keep]
        residual = without_rounding(y - X @ np.linalg.lstsq(X, y, rcond=None)[0], y)
        periods = int(time.max()) + 1
        cells, cell = np.unique(
            place[planned.cluster] * periods + time[planned.keep], return_inverse=True
        )
        sizes = np.bincount(cell).astype(float)
        cluster, when = np.divmod(cells, periods)
        sums = unit_free(np.bincount(cell, residual).astype(float), sizes)
        return cls(
            start=start[order],
            groups=np.flatnonzero(np.r_[True, np.diff(group[order]) != 0, True]).astype(np.int64),
            cluster=cluster,
            time=when,
            sums=sums,
            sizes=sizes,
            left=_left_by_terms(cluster, when, sizes),
        )

    def redraw(
        self, statistic: str, *, draws: int, seed: int, progress: Progress | None
    ) -> Redrawn | None:
        """Draw again which cluster starts when; all orders where they are few enough."""
        begins, step = np.unique(self.start, return_inverse=True)
        count = Count(self._statistics(begins[step][None], statistic)[0], "two-sided")
        many = distinct_allocations(step, self.groups, begins.size)
        done = 0
        batch = max(1, HELD // self.sizes.size)
        exact = many <= MOST_EXACT
        for steps in (
            every_allocation(step, self.groups, begins.size)
            if exact
            else (
                drawn_labels(
                    seed=seed,
                    first=first,
                    draws=min(batch, draws - first),
                    labels=step,
                    starts=self.groups,
                    arms=begins.size,
                )
                for first in range(0, draws, batch)
            )
        ):
            for some in np.array_split(steps, -(-len(steps) // batch)):
                count.add(self._statistics(begins[some], statistic))
            done += len(steps)
            if progress and not progress(done, many if exact else draws):
                return None
        return count.answer(0 if exact else 1, done, exact=exact, statistic=statistic)

    def _statistics(self, start: IntArray, statistic: str) -> FloatArray:
        """Return the statistic of orders, (B, G) starts to (B, 1); 0 where nothing is compared."""
        started = (start[:, self.cluster] <= self.time).astype(float)
        z = started @ self.left.T
        square = (z**2) @ self.sizes
        known = square > NO_VARIANCE * self.sizes.sum()
        effect = np.where(known, z @ self.sums, 0.0) / np.where(known, square, 1.0)
        effect[np.abs(effect) <= NO_DIFFERENCE] = 0.0
        if statistic == "t":
            scores = z * (self.sums - effect[:, None] * z * self.sizes)
            by_cluster = np.add.reduceat(
                scores, np.flatnonzero(np.diff(self.cluster, prepend=-1)), 1
            )
            error = np.sqrt((by_cluster**2).sum(axis=1)) / np.where(known, square, 1.0)
            certain = np.where(effect == 0, 0.0, np.copysign(np.inf, effect))
            varies = error**2 > NO_VARIANCE
            effect = np.where(varies, effect / np.where(varies, error, 1.0), certain)
        return effect[:, None]


def _left_by_terms(cluster: IntArray, time: IntArray, sizes: FloatArray) -> FloatArray:
    """Return I − E(E′WE)⁺E′W, with the dummies E of clusters and periods and W of `sizes`."""
    E = np.column_stack(
        [cluster[:, None] == np.unique(cluster), time[:, None] == np.unique(time)]
    ).astype(float)
    weighed = E * sizes[:, None]
    left: FloatArray = (
        np.eye(sizes.size) - E @ np.linalg.pinv(E.T @ weighed, hermitian=True) @ weighed.T
    )
    return left
