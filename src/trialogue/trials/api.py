"""A trial's team by program: its trials, lists and outcomes, who got what, and the analysis.

Every operation goes through the services and queries that the pages call, so that it reads by the
same rules, refuses in the same words and shows nothing earlier.
"""

import io
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from django.core.files.base import ContentFile, File
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Field, Form, Router, Schema, Status, UploadedFile
from ninja import File as InFile

from trialogue.accounts.operations import (
    REFUSED,
    TOKEN,
    ProblemOut,
    Refusal,
    Refused,
    operation,
)
from trialogue.methods.problems import Problem
from trialogue.tables import too_large, write_csv
from trialogue.trials.queries.data import Rows
from trialogue.trials.queries.lists import next_thing, trials_of
from trialogue.trials.queries.placing import list_rows, listed, placed
from trialogue.trials.queries.results import story_of
from trialogue.trials.queries.tasks import tasks_of
from trialogue.trials.queries.trials import protocol_of, roles_in_trial, stage_of, trial_of
from trialogue.trials.queries.uploads import Preview, preview
from trialogue.trials.services import analysis as analyses
from trialogue.trials.services import loading, looking, measurement, publishing, units, uploads

router = Router(tags=["Trials"], **TOKEN)
NOT_NOW = REFUSED | {409: Refused}
TAKES = NOT_NOW | {413: Refused}
MOST_ROWS = 5_000
MOST_PROBLEMS = 1_000
CSV = {
    "responses": {
        200: {"description": "CSV", "content": {"text/csv": {"schema": {"type": "string"}}}}
    }
}

Cell = str | int | float | bool | None
Name = Annotated[str, Field(max_length=100)]


class TeamTrialOut(Schema):
    """A trial of yours. `parts`: what you are in it. `next`: what its team does next."""

    id: str
    title: str
    stage: str
    parts: list[str]
    next: str
    registered_at: datetime | None
    started_at: datetime | None
    ends_on: date | None
    locked_at: datetime | None
    reported_at: datetime | None
    stopped_at: datetime | None


class TeamTrialsOut(Schema):
    """The trials you have a part in."""

    trials: list[TeamTrialOut]


class TaskOut(Schema):
    """A line of the task list."""

    name: str
    status: str
    done: bool


class OneTrialOut(TeamTrialOut):
    """A trial of yours with its task list."""

    tasks: list[TaskOut]


class UnitColumnsIn(Schema):
    """Which column is what, where it is called something else. The first is the identifier."""

    id: Name = ""
    cluster: Name = ""
    arm: Name = ""


class UnitRowsIn(UnitColumnsIn):
    """A list of units as rows. The first key of the first row names the identifier."""

    rows: list[dict[str, Cell]] = Field(min_length=1, max_length=MOST_ROWS)


class OutcomeColumnsIn(Schema):
    """Which column is the identifier, when it is not the first, and the time of measuring."""

    id: Name = ""
    wave: int = Field(1, ge=1, le=1_000)


class OutcomeRowsIn(OutcomeColumnsIn):
    """Outcomes as rows, for one time of measuring.

    `columns` says, by the code of an outcome, which column holds it when the names differ.
    """

    rows: list[dict[str, Cell]] = Field(min_length=1, max_length=MOST_ROWS)
    columns: dict[str, Name] = {}


class UploadOut(Schema):
    """What was sent, as it was read. Nothing of it counts before it is loaded.

    `state`: reading (follow `work`), read, loaded, or not read (the reading was stopped or went
    wrong; `work` says so). Rows are counted as in a spreadsheet, the
    headings being row 1. The first 1,000 problems are listed; `problem_count` counts all.
    """

    id: UUID
    kind: str
    state: str
    work: UUID | None
    rows: int
    good: int
    changed: int
    problem_count: int
    problems: list[ProblemOut]
    notes: list[str]


class LoadIn(Schema):
    """`leave_out`: rows with problems that you leave out. `reason`: why held values change."""

    leave_out: list[int] = Field([], max_length=200_000)
    reason: str = Field("", max_length=200)


