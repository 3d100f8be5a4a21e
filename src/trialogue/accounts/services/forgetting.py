"""What is kept for a time is deleted after it. How long, and why: `docs/data-protection.md`."""

from datetime import datetime, timedelta
from typing import Any

from axes.models import AccessAttempt
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Count, Q, QuerySet, Value

from trialogue.accounts import queries
from trialogue.accounts.models import ApiToken, Calls, Invitation, Notification, Sweep, Work
from trialogue.accounts.periods import INVITATIONS, MESSAGES, WORK, Period

TRIES = timedelta(days=1)
TOKENS = timedelta(days=365)
COUNTS = timedelta(days=1)
SWEEPS = timedelta(days=7)  # longer than the longest period: a job is done once in each


@transaction.atomic
def forget(now: datetime) -> int:
    """Delete what accounts have kept for its time; return how many rows. Twice is as once.

    The database overwrites what it deletes (SQLite: `secure_delete`).
    """
    return sum(rows.delete()[0] for rows in _past_their_time(now).values())


def count_past_their_time(now: datetime) -> dict[str, int]:
    """Return how much of each kind `forget` would delete at `now`."""
    return count_each(_past_their_time(now))


def count_each(kinds: dict[str, QuerySet[Any]]) -> dict[str, int]:
    """Return how many rows there are of each kind. One query."""
    counts = [
        rows.order_by()
        .annotate(kind_of_row=Value(words))
        .values("kind_of_row")
        .annotate(many=Count("pk"))
        for words, rows in kinds.items()
    ]
    first, *others = (count.values_list("kind_of_row", "many") for count in counts)
    found = dict(first.union(*others, all=True))
    return {words: found.get(words, 0) for words in kinds}


def _past_their_time(now: datetime) -> dict[str, QuerySet[Any]]:
    council = queries.council()

    def since(period: Period) -> datetime:
        return now - timedelta(days=council.days(period) if council else period.usual)

    return {
        "Sessions that ended": Session.objects.filter(expire_date__lt=now),
        "Tries to sign in": AccessAttempt.objects.filter(attempt_time__lt=now - TRIES),
        "Invitations": Invitation.objects.filter(
            Q(accepted_at__lt=since(INVITATIONS)) | Q(expires_at__lt=since(INVITATIONS))
        ),
        "How long work went": Work.objects.filter(created_at__lt=since(WORK)),
        "Messages": Notification.objects.filter(created_at__lt=since(MESSAGES)),
        "Tokens for programs": ApiToken.objects.filter(
            Q(revoked_at__lt=now - TOKENS)
            | Q(last_used_at__lt=now - TOKENS)
            | Q(last_used_at=None, created_at__lt=now - TOKENS)
        ),
        "Counts of calls": Calls.objects.filter(since__lt=now - COUNTS),
        "Marks of the clock": Sweep.objects.filter(done_at__lt=now - SWEEPS),
    }
