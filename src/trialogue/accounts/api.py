"""Long work for programs: how far it is, and stopping it."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest
from django.utils import timezone
from ninja import Router, Schema

from trialogue.accounts import queries, services
from trialogue.accounts.operations import REFUSED, TOKEN, ProblemOut, operation

router = Router(tags=["Long work"], **TOKEN)


class WorkOut(Schema):
    """How far a long piece of work is. `finished` with problems: it ended without its result."""

    id: UUID
    title: str
    step: str
    done: int
    total: int
    stop_asked: bool
    finished: bool
    problems: list[ProblemOut]


@router.get("/{work_id}", response={200: WorkOut} | REFUSED, summary="Follow long work")
@operation("follow long work")
def work(request: HttpRequest, work_id: UUID) -> dict[str, Any]:
    """How far your own piece of work is. Ask again every few seconds until it is finished."""
    found = queries.progress(work_id, seen_by=request.auth)  # type: ignore[attr-defined]
    if found is None:
        raise Http404
    return {
        "id": found.public_id,
        "title": found.title,
        "step": found.step,
        "done": found.done,
        "total": found.total,
        "stop_asked": found.stop_asked,
        "finished": found.finished,
        "problems": [_problem(problem) for problem in found.problems],
    }


@router.post("/{work_id}/stop", response={200: WorkOut} | REFUSED, summary="Stop long work")
@operation("follow long work")
def stop(request: HttpRequest, work_id: UUID) -> dict[str, Any]:
    """Ask your own piece of work to stop. It keeps nothing half done. Twice is as once."""
    person = request.auth  # type: ignore[attr-defined]
    services.stop_work(public_id=work_id, by=person, at=timezone.now())
    answer: dict[str, Any] = work(request, work_id=work_id)
    return answer


def _problem(problem: dict[str, Any]) -> dict[str, Any]:
    return {name: problem.get(name) or "" for name in ("what", "mend", "file", "column")} | {
        "row": problem.get("row")
    }