class LoadedOut(Schema):
    """How many were loaded: units of the list, or values."""

    loaded: int


class ArmOut(Schema):
    """A group and how many are in it. `clusters`: null when each unit is placed by itself."""

    code: str
    name: str
    units: int
    clusters: int | None


class AllocationOut(Schema):
    """Who got what, counted, and what anyone checks it with. The list is `allocation.csv`."""

    placed_at: datetime
    elsewhere: bool
    commitment: str
    list_hash: str
    late: int
    arms: list[ArmOut]
    verify: str


class AnalysisOut(Schema):
    """The registered analysis, by outcome, with the verdict of each group that counts."""

    published: bool
    outcomes: dict[str, Any]
    verdicts: list[dict[str, Any]]
    inputs_hash: str
    code_version: str
    seed: str


@router.get("", response={200: TeamTrialsOut} | REFUSED, summary="List your trials")
@operation("list trials")
def trials(request: HttpRequest) -> Mapping[str, Any]:
    """The trials you have a part in, the newest first."""
    return {
        "trials": [
            _trial(trial, parts, timezone.localdate()) for trial, parts in trials_of(_by(request))
        ]
    }


@router.get("/{public_id}", response={200: OneTrialOut} | REFUSED, summary="Read one of them")
@operation("see a trial", roles_in_trial)
def trial(request: HttpRequest, public_id: str) -> Mapping[str, Any]:
    """How far a trial is, and what is to do."""
    found, today = trial_of(public_id), timezone.localdate()
    parts = sorted(roles_in_trial(_by(request), public_id))
    tasks = tasks_of(found, today=today)
    return {**_trial(found, parts, today), "tasks": [asdict(task) for task in tasks]}


@router.post(
    "/{public_id}/units", response={201: UploadOut} | TAKES, summary="Send a list as rows"
)
@operation("load units", roles_in_trial)
def unit_rows(request: HttpRequest, public_id: str, sent: UnitRowsIn) -> Status[Any]:
    """Up to 5,000 rows. They are read and checked; load them once every problem is settled."""
    options = {"id": sent.id, "cluster": sent.cluster, "arm": sent.arm}
    return Status(201, _keep(request, public_id, "units", _as_file(sent.rows), options))


@router.post(
    "/{public_id}/units/file", response={201: UploadOut} | TAKES, summary="Send a list as a file"
)
@operation("load units", roles_in_trial)
def unit_file(
    request: HttpRequest,
    public_id: str,
    file: InFile[UploadedFile],
    columns: Form[UnitColumnsIn],
) -> Status[Any]:
    """CSV, XLSX or Parquet, 200 MB at most. A large one is read while you follow its work."""
    return Status(201, _keep(request, public_id, "units", file, columns.dict()))


@router.post(
    "/{public_id}/units/{upload_id}/load",
    response={200: LoadedOut} | NOT_NOW,
    summary="Load a list",
)
@operation("load units", roles_in_trial)
def load_units(
    request: HttpRequest, public_id: str, upload_id: UUID, sent: LoadIn
) -> Mapping[str, Any]:
    """All of it at once, or nothing. Twice is as once."""
    _ready(public_id, upload_id, "units")
    count = units.load_units(
        upload_id=str(upload_id),
        leave_out=frozenset(sent.leave_out),
        by=_by(request),
        at=timezone.now(),
    )
    return {"loaded": count}


@router.post(
    "/{public_id}/outcomes", response={201: UploadOut} | TAKES, summary="Send outcomes as rows"
)
@operation("measure", roles_in_trial)
def outcome_rows(request: HttpRequest, public_id: str, sent: OutcomeRowsIn) -> Status[Any]:
    """Up to 5,000 rows. They are read and checked; load them once every problem is settled."""
    options = {"id": sent.id, "wave": sent.wave, "columns": sent.columns}
    return Status(201, _keep(request, public_id, "outcomes", _as_file(sent.rows), options))


