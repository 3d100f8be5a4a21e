"""Messages: written with their cause, sent afterwards, by whichever channel is set."""

import sys
from collections.abc import Collection
from datetime import datetime, timedelta
from itertools import groupby
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import send_mail
from django.db.models import F, Q, QuerySet
from django.utils.timezone import localtime

from trialogue.accounts import notify as govuk_notify
from trialogue.accounts import queries
from trialogue.accounts.models import Notification, Person
from trialogue.accounts.services.sweeps import claim_period

MOST_ATTEMPTS = 10
AGAIN_AFTER = timedelta(
    seconds=20
)  # longer than a try may take: nobody else takes it up meanwhile
FOLLOWED = timedelta(days=3)  # what has not arrived by then will not
# A concern that waits: these leave before all others, by a clock of their own.
URGENT = frozenset({"L"})
# These leave at once, whatever a person chose but "never"; the rest can wait for the day's e-mail.
AT_ONCE = frozenset({"", *"ABDHIJLMNPRS"})
# About the account itself, or to somebody on duty: they leave always.
ALWAYS = frozenset({"", *"ABDLNR"})
FROM_HOUR = 7  # the day's e-mail leaves then
# Their link opens a door: it is forgotten once the message has left.
SECRET = frozenset({"A", "B", "D"})
NOT_SENT = (SMTPException, OSError, govuk_notify.NotSentError)


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


def drop_messages(begins: str, *, to: Collection[str]) -> None:
    """Delete the messages to these addresses whose keys begin so: those told of are erased."""
    Notification.objects.filter(key__startswith=f"{begins} ", to_email__in=to).delete()


def text_to(
    person: Person, telephone: str, *, letter: str, words: str, link: str, key: str, at: datetime
) -> None:
    """Put a text message to a person's telephone in the outbox. The same `key` does nothing."""
    message = Notification(
        key=f"{key} text {person.public_id}",
        channel=Notification.Channel.TEXT,
        telephone=telephone,
        person=person,
        letter=letter,
        subject=words[:200],
        body=words,
        link=settings.PUBLIC_URL + link,
        created_at=at,
    )
    Notification.objects.bulk_create([message], ignore_conflicts=True)


def send_messages(now: datetime) -> int:
    """Send what waits in the outbox; return how many went. One that does not go is tried again.

    No transaction is open while a message leaves. Two workers at once send a message once: the
    one that claims its attempt sends it.
    """
    waiting = _waiting(now).exclude(_for_the_day).exclude(letter__in=URGENT)
    return sum(_send(message, now) for message in waiting.order_by("pk")[:200])


def send_urgent(now: datetime) -> int:
    """Send the notices of concerns that wait, the newest first; return how many went."""
    waiting = _waiting(now).filter(letter__in=URGENT)
    return sum(_send(message, now) for message in waiting.order_by("-pk")[:50])


def _send(message: Notification, now: datetime) -> bool:
    """Send one message, if nobody else has begun to; whether it went."""
    claimed = Notification.objects.filter(
        pk=message.pk, sent_at__isnull=True, attempts=message.attempts
    ).update(attempts=message.attempts + 1, tried_at=now)
    if not claimed:
        return False
    message.attempts += 1
    row = Notification.objects.filter(pk=message.pk)
    try:
        provider_id = _leave(message)
    except NOT_SENT as error:
        for_good = isinstance(error, govuk_notify.NotSentError) and error.for_good
        attempts = MOST_ATTEMPTS if for_good else message.attempts
        row.update(problem=str(error)[:300], attempts=attempts)
        return False
    forget = message.letter in SECRET and not settings.DEMONSTRATION
    row.update(
        sent_at=now,
        problem="",
        link="" if forget else message.link,
        provider_id=provider_id,
        delivery=Notification.Delivery.SENDING if provider_id else "",
    )
    return True


