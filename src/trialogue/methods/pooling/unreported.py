"""What if the trials that were registered and not reported had found nothing, or harm?"""

from dataclasses import dataclass

import numpy as np

from trialogue.methods.pooling.answers import pool
from trialogue.methods.pooling.results import Pooled
from trialogue.methods.pooling.studies import Rule, Studies
from trialogue.methods.problems import InputError, Problem
from trialogue.methods.results import Result


@dataclass(frozen=True, repr=False)
class Unreported(Result):
    """The pooled estimate if `count` trials that were not reported had found nothing, or harm."""

    count: int
    if_nothing: Pooled
    if_harm: Pooled


def with_unreported(
    studies: Studies, rule: Rule | None = None, *, count: int, smallest_change: float
) -> Unreported:
    """Pool again with each trial registered and not reported counted at 0, and at −δ.

    `smallest_change` is δ on the scale of the estimates, of which more is better. An unreported
    trial is as precise as the median of the reported.

    Raises InputError when no trial is unreported, or moderators are given: nobody knows theirs.
    """
    if count < 1:
        raise InputError(Problem(f"{count} unreported trials", "Give 1 or more"))
    if studies.moderators:
        raise InputError(Problem("nobody knows the moderators of unreported trials"))
    told = studies.chosen(np.flatnonzero(np.isfinite(studies.estimate)))
    middle = float(np.median(told.variance))
    names = tuple(f"not reported {number}" for number in range(1, count + 1))

    def counted_at(value: float) -> Pooled:
        longer = Studies(
            estimate=np.append(told.estimate, np.full(count, value)),
            variance=np.append(told.variance, np.full(count, middle)),
            names=(*told.names, *names),
        )
        return pool(longer, rule)

    return Unreported(count, counted_at(0.0), counted_at(-abs(smallest_change)))