@router.post(
    "/{public_id}/outcomes/file",
    response={201: UploadOut} | TAKES,
    summary="Send outcomes as a file",
)
@operation("measure", roles_in_trial)
def outcome_file(
    request: HttpRequest,
    public_id: str,
    file: InFile[UploadedFile],
    columns: Form[OutcomeColumnsIn],
) -> Status[Any]:
    """CSV, XLSX or Parquet, 200 MB at most, its columns named as the outcomes' codes."""
    return Status(201, _keep(request, public_id, "outcomes", file, columns.dict()))


@router.post(
    "/{public_id}/outcomes/{upload_id}/load",
    response={200: LoadedOut} | NOT_NOW,
    summary="Load outcomes",
)
@operation("measure", roles_in_trial)
def load_outcomes(
    request: HttpRequest, public_id: str, upload_id: UUID, sent: LoadIn
) -> Mapping[str, Any]:
    """All of them at once, or nothing. Values that are held already change with a reason only."""
    _ready(public_id, upload_id, "outcomes")
    count = measurement.load_outcomes(
        upload_id=str(upload_id),
        leave_out=frozenset(sent.leave_out),
        reason=sent.reason,
        by=_by(request),
        at=timezone.now(),
    )
    return {"loaded": count}


@router.get(
    "/{public_id}/uploads/{upload_id}",
    response={200: UploadOut} | REFUSED,
    summary="Read what was sent",
)
@operation("load units", roles_in_trial)
def upload(request: HttpRequest, public_id: str, upload_id: UUID) -> Mapping[str, Any]:
    """What a file would become, and every problem in it."""
    return _upload(preview(public_id, str(upload_id)))


@router.get(
    "/{public_id}/allocation", response={200: AllocationOut} | NOT_NOW, summary="Who got what"
)
@operation("load units", roles_in_trial)
def allocation(request: HttpRequest, public_id: str) -> Mapping[str, Any]:
    """How many are in each group, and what the draw is checked with."""
    found = trial_of(public_id)
    now = listed(found) if found.registered_at else None
    if now is None or now.draw.drawn_at is None:
        raise Refusal(409, Problem("The list is not placed yet", "Fix the list and place it"))
    protocol = protocol_of(found)
    counted, whole = placed(found, protocol, now.draw), protocol.unit.clustered
    return {
        "placed_at": now.draw.drawn_at,
        "elsewhere": now.draw.elsewhere,
        "commitment": counted.commitment,
        "list_hash": counted.list_hash,
        "late": counted.late,
        "arms": [
            {"code": code, "name": name, "units": n, "clusters": clusters if whole else None}
            for code, name, n, clusters in counted.arms
        ],
        "verify": counted.command,
    }


@router.get(
    "/{public_id}/allocation.csv",
    response=NOT_NOW,
    summary="Who got what, as a list",
    openapi_extra=CSV,
)
@operation("load units", roles_in_trial)
def allocation_list(request: HttpRequest, public_id: str) -> HttpResponse:
    """Each unit with its group, as the check of the draw reads it. Never an outcome."""
    found = trial_of(public_id)
    if found.started_at is None:
        raise Refusal(409, Problem("The list is not placed yet", "Fix the list and place it"))
    looking.note_taken("a list of units", public_id=public_id, by=_by(request), at=timezone.now())
    return _csv(*list_rows(found, protocol_of(found), arms=True))


@router.get("/{public_id}/analysis", response={200: AnalysisOut} | NOT_NOW, summary="The analysis")
@operation("see a trial", roles_in_trial)
def analysis(request: HttpRequest, public_id: str) -> Mapping[str, Any]:
    """What the registered analysis found. Nobody sees it before the data are locked."""
    found = trial_of(public_id)
    planned = analyses.planned_analysis(found)
    if planned is None:
        what = "The registered analysis has not been run"
        raise Refusal(409, Problem(what, "Lock the data after the planned end, then run it"))
    return {
        "published": found.reported_at is not None,
        "outcomes": planned.document["outcomes"],
        "verdicts": publishing.verdicts_of(protocol_of(found), planned, story_of(found)),
        "inputs_hash": planned.inputs_hash,
        "code_version": planned.code_version,
        "seed": planned.seed,
    }


