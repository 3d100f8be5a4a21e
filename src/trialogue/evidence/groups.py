"""What units are placed in: the groups compared or, of a stepped start, the days they start on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from trialogue.methods.design import Arm, Design
from trialogue.methods.verdicts import long_date


@dataclass(frozen=True)
class Group:
    """What chance places a unit in, and its whole-number share of them."""

    code: str
    name: str
    share: int


def groups_of(plan: Mapping[str, Any]) -> tuple[Group, ...]:
    """Return the groups of a plan, usual service first; of a stepped start its steps in order.

    The code of a step is its first day, as 2027-03-01.
    """
    steps = [step["starts"] for step in plan["dates"].get("steps", ())]
    if steps:
        days = [(day, long_date(date.fromisoformat(day))) for day in steps]
        return tuple(Group(day, f"Starts on {words}", 1) for day, words in days)
    return tuple(Group(arm["code"], arm["name"], arm["share"]) for arm in plan["arms"]["list"])


def design_of(plan: Mapping[str, Any]) -> Design:
    """Return the design object that the draw of a plan reads. Not of a trial placed elsewhere."""
    arms = tuple(Arm(group.code, group.share) for group in groups_of(plan))
    return Design(arms, method=plan["strata"]["method"], block=plan["strata"]["block"])
