"""Phones: whose, when last heard from, and what the list on one holds."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.utils import timezone

from trialogue.accounts.models import Person
from trialogue.methods.verdicts import clock_time
from trialogue.visits.models import (
    Concern,
    Device,
    HeldEvent,
    Scheme,
    Visit,
    VisitEvent,
    VisitList,
    Visitor,
)
from trialogue.visits.queries.residents import suspended_on
from trialogue.visits.queries.rounds import visitors
from trialogue.visits.queries.scheme import partners_of, scheme
from trialogue.visits.timers import CARD, KNOCK_AGAIN, LIST_LASTS

NOT_CALLED = (Visit.Moved.DAY, Visit.Moved.TELEPHONE, Visit.Moved.UNPLACED)
CLOCK_OUT = timedelta(minutes=5)
# What became of a concern, as its visitor hears it: no more than this.
TOLD = {
    Concern.State.RAISED: "Received. Nobody has taken it on yet.",
    Concern.State.ACKNOWLEDGED: "The desk has it.",
    Concern.State.IN_HAND: "The desk has it.",
    Concern.State.CLOSED: "Dealt with, thank you.",
}


def today(at: datetime) -> date:
    """Return the day it is where the council is."""
    return timezone.localtime(at).date()


def owners(by: Person) -> QuerySet[Visitor]:
    """Return the visitors for whom somebody may set up a phone, by name."""
    found = scheme()
    if found is None:
        return Visitor.objects.none()
    return visitors(found, seen_by=by).filter(ended_on=None)


def devices_of(by: Person) -> QuerySet[Device]:
    """Return the phones somebody may manage: those in use first, then by visitor."""
    devices = Device.objects.all()
    partners = partners_of(by)
    if partners is not None:
        devices = devices.filter(visitor__partner__in=partners)
    joined = devices.select_related("visitor__person", "visitor__partner", "visitor__scheme")
    return joined.order_by("revoked_at", "visitor__person__name", "pk")


def stops_of(visitor: Visitor, day: date) -> list[dict[str, Any]]:
    """Return a visitor's stops of a day in the order of the round, as the phone shows them.

    The least that the door needs. Who is paused stays listed, so that an empty place has a
    reason; where two live at one address the whole name tells them apart.
    """
    visits = list(
        Visit.objects.filter(visitor=visitor, day=day)
        .exclude(moved__in=NOT_CALLED)
        .select_related("resident", "round")
        .order_by("round__code", "place", "pk")
    )
    residents = [visit.resident for visit in visits]
    off = suspended_on(residents, day)
    homes = Counter(home_of(visit) for visit in visits)
    known = set(
        Visit.objects.filter(visitor=visitor, day__lt=day, resident__in=residents).values_list(
            "resident_id", flat=True
        )
    )
    return [
        {
            "visit": str(visit.public_id),
            "name": visit.resident.preferred_name,
            "whole": visit.resident.full_name if homes[home_of(visit)] > 1 else "",
            "address": visit.resident.address,
            "postcode": visit.resident.postcode,
            "flag": visit.resident.at_the_address,
            "notes": visit.resident.door_notes,
            "word": visit.resident.agreed_word,
            "telephone": visit.resident.telephone,
            "minutes": visit.resident.minutes,
            "expected": clock_time(timezone.localtime(visit.expected_at).time()),
            "round": visit.round.code if visit.round else "",
            "paused": visit.resident_id in off,
            "new": visit.resident_id not in known,
            "asks": [
                {name: ask[name] for name in ("key", "words", "language")} for ask in visit.asks
            ],
        }
        for visit in visits
    ]


def home_of(visit: Visit) -> tuple[str, str]:
    """Return what two visits have in common when two live at one address."""
    return visit.resident.address.casefold(), visit.resident.postcode.casefold()


def next_day(visitor: Visitor, day: date) -> str:
    """Return the next day on which a visitor has a round, as a weekday; "" where none is known."""
    weekdays = set(visitor.walks.values_list("weekday", flat=True))
    ahead = (day + timedelta(days=one) for one in range(1, 8))
    return next((one.strftime("%A") for one in ahead if one.weekday() in weekdays), "")


def for_the_phone(of: Scheme) -> dict[str, Any]:
    """Return what of the scheme a phone needs: whom to ring, and its times in seconds."""
    return {
        "desk": of.telephone,
        "times": {
            timer.key: int(timer.span(of.settings).total_seconds())
            for timer in (KNOCK_AGAIN, CARD, LIST_LASTS)
        },
    }


@dataclass(frozen=True)
class Phone:
    """A phone with what it recorded and what of that is here. `missing`: known not to be here."""

    device: Device
    received: int
    held: int
    listed_until: datetime | None  # a list may be on it until then

    @property
    def recorded(self) -> int:
        """How many it is known to have recorded: what it said when it got a list, or what came."""
        return max(self.device.recorded, self.received + self.held)

    @property
    def missing(self) -> int:
        """How many of its records are known not to have come."""
        return self.recorded - self.received - self.held

    @property
    def clock_is_wrong(self) -> bool:
        """Whether its clock is over five minutes out."""
        return abs(self.device.clock_error_ms or 0) > CLOCK_OUT.total_seconds() * 1000

    @property
    def clock(self) -> str:
        """What its clock was when it was last heard from."""
        if self.device.clock_error_ms is None:
            return "not known"
        minutes = round(abs(self.device.clock_error_ms) / 60_000)
        if not self.clock_is_wrong:
            return "right"
        return f"{minutes} minutes {'fast' if self.device.clock_error_ms > 0 else 'slow'}"


def with_counts(devices: QuerySet[Device]) -> list[Phone]:
    """Return phones with their counts. Three queries, however many."""
    lists = VisitList.objects.filter(device=OuterRef("pk")).order_by("-at")
    listed = list(devices.annotate(listed_at=Subquery(lists.values("at")[:1])))

    def counted(rows: QuerySet[Any], what: Any = "pk") -> dict[int, int]:
        found = rows.filter(device__in=listed).order_by().values_list("device")
        return dict(found.annotate(Count(what, distinct=True)))

    received = counted(VisitEvent.objects.all())
    # What was held and then taken counts as received.
    held = counted(HeldEvent.objects.exclude(taken=True).exclude(why="other bytes"), "event_id")
    return [
        Phone(
            device,
            received.get(device.pk, 0),
            held.get(device.pk, 0),
            device.listed_at + LIST_LASTS.span(device.visitor.scheme.settings)
            if device.listed_at
            else None,
        )
        for device in listed
    ]


def concerns_of(device: Device) -> dict[str, str]:
    """Return what became of the newest concerns of a phone, by the event that raised each."""
    found = Concern.objects.filter(event__device=device).order_by("-pk")[:20]
    return {str(one.event_id): TOLD[Concern.State(one.state)] for one in found}
