"""The second, exact answer: re-draw the labels as the design drew them.

Under "no effect on anyone" outcomes do not move when labels do. Formulas: docs/methods/effects.md.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations, pairwise
from math import comb

import numpy as np
from numpy.typing import NDArray

from trialogue.methods.effects.data import FloatArray, IntArray

MOST_EXACT = 250_000
BATCH = 2_000
HELD = 2_000_000  # numbers held at once while enumerating
Progress = Callable[[int, int], bool]


@dataclass(frozen=True)
class Redrawn:
    """p of each arm against control, alone and stepped down over all arms (max-T).

    `draws` is the number of distinct allocations when `exact`.
    """

    p: tuple[float, ...]
    p_stepped: tuple[float, ...]
    draws: int
    exact: bool
    statistic: str


def rerandomise(
    *,
    sums: FloatArray,
    sizes: FloatArray,
    arm: IntArray,
    group: IntArray,
    arms: int,
    statistic: str,
    draws: int,
    seed: int,
    progress: Progress | None = None,
) -> Redrawn | None:
    """Redraw the arms of units of allocation within groups (strata and blocks together).

    Parameters
    ----------
    sums, sizes : (G,)
        The sum of the outcome over the people of each unit, and how many they are.
    arm, group : (G,)
        Numbers; arm 0 is control.
    arms : int
        How many arms there are.
    statistic : str
        `t` (studentised, closed-form CR2) or `difference`.
    draws : int
        How many, where there are more than 250,000 distinct allocations.
    seed : int
        Draw b depends on the seed and b alone.
    progress : callable, optional
        Called with (done, all); stops when it returns false.

    Returns
    -------
    Redrawn or None
        None when stopped. p counts draws that reach |statistic|, the observed one among them.

    References
    ----------
    Westfall and Young (1993); Romano and Wolf (2005), Econometrica 73(4), 1237-1282; Wu and Ding
    (2021), JASA 116, 1898-1913; Phipson and Smyth (2010), SAGMB 9(1), article 39.
    """
    counts = np.bincount(arm, minlength=arms)
    if counts.min() == 0:
        raise ValueError("every arm needs a unit")
    how = "difference" if counts.min() == 1 else statistic
    studentised = how == "t"
    by_group = np.lexsort((np.arange(arm.size), group))
    sums, sizes, labels = sums[by_group], sizes[by_group].astype(float), arm[by_group]
    starts = np.flatnonzero(np.r_[True, np.diff(group[by_group]) != 0, True]).astype(np.int64)

    stat = _statistics(labels[None], sums, sizes, arms, studentised)[0]
    observed = stat - 1e-9 * np.maximum(1.0, np.where(np.isinf(stat), 1.0, stat))
    order = np.argsort(-stat, kind="stable").astype(np.int64)
    single = np.zeros(arms - 1, dtype=np.int64)
    stepped = np.zeros(arms - 1, dtype=np.int64)

    distinct = _distinct(labels, starts, arms)
    if distinct <= MOST_EXACT:
        for batch in _allocations(labels, starts, arms):
            stats = _statistics(batch, sums, sizes, arms, studentised)
            _add_reached(stats, observed, order, single, stepped)
        return _answer(single / distinct, stepped / distinct, order, distinct, True, how)

    from trialogue.methods.effects.redraw import count_reached

    for first in range(0, draws, BATCH):
        last = min(first + BATCH, draws)
        count_reached(
            seed=seed,
            first=first,
            last=last,
            labels=labels,
            starts=starts,
            sums=sums,
            sizes=sizes,
            arms=arms,
            studentised=studentised,
            observed=observed,
            order=order,
            single=single,
            step_down=stepped,
        )
        if progress and not progress(last, draws):
            return None
    return _answer(
        (1 + single) / (draws + 1), (1 + stepped) / (draws + 1), order, draws, False, how
    )


def _answer(
    p: FloatArray, stepped: FloatArray, order: IntArray, draws: int, exact: bool, how: str
) -> Redrawn:
    monotone = stepped.copy()
    monotone[order] = np.maximum.accumulate(stepped[order])
    return Redrawn(
        p=tuple(float(x) for x in p),
        p_stepped=tuple(float(x) for x in monotone),
        draws=draws,
        exact=exact,
        statistic=how,
    )


def _statistics(
    labels: IntArray, sums: FloatArray, sizes: FloatArray, arms: int, studentised: bool
) -> FloatArray:
    """Return the statistic of each arm for each allocation: (B, G) labels to (B, arms − 1)."""
    means, variances = [], []
    for a in range(arms):
        here = labels == a
        n = here @ sizes
        mean = (here @ sums) / n
        means.append(mean)
        if studentised:
            score = (sums - sizes * mean[:, None]) ** 2 / (1 - sizes / n[:, None])
            variances.append(np.where(here, score, 0.0).sum(axis=1) / n**2)
    columns = []
    for a in range(1, arms):
        difference = np.abs(means[a] - means[0])
        if studentised:
            total = variances[a] + variances[0]
            safe = np.where(total > 0, total, 1.0)
            nothing = np.where(difference > 0, np.inf, 0.0)
            columns.append(np.where(total > 0, difference / np.sqrt(safe), nothing))
        else:
            columns.append(difference)
    return np.stack(columns, axis=1)


def _add_reached(
    stats: FloatArray, observed: FloatArray, order: IntArray, single: IntArray, stepped: IntArray
) -> None:
    single += (stats >= observed).sum(axis=0)
    largest = np.full(len(stats), -1.0)
    for index in order[::-1]:
        largest = np.maximum(largest, stats[:, index])
        stepped[index] += int((largest >= observed[index]).sum())


def _distinct(labels: IntArray, starts: IntArray, arms: int) -> int:
    """Count the distinct allocations: the product of multinomials over groups."""
    total = 1
    for start, end in pairwise(starts):
        left = int(end - start)
        for count in np.bincount(labels[start:end], minlength=arms):
            total *= comb(left, int(count))
            left -= int(count)
        if total > MOST_EXACT:
            break
    return total


def _allocations(labels: IntArray, starts: IntArray, arms: int) -> Iterator[IntArray]:
    """Yield every distinct allocation, in batches of rows."""
    ways = [
        _arrangements(np.bincount(labels[start:end], minlength=arms))
        for start, end in pairwise(starts)
    ]
    numbers = [len(way) for way in ways]
    total = int(np.prod(numbers))
    step = max(1, HELD // labels.size)
    for first in range(0, total, step):
        index = np.arange(first, min(first + step, total))
        parts: list[IntArray] = []
        for way, number in zip(ways, numbers, strict=True):
            parts.append(way[index % number])
            index = index // number
        yield np.hstack(parts)


def _arrangements(counts: NDArray[np.int64]) -> IntArray:
    """Return every way to give `counts[a]` of each arm to a group: (ways, units)."""
    units = int(counts.sum())
    rows = [np.full(units, -1, dtype=np.int64)]
    for a, count in enumerate(counts):
        grown = []
        for row in rows:
            free = np.flatnonzero(row < 0)
            for chosen in combinations(free, int(count)):
                new = row.copy()
                new[list(chosen)] = a
                grown.append(new)
        rows = grown
    return np.array(rows)
