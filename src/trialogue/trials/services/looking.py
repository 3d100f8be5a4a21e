"""Looks at what a trial holds of persons, written down."""

from datetime import datetime
from typing import Literal

from trialogue.accounts import services as accounts
from trialogue.accounts.models import Person

Taken = Literal["a list of units", "the data of a trial", "links to answer by"]


def note_taken(what: Taken, *, public_id: str, by: Person, at: datetime) -> None:
    """Write into the audit trail who took a trial's units, or their values, away."""
    accounts.note_look(f"at {what}", on="trial", thing=public_id, by=by, at=at)
