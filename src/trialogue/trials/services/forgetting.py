"""What trials keep for a time is deleted after it. How long: `docs/data-protection.md`."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from trialogue.trials.models import StagedMeasurement, StagedUnit, UnitIdentity, Upload
from trialogue.trials.services.loading import clear

NOT_CONFIRMED = timedelta(days=30)
AFTER_THE_RESULT = timedelta(days=90)


def forget(now: datetime) -> int:
    """Delete files and identities past their time; return how many. Twice is as once.

    A file that nobody loaded goes with all that was read from it. Of one that was loaded the bytes
    go once the result is out long enough to be questioned; its name, hash and rows stay.
    """
    _rows_left_by_a_loading_that_was_killed()
    return _files_never_loaded(now) + _files_of_finished_trials(now) + _identities(now)


def _rows_left_by_a_loading_that_was_killed() -> None:
    """Clear what waited for a file that is loaded: it goes after the loading, not with it."""
    for staged in (StagedUnit, StagedMeasurement):
        left = staged.objects.filter(upload__confirmed_at__isnull=False)
        for upload in Upload.objects.filter(pk__in=left.values_list("upload", flat=True)):
            clear(upload)


def _files_never_loaded(now: datetime) -> int:
    old = Upload.objects.filter(confirmed_at=None, at__lt=now - NOT_CONFIRMED)
    return sum(_forget_upload(pk) for pk in old.values_list("pk", flat=True))


@transaction.atomic
def _forget_upload(pk: int) -> bool:
    upload = Upload.objects.select_for_update().filter(pk=pk, confirmed_at=None).first()
    if upload is None:
        return False  # loaded, or forgotten, in between
    path, storage = upload.file.name, upload.file.storage
    upload.delete()
    # The bytes go last: what fails after they are gone could not be put back.
    transaction.on_commit(lambda: storage.delete(path) if path else None)
    return True


def _files_of_finished_trials(now: datetime) -> int:
    old = Upload.objects.filter(_finished("trial__", now), confirmed_at__isnull=False)
    gone = 0
    for upload in old.exclude(file="").order_by("pk"):
        upload.file.delete(save=False)
        gone += Upload.objects.filter(pk=upload.pk).exclude(file="").update(file="")
    return gone


@transaction.atomic
def _identities(now: datetime) -> int:
    return UnitIdentity.objects.filter(_finished("unit__trial__", now)).delete()[0]


def _finished(trial: str, now: datetime) -> Q:
    """The trials that reported, or stopped, long enough ago."""
    until = now - AFTER_THE_RESULT
    return Q(**{f"{trial}reported_at__lt": until}) | Q(
        **{f"{trial}reported_at": None, f"{trial}stopped_at__lt": until}
    )
