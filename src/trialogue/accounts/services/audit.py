"""The audit trail: one line for each change, and for each look at a personal record."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from trialogue.accounts.models import AuditEntry, Person
from trialogue.accounts.queries import LOOK


def record(
    *,
    by: Person | None,
    action: str,
    on: str,
    thing: str,
    at: datetime,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Write one line of the audit trail, in the transaction of what it tells.

    `on` is the kind of thing ("trial"), `thing` its public identifier. For personal tables give
    the names of the fields in `before` and `after`, never their values.
    """
    AuditEntry.objects.create(
        at=at,
        by=by.public_id if by else None,
        action=action,
        thing_kind=on,
        thing=thing,
        before=dict(before) if before is not None else None,
        after=dict(after) if after is not None else None,
    )


def note_look(what: str, *, on: str, thing: str, by: Person, at: datetime) -> None:
    """Write that somebody looked at a personal record: `what` follows the word "look"."""
    record(by=by, action=f"{LOOK}{what}", on=on, thing=thing, at=at)
