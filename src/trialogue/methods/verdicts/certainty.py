"""How sure we are: GRADE's four words, by rule, with each step down in words."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from trialogue.methods.results import Result
from trialogue.methods.verdicts.numbers import Share, share

Design = Literal[
    "randomised",
    "matched",
    "discontinuity",
    "difference-in-differences",
    "before-after with comparison",
    "before-after",
]


class Level(StrEnum):
    """How sure we are, from most to least."""

    HIGH = "High"
    MODERATE = "Moderate"
    LOW = "Low"
    VERY_LOW = "Very low"


_LEVELS = tuple(Level)
_START: dict[Design, Level] = {
    "randomised": Level.HIGH,
    "matched": Level.MODERATE,
    "discontinuity": Level.MODERATE,
    "difference-in-differences": Level.MODERATE,
    "before-after with comparison": Level.LOW,
    "before-after": Level.VERY_LOW,
}


@dataclass(frozen=True)
class StrengthFacts:
    """What the strength of a result rests on.

    `lost` is those without an outcome of those allocated, an arm each, control first.
    `clusters_per_arm` is empty where people were allocated one by one. `range_width` is that of
    the 95% range; None where there is none.
    """

    smallest_change: float
    design: Design = "randomised"
    registered_before_start: bool = True
    changed_after_data: bool = False
    lost: tuple[Share, ...] = ()
    clusters_per_arm: tuple[int, ...] = ()
    judged_by_people_who_knew: bool = False
    delivered: Share | None = None
    range_width: float | None = None


@dataclass(frozen=True, repr=False)
class Strength(Result):
    """How sure we are, and why not surer: each reason is a clause that can follow "because"."""

    level: Level
    start: Level
    steps: tuple[str, ...]


def strength(facts: StrengthFacts) -> Strength:
    """Start from the design's level, and go one step down for each thing that was not right.

    References
    ----------
    Guyatt and others (2008), BMJ 336, 924-926: GRADE's four words. The steps, by rule:
    docs/methods/verdicts.md.
    """
    start = _START[facts.design]
    steps = tuple(_steps(facts))
    level = _LEVELS[min(_LEVELS.index(start) + len(steps), len(_LEVELS) - 1)]
    return Strength(level, start, steps)


def _steps(facts: StrengthFacts) -> list[str]:
    steps = []
    if not facts.registered_before_start:
        steps.append("it was not registered before it started")
    if facts.changed_after_data:
        steps.append("the main outcome or its analysis changed after the data were seen")
    if lost := _lost(facts.lost):
        steps.append(lost)
    if facts.clusters_per_arm and min(facts.clusters_per_arm) < 8:
        steps.append(f"a group had only {min(facts.clusters_per_arm)} placed by chance, under 8")
    if facts.judged_by_people_who_knew:
        steps.append("the people who judged the outcome knew the group")
    if facts.delivered is not None and 2 * facts.delivered.part < facts.delivered.whole:
        steps.append(f"only {share(facts.delivered)} was delivered as planned")
    if facts.range_width is not None and facts.range_width > 4 * facts.smallest_change:
        steps.append("the likely range is wide")
    return steps


def _lost(arms: tuple[Share, ...]) -> str:
    """Say the loss that costs a step: over 20% in all, or over 10 points between two arms."""
    total = Share(sum(arm.part for arm in arms), sum(arm.whole for arm in arms))
    if 5 * total.part > total.whole:
        return f"{share(total)} could not be measured"
    known = sorted((arm for arm in arms if arm.whole), key=lambda arm: arm.value)
    if not known:
        return ""
    least, most = known[0], known[-1]
    # In whole numbers, so that exactly 10 points is not over 10 points.
    gap = most.part * least.whole - least.part * most.whole
    if 10 * gap > most.whole * least.whole:
        return f"more were lost in one group, {share(most)}, than in another, {share(least)}"
    return ""
