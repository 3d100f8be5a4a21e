"""Compile the loop of re-randomisation before anyone waits for it: some four seconds, once.

numba keeps what it compiled where `trialogue.methods.rounds.compiling` says.
"""

import numpy as np

from trialogue.methods.effects.randomisation import QUICK, rerandomise


def compile_redraw() -> None:
    """Redraw so many units that it takes the compiled loop."""
    units = 1_000
    arm = np.arange(units) % 2
    rerandomise(
        sums=np.arange(units, dtype=float),
        sizes=np.ones(units),
        arm=arm,
        group=np.zeros(units, dtype=np.int64),
        arms=2,
        statistic="t",
        draws=QUICK // units + 1,
        seed=1,
    )
