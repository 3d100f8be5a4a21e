"""The clock's memory: which job was done for which period."""

from datetime import datetime

from django.db import IntegrityError, transaction

from trialogue.accounts.models import Sweep


def claim_period(job: str, period: str, *, at: datetime) -> bool:
    """Whether this caller is the first to do `job` for `period`."""
    try:
        with transaction.atomic():
            Sweep.objects.create(job=job, period=period, done_at=at)
    except IntegrityError:
        return False
    return True
