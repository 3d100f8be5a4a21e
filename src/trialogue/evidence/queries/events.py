"""The events of a trial, and of the log."""

from datetime import UTC
from typing import Any

from trialogue.evidence.entries import Entry
from trialogue.evidence.models import Event


def events(trial: str) -> tuple[Entry, ...]:
    """Return the events of a trial, oldest first. One query."""
    return tuple(entry_of(event) for event in Event.objects.filter(trial=trial).order_by("seq"))


def documents(trial: str) -> list[dict[str, Any]]:
    """Return the events of a trial as they were signed, oldest first. One query."""
    return [event.document for event in Event.objects.filter(trial=trial).order_by("seq")]


def entry_of(event: Event) -> Entry:
    """Return an event as other apps see it."""
    return Entry(
        seq=event.seq,
        hash=event.hash,
        created=event.created.astimezone(UTC),
        kind=event.kind,
        body=event.document["body"],
    )
