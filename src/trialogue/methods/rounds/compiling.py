"""Compile the search before anyone waits for it: some twenty seconds, once; then it is read.

numba keeps what it compiled beside this file, or where that may not be written in the user's own
cache folder, or where NUMBA_CACHE_DIR says (a container with neither needs it).
"""

import numpy as np

from trialogue.methods.rounds.instance import Instance, Resident, Round, Weights
from trialogue.methods.rounds.search import search
from trialogue.methods.rounds.travel import Travel


def compile_search() -> None:
    """Plan a week of one round and one resident, which needs all of the search."""
    points = np.array([[0.0, 0.0], [100.0, 0.0], [0.0, 0.0]])
    anyone: frozenset[int] = frozenset()
    one = Round("R", "", points, 0.0, 20.0, (600.0,), anyone)
    resident = Resident(
        "P", (50.0, 0.0), 1, ((0,),), 300.0, (0.0, 86_400.0), anyone, frozenset(), anyone
    )
    weights = Weights(180.0, 60.0, 0.5, 3600.0)
    week = Instance("compiling", ("Mon",), 0.234, weights, (one,), (resident,))
    search(week, Travel(week.seconds_per_metre), seed=1, effort="quick")
