"""The list of units: loaded whole from a file, or typed one by one, before it is fixed."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from trialogue.accounts import permissions
from trialogue.accounts import services as accounts
from trialogue.accounts.models import Person
from trialogue.methods import allocation
from trialogue.methods.problems import InputError, Problem, refuse
from trialogue.trials.models import Draw, Trial, Unit, Upload
from trialogue.trials.protocol import Protocol
from trialogue.trials.queries.repeated import as_text
from trialogue.trials.queries.trials import protocol_of, roles_in_trial
from trialogue.trials.services.allocation import described, listed_in, publish_list, start
from trialogue.trials.services.loading import clear


@dataclass(frozen=True)
class _Placed:
    """A staged list that says who got what: what is published of it, and how many in each arm."""

    protocol: Protocol
    described: dict[str, Any]
    counts: Counter[str]


def load_units(*, upload_id: str, leave_out: frozenset[int], by: Person, at: datetime) -> int:
    """Turn the staged rows of a list into units, all at once; return how many.

    `leave_out` names the rows with problems that are left out: every row with a problem must be
    in it. Loading twice does nothing the second time. When the trial was placed elsewhere the
    arms come with the list, and the trial starts. Raises PermissionDenied and InputError.
    """
    upload = Upload.objects.select_related("trial").get(public_id=upload_id)
    trial = upload.trial
    permissions.check(by, "load units", also=roles_in_trial(by, trial.public_id))
    if upload.confirmed_at:
        return trial.units.count()
    refuse(problems_left(upload, leave_out))
    placed = None
    if Draw.objects.filter(trial=trial, elsewhere=True).exists():
        permissions.check(by, "allocate", also=roles_in_trial(by, trial.public_id))
        # Worked out before the lock is taken, so that others can write meanwhile.
        placed = _placed(upload, leave_out)
    count = _load(upload.pk, leave_out, placed, by=by, at=at)
    clear(upload)
    return count


@transaction.atomic
def _load(
    upload_pk: int, leave_out: frozenset[int], placed: _Placed | None, *, by: Person, at: datetime
) -> int:
    upload = Upload.objects.select_for_update().select_related("trial").get(pk=upload_pk)
    trial = Trial.objects.select_for_update().get(pk=upload.trial_id)
    if upload.confirmed_at:
        return trial.units.count()
    refuse(problems_left(upload, leave_out))
    draw = _open_list(trial)
    upload.staged_units.filter(row__in=leave_out).delete()
    trial.units.all().delete()  # a list that is not fixed yet is replaced by the new one
    with connection.cursor() as cursor:
        cursor.execute(_STAGED_TO_UNITS, [trial.pk, upload.pk])
        count: int = cursor.rowcount
    if not count:
        raise InputError(Problem("No row of this file can be loaded", "Mend the file first"))
    if placed:
        if count != placed.described["units"]:
            raise InputError(
                Problem("This file was read again just now", "Look at it, then load it")
            )
        moment = connection.ops.adapt_datetimefield_value(at)
        with connection.cursor() as cursor:
            cursor.execute(_STAGED_TO_ASSIGNMENTS, [moment, upload.pk, trial.pk])
    upload.confirmed_at = at
    upload.save(update_fields=["confirmed_at"])
    accounts.record(
        by=by,
        action="load units",
        on="trial",
        thing=trial.public_id,
        at=at,
        after={"file": upload.filename, "units": count, "rows left out": len(leave_out)},
    )
    if placed:
        publish_list(draw, placed.described, by=by, at=at)
        start(trial, draw, placed.protocol, placed.counts, by=by, at=at)
    return count


def _placed(upload: Upload, leave_out: frozenset[int]) -> _Placed:
    protocol = protocol_of(upload.trial)
    rows = [
        row
        for number, *row in upload.staged_units.order_by("row").values_list(
            "row", "study_id", "cluster", as_text("strata"), "arm"
        )
        if number not in leave_out
    ]
    units = listed_in((study_id, cluster, strata) for study_id, cluster, strata, _ in rows)
    return _Placed(protocol, described(units, protocol), Counter(arm for *_, arm in rows))


_STAGED_TO_UNITS = """
INSERT INTO trials_unit
    (trial_id, study_id, label, cluster, strata, block, covariates, "order", late)
