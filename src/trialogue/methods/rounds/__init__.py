"""Which visitor, which day, which stop? Welfare visits fitted into rounds that run anyway.

At least extra time, with a familiar face, on days that suit. The rules and the cost are those of
docs/methods/rounds.md.
"""

from dataclasses import dataclass, replace

from trialogue.methods.results import Result
from trialogue.methods.rounds.absence import Cover, Covered, visitor_off
from trialogue.methods.rounds.bound import lower_bound
from trialogue.methods.rounds.checking import Checked, Parts, check
from trialogue.methods.rounds.compiling import compile_search
from trialogue.methods.rounds.differences import Difference, differences, settled
from trialogue.methods.rounds.districts import MOST_ROUNDS, search_districts
from trialogue.methods.rounds.explaining import Explanation, explain
from trialogue.methods.rounds.instance import Instance, Resident, Round, Weights
from trialogue.methods.rounds.offers import Offer, best_places, with_everyone
from trialogue.methods.rounds.plan import Place, Plan, RoundDay, Unplaced, read_plan
from trialogue.methods.rounds.reading import read_instance, read_json, strays
from trialogue.methods.rounds.reasons import Reason
from trialogue.methods.rounds.search import Effort, Progress, Watch, search
from trialogue.methods.rounds.standing import Standing, stand
from trialogue.methods.rounds.travel import Travel, read_matrix
from trialogue.methods.rounds.wording import unplaced

__all__ = [
    "Checked",
    "Cover",
    "Covered",
    "Difference",
    "Effort",
    "Explanation",
    "Instance",
    "Offer",
    "Parts",
    "Place",
    "Plan",
    "Planned",
    "Progress",
    "Reason",
    "Resident",
    "Round",
    "RoundDay",
    "Standing",
    "Travel",
    "Unplaced",
    "Weights",
    "best_places",
    "check",
    "compile_search",
    "differences",
    "explain",
    "lower_bound",
    "plan_week",
    "read_instance",
    "read_json",
    "read_matrix",
    "read_plan",
    "settled",
    "stand",
    "strays",
    "visitor_off",
]

VERSION = 3  # of the search: another number, another plan of the same seed


@dataclass(frozen=True, repr=False)
class Planned(Result):
    """A plan that keeps every rule, what it costs and what no plan can cost less than."""

    plan: Plan
    parts: Parts
    cost: float  # seconds a week
    lower_bound: float
    steps: int

    @property
    def gap(self) -> float | None:
        """How far the cost is above the bound, as a share of it; None when the bound is 0."""
        return self.cost / self.lower_bound - 1.0 if self.lower_bound > 0 else None


def plan_week(
    instance: Instance,
    travel: Travel,
    *,
    seed: int,
    effort: Effort = "standard",
    watch: Watch = lambda progress: True,
    at_once: int = 1,
) -> Planned:
    """Plan a week. The same instance, seed, effort and version give the same plan.

    `watch` is told how far the search is, some times a second, and says whether to go on: stopped,
    the best plan so far is returned. A county is planned by district, `at_once` at a time.
    """
    bound = lower_bound(
        instance, travel
    )  # first, so that nobody who stops the search waits for it
    if len(instance.rounds) > MOST_ROUNDS and instance.residents:
        found = search_districts(
            instance, travel, seed=seed, effort=effort, watch=watch, at_once=at_once
        )
    else:
        found = search(instance, travel, seed=seed, effort=effort, watch=watch)
    standing = with_everyone(stand(instance, found.plan, travel))
    checked = check(instance, standing.plan(), travel)
    if checked.broken:
        raise AssertionError(f"the search broke a rule: {checked.broken[:3]}")
    cost = checked.parts.cost(instance)
    return Planned(
        plan=replace(standing.plan(), unplaced=unplaced(standing)),
        parts=checked.parts,
        cost=cost,
        lower_bound=bound,
        steps=found.steps,
    )
