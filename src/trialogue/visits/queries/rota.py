"""The rota: who is on duty and when, and where nobody is."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from trialogue.accounts.models import Person
from trialogue.visits.models import Concern, DutyShift, HandOver, Scheme

AHEAD = timedelta(days=14)


@dataclass(frozen=True)
class Gap:
    """A time in which nobody is on duty in a role."""

    role: str
    first: datetime
    last: datetime


def shifts(scheme: Scheme, *, now: datetime) -> list[DutyShift]:
    """Return who is on duty now and later, the earliest first."""
    rows = DutyShift.objects.filter(scheme=scheme, last__gt=now).select_related("person")
    return list(rows.order_by("first", "role", "pk"))


def gaps(shifts: list[DutyShift], *, now: datetime) -> list[Gap]:
    """Return when in the next 14 days nobody is on duty, role by role, the earliest first."""
    found = []
    for role in DutyShift.Role:
        begins, end = now, now + AHEAD
        mine = [one for one in shifts if one.role == role and one.person.is_active]
        for one in sorted(mine, key=lambda shift: shift.first):
            if one.first > begins:
                found.append(Gap(role.label, begins, min(one.first, end)))
            begins = max(begins, one.last)
            if begins >= end:
                break
        if begins < end:
            found.append(Gap(role.label, begins, end))
    return sorted((one for one in found if one.first < one.last), key=lambda one: one.first)


def in_hand(person: Person) -> list[str]:
    """Return the codes of what a person has in hand, but for safeguarding: that is not told."""
    rows = Concern.objects.filter(owner=person).exclude(state=Concern.State.CLOSED)
    return [one.code for one in rows.exclude(kind=Concern.Kind.SAFEGUARDING).only("pk")]


def hand_overs(person: Person) -> list[HandOver]:
    """Return what this person gave or took, the newest first, ten at most."""
    rows = HandOver.objects.select_related("giver", "taker")
    return list((rows.filter(giver=person) | rows.filter(taker=person)).order_by("-pk")[:10])
