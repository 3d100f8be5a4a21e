"""Why somebody stands where they do in a plan: that place in its parts, and the next best."""

from dataclasses import dataclass

from trialogue.methods.results import Result
from trialogue.methods.rounds.offers import OFFERS, Offer, best_places, person, present
from trialogue.methods.rounds.reasons import Reason, no_place
from trialogue.methods.rounds.standing import Standing


@dataclass(frozen=True, repr=False)
class Explanation(Result):
    """The place chosen and the next best, cheapest first; or the rule that a place would break."""

    resident: str
    chosen: Offer | None
    others: tuple[Offer, ...] = ()
    broken: Reason | None = None

    def more_s(self, other: Offer) -> float:
        """Return by how much a place costs more than the one chosen, seconds a week."""
        return other.cost_s - (self.chosen.cost_s if self.chosen else 0.0)


def explain(plan: Standing, resident: str) -> Explanation:
    """Explain the place of a resident, everybody else staying where they are."""
    one = person(plan.instance, resident)
    if resident not in plan.places:
        return Explanation(resident, None, broken=no_place(plan, one))
    chosen = present(plan, one)
    found = best_places(plan.without(resident), one, most=OFFERS)
    others = tuple(offer for offer in found if offer.place != chosen.place)
    return Explanation(resident, chosen, others[: OFFERS - 1])
