"""What is known of a trial, as of a day."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.timezone import localdate

from trialogue.evidence.models import TrialRecord

OVERDUE_DAYS = 60
QUIET_DAYS = 14  # that another register may be out of reach before its trials say so
SILENT_DAYS = 60  # past the end, of a trial that never said that it started


@dataclass(frozen=True)
class Record:
    """A trial in the register. `id` is its public identifier.

    `source` names the register of another council that it came from, `checked_at` when all of that
    log last verified; of a trial of ours they are empty.
    """

    id: str
    title: str
    summary: str
    state: str
    verdict: str
    strength: str
    council: str
    service: str
    outcome: str
    year: int
    starts_on: date
    ends_on: date
    due_on: date
    registered_at: datetime
    changed_at: datetime
    reported_at: datetime | None
    recorded: str
    elsewhere: bool
    sentence: str
    n: int | None
    made_up: bool
    credit: str
    source: str
    checked_at: datetime | None

    @property
    def afterwards(self) -> bool:
        """Whether it was put in the register after it had started."""
        return self.recorded == "afterwards"

    def silent_for(self, today: date) -> int:
        """Return for how many days its register has not answered, from the fifteenth on; or 0."""
        days = (today - localdate(self.checked_at)).days if self.checked_at else 0
        return days if days > QUIET_DAYS else 0

    def state_on(self, today: date) -> str:
        """Return the state with what the calendar adds: ended, due, overdue."""
        return state_on(self, today)


def rows() -> QuerySet[TrialRecord]:
    """Return what is known of every trial, with whose register it came from."""
    return TrialRecord.objects.select_related("source")


def own_rows() -> QuerySet[TrialRecord]:
    """Return what is known of the trials of this register: others report for themselves."""
    return TrialRecord.objects.filter(source=None)


def record(trial: str) -> Record | None:
    """Return what is known of a trial; None when the register has none of that identifier."""
    row = rows().filter(trial=trial).first()
    return of_row(row) if row else None


def records(trials: Iterable[str]) -> dict[str, Record]:
    """Return what is known of some trials, by their identifier. One query."""
    return {row.trial: of_row(row) for row in TrialRecord.objects.filter(trial__in=trials)}


def due_dates() -> dict[str, date]:
    """Return when the result of each trial of ours is due, by its identifier."""
    return dict(own_rows().values_list("trial", "due_on"))


def owed(until: date) -> dict[str, date]:
    """Return our trials that owe a result due by a day, with that day. One query.

    One that nobody reported is called so already, and one that stopped or withdrew has said why.
    """
    late = own_rows().filter(due_on__lte=until, state__in=("registered", "running"))
    return dict(late.values_list("trial", "due_on"))


def of_row(row: TrialRecord) -> Record:
    """Return a row of the projection as other apps see it."""
    source = row.source
    values: dict[str, Any] = {
        "id": row.trial,
        "source": source.name if source else "",
        "checked_at": source.checked_at if source else None,
    }
    same = (field.name for field in fields(Record) if field.name not in values)
    return Record(**values, **{name: getattr(row, name) for name in same})


def state_on(record: Record, today: date) -> str:
    """Return the state on a day: a running trial has ended, is due or is overdue by its dates.

    Dates do not add up when it ends before it starts, or when its end is 60 days past and it never
    started. It owes a result all the same.
    """
    if record.state not in ("registered", "running"):
        return record.state
    silent = record.state == "registered" and (today - record.ends_on).days >= SILENT_DAYS
    if silent or record.ends_on < record.starts_on:
        return "inconsistent"
    if today <= record.ends_on:
        return record.state
    if today < record.due_on:
        return "ended"
    return "overdue" if (today - record.due_on).days >= OVERDUE_DAYS else "due"
