"""Draws of labels, one after another, each from numbers of its own: splitmix64.

Place u holds an arm whatever the draw, and units are drawn into places: within a group by partial
Fisher–Yates, its largest arm, which stands last, taking the rest. The numbers of draw b depend on
the seed and b alone.
"""

import hashlib
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trialogue.methods.effects.data import IntArray

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
MIX_2 = np.uint64(0x94D049BB133111EB)


def mix(z: Any) -> Any:
    """Scramble 64-bit counters (splitmix64)."""
    z = (z ^ (z >> np.uint64(30))) * MIX_1
    z = (z ^ (z >> np.uint64(27))) * MIX_2
    return z ^ (z >> np.uint64(31))


def drawn_labels(
    *, seed: int, first: int, draws: int, labels: IntArray, starts: IntArray, arms: int
) -> NDArray[np.int8]:
    """Return the arms that draws `first` to `first` + `draws` − 1 give each unit, (draws, units).

    Units stand group by group, group g from `starts[g]`; `labels` are the arms they had.
    """
    place, chosen = places(labels, starts, arms)
    every = np.arange(draws)
    unit = np.tile(np.arange(labels.size, dtype=np.int32), (draws, 1))
    state = mix(key_of(seed) ^ mix((first + every).astype(np.uint64) + GOLDEN))
    for (start, end), drawn in zip(pairwise(starts), chosen, strict=True):
        for i in range(start, start + drawn):
            state = state + GOLDEN
            j = i + (((mix(state) >> np.uint64(32)) * np.uint64(end - i)) >> np.uint64(32))
            there = unit[every, j.astype(np.int64)]
            unit[every, j.astype(np.int64)] = unit[:, i]
            unit[:, i] = there
    answer = np.empty((draws, labels.size), dtype=np.int8)
    np.put_along_axis(answer, unit, np.broadcast_to(place.astype(np.int8), unit.shape), axis=1)
    return answer


def places(labels: IntArray, starts: IntArray, arms: int) -> tuple[IntArray, IntArray]:
    """Return the arm of every place, a group's largest last, and how many places are drawn."""
    place, chosen = np.empty_like(labels), np.empty(starts.size - 1, dtype=np.int64)
    for g, (start, end) in enumerate(pairwise(starts)):
        counts = np.bincount(labels[start:end], minlength=arms)
        largest = int(counts.argmax())
        order = [a for a in range(arms) if a != largest] + [largest]
        place[start:end] = np.repeat(order, counts[order])
        chosen[g] = end - start - counts[largest]
    return place, chosen


def key_of(seed: int) -> np.uint64:
    """Return the 64 bits that all draws by a seed begin from."""
    return np.uint64(int.from_bytes(hashlib.sha256(str(seed).encode()).digest()[:8], "big"))
