"""The loop of re-randomisation, compiled: one draw after another, each from its own numbers.

numba is imported here alone, and this module only when draws are made: it costs a second.
"""

from typing import Any

import numpy as np
from numba import njit

from trialogue.methods.effects.data import FloatArray, IntArray

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
MIX_2 = np.uint64(0x94D049BB133111EB)


def _mix(z: Any) -> Any:
    """Scramble a 64-bit counter (splitmix64)."""
    z = (z ^ (z >> np.uint64(30))) * MIX_1
    z = (z ^ (z >> np.uint64(27))) * MIX_2
    return z ^ (z >> np.uint64(31))


_mix = njit(cache=True, inline="always")(_mix)


def _count(
    seed: Any,
    first: int,
    last: int,
    labels: Any,
    starts: Any,
    sums: Any,
    sizes: Any,
    arms: int,
    studentised: bool,
    observed: Any,
    order: Any,
    single: Any,
    step_down: Any,
) -> None:
    """Add to `single` and `step_down` how often a draw from `first` to `last` reaches `observed`.

    Labels are shuffled within groups, partial Fisher–Yates from the end; the numbers of draw b
    depend on the seed and b alone.
    """
    units = labels.size
    drawn = labels.copy()
    stat = np.empty(arms - 1)
    for b in range(first, last):
        drawn[:] = labels
        state = _mix(seed ^ _mix(np.uint64(b) + GOLDEN))
        for g in range(starts.size - 1):
            start = starts[g]
            for i in range(starts[g + 1] - start - 1, 0, -1):
                state = state + GOLDEN
                j = np.int64(((_mix(state) >> np.uint64(32)) * np.uint64(i + 1)) >> np.uint64(32))
                keep = drawn[start + i]
                drawn[start + i] = drawn[start + j]
                drawn[start + j] = keep
        n = np.zeros(arms)
        s = np.zeros(arms)
        for u in range(units):
            n[drawn[u]] += sizes[u]
            s[drawn[u]] += sums[u]
        variance = np.zeros(arms)
        if studentised:
            for u in range(units):
                a = drawn[u]
                score = sums[u] - sizes[u] * s[a] / n[a]
                variance[a] += score * score / (1.0 - sizes[u] / n[a])
        for a in range(1, arms):
            difference = abs(s[a] / n[a] - s[0] / n[0])
            if studentised:
                total = variance[a] / (n[a] * n[a]) + variance[0] / (n[0] * n[0])
                if total > 0:
                    stat[a - 1] = difference / np.sqrt(total)
                else:
                    stat[a - 1] = np.inf if difference > 0 else 0.0
            else:
                stat[a - 1] = difference
            if stat[a - 1] >= observed[a - 1]:
                single[a - 1] += 1
        largest = -1.0
        for k in range(arms - 2, -1, -1):
            a = order[k]
            largest = max(largest, stat[a])
            if largest >= observed[a]:
                step_down[a] += 1


_compiled = njit(cache=True)(_count)


def count_reached(
    *,
    seed: int,
    first: int,
    last: int,
    labels: IntArray,
    starts: IntArray,
    sums: FloatArray,
    sizes: FloatArray,
    arms: int,
    studentised: bool,
    observed: FloatArray,
    order: IntArray,
    single: IntArray,
    step_down: IntArray,
) -> None:
    """Run draws `first` to `last` − 1 and add up how often each reaches what was observed."""
    _compiled(
        np.uint64(seed % 2**64),
        first,
        last,
        labels,
        starts,
        sums,
        sizes,
        arms,
        studentised,
        observed,
        order,
        single,
        step_down,
    )
