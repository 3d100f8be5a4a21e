"""What is kept for a time is deleted after it. How long, and why: `docs/data-protection.md`."""

from datetime import datetime, timedelta

from axes.models import AccessAttempt
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Q

from trialogue.accounts.models import ApiToken, Invitation, Notification, Sweep, Work

TRIES = timedelta(days=1)
INVITATIONS = timedelta(days=30)
WORK = timedelta(days=90)
MESSAGES = timedelta(days=365)
TOKENS = timedelta(days=365)
SWEEPS = timedelta(days=7)  # longer than the longest period: a job is done once in each


@transaction.atomic
def forget(now: datetime) -> int:
    """Delete what accounts have kept for its time; return how many rows. Twice is as once.

    The database overwrites what it deletes (SQLite: `secure_delete`).
    """
    old = (
        Session.objects.filter(expire_date__lt=now),
        AccessAttempt.objects.filter(attempt_time__lt=now - TRIES),
        Invitation.objects.filter(
            Q(accepted_at__lt=now - INVITATIONS) | Q(expires_at__lt=now - INVITATIONS)
        ),
        Work.objects.filter(created_at__lt=now - WORK),
        Notification.objects.filter(created_at__lt=now - MESSAGES),
        ApiToken.objects.filter(
            Q(revoked_at__lt=now - TOKENS)
            | Q(last_used_at__lt=now - TOKENS)
            | Q(last_used_at=None, created_at__lt=now - TOKENS)
        ),
        Sweep.objects.filter(done_at__lt=now - SWEEPS),
    )
    return sum(rows.delete()[0] for rows in old)
