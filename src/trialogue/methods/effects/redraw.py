"""The loop of re-randomisation, compiled: one draw after another, each from its own numbers.

numba is imported here alone, and this module only when draws are made: it costs half a second.
"""

import hashlib
from itertools import pairwise
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from trialogue.methods.effects.data import NO_DIFFERENCE, NO_VARIANCE, FloatArray, IntArray

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
MIX_2 = np.uint64(0x94D049BB133111EB)


def _mix(z: Any) -> Any:
    """Scramble a 64-bit counter (splitmix64)."""
    z = (z ^ (z >> np.uint64(30))) * MIX_1
    z = (z ^ (z >> np.uint64(27))) * MIX_2
    return z ^ (z >> np.uint64(31))


_mix = njit(cache=True, inline="always")(_mix)


def _statistics(
    key: Any,
    first: int,
    stats: Any,
    place: Any,
    starts: Any,
    chosen: Any,
    sums: Any,
    sizes: Any,
    arms: int,
    studentised: bool,
    equal: bool,
) -> None:
    """Fill `stats`, (draws, arms − 1), with the signed statistics of draws from `first` on.

    Place u holds an arm, `place[u]`, whatever the draw; units are drawn into places. Within a
    group the first `chosen` places are drawn (partial Fisher–Yates) and its largest arm, which
    stands last, takes the rest. The numbers of draw b depend on the key and b alone.
    """
    units = place.size
    s_drawn, n_drawn = np.empty(units), sizes.copy()
    n, s, v = np.empty(arms), np.empty(arms), np.empty(arms)
    for b in range(stats.shape[0]):
        s_drawn[:] = sums
        if not equal:
            n_drawn[:] = sizes
        n[:] = 0.0
        s[:] = 0.0
        v[:] = 0.0
        state = _mix(key ^ _mix(np.uint64(first + b) + GOLDEN))
        for g in range(starts.size - 1):
            start, end = starts[g], starts[g + 1]
            for i in range(start, end):
                if i < start + chosen[g]:
                    state = state + GOLDEN
                    left = np.uint64(end - i)
                    j = i + np.int64(((_mix(state) >> np.uint64(32)) * left) >> np.uint64(32))
                    s_drawn[i], s_drawn[j] = s_drawn[j], s_drawn[i]
                    if not equal:
                        n_drawn[i], n_drawn[j] = n_drawn[j], n_drawn[i]
                a = place[i]
                n[a] += n_drawn[i]
                s[a] += s_drawn[i]
                if equal:
                    v[a] += s_drawn[i] * s_drawn[i]
        if studentised and equal:
            size = sizes[0]
            for a in range(arms):
                v[a] = max(v[a] - s[a] * s[a] * size / n[a], 0.0) / (1.0 - size / n[a])
        elif studentised:
            for u in range(units):
                a = place[u]
                score = s_drawn[u] - n_drawn[u] * s[a] / n[a]
                v[a] += score * score / (1.0 - n_drawn[u] / n[a])
        for a in range(1, arms):
            difference = s[a] / n[a] - s[0] / n[0]
            if abs(difference) <= NO_DIFFERENCE:
                difference = 0.0
            if studentised:
                variance = v[a] / (n[a] * n[a]) + v[0] / (n[0] * n[0])
                if variance > NO_VARIANCE:
                    difference = difference / np.sqrt(variance)
                elif difference != 0.0:
                    difference = np.inf if difference > 0 else -np.inf
            stats[b, a - 1] = difference


def _labels(key: Any, first: int, drawn: Any, place: Any, starts: Any, chosen: Any) -> None:
    """Fill `drawn`, (draws, units), with the arms that the same draws give each unit."""
    units = place.size
    unit = np.empty(units, dtype=np.int64)
    for b in range(drawn.shape[0]):
        unit[:] = np.arange(units)
        state = _mix(key ^ _mix(np.uint64(first + b) + GOLDEN))
        for g in range(starts.size - 1):
            start, end = starts[g], starts[g + 1]
            for i in range(start, start + chosen[g]):
                state = state + GOLDEN
                left = np.uint64(end - i)
                j = i + np.int64(((_mix(state) >> np.uint64(32)) * left) >> np.uint64(32))
                unit[i], unit[j] = unit[j], unit[i]
        for u in range(units):
            drawn[b, unit[u]] = place[u]


_compiled = njit(cache=True)(_statistics)
_compiled_labels = njit(cache=True)(_labels)


def drawn_statistics(
    *,
    seed: int,
    first: int,
    draws: int,
    labels: IntArray,
    starts: IntArray,
    sums: FloatArray,
    sizes: FloatArray,
    arms: int,
    studentised: bool,
) -> FloatArray:
    """Return the signed statistics of draws `first` to `first` + `draws` − 1, (draws, arms − 1).

    Units stand group by group, group g from `starts[g]`; `labels` are the arms they had.
    """
    place, chosen = _places(labels, starts, arms)
    stats = np.empty((draws, arms - 1))
    equal = bool((sizes == sizes[0]).all())
    _compiled(
        _key(seed), first, stats, place, starts, chosen, sums, sizes, arms, studentised, equal
    )
    return stats


def drawn_labels(
    *, seed: int, first: int, draws: int, labels: IntArray, starts: IntArray, arms: int
) -> NDArray[np.int8]:
    """Return the arms of the same draws, (draws, units)."""
    place, chosen = _places(labels, starts, arms)
    drawn = np.empty((draws, labels.size), dtype=np.int8)
    _compiled_labels(_key(seed), first, drawn, place, starts, chosen)
    return drawn


def _places(labels: IntArray, starts: IntArray, arms: int) -> tuple[IntArray, IntArray]:
    """Return the arm of every place, a group's largest last, and how many places are drawn."""
    place, chosen = np.empty_like(labels), np.empty(starts.size - 1, dtype=np.int64)
    for g, (start, end) in enumerate(pairwise(starts)):
        counts = np.bincount(labels[start:end], minlength=arms)
        largest = int(counts.argmax())
        order = [a for a in range(arms) if a != largest] + [largest]
        place[start:end] = np.repeat(order, counts[order])
        chosen[g] = end - start - counts[largest]
    return place, chosen


def _key(seed: int) -> np.uint64:
    return np.uint64(int.from_bytes(hashlib.sha256(str(seed).encode()).digest()[:8], "big"))
