"""Handing over: the answers a leaver owes and the trials they were to lead."""

from datetime import datetime

from django.db import transaction

from trialogue.accounts import permissions
from trialogue.accounts.models import Person
from trialogue.ideas.models import Idea
from trialogue.ideas.services.people import record


@transaction.atomic
def hand_over(*, giver: Person, taker: Person, by: Person, at: datetime) -> int:
    """Give what `giver` owes to ideas to `taker`; return how many. Twice is as once.

    Ideas that wait for an answer, and ideas to be tried whose trial nobody has begun.
    """
    permissions.check(by, "manage people")
    owed = {
        "to_answer": Idea.objects.filter(to_answer=giver, status=Idea.Status.OPEN),
        "lead": Idea.objects.filter(lead=giver, trial=""),
    }
    moved = 0
    for part, ideas in owed.items():
        for idea in ideas.select_for_update().order_by("pk"):
            setattr(idea, part, taker)
            idea.save(update_fields=[part])
            before, after = str(giver.public_id), str(taker.public_id)
            record(idea, "hand over", by=by, at=at, before={part: before}, after={part: after})
            moved += 1
    return moved
