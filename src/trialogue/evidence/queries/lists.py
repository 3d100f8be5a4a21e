"""Lists of trials, for pages and for anyone's spreadsheet."""

from datetime import date, timedelta

from django.db.models import QuerySet

from trialogue.evidence.models import TrialRecord
from trialogue.evidence.queries.records import OVERDUE_DAYS

OPEN = ("registered", "running")


def trials(*, state: str = "", verdict: str = "", today: date) -> QuerySet[TrialRecord]:
    """Return trials in a state on a day, with a verdict; the newest news first."""
    rows = TrialRecord.objects.order_by("-changed_at", "-pk")
    if verdict:
        rows = rows.filter(verdict=verdict)
    overdue_from = today - timedelta(days=OVERDUE_DAYS)
    waiting = rows.filter(state__in=OPEN, ends_on__lt=today)
    if state in OPEN:
        return rows.filter(state=state, ends_on__gte=today)
    if state == "ended":
        return waiting.filter(due_on__gt=today)
    if state == "due":
        return waiting.filter(due_on__lte=today, due_on__gt=overdue_from)
    if state == "overdue":
        return waiting.filter(due_on__lte=overdue_from)
    return rows.filter(state=state) if state else rows


def results_due(*, today: date) -> QuerySet[TrialRecord]:
    """Return trials that have ended and not reported, the one due first on top."""
    return TrialRecord.objects.filter(
        state__in=(*OPEN, "not-reported"), ends_on__lt=today
    ).order_by("due_on", "pk")


def reported_of_due(*, today: date) -> tuple[int, int]:
    """Return how many trials have reported, of how many whose results were due by today.

    A trial that was withdrawn before it started owes no result; one that stopped does.
    """
    due = TrialRecord.objects.filter(due_on__lte=today).exclude(state="withdrawn")
    return due.filter(state__in=("reported", "stopped")).count(), due.count()
