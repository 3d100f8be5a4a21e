"""Lists of trials, for pages and for anyone's spreadsheet."""

from collections.abc import Callable
from datetime import date, timedelta

from django.db.models import Count, F, Q, QuerySet
from django.utils.timezone import localdate

from trialogue.evidence.models import TrialRecord
from trialogue.evidence.queries.records import (
    OVERDUE_DAYS,
    SILENT_DAYS,
    Record,
    of_row,
    own_rows,
)
from trialogue.evidence.queries.records import rows as all_rows
from trialogue.evidence.queries.tags import main_tag
from trialogue.evidence.queries.tracker import REPORTED, owing_by
from trialogue.evidence.record import moment
from trialogue.methods.verdicts import short_date
from trialogue.pages.lists import Column

OPEN = ("registered", "running")


def trials(*, state: str = "", verdict: str = "", today: date) -> QuerySet[TrialRecord]:
    """Return trials in a state on a day, with a verdict; the newest news first."""
    rows = all_rows().order_by("-changed_at", "-pk")
    if verdict:
        rows = rows.filter(verdict=verdict)
    silent_from = today - timedelta(days=SILENT_DAYS)
    odd = Q(state="registered", ends_on__lte=silent_from) | Q(ends_on__lt=F("starts_on"))
    if state == "inconsistent":
        return rows.filter(odd, state__in=OPEN)
    if state in OPEN:
        return rows.filter(state=state, ends_on__gte=today).exclude(odd)
    overdue_from = today - timedelta(days=OVERDUE_DAYS)
    late = {
        "ended": Q(due_on__gt=today),
        "due": Q(due_on__lte=today, due_on__gt=overdue_from),
        "overdue": Q(due_on__lte=overdue_from),
    }
    if state in late:
        return rows.filter(late[state], state__in=OPEN, ends_on__lt=today).exclude(odd)
    return rows.filter(state=state) if state else rows


def results_due(*, today: date) -> QuerySet[TrialRecord]:
    """Return trials of ours that have ended and not reported, the one due first on top."""
    late = own_rows().filter(state__in=(*OPEN, "not-reported"), ends_on__lt=today)
    return late.order_by("due_on", "pk")


def reported_of_due(*, today: date) -> tuple[int, int]:
    """Return how many trials have reported, of how many whose results were due by today.

    A trial that was withdrawn before it started owes no result; one that stopped does. One query.
    """
    counts = owing_by(today).aggregate(
        due=Count("pk"), reported=Count("pk", filter=Q(state__in=REPORTED))
    )
    return counts["reported"], counts["due"]


def trials_measuring(code: str, *, limit: int = 20) -> tuple[Record, ...]:
    """Return the trials whose main outcome this is, newest news first. One query."""
    rows = all_rows().filter(outcome=code).order_by("-changed_at", "-pk")[:limit]
    return tuple(of_row(row) for row in rows)


def newest_results(*, limit: int = 5) -> tuple[Record, ...]:
    """Return the trials that reported or stopped last, newest first. One query."""
    rows = all_rows().filter(state__in=("reported", "stopped"))
    return tuple(of_row(row) for row in rows.order_by("-changed_at", "-pk")[:limit])


def trial_columns(
    today: date, address: Callable[[TrialRecord], str]
) -> tuple[Column[TrialRecord], ...]:
    """Return the columns of the list of trials on a page."""
    return (
        Column("Trial", lambda row: row.title, "title", address),
        Column("Verdict or state", lambda row: main_tag(of_row(row), today)),
        Column("Council", _council, "council"),
        Column("Year", lambda row: row.year, "year"),
        Column("Newest news", lambda row: short_date(localdate(row.changed_at)), "changed_at"),
    )


def _council(row: TrialRecord) -> str:
    source = row.source
    if source is None or source.checked_at is None:
        return row.council
    checked = short_date(localdate(source.checked_at))
    owner = "its own" if source.name == row.council else f"{source.name}’s"
    return f"{row.council} (from {owner} register, checked {checked})"


def csv_columns(today: date) -> tuple[Column[TrialRecord], ...]:
    """Return the columns of lists of trials as files: one fact a column."""
    return (
        Column("id", lambda row: row.trial),
        Column("title", lambda row: row.title, "title"),
        Column("state", lambda row: of_row(row).state_on(today)),
        Column("verdict", lambda row: row.verdict),
        Column("strength", lambda row: row.strength),
        Column("council", lambda row: row.council, "council"),
        Column("service", lambda row: row.service),
        Column("outcome", lambda row: row.outcome),
        Column("year", lambda row: row.year, "year"),
        Column("starts_on", lambda row: row.starts_on.isoformat()),
        Column("ends_on", lambda row: row.ends_on.isoformat()),
        Column("due_on", lambda row: row.due_on.isoformat(), "due_on"),
        Column("registered_at", lambda row: moment(row.registered_at)),
        Column("reported_at", lambda row: moment(row.reported_at) if row.reported_at else ""),
        Column("changed_at", lambda row: moment(row.changed_at), "changed_at"),
        Column("recorded", lambda row: row.recorded),
        Column("drawn_outside", lambda row: "yes" if row.elsewhere else "no"),
        Column("register", lambda row: row.source.name if row.source else ""),
        Column("made_up", lambda row: "yes" if row.made_up else "no"),
        Column("sentence", lambda row: row.sentence),
    )
