"""A file as it came: kept, read outside any transaction, previewed, and loaded whole or not."""

import hashlib
import uuid
from datetime import datetime

from django.core.files.base import File
from django.db import transaction
from django.utils import timezone

from trialogue.accounts import permissions
from trialogue.accounts import services as accounts
from trialogue.accounts.models import Person
from trialogue.methods.problems import InputError, Problem, refuse
from trialogue.methods.verdicts import clock_time
from trialogue.tables import too_large
from trialogue.trials.models import Trial, Upload
from trialogue.trials.queries.trials import roles_in_trial

ACTION = {Upload.Kind.UNITS: "load units", Upload.Kind.OUTCOMES: "measure"}


def keep_upload(
    *,
    public_id: str,
    kind: str,
    file: File[bytes],
    options: dict[str, object],
    by: Person,
    at: datetime,
) -> Upload:
    """Keep a file as it came. The bytes of a file that was loaded before are recognised.

    Raises PermissionDenied, and InputError when the file is too large or was loaded already.
    """
    trial = Trial.objects.get(public_id=public_id)
    permissions.check(by, ACTION[Upload.Kind(kind)], also=roles_in_trial(by, public_id))
    refuse(_too_early(trial, kind))
    name = file.name or "file"
    refuse(problem.at(column="file") for problem in too_large(file.size or 0))
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    sha256 = digest.hexdigest()
    before = trial.uploads.filter(kind=kind, sha256=sha256, confirmed_at__isnull=False).first()
    if before and before.confirmed_at:
        when = timezone.localtime(before.confirmed_at)
        raise InputError(
            Problem(
                f"You loaded this file on {when:%-d %B} at {clock_time(when.time())}",
                "Nothing was changed",
                column="file",
            )
        )
    upload = Upload(
        public_id=uuid.uuid4(),
        trial=trial,
        kind=kind,
        filename=name[:200],
        sha256=sha256,
        size=file.size or 0,
        options=options,
        by=by,
        at=at,
    )
    # Kept under a name of ours: what a person calls a file never becomes a path.
    upload.file.save(f"{upload.public_id.hex}{_ending(name)}", file, save=False)
    with transaction.atomic():
        upload.save()
        accounts.record(
            by=by,
            action=f"upload {kind}",
            on="trial",
            thing=public_id,
            at=at,
            after={"file": name[:200], "sha256": sha256},
        )
    return upload


def _too_early(trial: Trial, kind: str) -> list[Problem]:
    """Return why no file can be read yet: what it must hold follows from the registered plan."""
    if trial.registered_at is None:
        return [Problem("This trial is not registered yet", "Register it first")]
    if kind == Upload.Kind.OUTCOMES and trial.started_at is None:
        what = "Nothing can be measured before the groups are known"
        return [Problem(what, "Place the list first")]
    return []


def _ending(name: str) -> str:
    known = (".csv.gz", ".csv", ".xlsx", ".parquet")
    return next((ending for ending in known if name.lower().endswith(ending)), ".other")
