"""Concerns: what follows at once from something recorded at a door."""

from datetime import datetime

from trialogue.visits.models import VisitEvent


def note_event(event: VisitEvent, *, at: datetime) -> None:
    """Do what follows from an event, in the transaction that keeps it. The same event once.

    A concern opens for `concern_raised`, `emergency_called`, `help_me` and a door that nobody
    opened; `visits_unwanted` withdraws the agreement. Called by whatever takes an event.
    """
