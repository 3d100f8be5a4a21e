"""What trials tell the ideas that they came from."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from trialogue.ideas import services as ideas
from trialogue.trials.models import Trial
from trialogue.trials.queries.trials import stage_of


def tell_idea(trial: Trial, *, at: datetime) -> None:
    """Tell the idea of a trial, if it has one, how far the trial is. Inside a transaction."""
    if trial.idea is not None:
        stage = stage_of(trial, timezone.localtime(at).date())
        ideas.note_trial(idea=trial.idea, public_id=trial.public_id, state=stage.name, at=at)


@transaction.atomic
def tell_ended(now: datetime) -> int:
    """Tell the idea of each trial whose end has passed; return how many. Twice is as once."""
    ended = Trial.objects.filter(
        idea__isnull=False,
        started_at__isnull=False,
        stopped_at=None,
        reported_at=None,
        ends_on__lt=timezone.localtime(now).date(),
    ).order_by("pk")
    for trial in ended:
        tell_idea(trial, at=now)
    return len(ended)
