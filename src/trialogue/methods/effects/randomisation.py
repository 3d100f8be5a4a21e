"""The second, exact answer: re-draw the labels as the design drew them.

Under "no effect on anyone" outcomes do not move when labels do. Formulas: docs/methods/effects.md.
"""

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations, pairwise
from math import comb
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from trialogue.methods.effects.data import NO_DIFFERENCE, NO_VARIANCE, FloatArray, IntArray
from trialogue.methods.effects.labels import drawn_labels
from trialogue.methods.problems import InputError, Problem
from trialogue.methods.results import Result

MOST_EXACT = 250_000
COMPILED = "trialogue.methods.effects.redraw"
QUICK = 5_000_000  # units × draws: up to here arrays are done before a compiled loop has begun
HELD = 2_000_000  # numbers held at once: units × allocations
MOST_LISTED = 50_000_000  # units × distinct allocations: beyond it (2 units against 700) draw
Progress = Callable[[int, int], bool]
Alternative = Literal["two-sided", "greater", "less"]
# Which of (B, G) allocations, units in the order given, the design could have drawn.
Accept = Callable[[NDArray[np.int8]], NDArray[np.bool_]]
MOST_TRIED = 2_000  # tries for each draw that is accepted


@dataclass(frozen=True, repr=False)
class Redrawn(Result):
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
    alternative: Alternative = "two-sided",
    accepted: Accept | None = None,
    progress: Progress | None = None,
) -> Redrawn | None:
    """Redraw the arms of units of allocation within groups (strata and blocks together).

    Parameters
    ----------
    sums, sizes : (G,)
        The sum of the outcome over the people of each unit, and how many they are.
    arm, group : (G,)
        Numbers; arm 0 is control, and every arm has a unit.
    arms : int
        How many arms there are.
    statistic : str
        `t` (studentised, closed-form CR2) or `difference`; with an arm of one unit, `difference`.
    draws : int
        How many, where there are more than 250,000 distinct allocations.
    seed : int
        Draw b depends on the seed and b alone.
    alternative : str
        `two-sided`, or `greater` or `less` on the signed statistic.
    accepted : callable, optional
        The rule by which the design drew until it was balanced, as `allocation.Balanced`: only
        allocations that it accepts are counted, and drawn.
    progress : callable, optional
        Called with (done, all); stops when it returns false.

    Returns
    -------
    Redrawn or None
        None when stopped. p counts draws that reach the statistic, the observed one among them.

    Raises
    ------
    InputError
        The rule does not accept the real allocation, or hardly any.

    References
    ----------
    Westfall and Young (1993); Romano and Wolf (2005), Econometrica 73(4), 1237-1282; Wu and Ding
    (2021), JASA 116, 1898-1913; Phipson and Smyth (2010), SAGMB 9(1), article 39; Morgan and Rubin
    (2012), Annals of Statistics 40(2), 1263-1282, section 2.2.
    """
    how = "difference" if np.bincount(arm, minlength=arms).min() == 1 else statistic
    by_group = np.argsort(group, kind="stable")
    units = _Units(
        labels=arm[by_group],
        starts=np.flatnonzero(np.r_[True, np.diff(group[by_group]) != 0, True]).astype(np.int64),
        sums=unit_free(sums[by_group].astype(float), sizes[by_group].astype(float)),
        sizes=sizes[by_group].astype(float),
        arms=arms,
        studentised=how == "t",
    )
    accept = _in_order(accepted, by_group)
    if accept and not accept(units.labels[None].astype(np.int8))[0]:
        raise InputError(
            Problem("the rule of balance does not accept the real draw", "Give the rule it had")
        )
    count = Count(units.statistics(units.labels[None])[0], alternative)
    distinct = distinct_allocations(units.labels, units.starts, arms)
    done = 0
    if distinct <= MOST_EXACT and distinct * arm.size <= MOST_LISTED:
        for stats in _enumerated(units, accept):
            count.add(stats)
            done += len(stats)
        return count.answer(0, done, exact=True, statistic=how)
    for stats in _drawn(units, accept, draws, seed):
        count.add(stats)
        done += len(stats)
        if progress and not progress(done, draws):
            return None
    return count.answer(1, draws, exact=False, statistic=how)


@dataclass(frozen=True)
class _Units:
    """Units of allocation, group by group: group g from `starts[g]`. `labels`: the real arms."""

    labels: IntArray
    starts: IntArray
    sums: FloatArray
    sizes: FloatArray
    arms: int
    studentised: bool

    def statistics(self, labels: NDArray[np.integer[Any]]) -> FloatArray:
        """Return the signed statistics of allocations: (B, G) labels to (B, arms − 1)."""
        return _statistics(labels, self.sums, self.sizes, self.arms, self.studentised)


def _enumerated(units: _Units, accept: Accept | None) -> Iterator[FloatArray]:
    """Yield the statistics of every allocation that could have been drawn."""
    for batch in every_allocation(units.labels, units.starts, units.arms):
        yield units.statistics(batch[accept(batch)] if accept else batch)