SELECT %s, study_id, label, cluster, strata, block, covariates,
    ROW_NUMBER() OVER (ORDER BY "row"), FALSE
FROM trials_stagedunit WHERE upload_id = %s
"""
_STAGED_TO_ASSIGNMENTS = """
INSERT INTO trials_assignment (trial_id, unit_id, arm, sequence, at)
SELECT unit.trial_id, unit.id, staged.arm, unit."order", %s
FROM trials_stagedunit staged JOIN trials_unit unit ON unit.study_id = staged.study_id
WHERE staged.upload_id = %s AND unit.trial_id = %s
"""


@transaction.atomic
def add_unit(
    *, public_id: str, study_id: str, cluster: str, strata: list[str], by: Person, at: datetime
) -> Unit:
    """Add one unit by hand, before the list is fixed. The same again finds the first."""
    trial = Trial.objects.select_for_update().get(public_id=public_id)
    permissions.check(by, "load units", also=roles_in_trial(by, public_id))
    draw = _open_list(trial)
    if draw.elsewhere:
        raise InputError(
            Problem("This trial was placed elsewhere", "Load the list that says who got what")
        )
    protocol = protocol_of(trial)
    cleaned = allocation.clean(study_id)
    values = [allocation.clean(value) for value in strata]
    place_of = allocation.clean(cluster)
    problems = []
    if not cleaned:
        problems.append(Problem("Enter the study identifier", column="study_id"))
    if protocol.unit.clustered and not place_of:
        problems.append(Problem(f"Enter the {protocol.unit.placed}", column="cluster"))
    problems += [
        Problem(f"Enter the {name}", column=f"stratum_{number}")
        for number, (name, value) in enumerate(zip(protocol.strata.by, values, strict=True))
        if not value
    ]
    refuse(problems)
    found = trial.units.filter(study_id=cleaned).first()
    if found:
        return found
    unit = Unit.objects.create(
        trial=trial,
        study_id=cleaned,
        cluster=place_of if protocol.unit.clustered else "",
        strata=values,
        order=trial.units.count() + 1,
    )
    accounts.record(
        by=by, action="add a unit", on="trial", thing=public_id, at=at, after={"study_id": cleaned}
    )
    return unit


@transaction.atomic
def remove_unit(*, public_id: str, study_id: str, by: Person, at: datetime) -> None:
    """Take one unit off the list, before the list is fixed. Twice is as once."""
    trial = Trial.objects.select_for_update().get(public_id=public_id)
    permissions.check(by, "load units", also=roles_in_trial(by, public_id))
    _open_list(trial)
    if trial.units.filter(study_id=study_id).delete()[0]:
        accounts.record(
            by=by,
            action="remove a unit",
            on="trial",
            thing=public_id,
            at=at,
            before={"study_id": study_id},
        )


def problems_left(upload: Upload, leave_out: frozenset[int]) -> list[Problem]:
    """Return the problems of a file that leaving `leave_out` rows out does not settle."""
    report = upload.report
    if report is None:
        return [Problem("This file is not read yet", "Wait until it is")]
    return [
        Problem(**problem)
        for problem in report["problems"]
        if problem["row"] is None or problem["row"] not in leave_out
    ]


def _open_list(trial: Trial) -> Draw:
    """Return the draw of a trial whose list can still change, or refuse."""
    draw = Draw.objects.select_for_update().filter(trial=trial).first()
    if draw is None:
        raise InputError(Problem("This trial is not registered yet", "Register it first"))
    if draw.list_hash:
        raise InputError(
            Problem(
                "The list is fixed and cannot change",
                "Enrol late arrivals one by one; for anything else record a deviation",
            )
        )
    return draw
