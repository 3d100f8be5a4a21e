"""A file that was read: what it would become, and every problem in it."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404

from trialogue.methods.problems import Problem
from trialogue.trials.models import Upload

SHOWN = 20


@dataclass(frozen=True)
class Preview:
    """A file as it was read. `waiting`: it is still being read."""

    upload: Upload
    waiting: bool
    rows: int = 0
    good: int = 0
    changed: int = 0
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()
    header: tuple[str, ...] = ()
    first: tuple[tuple[str, ...], ...] = ()

    @property
    def given_up(self) -> bool:
        """Whether its reading ended without a result: it was stopped, or went wrong."""
        work = self.upload.work
        return self.waiting and work is not None and work.finished_at is not None

    @property
    def shown(self) -> tuple[Problem, ...]:
        """The problems that the page shows; all are in the file to download."""
        return self.problems[:SHOWN]

    @property
    def unsettled(self) -> tuple[Problem, ...]:
        """The problems that leaving out rows does not settle."""
        return tuple(problem for problem in self.problems if problem.row is None)


def preview(public_id: str, upload_id: str) -> Preview:
    """Return an upload of a trial as it was read; Http404 when the trial has none such."""
    upload = (
        Upload.objects.filter(trial__public_id=public_id, public_id=upload_id)
        .select_related("trial", "work")
        .first()
    )
    if upload is None:
        raise Http404
    report: dict[str, Any] | None = upload.report
    if report is None:
        return Preview(upload, waiting=True)
    first = report["first"] or {"header": [], "rows": []}
    return Preview(
        upload,
        waiting=False,
        rows=report["rows"],
        good=report["good"],
        changed=report["changed"],
        problems=tuple(Problem(**problem) for problem in report["problems"]),
        notes=tuple(report["notes"]),
        header=tuple(first["header"]),
        first=tuple(tuple(row) for row in first["rows"]),
    )
