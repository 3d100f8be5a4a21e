"""What was measured, without groups: nothing here can be turned into an effect."""

from dataclasses import dataclass

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from trialogue.trials.models import Measurement, Trial


@dataclass(frozen=True)
class Progress:
    """How far the measuring of one outcome at one wave is."""

    outcome: str
    wave: int
    measured: int
    missing: int
    units: int


def latest(trial: Trial) -> QuerySet[Measurement]:
    """Return the newest version of every value of a trial, in the order of the list."""
    newest = (
        Measurement.objects.filter(
            unit=OuterRef("unit"), outcome=OuterRef("outcome"), wave=OuterRef("wave")
        )
        .order_by("-version")
        .values("pk")[:1]
    )
    return (
        Measurement.objects.filter(trial=trial, pk=Subquery(newest))
        .select_related("unit")
        .order_by("unit__order", "outcome", "wave")
    )


def held_values(trial: Trial, outcome: str, wave: int) -> dict[int, tuple[int, float | None]]:
    """Return, by unit, the newest version of one outcome and its value. One query."""
    rows = (
        Measurement.objects.filter(trial=trial, outcome=outcome, wave=wave)
        .order_by("version")
        .values_list("unit_id", "version", "value")
    )
    return {unit: (version, value) for unit, version, value in rows}


def progress(trial: Trial) -> list[Progress]:
    """Return how many units have each outcome at each wave, pooled over groups."""
    units = trial.units.count()
    rows = (
        Measurement.objects.filter(trial=trial)
        .values("outcome", "wave")
        .annotate(
            have=Count("unit", filter=Q(value__isnull=False), distinct=True),
            lack=Count("unit", filter=Q(value__isnull=True), distinct=True),
        )
        .order_by("wave", "outcome")
    )
    return [Progress(row["outcome"], row["wave"], row["have"], row["lack"], units) for row in rows]
