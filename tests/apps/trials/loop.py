"""A trial taken round the loop by the services that the pages call."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.core.files.base import File
from django_tasks_db.models import DBTaskResult

from trialogue.trials.models import Upload
from trialogue.trials.queries.trials import draft_of, hash_of_draft
from trialogue.trials.services import (
    allocation,
    amending,
    analysis,
    loading,
    measurement,
    planning,
    publishing,
    registration,
    units,
    uploads,
)
from trialogue.trials.services.losses import withdraw

NOW = datetime(2027, 2, 3, 9, 0, tzinfo=UTC)

__all__ = ["amending", "withdraw"]


def begun(people, plan, *, at=NOW):
    """A plan with a lead, an analyst and all thirteen answers."""
    trial = planning.begin_trial(
        title=plan["question"]["title"],
        query="",
        going_ahead="nobody close",
        why="",
        by=people["lead"],
        at=at,
        answers=plan,
    )
    planning.add_member(
        public_id=trial.public_id,
        email=people["analyst"].email,
        role="analyst",
        by=people["lead"],
        at=at,
    )
    return trial


def registered(people, plan, *, at=NOW):
    """The same, signed off and registered."""
    trial = begun(people, plan, at=at)
    today = at.date()
    planning.ask_for_sign_off(public_id=trial.public_id, by=people["lead"], at=at, today=today)
    planning.sign_off_plan(
        public_id=trial.public_id,
        document_hash=hash_of_draft(draft_of(trial)),
        agreed=True,
        note="",
        by=people["manager"],
        at=at,
    )
    return registration.register_trial(
        public_id=trial.public_id, by=people["lead"], at=at, today=today
    )


def uploaded(people, trial, kind, path, *, at=NOW, **options):
    """A file, read and previewed."""
    with Path(path).open("rb") as content:
        upload = uploads.keep_upload(
            public_id=trial.public_id,
            kind=kind,
            file=File(content, name=Path(path).name),
            options=options,
            by=people["lead"],
            at=at,
        )
    loading.read_upload(upload, progress=lambda done, total: True)
    upload.refresh_from_db()
    return upload


def listed(people, trial, path, *, at=NOW, leave_out=(), **options):
    """A list of units from a file, loaded."""
    upload = uploaded(people, trial, Upload.Kind.UNITS, path, at=at, **options)
    return units.load_units(
        upload_id=str(upload.public_id), leave_out=frozenset(leave_out), by=people["lead"], at=at
    )


def placed(people, trial, *, at=NOW):
    """The list fixed and drawn."""
    allocation.fix_list(public_id=trial.public_id, by=people["lead"], at=at)
    return allocation.allocate(public_id=trial.public_id, by=people["lead"], at=at)


def measured(people, trial, path, *, at=NOW, leave_out=(), reason="", **options):
    """Outcomes from a file, loaded."""
    upload = uploaded(people, trial, Upload.Kind.OUTCOMES, path, at=at, **options)
    return measurement.load_outcomes(
        upload_id=str(upload.public_id),
        leave_out=frozenset(leave_out),
        reason=reason,
        by=people["lead"],
        at=at,
    )


def analysed(people, trial, *, at=NOW, seed=1):
    """The data locked and the registered analysis run, as the worker runs it."""
    analysis.lock_data(public_id=trial.public_id, by=people["analyst"], at=at, today=at.date())
    work = analysis.start_planned_analysis(public_id=trial.public_id, by=people["analyst"], at=at)
    analysis.run_planned.call(trial.public_id, people["analyst"].pk, work.pk, str(seed))
    return analysis.planned_analysis(trial)


def published(people, trial, story, *, at=NOW):
    """Deviations answered, the story told, signed off and published."""
    trial.refresh_from_db()
    for found in publishing.prepare(trial).found:
        amending.record_deviation(
            public_id=trial.public_id,
            reason="It was so.",
            effect="small",
            found_by="software",
            by=people["lead"],
            at=at,
            **found,
        )
    publishing.save_story(
        public_id=trial.public_id, body=story, based_on=0, by=people["lead"], at=at
    )
    publishing.ask_for_result_sign_off(public_id=trial.public_id, by=people["lead"], at=at)
    publishing.sign_off_result(
        public_id=trial.public_id,
        document_hash=publishing.prepare(trial).document_hash,
        agreed=True,
        note="",
        by=people["manager"],
        at=at,
    )
    publishing.publish_result(public_id=trial.public_id, by=people["lead"], at=at)
    trial.refresh_from_db()


def later(days):
    return NOW + timedelta(days=days)


def run_waiting_tasks():
    """Do what the worker would do next."""
    for waiting in DBTaskResult.objects.ready():
        asked = waiting.args_kwargs
        waiting.task.call(*asked["args"], **asked["kwargs"])
        waiting.delete()
