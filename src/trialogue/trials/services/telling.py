"""What trials tell the ideas that they came from."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from trialogue.evidence import queries as register
from trialogue.evidence.entries import last, plan_now
from trialogue.ideas import queries as ideas_told
from trialogue.ideas import services as ideas
from trialogue.trials.models import Trial
from trialogue.trials.protocol import parse
from trialogue.trials.queries.trials import stage_of


def tell_idea(trial: Trial, *, at: datetime) -> None:
    """Tell the idea of a trial, if it has one, how far the trial is. Inside a transaction."""
    if trial.idea is not None:
        stage = stage_of(trial, timezone.localtime(at).date())
        verdict, settles = _known(trial)
        ideas.note_trial(
            idea=trial.idea,
            public_id=trial.public_id,
            state=stage.name,
            verdict=verdict,
            settles=settles,
            at=at,
        )


def claimed_by_idea(trial: Trial) -> dict[str, str] | None:
    """Return in words the hours and pounds that the trial's idea claimed; None without an idea."""
    found = ideas_told.idea_for_trial(trial.idea) if trial.idea is not None else None
    if found is None:
        return None
    return {"hours": found.hours_claimed, "pounds": found.pounds_claimed}


def _known(trial: Trial) -> tuple[str, str]:
    """Return the verdict of a trial, and how many it takes to know: as planned, or more."""
    entries = register.events(trial.public_id) if trial.registered_at else ()
    if not entries:
        return "", ""
    protocol = parse(plan_now(entries))
    if result := last(entries, "result"):
        row = result.body["verdicts"][0]
        more = row["more_needed"]
        if not more:
            return row["code"], ""
        return row[
            "code"
        ], f"about {more:,} more {protocol.unit.rows} in each group would settle it"
    if last(entries, "stopped") or last(entries, "withdrawn"):
        return "", ""
    return "", f"about {protocol.planned_placed:,} {protocol.unit.placed_plural} would settle it"


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
