"""What was measured, without groups: nothing here can be turned into an effect."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from trialogue.trials.models import Delivery, Measurement, Trial, Withdrawal
from trialogue.trials.protocol import Protocol


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
    measured = Measurement.objects.filter(
        unit=OuterRef("pk"), outcome=protocol.outcomes.primary.code, wave=number
    )
    gone = Withdrawal.objects.filter(
        unit=OuterRef("pk"), scope__in=(Withdrawal.Scope.CONSENT, Withdrawal.Scope.MEASUREMENT)
    )
    rows = trial.units.filter(assignment__isnull=False).exclude(Exists(measured) | Exists(gone))
    return rows.order_by("order").values_list("study_id", flat=True).first() or ""


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
