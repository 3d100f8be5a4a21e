"""What was measured, without groups: nothing here can be turned into an effect."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from trialogue.trials.models import Delivery, Measurement, Trial, Unit, Withdrawal
from trialogue.trials.protocol import Protocol

# Who left these is not measured any more.
NOT_MEASURED = (Withdrawal.Scope.CONSENT, Withdrawal.Scope.MEASUREMENT)


@dataclass(frozen=True)
class Progress:
    """How far the measuring of one outcome at one wave is."""

    outcome: str
    wave: str
    measured: int
    missing: int
    units: int


def held_values(trial: Trial, outcome: str, wave: int) -> dict[int, tuple[int, float | None]]:
    """Return, by unit, the newest version of one outcome and its value. One query."""
    rows = (
        Measurement.objects.filter(trial=trial, outcome=outcome, wave=wave)
        .order_by("version")
        .values_list("unit_id", "version", "value")
    )
    return {unit: (version, value) for unit, version, value in rows}


def progress(trial: Trial, protocol: Protocol) -> list[Progress]:
    """Return how many units have each outcome at each wave, pooled over groups. Two queries."""
    units = trial.assignments.count()
    rows = (
        Measurement.objects.filter(trial=trial)
        .values("outcome", "wave")
        .annotate(
            have=Count("unit", filter=Q(value__isnull=False), distinct=True),
            lack=Count("unit", filter=Q(value__isnull=True), distinct=True),
        )
        .order_by()
    )
    found = {(row["outcome"], row["wave"]): (row["have"], row["lack"]) for row in rows}
    return [
        Progress(outcome.name, wave.name, *found.get((outcome.code, wave.number), (0, 0)), units)
        for wave in protocol.dates.waves
        for outcome in protocol.outcomes.all
    ]


def next_unmeasured(trial: Trial, protocol: Protocol, *, wave: int = 0) -> str:
    """Return the next unit without its main outcome, in the order of the list; "" when none."""
    number = wave or protocol.dates.last_wave.number
    rows = waiting_units(trial, number, [protocol.outcomes.primary.code])
    return rows.values_list("study_id", flat=True).first() or ""


def waiting_units(trial: Trial, wave: int, codes: Iterable[str]) -> QuerySet[Unit]:
    """Return the units that take part and have none of these outcomes, in the list's order."""
    held = Measurement.objects.filter(unit=OuterRef("pk"), outcome__in=list(codes), wave=wave)
    gone = Withdrawal.objects.filter(unit=OuterRef("pk"), scope__in=NOT_MEASURED)
    rows = trial.units.filter(assignment__isnull=False).exclude(Exists(held) | Exists(gone))
    return rows.order_by("order")


def unit_ids(trial: Trial) -> Iterable[str]:
    """Return the identifier of every unit that was placed, in the order of the list."""
    rows = trial.units.filter(assignment__isnull=False).order_by("order")
    return rows.values_list("study_id", flat=True).iterator()


def unit_values(
    trial: Trial, study_id: str, wave: int
) -> dict[str, tuple[float | None, str]] | None:
    """Return what is held of one unit at a wave: value or why it is missing; None: no such."""
    unit = trial.units.filter(study_id=study_id, assignment__isnull=False).first()
    if unit is None:
        return None
    rows = unit.measurements.filter(wave=wave).order_by("version")
    return {row.outcome: (row.value, row.missing) for row in rows}


def is_placed(trial: Trial, study_id: str) -> bool:
    """Whether a unit of this code was placed."""
    return trial.units.filter(study_id=study_id, assignment__isnull=False).exists()


def left_measuring(trial: Trial, study_id: str) -> bool:
    """Whether a unit is not measured any more."""
    return Withdrawal.objects.filter(
        unit__trial=trial, unit__study_id=study_id, scope__in=NOT_MEASURED
    ).exists()


def earlier_values(
    trial: Trial, protocol: Protocol, study_id: str, wave: int
) -> list[tuple[str, Measurement]]:
    """Return every version of what was measured of a unit that was corrected, oldest first."""
    rows = list(
        trial.measurements.filter(unit__study_id=study_id, wave=wave)
        .select_related("by")
        .order_by("outcome", "version")
    )
    corrected = {row.outcome for row in rows if row.version > 1}
    names = {outcome.code: outcome.name for outcome in protocol.outcomes.all}
    return [(names[row.outcome], row) for row in rows if row.outcome in corrected]


def losses_of(trial: Trial) -> QuerySet[Withdrawal]:
    """Return who was lost or withdrew, the newest first."""
    return (
        Withdrawal.objects.filter(unit__trial=trial).select_related("unit").order_by("-at", "-pk")
    )[:100]


def deliveries_of(trial: Trial) -> QuerySet[Delivery]:
    """Return what was delivered, the newest day first."""
    return (
        Delivery.objects.filter(unit__trial=trial).select_related("unit").order_by("-on", "-pk")
    )[:50]
