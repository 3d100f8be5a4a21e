"""The list and who got what, as pages show them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from trialogue.evidence.redrawing import verify_command
from trialogue.trials.models import Assignment, Draw, Trial, Unit
from trialogue.trials.protocol import Protocol
from trialogue.trials.queries.drawn import (
    clusters_by_arm,
    drawn,
    late_arrivals,
    units_by_arm,
)
from trialogue.trials.queries.repeated import Read, as_text


@dataclass(frozen=True)
class Listed:
    """How many are on the list, in all and in each stratum: units there, things to be placed."""

    units: int
    clusters: int
    strata: tuple[tuple[str, int], ...]
    to_place: tuple[tuple[str, int], ...]
    draw: Draw


def listed(trial: Trial) -> Listed | None:
    """Return the list as it stands; None before registration. Two queries."""
    draw = Draw.objects.filter(trial=trial).first()
    if draw is None:
        return None
    # A cluster is in one stratum, so those of the strata add up.
    clusters = Count("cluster", distinct=True, filter=~Q(cluster=""))
    rows = trial.units.values_list("strata").annotate(n=Count("pk"), clusters=clusters).order_by()
    counts = sorted((" / ".join(strata) or "All", n, placed) for strata, n, placed in rows)
    return Listed(
        units=sum(n for _, n, _ in counts),
        clusters=sum(placed for *_, placed in counts),
        strata=tuple((name, n) for name, n, _ in counts),
        to_place=tuple((name, placed or n) for name, n, placed in counts),
        draw=draw,
    )


def units_of(trial: Trial) -> QuerySet[Unit]:
    """Return the units of a trial, in the order of the list."""
    return trial.units.order_by("order")


def small_strata(now: Listed, protocol: Protocol) -> list[str]:
    """Return a warning for each stratum that has fewer to place than there are groups."""
    groups = len(protocol.groups)
    return [
        f"“{name}” has {count} to place, fewer than {groups} groups. "
        "It is balanced together with others of its kind."
        for name, count in now.to_place
        if protocol.strata.by and count < groups
    ]


@dataclass(frozen=True)
class Placed:
    """Who got what, counted, and how anyone can check it."""

    arms: tuple[tuple[str, str, int, int], ...]  # code, name, units, clusters
    late: int
    commitment: str
    list_hash: str
    command: str


def placed(trial: Trial, protocol: Protocol, draw: Draw) -> Placed:
    """Return the counts of the draw and the command that checks it."""
    listed, late = drawn(trial), late_arrivals(trial)
    units, clusters = units_by_arm(listed, late), clusters_by_arm(listed, late)
    return Placed(
        arms=tuple(
            (group.code, group.name, units[group.code], clusters[group.code])
            for group in protocol.groups
        ),
        late=len(late),
        commitment=draw.commitment,
        list_hash=draw.list_hash,
        command=verify_command(
            protocol.plan,
            files=f"{trial.public_id}-list.csv {trial.public_id}-allocation.csv",
        ),
    )


def list_rows(
    trial: Trial, protocol: Protocol, *, arms: bool, arm: str = ""
) -> tuple[list[str], list[Sequence[Any]]]:
    """Return the list as a file: with the groups or without them, or of one group.

    A whole list is as it was drawn, so that the draw can be checked by it. Whoever came late is
    in the list of their group alone.
    """
    header = ["id"]
    if protocol.unit.clustered:
        header.append(protocol.unit.placed)
    header += protocol.strata.by
    read = Read()
    fields: list[Any] = ["study_id", "cluster", as_text("strata")]
    if arms:
        header.append("arm")
        fields.append("assignment__arm")
    units = trial.units.filter(assignment__arm=arm) if arm else trial.units.filter(late=False)
    rows: list[Sequence[Any]] = []
    for study_id, cluster, strata, *placed_in in units.order_by("order").values_list(*fields):
        clusters = [cluster] if protocol.unit.clustered else []
        rows.append([study_id, *clusters, *read[strata], *placed_in])
    return header, rows


def who_got_what(public_id: str) -> dict[str, str]:
    """Return the arm of each unit, in the order of the list. For lists, never beside outcomes."""
    rows = Assignment.objects.filter(trial__public_id=public_id).order_by("unit__order")
    return dict(rows.values_list("unit__study_id", "arm"))
