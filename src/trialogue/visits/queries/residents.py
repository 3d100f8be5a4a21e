"""Residents, and whether somebody may call on one on a day."""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations, pairwise
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.http import Http404

from trialogue.accounts import permissions
from trialogue.accounts.models import Person
from trialogue.visits.models import (
    Agreement,
    Contact,
    Resident,
    Scheme,
    Suspension,
    VisitEvent,
)
from trialogue.visits.weekdays import SHORT

TO_BE_VISITED = (Resident.State.AGREED, Resident.State.ACTIVE, Resident.State.PAUSED)


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


def pseudonym(resident: Resident) -> str:
    """Return what a trial knows a resident by, when the scheme gave it its list."""
    return f"R-{resident.key.hex[:10]}"


def known_as(resident: Resident, units: Container[str]) -> str:
    """Return which of a trial's units a resident is; "" where none.

    A trial that had its list before it had the scheme knows them by the reference.
    """
    given = (pseudonym(resident), resident.reference)
    return next((one for one in given if one in units), "")


def agreeing(residents: Iterable[Resident], day: date) -> set[int]:
    """Return the keys of the residents whose newest agreement to be visited holds on a day.

    One query, however many residents.
    """
    rows = Resident.objects.filter(pk__in=[one.pk for one in residents])
    return set(rows.filter(_agrees(day)).values_list("pk", flat=True))


def _agrees(day: date) -> Coalesce:
    """Whether a resident's newest agreement to be visited, as of a day, says yes."""
    of_visits = Agreement.objects.filter(
        resident=OuterRef("pk"), contact=None, valid_from__lte=day
    )
    newest = of_visits.order_by("-pk").values("agrees")[:1]
    return Coalesce(Subquery(newest), Value(False))


def sees(contact: Contact, agreements: Iterable[Agreement] | None = None) -> frozenset[str]:
    """Return what a contact may see now: what the newest agreement says, and never more.

    `agreements` are the resident’s, where whoever asks has them at hand.
    """
    if agreements is None:
        agreements = contact.agreements.all()
    mine = [one for one in agreements if one.contact_id == contact.pk]
    newest = max(mine, key=lambda one: one.pk, default=None)
    if newest is None or contact.never_told or contact.removed_at:
        return frozenset()
    return frozenset(newest.may_see)


def residents(
    scheme: Scheme, *, seen_by: Person, words: str = "", state: str = ""
) -> QuerySet[Resident]:
    """Return the residents that a person may see: all for the desk, else none.

    `words` stand in a name, an address, a postcode or a reference.
    """
    if not permissions.allows(seen_by, "see residents"):
        return Resident.objects.none()
    rows = Resident.objects.filter(scheme=scheme, erased_at=None).select_related("area")
    if state in Resident.State.values:
        rows = rows.filter(state=state)
    for word in words.split():
        rows = rows.filter(
            Q(full_name__icontains=word)
            | Q(preferred_name__icontains=word)
            | Q(address__icontains=word)
            | Q(postcode__icontains=word)
            | Q(reference__icontains=word)
        )
    return rows


def resident_of(resident_id: UUID, *, seen_by: Person) -> Resident:
    """Return one resident. Raises Http404 for one who is not there for this person."""
    found = Resident.objects.select_related("area", "scheme")
    one = found.filter(public_id=resident_id, erased_at=None).first()
    if one is None or not permissions.allows(seen_by, "see residents"):
        raise Http404
    return one


def to_be_visited(scheme: Scheme, *, day: date, also: Resident | None = None) -> list[Resident]:
    """Return who is agreed, visited or paused, by name; `also` whatever their state. One query.

    Each carries `agrees`, as of the day, and `met`: whether a visit to them was ever recorded.
    """
    rows = Resident.objects.filter(
        Q(state__in=TO_BE_VISITED) | Q(pk=also.pk if also else None), scheme=scheme
    )
    recorded = VisitEvent.objects.filter(visit__resident=OuterRef("pk"), type="visit_recorded")
    known = rows.annotate(agrees=_agrees(day), met=Exists(recorded))
    return list(known.select_related("area").order_by("full_name", "pk"))


def may_be_placed(resident: Resident, day: date) -> bool:
    """Whether the planner plans for one of those to be visited: agreed, and not held back."""
    agrees: bool = resident.agrees  # type: ignore[attr-defined]
    return agrees and resident.x is not None and may_start(resident, day)


def patterns(resident: Resident, weekdays: Sequence[int]) -> list[list[int]]:
    """Return the sets of days a resident may be called on: their own, or any that are apart.

    Without a wish, every set of as many of `weekdays` as visits a week, those with neighbouring
    days left out where there are others.
    """
    if resident.days_ok:
        return [sorted(pattern) for pattern in resident.days_ok]
    each = [list(days) for days in combinations(sorted(weekdays), resident.visits_per_week)]
    apart = [days for days in each if all(b - a > 1 for a, b in pairwise(days))]
    return apart or each


def days_in_words(days: Iterable[int]) -> str:
    """Return days as people write them: `Mon and Thu`."""
    names = [SHORT[day] for day in days]
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else "".join(names)


@dataclass(frozen=True)
class ContactSeen:
    """Somebody near a resident, with what they may be told now."""

    contact: Contact
    sees: frozenset[str]

    @property
    def words(self) -> str:
        """What they may be told, in words."""
        told = [words for key, words in Agreement.SEES if key in self.sees]
        return "; ".join(told) if told else "Nothing"


def contacts(resident: Resident, agreements: list[Agreement] | None = None) -> list[ContactSeen]:
    """Return who is near a resident, in the order they are tried."""
    if agreements is None:
        agreements = agreed(resident)
    listed = resident.contacts.filter(removed_at=None)
    return [ContactSeen(one, sees(one, agreements)) for one in listed]


def contact_of(resident: Resident, contact_id: UUID) -> ContactSeen:
    """Return one contact of a resident. Raises Http404 for one who is not (any more) theirs."""
    for one in contacts(resident):
        if one.contact.public_id == contact_id:
            return one
    raise Http404


def agreed(resident: Resident) -> list[Agreement]:
    """Return everything a resident agreed to or withdrew, newest first."""
    return list(resident.agreements.select_related("contact", "by"))


def pauses(resident: Resident, *, day: date) -> list[Suspension]:
    """Return the pauses of a resident that are not over, earliest first."""
    rows = resident.suspensions.filter(Q(last=None) | Q(last__gte=day))
    return list(rows.order_by("first", "pk"))


def day_before(day: date) -> date:
    """Return the day before: the last one of a pause that ends today."""
    return day - timedelta(days=1)


def resident_states() -> list[tuple[str, str]]:
    """Return the states of residents, in the order they come."""
    return list(Resident.State.choices)


def name_to_erase(resident_id: UUID) -> str:
    """Return who would be erased. Raises Http404 for somebody who is not there (any more)."""
    found = Resident.objects.filter(public_id=resident_id, erased_at=None).first()
    if found is None:
        raise Http404
    return found.full_name
