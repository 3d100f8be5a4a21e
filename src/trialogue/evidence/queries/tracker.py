"""How many results were reported of those due, counted in public and never ordered by result."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from statistics import median

from django.db.models import Count, F, Q, QuerySet
from django.utils.timezone import localdate

from trialogue.evidence.models import Event, TrialRecord
from trialogue.evidence.queries.records import Record, of_row, own_rows
from trialogue.methods.verdicts import NOT_KNOWN, Share, VerdictCode, share

FEWEST = 5  # an authority with fewer results due is not listed by itself
OLDEST = 20
REPORTED = ("reported", "stopped", "retracted", "withdrawn")
_DIRECTIONS = (
    ("Better than usual service", {VerdictCode.WORKED, VerdictCode.HELPED}),
    ("No real difference", {VerdictCode.NO_DIFFERENCE}),
    ("Worse than usual service", {VerdictCode.WORSE}),
    ("Could not tell", {VerdictCode.TOO_SMALL, VerdictCode.NOT_TESTED, VerdictCode.STOPPED}),
)


@dataclass(frozen=True)
class Missing:
    """A trial whose result is due and not there."""

    record: Record
    days: int
    moved: int  # days that amendments moved it by

    @property
    def words(self) -> str:
        """How late it is, and by how much it was moved before it was due."""
        late = f"Due {_days(self.days)} ago" if self.days else "Due today"
        return f"{late}, after it was moved by {_days(self.moved)}" if self.moved else late


@dataclass(frozen=True)
class Tracker:
    """The public count. Rows are (name, words); the words hold the share with its counts."""

    share: str
    due: int
    authorities: tuple[tuple[str, str], ...]
    oldest: tuple[Missing, ...]
    missing: int
    directions: tuple[tuple[str, str, str], ...]


def owing_by(today: date) -> QuerySet[TrialRecord]:
    """Return the trials of ours whose result was due by a day, reported or not.

    None ever leaves: a date moved after it was due does not count (`projection`), and one that is
    withdrawn leaves only when it was withdrawn before.
    """
    before_due = {"state": "withdrawn", "changed_at__date__lt": F("due_on")}
    return own_rows().filter(due_on__lte=today).exclude(**before_due)


def tracker(*, today: date) -> Tracker:
    """Count results due by today and those reported. Four queries, whatever their number."""
    rows = owing_by(today)
    by = list(
        rows.values_list("council").annotate(
            due=Count("pk"), reported=Count("pk", filter=Q(state__in=REPORTED))
        )
    )
    due = sum(row[1] for row in by)
    reported = sum(row[2] for row in by)
    late = list(rows.exclude(state__in=REPORTED).order_by("due_on", "pk")[:OLDEST])
    first = _first_due([row.trial for row in late])
    return Tracker(
        share=share(Share(reported, due)),
        due=due,
        authorities=tuple(
            (name, share(Share(done, owed)))
            for name, owed, done in sorted(by, key=lambda row: row[0].casefold())
            if owed >= FEWEST
        ),
        oldest=tuple(
            Missing(of_row(row), (today - row.due_on).days, (row.due_on - first[row.trial]).days)
            for row in late
        ),
        missing=due - reported,
        directions=tuple(_directions(rows.filter(state__in=REPORTED), reported)),
    )


def _directions(rows: QuerySet[TrialRecord], reported: int) -> Iterator[tuple[str, str, str]]:
    """Say how many results went each way, and how long each kind took to be published.

    Of a trial that came here when it was long over, the days say nothing: they are not counted.
    """
    known = list(rows.values_list("verdict", "reported_at", "ends_on", "recorded"))
    for heading, codes in _DIRECTIONS:
        taken = [row[1:] for row in known if row[0] in codes]
        days = [(localdate(at) - end).days for at, end, came in taken if at and came == "before"]
        if reported:
            yield heading, f"{len(taken):,} of {reported:,}", _median(days)


def _first_due(trials: list[str]) -> dict[str, date]:
    """Return when the results of trials were due as they were registered. One query."""
    events = Event.objects.filter(trial__in=trials, kind="registration")
    return {
        event.trial: date.fromisoformat(event.document["body"]["results_due"]) for event in events
    }


def _days(number: int) -> str:
    return f"{number:,} {'day' if number == 1 else 'days'}"


def _median(values: list[int]) -> str:
    return f"{median(values):g} days" if values else NOT_KNOWN
