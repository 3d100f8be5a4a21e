"""What trials keep for a time is deleted after it. How long: `docs/data-protection.md`."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from trialogue.accounts import queries as councils
from trialogue.accounts.periods import FILES_LOADED, FILES_READ
from trialogue.trials.models import StagedMeasurement, StagedUnit, UnitIdentity, Upload
from trialogue.trials.services.loading import clear


def forget(now: datetime) -> int:
    """Delete files and identities past their time; return how many. Twice is as once.

    A file that nobody loaded goes with all that was read from it. Of one that was loaded the bytes
    go once the result is out long enough to be questioned; its name, hash and rows stay.
    """
    _rows_left_by_a_loading_that_was_killed()
    return _files_never_loaded(now) + _files_of_finished_trials(now) + _identities(now).delete()[0]


def past_their_time(now: datetime) -> dict[str, QuerySet[Any]]:
    """Return what of each kind `forget` would delete at `now`."""
    return {
        "Files that were read and never loaded": _never_loaded(now),
        "Files of trials that are over": _of_finished_trials(now),
        "Who a study identifier stands for": _identities(now),
    }


def _never_loaded(now: datetime) -> QuerySet[Upload]:
    until = now - timedelta(days=councils.days(FILES_READ))
    return Upload.objects.filter(confirmed_at=None, at__lt=until)


def _of_finished_trials(now: datetime) -> QuerySet[Upload]:
    loaded = Upload.objects.filter(_finished("trial__", now), confirmed_at__isnull=False)
    return loaded.exclude(file="").order_by("pk")


def _identities(now: datetime) -> QuerySet[UnitIdentity]:
    return UnitIdentity.objects.filter(_finished("unit__trial__", now))


def _rows_left_by_a_loading_that_was_killed() -> None:
    """Clear what waited for a file that is loaded: it goes after the loading, not with it."""
    for staged in (StagedUnit, StagedMeasurement):
        left = staged.objects.filter(upload__confirmed_at__isnull=False)
        for upload in Upload.objects.filter(pk__in=left.values_list("upload", flat=True)):
            clear(upload)


def _files_never_loaded(now: datetime) -> int:
    return sum(_forget_upload(pk) for pk in _never_loaded(now).values_list("pk", flat=True))


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
    gone = 0
    for upload in _of_finished_trials(now):
        upload.file.delete(save=False)
        gone += Upload.objects.filter(pk=upload.pk).exclude(file="").update(file="")
    return gone


def _finished(trial: str, now: datetime) -> Q:
    """The trials that reported, or stopped, long enough ago."""
    until = now - timedelta(days=councils.days(FILES_LOADED))
    return Q(**{f"{trial}reported_at__lt": until}) | Q(
        **{f"{trial}reported_at": None, f"{trial}stopped_at__lt": until}
    )
