"""Handing over all that a person owns, in every step of the loop, at once or not at all."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from trialogue.accounts import queries as accounts
from trialogue.accounts import services
from trialogue.accounts.models import Person
from trialogue.ideas.queries.owed import owed_by
from trialogue.ideas.services.handing_over import hand_over as hand_over_ideas
from trialogue.methods.problems import InputError, Problem
from trialogue.trials.queries.parts import parts_of
from trialogue.trials.services.handing_over import hand_over as hand_over_trials
from trialogue.visits.queries.rota import in_hand
from trialogue.visits.services.rota import hand_over as hand_over_concerns


@dataclass(frozen=True)
class Owned:
    """Something that a person owns: what it is, and what their part in it is."""

    kind: str
    title: str
    part: str


def owned_by(person: Person) -> tuple[Owned, ...]:
    """Return all that this person owns: areas, ideas to answer, parts in trials, concerns."""
    areas = [
        Owned("Service area", area.name, "manager" if area.manager == person else "stand-in")
        for area in accounts.service_areas(of=person)
    ]
    ideas = [Owned("Idea", title, part) for title, _, part in owed_by(person)]
    trials = [Owned("Trial", title, part) for title, _, part in parts_of(person)]
    concerns = [Owned("Concern", code, "has it in hand") for code in in_hand(person)]
    return (*areas, *ideas, *trials, *concerns)


@transaction.atomic
def hand_over(*, from_id: UUID, to_id: str, by: Person, at: datetime) -> int:
    """Hand all of it to a colleague; return how many things. Twice is as once."""
    giver = accounts.person(from_id)
    taker = next((one for one in accounts.colleagues() if str(one.public_id) == to_id), None)
    if giver is None or taker is None or giver == taker:
        raise InputError(Problem("Choose a colleague of the council", column="to"))
    return (
        services.hand_over_areas(from_id=from_id, to_id=taker.public_id, by=by, at=at)
        + hand_over_ideas(giver=giver, taker=taker, by=by, at=at)
        + hand_over_trials(giver=giver, taker=taker, by=by, at=at)
        + hand_over_concerns(giver=giver, taker=taker, by=by, at=at)
    )
