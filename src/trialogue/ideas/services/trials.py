"""What trials tell an idea."""

from datetime import datetime

from django.db import transaction

from trialogue.ideas.models import Idea


@transaction.atomic
def note_trial(*, idea: int, public_id: str, state: str, at: datetime) -> None:
    """Note what became of an idea: its trial, and that trial's state. The last word counts.

    It is news from inside the house, not a thing a person does: the trial's own service has
    checked who may, and wrote the audit trail. The same news again changes nothing.
    """
    Idea.objects.filter(pk=idea).exclude(trial=public_id, trial_state=state).update(
        trial=public_id, trial_state=state, trial_noted_at=at
    )
