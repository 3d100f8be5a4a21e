"""Rounds and visitors, as far as a person may see them."""

import re
from collections import Counter
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from uuid import UUID

import numpy as np
from django.db.models import OuterRef, Prefetch, QuerySet, Subquery, prefetch_related_objects
from django.http import Http404

from trialogue.accounts.models import Person
from trialogue.methods.arrays import FloatArray
from trialogue.visits.models import (
    Absence,
    PartnerAgreement,
    Plan,
    PlannedVisit,
    Round,
    RoundVersion,
    Scheme,
    Visitor,
    Walk,
)
from trialogue.visits.packing import unpack
from trialogue.visits.queries.scheme import partners_of
from trialogue.visits.weekdays import WEEKDAYS

_PARTS = re.compile(r"(\D*)(\d*)")


def agreements(scheme: Scheme) -> QuerySet[PartnerAgreement]:
    """Return the scheme's agreements with partners, by the partner's name."""
    return scheme.partner_agreements.select_related("partner")


def round_of(round_id: UUID, *, seen_by: Person, lock: bool = False) -> Round:
    """Return one round. Raises Http404 for one that is not there for this person."""
    found = _of(seen_by, Round.objects.filter(public_id=round_id))
    joined = found.select_related("partner", "area", "scheme")
    one = (joined.select_for_update(of=("self",)) if lock else joined).first()
    if one is None:
        raise Http404
    return one


def _of(person: Person, found: QuerySet[Round]) -> QuerySet[Round]:
    mine = partners_of(person)
    return found if mine is None else found.filter(partner__in=mine)


def visitors(scheme: Scheme, *, seen_by: Person) -> QuerySet[Visitor]:
    """Return the visitors that a person may see, by name."""
    found = Visitor.objects.filter(scheme=scheme).select_related("person", "partner")
    mine = partners_of(seen_by)
    return found if mine is None else found.filter(partner__in=mine)


def possible_visitors(scheme: Scheme, *, seen_by: Person) -> list[tuple[str, str]]:
    """Return who has the role of visitor in a partner of this person's and is none here yet."""
    people = Person.objects.filter(is_active=True).prefetch_related("memberships__organisation")
    there = set(
        Visitor.objects.filter(scheme=scheme, ended_on=None).values_list("person_id", flat=True)
    )
    mine = partners_of(seen_by)
    return [
        (str(person.public_id), f"{person.name}, {place.organisation.name}")
        for person in people.filter(memberships__organisation__kind="partner").distinct()
        for place in person.memberships.all()
        if "visitor" in place.roles
        and person.pk not in there
        and (mine is None or place.organisation in mine)
    ]


def versions(rounds: QuerySet[Round], *, day: date) -> dict[int, RoundVersion]:
    """Return the version of each round that holds on a day, by the round's key, in order of codes.

    Each comes with its round, and the partner and area of that. One query.
    """
    rows = RoundVersion.objects.filter(round__in=rounds, valid_from__lte=day)
    joined = rows.select_related("round__partner", "round__area")
    return {version.round_id: version for version in joined.order_by("round__code", "number")}


def stops_of_rounds(scheme: Scheme, *, day: date) -> FloatArray:
    """Return x and y of every stop of the rounds that run, a row each. One query."""
    held = versions(Round.objects.filter(scheme=scheme, ended_on=None), day=day)
    places = [place for one in held.values() for place in unpack(one.points)]
    return np.array(places, float).reshape(-1, 2)


@dataclass(frozen=True)
class Load:
    """What a round carries on a weekday: visits planned, and minutes of the spare ones used."""

    weekday: int
    visits: int
    spare: float  # minutes
    used: float | None  # minutes; None: the plan does not say

    @property
    def day(self) -> str:
        """The day's name."""
        return WEEKDAYS[self.weekday]

    @property
    def share(self) -> int | None:
        """Percent of the spare minutes used."""
        return (
            round(100 * self.used / self.spare) if self.used is not None and self.spare else None
        )