def _leave(message: Notification) -> str:
    """Hand a message to what carries it; return what that calls it, if it can be followed."""
    again = message.attempts > 1
    if message.channel == Notification.Channel.EMAIL:
        to, words = message.to_email, words_of(message)
        return _email(to, message.subject, words, key=message.key, again=again)
    words = _said(message, " ")
    if settings.NOTIFY_TEXT:
        return govuk_notify.send_text(message.telephone, words, key=message.key, again=again)
    sys.stderr.write(f"text message to {message.telephone}: {words}\n")
    return ""


def _email(to: str, subject: str, words: str, *, key: str, again: bool) -> str:
    if settings.NOTIFY_EMAIL:
        return govuk_notify.send_email(to, subject, words, key=key, again=again)
    send_mail(subject, words, None, [to])
    return ""


def texts_leave() -> bool:
    """Whether texts go anywhere: by GOV.UK Notify, or where all is shown on the console."""
    return bool(settings.TEXTS_LEAVE)


def follow_deliveries(now: datetime) -> None:
    """Ask the provider what became of what it took; what did not arrive is a problem."""
    going = Notification.objects.filter(
        delivery=Notification.Delivery.SENDING, sent_at__gte=now - FOLLOWED
    )
    for message in going.order_by("-pk")[:50]:
        try:
            delivery, status = govuk_notify.became_of(message.provider_id)
        except govuk_notify.NotSentError:
            return  # it does not answer: asked again the next time
        if delivery != message.delivery:
            failed = delivery == Notification.Delivery.FAILED
            Notification.objects.filter(pk=message.pk).update(
                delivery=delivery, problem=f"GOV.UK Notify: {status}" if failed else ""
            )


def send_daily(now: datetime) -> int:
    """Send each person who asked for it what waits, as one e-mail a day; return how many went."""
    here = localtime(now)
    if here.hour < FROM_HOUR or not claim_period("daily e-mails", str(here.date()), at=now):
        return 0
    waiting = _waiting(now).filter(_for_the_day).select_related("person").order_by("person", "pk")
    sent = 0
    for email, group in groupby(waiting, key=lambda message: message.to_email):
        news = list(group)
        rows = Notification.objects.filter(pk__in=[message.pk for message in news])
        rows.update(attempts=F("attempts") + 1, tried_at=now)
        subject = news[0].subject if len(news) == 1 else f"{len(news)} things to know"
        words, key = _words_of_the_day(news), f"{here.date()} {news[0].key}"
        try:
            _email(email, subject, words, key=key, again=False)
        except NOT_SENT as error:
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


def _waiting(now: datetime) -> QuerySet[Notification]:
    rested = Q(tried_at=None) | Q(tried_at__lte=now - AGAIN_AFTER)
    return Notification.objects.filter(rested, sent_at__isnull=True, attempts__lt=MOST_ATTEMPTS)


def _never(person: Person, letter: str) -> bool:
    return person.mail == Person.Mail.NEVER and letter not in ALWAYS


def words_of(message: Notification) -> str:
    """Return the message as it leaves: its words, its one link, who sends it and how to change.

    Who has no account has nothing to choose.
    """
    foot = f"{_sender()} {_choose()}" if message.person_id else _sender()
    return f"{_said(message)}\n\n{foot}\n"


def _words_of_the_day(news: list[Notification]) -> str:
    said = (f"{message.subject}\n\n{_said(message)}" for message in news)
    return "\n\n\n".join([*said, f"{_sender()} {_choose()}\n"])


def _said(message: Notification, gap: str = "\n\n") -> str:
    link = message.link if "://" in message.link else settings.SITE_URL + message.link
    return f"{message.body}{gap}{link}" if message.link else message.body


def _sender() -> str:
    council = queries.council()
    return f"{council.name if council else 'Your council'} sends this through Trialogue."


def _choose() -> str:
    return f"Choose what you are sent: {settings.SITE_URL}/account/"
