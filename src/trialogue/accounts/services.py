"""Everything that changes accounts; and what other apps ask of them: a record, a notice."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings

from trialogue.accounts.models import AuditEntry, Notification, Person


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


def notify(
    people: list[Person],
    *,
    letter: str,
    subject: str,
    body: str,
    link: str,
    key: str,
    at: datetime,
) -> None:
    """Put a message in each person's list and in the outbox. The same `key` again does nothing.

    `letter` is the message's letter in the list of messages; `link` a path on this site. The
    worker sends what is in the outbox, so that the message commits with its cause.
    """
    Notification.objects.bulk_create(
        [
            Notification(
                key=f"{key} {person.public_id}",
                to_email=person.email,
                person=person,
                letter=letter,
                subject=subject[:200],
                body=body,
                link=settings.PUBLIC_URL + link,
                created_at=at,
            )
            for person in people
            if person.is_active
        ],
        ignore_conflicts=True,
    )
