"""Messages: written with their cause, sent afterwards."""

from datetime import datetime
from itertools import groupby
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import send_mail
from django.db.models import F, Q, QuerySet
from django.utils.timezone import localtime

from trialogue.accounts import queries
from trialogue.accounts.models import Notification, Person
from trialogue.accounts.services.sweeps import claim_period

MOST_ATTEMPTS = 10
# These leave at once, whatever a person chose but "never"; the rest can wait for the day's e-mail.
AT_ONCE = frozenset({"", *"ABDHIJLMNP"})
# About the account itself: they leave always.
ALWAYS = frozenset({"", *"ABDN"})
FROM_HOUR = 7  # the day's e-mail leaves then
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
                # In their list only, where they want no e-mail of it.
                sent_at=at if _never(person, letter) else None,
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
    waiting = _waiting().exclude(_for_the_day)
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


def send_daily(now: datetime) -> int:
    """Send each person who asked for it what waits, as one e-mail a day; return how many went."""
    here = localtime(now)
    if here.hour < FROM_HOUR or not claim_period("daily e-mails", str(here.date()), at=now):
        return 0
    waiting = _waiting().filter(_for_the_day).select_related("person").order_by("person", "pk")
    sent = 0
    for email, group in groupby(waiting, key=lambda message: message.to_email):
        news = list(group)
        rows = Notification.objects.filter(pk__in=[message.pk for message in news])
        rows.update(attempts=F("attempts") + 1)
        subject = news[0].subject if len(news) == 1 else f"{len(news)} things to know"
        try:
            send_mail(subject, _words_of_the_day(news), None, [email])
        except (SMTPException, OSError) as error:
            rows.update(problem=str(error)[:300])
            continue
        rows.update(sent_at=now, problem="")
        sent += 1
    return sent


def keep_in_outbox() -> int:
    """Count what waits as sent on its day, and send none of it; return how many.

    For the demonstration, whose past is made in a moment.
    """
    waiting = Notification.objects.filter(sent_at__isnull=True)
    return waiting.update(sent_at=F("created_at"), attempts=1)


_for_the_day = Q(person__mail=Person.Mail.DAILY) & ~Q(letter__in=AT_ONCE)


def _waiting() -> QuerySet[Notification]:
    return Notification.objects.filter(sent_at__isnull=True, attempts__lt=MOST_ATTEMPTS)


def _never(person: Person, letter: str) -> bool:
    return person.mail == Person.Mail.NEVER and letter not in ALWAYS


def words_of(message: Notification) -> str:
    """Return the message as it leaves: its words, its one link, who sends it and how to change."""
    return f"{_said(message)}\n\n{_foot()}\n"


def _words_of_the_day(news: list[Notification]) -> str:
    said = (f"{message.subject}\n\n{_said(message)}" for message in news)
    return "\n\n\n".join([*said, f"{_foot()}\n"])


def _said(message: Notification) -> str:
    link = message.link if "://" in message.link else settings.SITE_URL + message.link
    return f"{message.body}\n\n{link}" if message.link else message.body


def _foot() -> str:
    council = queries.council()
    sender = council.name if council else "Your council"
    choose = f"{settings.SITE_URL}/account/"
    return f"{sender} sends this through Trialogue. Choose what you are sent: {choose}"
