"""Messages: written with their cause, sent afterwards."""

from datetime import datetime
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import send_mail
from django.db.models import F

from trialogue.accounts import queries
from trialogue.accounts.models import Notification, Person

MOST_ATTEMPTS = 10
# Their link opens a door: it is forgotten once the message has left.
SECRET = frozenset({"A", "B", "D"})


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


def write_to(
    email: str,
    *,
    letter: str,
    subject: str,
    body: str,
    link: str,
    key: str,
    at: datetime,
    person: Person | None = None,
) -> None:
    """Put a message to an address in the outbox. The same `key` again does nothing."""
    message = Notification(
        key=key,
        to_email=email,
        person=person,
        letter=letter,
        subject=subject[:200],
        body=body,
        link=settings.PUBLIC_URL + link,
        created_at=at,
    )
    Notification.objects.bulk_create([message], ignore_conflicts=True)


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
        try:
            send_mail(message.subject, words_of(message), None, [message.to_email])
        except (SMTPException, OSError) as error:
            Notification.objects.filter(pk=message.pk).update(problem=str(error)[:300])
            continue
        forget = message.letter in SECRET and not settings.DEMONSTRATION
        Notification.objects.filter(pk=message.pk).update(
            sent_at=now, problem="", link="" if forget else message.link
        )
        sent += 1
    return sent


def keep_in_outbox() -> int:
    """Count what waits as sent on its day, and send none of it; return how many.

    For the demonstration, whose past is made in a moment.
    """
    waiting = Notification.objects.filter(sent_at__isnull=True)
    return waiting.update(sent_at=F("created_at"), attempts=1)


def words_of(message: Notification) -> str:
    """Return the message as it leaves: its words, its one link, who sends it and how to change."""
    link = message.link if "://" in message.link else settings.SITE_URL + message.link
    council = queries.council()
    sender = council.name if council else "Your council"
    choose = f"{settings.SITE_URL}/account/"
    foot = f"{sender} sends this through Trialogue. Choose what you are sent: {choose}"
    said = f"{message.body}\n\n{link}" if message.link else message.body
    return f"{said}\n\n{foot}\n"
