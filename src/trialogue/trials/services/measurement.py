"""Outcomes: loaded whole from a file, or typed unit by unit. A correction keeps the old value."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection, transaction

from trialogue.accounts import permissions
from trialogue.accounts import services as accounts
from trialogue.accounts.models import Person
from trialogue.methods.problems import InputError, Problem, refuse
from trialogue.trials.models import Measurement, Trial, Upload, Withdrawal
from trialogue.trials.protocol import Protocol
from trialogue.trials.queries.measures import NOT_MEASURED
from trialogue.trials.queries.trials import protocol_of, roles_in_trial
from trialogue.trials.services.loading import clear
from trialogue.trials.services.reading.values import day_problem, value_problems
from trialogue.trials.services.units import problems_left


@dataclass(frozen=True)
class Value:
    """One value somebody typed: a number, or why there is none."""

    outcome: str
    value: float | None
    missing: str = ""


def load_outcomes(
    *, upload_id: str, leave_out: frozenset[int], reason: str, by: Person, at: datetime
) -> int:
    """Turn the staged values of a file into measurements, all at once; return how many.

    `reason` says why values that are held already change; it is needed when any does. Loading
    twice does nothing the second time. Raises PermissionDenied and InputError.
    """
    count = _load(upload_id, leave_out, reason, by=by, at=at)
    clear(Upload.objects.get(public_id=upload_id))
    return count


@transaction.atomic
def _load(
    upload_id: str, leave_out: frozenset[int], reason: str, *, by: Person, at: datetime
) -> int:
    upload = Upload.objects.select_for_update().select_related("trial").get(public_id=upload_id)
    trial = Trial.objects.select_for_update().get(pk=upload.trial_id)
    permissions.check(by, "measure", also=roles_in_trial(by, trial.public_id))
    if upload.confirmed_at:
        return 0
    refuse(problems_left(upload, leave_out))
    _open_data(trial)
    staged = upload.staged_measurements
    staged.filter(row__in=leave_out).delete()
    if staged.filter(version__gt=1).exists() and not reason.strip():
        raise InputError(Problem("Enter why values that are held already change", column="reason"))
    wave = int(upload.options.get("wave") or 1)
    _refuse_changed_meanwhile(upload, wave)
    moment = connection.ops.adapt_datetimefield_value(at)
    with connection.cursor() as cursor:
        cursor.execute(
            _STAGED_TO_MEASUREMENTS,
            [trial.pk, wave, reason.strip()[:200], upload.pk, by.pk, moment, upload.pk],
        )
        count: int = cursor.rowcount
    upload.confirmed_at = at
    upload.save(update_fields=["confirmed_at"])
    accounts.record(
        by=by,
        action="load outcomes",
        on="trial",
        thing=trial.public_id,
        at=at,
        after={"file": upload.filename, "values": count, "rows left out": len(leave_out)},
    )
    return count


_STAGED_TO_MEASUREMENTS = """
INSERT INTO trials_measurement
    (trial_id, unit_id, outcome, wave, version, value, missing, reason, measured_on,
     upload_id, "row", by_id, at)
SELECT %s, unit_id, outcome, %s, version, value, missing,
    CASE WHEN version > 1 THEN %s ELSE '' END, measured_on, %s, "row", %s, %s
FROM trials_stagedmeasurement WHERE upload_id = %s
"""


def _refuse_changed_meanwhile(upload: Upload, wave: int) -> None:
    """Refuse when somebody measured one of these units after the file was read."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT COUNT(*) FROM trials_stagedmeasurement s JOIN trials_measurement m
                ON m.unit_id = s.unit_id AND m.outcome = s.outcome AND m.wave = %s
                AND m.version >= s.version
            WHERE s.upload_id = %s
            """,
            [wave, upload.pk],
        )
        changed = cursor.fetchone()[0]
    if changed:
        raise InputError(
            Problem(
                f"{changed} values were recorded after this file was read",
                "Load the file again to see what differs",
            )
        )


@transaction.atomic
def record_unit(
    *,
    public_id: str,
    study_id: str,
    wave: int,
    values: list[Value],
    measured_on: date | None,
    reason: str,
    by: Person,
    at: datetime,
) -> int:
    """Record what was measured of one unit; return how many values are new.

    A value equal to the one held changes nothing. One that differs is a correction: it needs
    `reason`, and the old value stays. Raises PermissionDenied and InputError.
    """
    trial = Trial.objects.select_for_update().get(public_id=public_id)
    permissions.check(by, "measure", also=roles_in_trial(by, public_id))
    _open_data(trial)
    protocol = protocol_of(trial)
    unit = trial.units.filter(study_id=study_id).first()
    if unit is None:
        raise InputError(Problem(f'"{study_id}" was not allocated', "Check the spelling"))
    gone = Withdrawal.objects.filter(unit=unit, scope__in=NOT_MEASURED)
    if gone.exists():
        raise InputError(Problem(f'"{study_id}" no longer takes part in the measuring'))
    refuse(_problems(protocol, wave, values, measured_on))
    latest = {
        row.outcome: row
        for row in unit.measurements.filter(wave=wave).order_by("outcome", "version")
    }
    new = []
    for value in values:
        old = latest.get(value.outcome)
        if old and (old.value, old.missing) == (value.value, value.missing):
            continue
        if not old and value.value is None and not value.missing:
            continue
        if old and not reason.strip():
            raise InputError(Problem("Enter why the value held changes", column="reason"))
        new.append(
            Measurement(
                trial=trial,
                unit=unit,
                outcome=value.outcome,
                wave=wave,
                version=old.version + 1 if old else 1,
                value=value.value,
                missing=value.missing,
                reason=reason.strip()[:200] if old else "",
                measured_on=measured_on,
                by=by,
                at=at,
            )
        )
    Measurement.objects.bulk_create(new)
    if new:
        accounts.record(
            by=by,
            action="measure",
            on="trial",
            thing=public_id,
            at=at,
            after={"study_id": study_id, "outcomes": [row.outcome for row in new]},
        )
    return len(new)


def _problems(
    protocol: Protocol, wave: int, values: list[Value], measured_on: date | None
) -> Iterator[Problem]:
    """Yield what is wrong with what was typed, in the words in which a file is refused."""
    outcomes = {outcome.code: outcome for outcome in protocol.outcomes.all}
    for value in values:
        if value.value is not None:
            yield from value_problems(outcomes[value.outcome], value.value)
    open_in = next(each for each in protocol.dates.waves if each.number == wave)
    problem = day_problem(open_in, measured_on) if measured_on else None
    if problem:
        yield problem.at(column="measured_on")


def _open_data(trial: Trial) -> None:
    """Refuse when the trial has not started or its data are locked."""
    if not trial.started_at:
        raise InputError(
            Problem("Nothing can be measured before the groups are known", "Place the list first")
        )
    if trial.locked_at or trial.stopped_at:
        raise InputError(
            Problem("The data are locked", "Record a deviation if something is wrong with them")
        )
