"""The log as anyone may copy it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count

from trialogue.evidence.models import Checkpoint, Event, Publisher, PublisherKey
from trialogue.evidence.record import moment

EVENTS_A_FILE = 256


def log_file(number: int) -> bytes | None:
    """Return file `number` of our log: up to 256 events, canonical bytes, one a line.

    None when there is no such file. A full one never changes; only the last can grow.
    """
    first = number * EVENTS_A_FILE
    lines = (
        Event.objects.filter(publisher__own=True, seq__gte=first, seq__lt=first + EVENTS_A_FILE)
        .order_by("seq")
        .values_list("line", flat=True)
    )
    return "".join(f"{line}\n" for line in lines).encode() or None


def checkpoint() -> str | None:
    """Return the signed note of how long our log is; None before there is an event."""
    return Checkpoint.objects.filter(publisher__own=True).values_list("note", flat=True).first()


def log_size() -> tuple[int, str]:
    """Return how many events our log holds, and the hash of the last; (0, "") when none."""
    found = Checkpoint.objects.filter(publisher__own=True).values_list("size", "head").first()
    return found or (0, "")


def signing_keys() -> list[PublisherKey]:
    """Return the public keys of our log, the newest first."""
    return list(PublisherKey.objects.filter(publisher__own=True).order_by("-valid_from", "-pk"))


@dataclass(frozen=True)
class OtherRegister:
    """A register that was received: whose, how many trials, and when it was last checked."""

    name: str
    code: str
    trials: int
    checked_at: datetime | None


def other_registers() -> list[OtherRegister]:
    """Return the registers of other councils that were received, by name."""
    found = (
        Publisher.objects.filter(own=False)
        .annotate(trials=Count("events__trial", distinct=True))
        .order_by("name", "code")
    )
    return [OtherRegister(one.name, one.code, one.trials, one.checked_at) for one in found]


def published_keys() -> list[dict[str, Any]]:
    """Return the public keys of our log, oldest first."""
    return [
        {
            "id": key.key_id,
            "public_key": key.public_key,
            "from": moment(key.valid_from),
            "until": moment(key.valid_until) if key.valid_until else None,
        }
        for key in PublisherKey.objects.filter(publisher__own=True).order_by("valid_from", "pk")
    ]
