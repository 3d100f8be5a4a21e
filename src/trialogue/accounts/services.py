"""Everything that changes accounts; and what other apps ask of them: a record, a notice."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from smtplib import SMTPException
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.mail import send_mail
from django.db import IntegrityError, transaction

from trialogue.accounts.models import AuditEntry, Notification, Person, Sweep, Work
from trialogue.methods.problems import Problem

MOST_ATTEMPTS = 10


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


def claim_period(job: str, period: str, *, at: datetime) -> bool:
    """Whether this caller is the first to do `job` for `period`."""
    try:
        with transaction.atomic():
            Sweep.objects.create(job=job, period=period, done_at=at)
    except IntegrityError:
        return False
    return True


def send_messages(now: datetime) -> int:
    """Send what waits in the outbox; return how many went. One that does not go is tried again.

    No transaction is open while a message leaves. Two workers at once send a message once: the
    one that claims its attempt sends it.
    """
    waiting = Notification.objects.filter(sent_at__isnull=True, attempts__lt=MOST_ATTEMPTS)
    sent = 0
    for message in waiting.order_by("pk")[:200]:
        claimed = Notification.objects.filter(
            pk=message.pk, sent_at__isnull=True, attempts=message.attempts
        ).update(attempts=message.attempts + 1)
        if not claimed:
            continue
        body = f"{message.body}\n\n{message.link}" if message.link else message.body
        try:
            send_mail(message.subject, body, None, [message.to_email])
        except (SMTPException, OSError) as error:
            Notification.objects.filter(pk=message.pk).update(problem=str(error)[:300])
            continue
        Notification.objects.filter(pk=message.pk).update(sent_at=now, problem="")
        sent += 1
    return sent


def start_work(*, title: str, by: Person, at: datetime, leads_to: str) -> Work:
    """Begin a long piece of work; its page shows how far it is and leads to `leads_to` after."""
    return Work.objects.create(title=title, started_by=by, leads_to=leads_to, created_at=at)


def step_work(work: Work, *, done: int, total: int, step: str) -> bool:
    """Say how far it is. Returns whether to go on: false when somebody asked to stop."""
    Work.objects.filter(pk=work.pk).update(done=done, total=total, step=step[:200])
    return not Work.objects.filter(pk=work.pk, stop_asked_at__isnull=False).exists()


def finish_work(
    work: Work, *, at: datetime, problems: Iterable[Problem] = (), answer: Any = None
) -> None:
    """Say that it is done, or what stopped it."""
    Work.objects.filter(pk=work.pk).update(
        finished_at=at, problems=[asdict(problem) for problem in problems], answer=answer
    )


def stop_work(*, public_id: UUID, by: Person, at: datetime) -> None:
    """Ask a piece of work to stop, by whoever started it. Twice is as once."""
    Work.objects.filter(
        public_id=public_id, started_by=by, finished_at=None, stop_asked_at=None
    ).update(stop_asked_at=at)
