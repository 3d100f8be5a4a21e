"""From a kept file to rows that wait, and from rows that wait to the trial.

Reading names every problem and stages every good row in batches, outside any long transaction.
Loading moves the staged rows in one statement. A process killed in between leaves rows that wait
and nothing else; reading again begins by clearing them.
"""

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import BinaryIO, cast

from django.db import transaction
from django.utils import timezone
from django_tasks import task

from trialogue.accounts import services as accounts
from trialogue.accounts.models import Person
from trialogue.methods.problems import InputError, Problem
from trialogue.tables import Table
from trialogue.tables import read_upload as read_table
from trialogue.trials.models import StagedMeasurement, StagedUnit, Upload
from trialogue.trials.services import bulk
from trialogue.trials.services.reading import Reading, outcomes, units

BATCH = 5_000
# A file this small is read while the person waits; a larger one in the worker.
READ_AT_ONCE = 500_000
Progress = Callable[[int, int], bool]


def read_upload(upload: Upload, *, progress: Progress) -> None:
    """Read a kept file, stage its good rows and keep a report of every problem.

    The report: `rows`, `good` (rows that can be loaded), `problems` (a list of row, column, what
    and mend), `notes`, `first` (header and up to five rows), `changed` (values that differ from
    those held). Stops when `progress` says so, with nothing staged.
    """
    clear(upload)
    try:
        with upload.file.open("rb") as content:
            table = read_table(cast(BinaryIO, content), upload.filename)
        read = units.read if upload.kind == Upload.Kind.UNITS else outcomes.read
        reading = read(upload.trial, table, upload.options)
    except InputError as error:
        _report(upload, rows=0, good=0, problems=error.problems, notes=(), table=None)
        return
    if not _stage(upload, reading, progress):
        clear(upload)
        return
    _report(
        upload,
        rows=reading.total,
        good=reading.good,
        problems=reading.problems,
        notes=table.notes,
        table=table,
        changed=reading.changed,
    )


def clear(upload: Upload) -> None:
    """Take away what reading this file staged, a batch at a time so that others can write."""
    for staged in (upload.staged_units, upload.staged_measurements):
        keys = staged.order_by("pk").values_list("pk", flat=True)
        while (last := max(keys[:BATCH], default=None)) is not None:
            staged.filter(pk__lte=last).delete()


def _stage(upload: Upload, reading: Reading, progress: Progress) -> bool:
    """Keep the good rows, batch by batch; False when somebody stopped it."""
    model = StagedUnit if upload.kind == Upload.Kind.UNITS else StagedMeasurement
    total = len(reading.rows)
    for start in range(0, total, BATCH):
        batch = reading.rows[start : start + BATCH]
        with transaction.atomic():
            bulk.insert(model, ("upload", *reading.fields), ((upload.pk, *row) for row in batch))
        if not progress(start + len(batch), total):
            return False
    return True


def _report(
    upload: Upload,
    *,
    rows: int,
    good: int,
    problems: tuple[Problem, ...],
    notes: tuple[str, ...],
    table: Table | None,
    changed: int = 0,
) -> None:
    Upload.objects.filter(pk=upload.pk).update(
        report={
            "rows": rows,
            "good": good,
            "changed": changed,
            "problems": [asdict(problem) for problem in problems],
            "notes": list(notes),
            "first": {"header": list(table.columns), "rows": table.head(5)} if table else None,
        }
    )


def read_now_or_later(upload: Upload, *, by: Person, at: datetime, leads_to: str) -> Upload:
    """Read a small file at once, a larger one in the worker with its progress shown."""
    if upload.size <= READ_AT_ONCE:
        read_upload(upload, progress=lambda done, total: True)
        upload.refresh_from_db()
        return upload
    with transaction.atomic():
        work = accounts.start_work(
            title=f"Reading {upload.filename}", by=by, at=at, leads_to=leads_to
        )
        upload.work = work
        upload.save(update_fields=["work"])
        accounts.do_later(work, read_in_the_worker, str(upload.public_id))
    return upload


@task()
def read_in_the_worker(upload_id: str) -> None:
    """Read a kept file, with its progress shown. Twice gives the same report."""
    upload = Upload.objects.select_related("work", "trial").get(public_id=upload_id)
    work = upload.work
    if work is None or upload.confirmed_at or work.finished_at:
        return
    with accounts.ending(work, now=timezone.now):  # noqa: TID251  the worker is a door
        read_upload(
            upload,
            progress=lambda done, total: accounts.step_work(
                work, done=done, total=total, step=f"{done:,} of {total:,} rows read"
            ),
        )
        accounts.finish_work(work, answer=None, at=timezone.now())  # noqa: TID251  a door
