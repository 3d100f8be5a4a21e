"""The draws of `labels`, compiled, with the statistics of each: for many draws of many units.

numba is imported here alone, and this module only then: to load it and what it compiled costs
nearly two seconds.
"""

from typing import Any

import numpy as np
from numba import njit

from trialogue.methods.effects.data import NO_DIFFERENCE, NO_VARIANCE, FloatArray, IntArray
from trialogue.methods.effects.labels import GOLDEN, key_of, mix, places

_mix = njit(cache=True, inline="always")(mix)


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


_compiled = njit(cache=True)(_statistics)


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
    place, chosen = places(labels, starts, arms)
    stats = np.empty((draws, arms - 1))
    equal = bool((sizes == sizes[0]).all())
    _compiled(
        key_of(seed), first, stats, place, starts, chosen, sums, sizes, arms, studentised, equal
    )
    return stats
