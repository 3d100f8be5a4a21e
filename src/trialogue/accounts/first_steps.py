"""What a new administrator does first, and what of it is done."""

from dataclasses import dataclass

from trialogue.accounts import permissions, queries
from trialogue.accounts.models import Organisation, Person
from trialogue.accounts.periods import CLOCKS


@dataclass(frozen=True)
class Step:
    """Something to do, why, the name of its page, and whether it is done."""

    words: str
    hint: str
    page: str
    done: bool


def first_steps(council: Organisation) -> list[Step]:
    """Return the steps, in the order that saves most trouble."""
    return [
        Step(
            "Send a test e-mail",
            "At the foot of the settings. Without e-mail, invitations can be copied.",
            "accounts:settings",
            queries.has_sent_a_message(),
        ),
        Step(
            "Invite two people",
            "A manager who answers ideas, and a lead for the first trial.",
            "accounts:invite",
            queries.people_and_invitations() > 2,
        ),
        Step(
            "Add a service area",
            "Each idea goes to the manager of one.",
            "accounts:new_area",
            queries.service_areas().exists(),
        ),
        Step(
            "Set the clocks and working days",
            "How long an answer has. The usual ones are filled in, and bank holidays are known.",
            "accounts:clocks",
            any(clock.key in council.settings.get("days", {}) for clock in CLOCKS),
        ),
        Step(
            "Add the next pause before an election",
            "On its days no result is published.",
            "accounts:pause",
            bool(council.settings.get("pauses")),
        ),
    ]


def steps_left(person: Person) -> int:
    """Return how many first steps wait for a person: none, unless they change settings."""
    council = person.organisation
    if council is None or not permissions.allows(person, "change settings"):
        return 0
    return sum(not step.done for step in first_steps(council))
