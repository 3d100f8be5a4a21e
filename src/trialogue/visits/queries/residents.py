"""Residents, and whether somebody may call on one on a day."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Q

from trialogue.visits.models import Agreement, Resident, Scheme, Suspension


def suspended_on(residents: Iterable[Resident], day: date) -> set[int]:
    """Return the keys of the residents nobody calls on that day: paused, away, or ended."""
    listed = list(residents)
    paused = Suspension.objects.filter(
        Q(last=None) | Q(last__gte=day), resident__in=listed, first__lte=day
    ).values_list("resident_id", flat=True)
    gone = (one.pk for one in listed if one.ended_on and one.ended_on <= day)
    return {*paused, *gone}


def may_start(resident: Resident, day: date) -> bool:
    """Whether the trial's draw lets anyone call on that day: area and household have begun."""
    area = resident.area
    if area and (area.starts_on is None or area.starts_on > day):
        return False
    if not resident.waits:
        return True
    return resident.starts_on is not None and resident.starts_on <= day


def agrees(resident: Resident, day: date) -> bool:
    """Whether an agreement to be visited is in force on a day: the newest row says so."""
    newest = (
        Agreement.objects.filter(resident=resident, contact=None, valid_from__lte=day)
        .order_by("-pk")
        .first()
    )
    return newest is not None and newest.agrees


def visited(scheme: Scheme) -> list[Resident]:
    """Return the residents who are called on or waiting to be placed, with their areas."""
    active = Resident.objects.filter(
        scheme=scheme, state__in=(Resident.State.AGREED, Resident.State.ACTIVE)
    )
    return list(active.select_related("area"))
