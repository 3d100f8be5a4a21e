"""Counts so small that publishing them could tell who somebody is."""

from collections.abc import Mapping
from dataclasses import dataclass

from trialogue.methods.problems import Problem, refuse
from trialogue.methods.results import Result
from trialogue.methods.verdicts.numbers import Share

THRESHOLD = 5
CAREFUL_THRESHOLD = 10  # children's social care, domestic abuse, health, immigration, small areas
SMALLEST_ARM = 10
BASE = 5


@dataclass(frozen=True, repr=False)
class SmallCell(Result):
    """A count that may not be published as it is: `what` says which, in which arm."""

    arm: str
    what: str
    count: int


def protected_cells(
    arms: Mapping[str, Share], *, threshold: int = THRESHOLD
) -> tuple[SmallCell, ...]:
    """Return the counts that block publishing: events and non-events from 1 to t − 1, small arms.

    `arms` gives for each arm how many had the event, of how many. One such count is enough for
    every count of the trial to be rounded, and the effect to be worked out again from those.
    """
    refuse(
        Problem(f"{arm}: {count.part} of {count.whole} cannot be", "Check the counts")
        for arm, count in arms.items()
        if not 0 <= count.part <= count.whole
    )
    found = []
    for arm, count in arms.items():
        without = count.whole - count.part
        if 0 < count.part < threshold:
            found.append(SmallCell(arm, "with the outcome", count.part))
        if 0 < without < threshold:
            found.append(SmallCell(arm, "without the outcome", without))
        if count.whole < SMALLEST_ARM:
            found.append(SmallCell(arm, "measured", count.whole))
    return tuple(found)


def protect(count: Share) -> Share:
    """Round a count and its arm to base 5, always the same way, the count within its arm."""
    whole = _to_base(count.whole)
    return Share(min(_to_base(count.part), whole), whole)


def _to_base(count: int) -> int:
    return BASE * ((count + BASE // 2) // BASE)