@router.get(
    "/{public_id}/data.csv", response=NOT_NOW, summary="The locked data", openapi_extra=CSV
)
@operation("lock and analyse", roles_in_trial)
def data(request: HttpRequest, public_id: str) -> HttpResponse:
    """The data as `trialogue analyse` reads them, for the analyst. Not before the lock."""
    found = trial_of(public_id)
    if found.locked_at is None:
        raise Refusal(409, Problem("The data are not locked", "Lock them after the planned end"))
    looking.note_taken(
        "the data of a trial", public_id=public_id, by=_by(request), at=timezone.now()
    )
    return _csv(*Rows(found, protocol_of(found)).table())


def _by(request: HttpRequest) -> Any:
    """Return whose token it is."""
    return request.auth  # type: ignore[attr-defined]


def _trial(found: Any, parts: Sequence[str], today: date) -> dict[str, Any]:
    names = ("title", "registered_at", "started_at", "ends_on", "locked_at", "reported_at")
    return {
        **{name: getattr(found, name) for name in (*names, "stopped_at")},
        "id": found.public_id,
        "stage": stage_of(found, today).name,
        "parts": list(parts),
        "next": next_thing(found, today),
    }


def _as_file(rows: Sequence[Mapping[str, Cell]]) -> ContentFile[bytes]:
    """Return rows as the file that a person would have loaded, so that they are read as one."""
    header = list(dict.fromkeys(name for row in rows for name in row))
    written = io.StringIO()
    write_csv(written, header, ([_cell(row.get(name)) for name in header] for row in rows))
    return ContentFile(written.getvalue().encode(), name="rows.csv")


def _cell(value: Cell) -> str:
    if value is None:
        return ""
    return str(int(value)) if isinstance(value, bool) else str(value)


def _keep(
    request: HttpRequest,
    public_id: str,
    kind: str,
    file: File[bytes],
    options: Mapping[str, object],
) -> dict[str, Any]:
    if problems := too_large(file.size or 0):
        raise Refusal(413, *(problem.at(column="file") for problem in problems))
    at = timezone.now()
    kept = uploads.keep_upload(
        public_id=public_id, kind=kind, file=file, options=dict(options), by=_by(request), at=at
    )
    page = "units" if kind == "units" else "measure"
    leads_to = f"/trials/{public_id}/{page}/{kept.public_id}/"
    loading.read_now_or_later(kept, by=_by(request), at=at, leads_to=leads_to)
    return _upload(preview(public_id, str(kept.public_id)))


def _ready(public_id: str, upload_id: UUID, kind: str) -> None:
    """Refuse to load what is another trial's, another kind's, or still being read."""
    found = preview(public_id, str(upload_id))
    if found.upload.kind != kind:
        raise Http404
    if found.given_up:
        raise Refusal(409, Problem("The reading of this file ended early", "Send the file again"))
    if found.waiting:
        raise Refusal(409, Problem("This file is not read yet", "Wait until it is"))


def _upload(found: Preview) -> dict[str, Any]:
    work = found.upload.work
    return {
        "id": found.upload.public_id,
        "kind": found.upload.kind,
        "state": _state(found),
        "work": work.public_id if work else None,
        "rows": found.rows,
        "good": found.good,
        "changed": found.changed,
        "problem_count": len(found.problems),
        "problems": [asdict(problem) for problem in found.problems[:MOST_PROBLEMS]],
        "notes": list(found.notes),
    }


def _state(found: Preview) -> str:
    if found.given_up:
        return "not read"
    if found.waiting:
        return "reading"
    return "loaded" if found.upload.confirmed_at else "read"


def _csv(header: Sequence[str], rows: Any) -> HttpResponse:
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    write_csv(response, header, rows)
    return response
