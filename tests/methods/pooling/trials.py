"""Trials for tests: by hypothesis, by hand, and those published."""

import numpy as np
from hypothesis import strategies as st

from trialogue.methods import pooling
from trialogue.methods.pooling import ArmTable, Rule, Studies


def studies(estimate, variance, **more):
    """Trials from lists."""
    moderators = {
        name: np.array(values, dtype=str if isinstance(values[0], str) else float)
        for name, values in more.pop("moderators", {}).items()
    }
    if "order" in more:
        more["order"] = np.array(more["order"])
    return Studies(
        np.array(estimate, dtype=float),
        np.array(variance, dtype=float),
        moderators=moderators,
        **more,
    )


def pool(estimate, variance, *, moderators=None, order=None, names=(), **rule):
    """Pool lists."""
    more = {} if order is None else {"order": order}
    given = studies(estimate, variance, moderators=moderators or {}, names=names, **more)
    return pooling.pool(given, Rule(**rule))


def arm(*columns, **more):
    """One arm of every trial from lists."""
    return ArmTable(tuple(np.array(column, dtype=float) for column in columns), **more)


numbers = st.floats(-5, 5).map(lambda value: round(value, 3))
variances = st.floats(0.01, 4).map(lambda value: round(value, 4))


@st.composite
def lists(draw, least=2, most=12):
    """Estimates and variances of a few trials."""
    k = draw(st.integers(least, most))
    size = {"min_size": k, "max_size": k}
    return draw(st.lists(numbers, **size)), draw(st.lists(variances, **size))
