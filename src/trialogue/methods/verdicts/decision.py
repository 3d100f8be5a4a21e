"""Several arms: one verdict each, in the order that was registered. Nobody says which is best."""

from collections.abc import Sequence
from dataclasses import dataclass

from trialogue.methods.problems import Problem, refuse
from trialogue.methods.results import Result
from trialogue.methods.verdicts.evidence import Evidence
from trialogue.methods.verdicts.rule import Verdict, verdict

ON_A_CARD = 2


@dataclass(frozen=True, repr=False)
class Decision(Result):
    """The verdict of one arm against control."""

    _shown = ("arm", "verdict")

    arm: str
    evidence: Evidence
    verdict: Verdict


def decide(comparisons: Sequence[tuple[str, Evidence]]) -> tuple[Decision, ...]:
    """Return a verdict for each comparison that counts, in the order of the registration.

    The first is the one that search and the tracker use. Raises InputError where an arm comes
    twice or there is no comparison.
    """
    names = [arm for arm, _ in comparisons]
    refuse(
        Problem(f"the arm {name} is compared twice", "Name each comparison once")
        for name in sorted({name for name in names if names.count(name) > 1})
    )
    if not comparisons:
        refuse([Problem("no comparison counts", "Name at least one in the registration")])
    return tuple(Decision(arm, evidence, verdict(evidence)) for arm, evidence in comparisons)


def on_a_card(decisions: Sequence[Decision]) -> tuple[tuple[Decision, ...], str]:
    """Return what a card shows: the first two, and how many more there are, in words or empty."""
    more = len(decisions) - ON_A_CARD
    return tuple(decisions[:ON_A_CARD]), f"and {more} more" if more > 0 else ""