def _drawn(units: _Units, accept: Accept | None, draws: int, seed: int) -> Iterator[FloatArray]:
    """Yield the statistics of as many draws."""
    if accept is None and (draws * units.labels.size > QUICK or COMPILED in sys.modules):
        # Here, not above: to load numba takes longer than a small job; loaded, it is quicker.
        from trialogue.methods.effects.redraw import drawn_statistics

        step = max(1, min(draws, 20 * HELD // units.labels.size))
        for first in range(0, draws, step):
            yield drawn_statistics(
                seed=seed, first=first, draws=min(step, draws - first), **vars(units)
            )
        return
    step = max(1, min(draws, HELD // units.labels.size))
    done = tried = 0
    while done < draws:
        if tried > MOST_TRIED * draws:
            what = f"the rule of balance accepts {done:,} of {tried:,} draws"
            raise InputError(Problem(what, "Accept a larger share of draws"))
        batch = drawn_labels(
            seed=seed,
            first=tried,
            draws=step,
            labels=units.labels,
            starts=units.starts,
            arms=units.arms,
        )
        kept = (batch[accept(batch)] if accept else batch)[: draws - done]
        tried, done = tried + step, done + len(kept)
        yield units.statistics(kept)


def _in_order(accepted: Accept | None, by_group: NDArray[np.intp]) -> Accept | None:
    """Ask the rule about units in the order it knows, of allocations in the order of groups."""
    if accepted is None:
        return None
    back = np.argsort(by_group)
    return lambda labels: accepted(labels[:, back])


def unit_free(sums: FloatArray, sizes: FloatArray) -> FloatArray:
    """Scale so that the largest unit mean is 1: what is rounding is then known."""
    largest = float(np.abs(sums / sizes).max())
    return sums / largest if largest > 0 else sums


class Count:
    """How often draws reach what was observed: each arm alone, and the largest of those left."""

    def __init__(self, observed: FloatArray, alternative: Alternative) -> None:
        self._alternative = alternative
        stat = self._sided(observed)
        finite = np.where(np.isfinite(stat), stat, 1.0)
        self._reach = stat - 1e-9 * np.maximum(1.0, finite)
        self._order = np.argsort(-stat, kind="stable")
        self._alone = np.zeros(stat.size)
        self._stepped = np.zeros(stat.size)

    def _sided(self, stats: FloatArray) -> FloatArray:
        if self._alternative == "two-sided":
            return np.abs(stats)
        return stats if self._alternative == "greater" else -stats

    def add(self, drawn: FloatArray) -> None:
        """Count draws, (B, arms − 1)."""
        stats = self._sided(drawn)
        self._alone += (stats >= self._reach).sum(axis=0)
        largest = np.full(len(stats), -np.inf)
        for index in self._order[::-1]:
            largest = np.maximum(largest, stats[:, index])
            self._stepped[index] += (largest >= self._reach[index]).sum()

    def answer(self, extra: int, draws: int, *, exact: bool, statistic: str) -> Redrawn:
        """Turn counts into p's; a stepped p is at least that of the arm before it."""
        stepped = (extra + self._stepped) / (extra + draws)
        stepped[self._order] = np.maximum.accumulate(stepped[self._order])
        return Redrawn(
            p=tuple(float(x) for x in (extra + self._alone) / (extra + draws)),
            p_stepped=tuple(float(x) for x in stepped),
            draws=draws,
            exact=exact,
            statistic=statistic,
        )


def _statistics(
    labels: NDArray[np.integer[Any]],
    sums: FloatArray,
    sizes: FloatArray,
    arms: int,
    studentised: bool,
) -> FloatArray:
    """Return the signed statistics of allocations: (B, G) labels to (B, arms − 1)."""
    means, variances = [], []
    for a in range(arms):
        here = labels == a
        n = here @ sizes
        mean = (here @ sums) / n
        means.append(mean)
        if studentised:
            score = np.where(here, sums - sizes * mean[:, None], 0.0)
            left = np.where(here, 1 - sizes / n[:, None], 1.0)
            variances.append((score**2 / left).sum(axis=1) / n**2)
    columns = []
    for a in range(1, arms):
        difference = means[a] - means[0]
        difference[np.abs(difference) <= NO_DIFFERENCE] = 0.0
        if studentised:
            variance = variances[a] + variances[0]
            known = variance > NO_VARIANCE
            certain = np.where(difference == 0, 0.0, np.copysign(np.inf, difference))
            difference = np.where(
                known, difference / np.sqrt(np.where(known, variance, 1.0)), certain
            )
        columns.append(difference)
    return np.stack(columns, axis=1)


def distinct_allocations(labels: IntArray, starts: IntArray, arms: int) -> int:
    """Count the distinct allocations: the product of multinomials over groups."""
    total = 1
    for start, end in pairwise(starts):
        left = int(end - start)
        for count in np.bincount(labels[start:end], minlength=arms).tolist():
            if min(count, left - count) > 20:  # over 10¹¹ ways: no need of all the digits
                return MOST_EXACT + 1
            total *= comb(left, count)
            left -= count
        if total > MOST_EXACT:
            break
    return total


def every_allocation(labels: IntArray, starts: IntArray, arms: int) -> Iterator[NDArray[np.int8]]:
    """Yield every distinct allocation, in batches of rows."""
    ways = [
        _arrangements(np.bincount(labels[start:end], minlength=arms))
        for start, end in pairwise(starts)
    ]
    total = int(np.prod([len(way) for way in ways]))
    step = max(1, HELD // labels.size)
    for first in range(0, total, step):
        index = np.arange(first, min(first + step, total))
        parts: list[NDArray[np.int8]] = []
        for way in ways:
            parts.append(way[index % len(way)])
            index = index // len(way)
        yield np.hstack(parts)


def _arrangements(counts: NDArray[np.int64]) -> NDArray[np.int8]:
    """Return every way to give `counts[a]` of each arm to a group: (ways, units)."""
    last = counts.size - 1
    rows = np.full((1, int(counts.sum())), last, dtype=np.int8)
    for a, count in enumerate(counts[:-1].tolist()):
        free = np.array([np.flatnonzero(row == last) for row in rows])
        picks = np.array(list(combinations(range(free.shape[1]), count)), dtype=np.int64)
        rows = np.repeat(rows, len(picks), axis=0)
        np.put_along_axis(rows, free[:, picks].reshape(len(rows), count), a, axis=1)
    return rows
