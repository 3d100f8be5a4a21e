"""The register for programs: everything public, without a token."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils import timezone
from ninja import Query, Router, Schema

from trialogue.accounts.operations import Refused, operation
from trialogue.evidence import queries, record

router = Router(tags=["Evidence"])
PAGE = 25
NOT_THERE = {404: Refused}

State = Literal[
    "", "registered", "running", "ended", "due", "overdue", "inconsistent", "not-reported",
    "reported", "stopped", "withdrawn", "retracted",
]  # fmt: skip
VerdictName = Literal[
    "", "worked", "helped_but_less_than_hoped", "made_no_real_difference", "made_things_worse",
    "too_small_to_tell", "could_not_be_tested", "stopped_early",
]  # fmt: skip


class TrialOut(Schema):
    """A trial in short. `verdict` is that of the first registered comparison.

    `source`: the register of another council that it came from, empty when it is of this one;
    `checked_at`: when all of that register last verified.
    """

    id: str
    title: str
    summary: str
    state: str
    verdict: str | None
    strength: str | None
    sentence: str
    council: str
    service: str
    outcome: str
    year: int
    starts_on: date
    ends_on: date
    due_on: date
    registered_at: datetime
    reported_at: datetime | None
    changed_at: datetime
    recorded: str
    drawn_outside: bool
    made_up: bool
    credit: str
    source: str
    checked_at: datetime | None


class TrialsOut(Schema):
    """A page of trials."""

    count: int
    page: int
    pages: int
    trials: list[TrialOut]


class WholeOut(TrialOut):
    """A trial with its events as they were signed."""

    events: list[dict[str, Any]]


class HitOut(Schema):
    """An answer to a search. `band`: close, related or nearest."""

    rank: int
    band: str
    trial: TrialOut


class FoundOut(Schema):
    """Who tried something like it. Nothing close does not mean that nobody has."""

    query: str
    results: list[HitOut]


class MeasureOut(Schema):
    """An outcome measure of the catalogue."""

    code: str
    name: str
    question: str
    kind: str
    unit: str
    direction: str
    measured: str
    source: str
    when: str
    baseline: dict[str, Any] | None
    smallest_change: dict[str, Any]
    between_cv: dict[str, Any] | None
    icc: list[dict[str, Any]]
    guardrail: bool
    comparable_with: list[str]
    note: str
    small_number_threshold: int
    collaborations: list[str]
    services: list[str]


class AuthorityOut(Schema):
    """How many results an authority reported of those due, with counts."""

    name: str
    reported: str


class MissingOut(Schema):
    """A result that is due and missing."""

    days_late: int
    trial: TrialOut


class DueOut(Schema):
    """Results reported of those due, never what they showed."""

    reported: int
    due: int
    authorities: list[AuthorityOut]
    oldest: list[MissingOut]


class LogOut(Schema):
    """How long the signed log is, the hash of its last event, and where its files are.

    Each file holds 256 events, one a line; only the last can grow.
    """

    size: int
    head: str
    checkpoint: str
    keys: str
    files: list[str]


@router.get("/trials", response={200: TrialsOut, 422: Refused}, summary="List trials")
@operation("read evidence")
def trials(
    request: HttpRequest,
    state: State = "",
    verdict: VerdictName = "",
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
) -> Mapping[str, Any]:
    """Trials in a state or with a verdict, newest news first, 25 a page."""
    today = timezone.localdate()
    rows = queries.trials(state=state, verdict=verdict, today=today)
    found = Paginator(rows, PAGE).get_page(page)
    return {
        "count": found.paginator.count,
        "page": found.number,
        "pages": found.paginator.num_pages,
        "trials": [_trial(queries.of_row(row), today) for row in found],
    }


@router.get("/trials/{trial}", response={200: WholeOut} | NOT_THERE, summary="Read a trial")
@operation("read evidence")
def trial(request: HttpRequest, trial: str) -> Mapping[str, Any]:
    """A trial with all its events: find each in the log by its hash."""
    identifier = record.read_identifier(trial)
    found = queries.record(identifier) if identifier else None
    if found is None:
        raise Http404
    short = _trial(found, timezone.localdate())
    return {**short, "events": queries.documents(found.id)}


@router.get("/search", response={200: FoundOut, 422: Refused}, summary="Who tried it?")
@operation("read evidence")
def search(
    request: HttpRequest,
    q: Annotated[str, Query(max_length=400)],
    limit: Annotated[int, Query(ge=1, le=50)] = 10,
) -> Mapping[str, Any]:
    """Trials most like what is described, stopped and unreported ones among them."""
    today = timezone.localdate()
    hits = queries.similar(q, limit=limit)
    return {
        "query": q,
        "results": [
            {"rank": hit.rank, "band": hit.band, "trial": _trial(hit.record, today)}
            for hit in hits
        ],
    }


@router.get("/measures", response=list[MeasureOut], summary="List outcome measures")
@operation("read evidence")
def measures(request: HttpRequest) -> list[dict[str, Any]]:
    """Return every measure of the catalogue, with where its figures come from."""
    return [asdict(measure) for measure in queries.outcome_measures()]


@router.get("/measures/{code}", response={200: MeasureOut} | NOT_THERE, summary="Read a measure")
@operation("read evidence")
def measure(request: HttpRequest, code: str) -> dict[str, Any]:
    """One outcome measure."""
    found = queries.outcome_measure(code)
    if found is None:
        raise Http404
    return asdict(found)


@router.get("/due", response=DueOut, summary="Results due")
@operation("read evidence")
def due(request: HttpRequest) -> Mapping[str, Any]:
    """Return how many results were reported of those due, and the oldest 20 missing."""
    today = timezone.localdate()
    found = queries.tracker(today=today)
    return {
        "reported": found.due - found.missing,
        "due": found.due,
        "authorities": [{"name": name, "reported": words} for name, words in found.authorities],
        "oldest": [
            {"days_late": row.days, "trial": _trial(row.record, today)} for row in found.oldest
        ],
    }


@router.get("/log", response=LogOut, summary="The log")
@operation("read evidence")
def log(request: HttpRequest) -> Mapping[str, Any]:
    """Where to copy the whole log from, and what to check a copy against."""
    size, head = queries.log_size()
    files = range(-(-size // queries.EVENTS_A_FILE))
    return {
        "size": size,
        "head": head,
        "checkpoint": reverse("evidence:checkpoint"),
        "keys": reverse("evidence:well_known"),
        "files": [
            reverse("evidence:entries", args=[f"{n // 1000:03d}", f"{n % 1000:03d}"])
            for n in files
        ],
    }


def _trial(found: queries.Record, today: date) -> dict[str, Any]:
    """Return a trial in short, its state as of a day."""
    document = asdict(found)
    return {
        **document,
        "state": found.state_on(today),
        "verdict": found.verdict or None,
        "strength": found.strength or None,
        "drawn_outside": found.elsewhere,
    }
