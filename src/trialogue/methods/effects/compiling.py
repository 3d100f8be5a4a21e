"""Compile the loop of re-randomisation before anyone waits for it: some four seconds, once.

numba keeps what it compiled where `trialogue.methods.rounds.compiling` says.
"""

import numpy as np

from trialogue.methods.effects.randomisation import MOST_EXACT, rerandomise


def compile_redraw() -> None:
    """Redraw more units than have all their allocations looked at."""
    units = MOST_EXACT.bit_length() + 6
    arm = np.arange(units) % 2
    rerandomise(
        sums=np.arange(units, dtype=float),
        sizes=np.ones(units),
        arm=arm,
        group=np.zeros(units, dtype=np.int64),
        arms=2,
        statistic="t",
        draws=1,
        seed=1,
    )
