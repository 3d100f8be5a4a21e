"""What trials tell an idea."""

from datetime import datetime

from django.db import transaction

from trialogue.ideas.models import Idea


@transaction.atomic
def note_trial(
    *, idea: int, public_id: str, state: str, verdict: str = "", settles: str = "", at: datetime
) -> None:
    """Note what became of an idea: its trial, its state and verdict. The last word counts.

    `settles` says in words how many it takes to know.

    It is news from inside the house, not a thing a person does: the trial's own service has
    checked who may, and wrote the audit trail. The same news again changes nothing.
    """
    news = {
        "trial": public_id,
        "trial_state": state,
        "trial_verdict": verdict,
        "trial_settles": settles,
    }
    Idea.objects.filter(pk=idea).exclude(**news).update(**news, trial_noted_at=at)