@dataclass(frozen=True)
class RoundSeen:
    """A round with its version that holds, its loads and its days without the usual visitor."""

    round: Round
    version: RoundVersion | None
    loads: list[Load]
    absences: list[Absence]
    walkers: dict[int, Visitor]
    planned: list[PlannedVisit]  # by the plan that stands

    @cached_property
    def stops(self) -> int:
        """How many stops it has."""
        return len(self.version.points) // 16 - 1 if self.version else 0

    @property
    def visits(self) -> int:
        """How many visits a week it carries."""
        return sum(load.visits for load in self.loads)

    @property
    def spare(self) -> float:
        """Its spare minutes a week."""
        return sum(load.spare for load in self.loads)

    @property
    def unwalked(self) -> list[str]:
        """The days it runs on with nobody who may visit."""
        days = self.version.weekdays if self.version else []
        return [
            WEEKDAYS[day]
            for day in days
            if day not in self.walkers or not self.walkers[day].may_visit
        ]


def seen(scheme: Scheme, *, seen_by: Person, day: date) -> list[RoundSeen]:
    """Return every round a person may see and that runs, as it stands on a day. Four queries."""
    found = _of(seen_by, Round.objects.filter(scheme=scheme, ended_on=None))
    return _seen(RoundVersion.objects.filter(round__in=found), day=day)


def round_seen(round_id: UUID, *, seen_by: Person, day: date) -> RoundSeen:
    """Return one round as it stands on a day, even if it runs no more. Four queries.

    Its loads say what is used. Raises Http404 for one that is not there for this person.
    """
    found = _of(seen_by, Round.objects.filter(public_id=round_id))
    plan = Plan.objects.filter(scheme=OuterRef("round__scheme"), state=Plan.State.CURRENT)
    used = Subquery(plan.values("report__loads")[:1])
    listed = _seen(RoundVersion.objects.filter(round__in=found).annotate(used=used), day=day)
    if not listed:
        raise Http404
    return listed[0]


def _seen(versions: QuerySet[RoundVersion], *, day: date) -> list[RoundSeen]:
    joined = versions.select_related("round__partner", "round__area", "round__scheme")
    by_number = list(joined.order_by("round__code", "number"))
    held = {one.round_id: one for one in by_number if one.valid_from <= day}
    found = {one.round_id: one.round for one in by_number}
    listed = sorted(found.values(), key=as_counted)
    here = PlannedVisit.objects.filter(plan__state=Plan.State.CURRENT).select_related("resident")
    off = Absence.objects.filter(day__gte=day).select_related("cover__person")
    prefetch_related_objects(
        listed,
        Prefetch("walks", Walk.objects.select_related("visitor__person")),
        Prefetch("planned", here),
        Prefetch("absences", off.order_by("day")),
    )
    return [_as_it_stands(one, held.get(one.pk)) for one in listed]


def as_counted(one: Round) -> list[tuple[int, str]]:
    """Return what puts round 7 before round 11."""
    return [(int(part or 0), words) for words, part in _PARTS.findall(one.code)]


def _as_it_stands(one: Round, version: RoundVersion | None) -> RoundSeen:
    planned = list(one.planned.all())
    return RoundSeen(
        one,
        version,
        _loads(one, version, Counter(visit.weekday for visit in planned)) if version else [],
        list(one.absences.all()),
        {walk.weekday: walk.visitor for walk in one.walks.all()},
        planned,
    )


def _loads(one: Round, version: RoundVersion, visits: Counter[int]) -> list[Load]:
    # What the plan says is read for one round alone: it tells of all rounds at once.
    used = (getattr(version, "used", None) or {}).get(one.code, {})
    return [
        Load(
            day,
            visits[day],
            version.spare[day] / 60,
            used[str(day)] / 60 if str(day) in used else None,
        )
        for day in version.weekdays
    ]
