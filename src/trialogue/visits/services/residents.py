"""A resident: proposed, agreed, placed, paused, ended; and those near them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Model, QuerySet
from django.utils.timezone import localdate

from trialogue.accounts import permissions
from trialogue.accounts import services as accounts
from trialogue.accounts.models import Person
from trialogue.methods.problems import InputError, Problem, refuse
from trialogue.visits import queries
from trialogue.visits.models import (
    Agreement,
    Area,
    Contact,
    PlannedVisit,
    Resident,
    Scheme,
    Suspension,
)
from trialogue.visits.positions import grid as grid_of
from trialogue.visits.positions import looks_like_degrees, to_metres
from trialogue.visits.questions import LANGUAGES

ENROL = "enrol residents"
SEES = dict(Agreement.SEES)
LONGEST_NAME = 120
# Spaces, brackets and hyphens are how people write telephone numbers.
_TELEPHONE = re.compile(r"\+?[0-9]{7,15}")
_POSTCODE = re.compile(r"[A-Z]{1,2}[0-9][A-Z0-9]? ?[0-9][A-Z]{2}")


@dataclass(frozen=True)
class ResidentGiven:
    """What is entered about a resident: by form or as a row of a list. Positions are metres."""

    full_name: str
    address: str = ""
    x: float | None = None
    y: float | None = None
    preferred_name: str = ""
    reference: str = ""
    postcode: str = ""
    uprn: str = ""
    area: str = ""
    telephone: str = ""
    language: str = "en"
    door_notes: str = ""
    at_the_address: str = ""
    agreed_word: str = ""
    priority: str = Resident.Priority.ORDINARY
    visits_per_week: int = 1
    days_ok: list[list[int]] = field(default_factory=list)
    days_preferred: list[int] = field(default_factory=list)
    not_before: time | None = None
    not_after: time | None = None
    minutes: int = 5
    skills: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class ContactGiven:
    """Somebody near a resident, and what the resident agreed that they may see."""

    name: str
    relation: str = ""
    telephone: str = ""
    email: str = ""
    key_holder: bool = False
    minutes_away: int | None = None
    may_see: tuple[str, ...] = ()


def problems_of(given: ResidentGiven) -> list[Problem]:
    """Return what is wrong with what was entered about a resident, by field."""
    found = [
        Problem(f"Enter {words}", column=name)
        for name, words in (("full_name", "the full name"), ("address", "the address"))
        if not getattr(given, name).strip()
    ]
    if given.x is not None and given.y is not None and looks_like_degrees(given.x, given.y):
        what = f"x {given.x:g}, y {given.y:g} look like degrees"
        found.append(Problem(what, "Use the lat and lon columns", column="x"))
    found += _wrong_writing(given)
    if not 1 <= given.visits_per_week <= 6:
        found.append(Problem("Choose 1 to 6 visits a week", column="visits_per_week"))
    for pattern in given.days_ok:
        if len(pattern) != given.visits_per_week:
            days = queries.days_in_words(pattern)
            what = f"{days}: {len(pattern)} days for {given.visits_per_week} visits a week"
            found.append(Problem(what, "Give as many days as visits", column="days_ok"))
    if given.not_before and given.not_after and given.not_after <= given.not_before:
        what = f"{given.not_before:%H:%M} to {given.not_after:%H:%M}: it ends before it begins"
        found.append(Problem(what, "Write the earlier time first", column="not_after"))
    if not 1 <= given.minutes <= 60:
        found.append(Problem("Choose 1 to 60 minutes at the door", column="minutes"))
    # Who has no other name is called by the full one.
    short = len(given.full_name.strip()) <= LONGEST_NAME
    called = given.preferred_name.strip() or (given.full_name.strip() if short else "")
    found += _too_long(Area, {"name": given.area}, "area")
    wrong = {one.column for one in found}
    long = _too_long(Resident, {**vars(given), "preferred_name": called})
    return found + [one for one in long if one.column not in wrong]


def _too_long(kind: type[Model], given: Mapping[str, Any], column: str = "") -> list[Problem]:
    """Return each text with more letters than its field of a table holds."""
    return [
        Problem(f"{len(text)} characters", f"Use {most} at most", column=column or name)
        for name, text in given.items()
        if isinstance(text, str)
        and name in {field.name for field in kind._meta.fields}
        and (most := getattr(kind._meta.get_field(name), "max_length", None))
        and len(text.strip()) > most
    ]


def _wrong_writing(given: ResidentGiven) -> list[Problem]:
    found = []
    found += _not_a_telephone(given.telephone)
    if given.language not in LANGUAGES:
        what = f'"{given.language}" is not a language'
        codes = ", ".join(f"{code} ({name})" for code, name in LANGUAGES.items())
        found.append(Problem(what, f"Write one of: {codes}", column="language"))
    if given.postcode and not _POSTCODE.fullmatch(given.postcode.strip().upper()):
        what = f'"{given.postcode}" is not a postcode'
        found.append(Problem(what, "Write it like SW1A 1AA", column="postcode"))
    if given.uprn and not re.fullmatch("[0-9]{1,12}", given.uprn):
        spoilt = "E+" in given.uprn.upper()
        what = f"{given.uprn} lost its digits in the spreadsheet" if spoilt else "Not a UPRN"
        mend = "Format the column as text" if spoilt else "A UPRN has up to 12 digits"
        found.append(Problem(what, mend, column="uprn"))
    return found


def _not_a_telephone(written: str) -> list[Problem]:
    if not written or _TELEPHONE.fullmatch(re.sub(r"[ ()\-]", "", written)):
        return []
    what = f'"{written}" is not a telephone number'
    return [Problem(what, "Write it like 01632 960001", column="telephone")]


def contact_problems(given: ContactGiven) -> list[Problem]:
    """Return what is wrong with what was entered about somebody near a resident."""
    found = []
    if not given.name.strip():
        found.append(Problem("Enter the name of the contact", column="name"))
    if given.email and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", given.email):
        what = f'"{given.email}" is not an e-mail address'
        found.append(Problem(what, "Write it like ada@example.org", column="email"))
    found += _not_a_telephone(given.telephone)
    unknown = set(given.may_see) - set(SEES)
    if unknown:
        what = f"A contact cannot see “{', '.join(sorted(unknown))}”"
        found.append(Problem(what, f"Choose from: {', '.join(SEES)}", column="may_see"))
    return found + _too_long(Contact, vars(given))


def place_of(first: float, second: float, *, grid: int) -> tuple[float, float]:
    """Return x and y, metres, of two numbers as typed: metres, or latitude and longitude.

    Raises InputError for a place outside the grid's own land.
    """
    degrees = looks_like_degrees(first, second)
    x, y = to_metres(first, second, grid) if degrees else (first, second)
    on = grid_of(grid)
    if not (on.x[0] <= x <= on.x[1] and on.y[0] <= y <= on.y[1]):
        what = f"{first:g}, {second:g} lies outside the {on.name}"
        raise InputError(Problem(what, "Check the two numbers and their order", column="position"))
    return x, y


def given_of(resident: Resident) -> ResidentGiven:
    """Return what is held about a resident, as it is entered."""
    area = resident.area.name if resident.area else ""
    held = {one.name: getattr(resident, one.name) for one in fields(ResidentGiven)}
    return ResidentGiven(**(held | {"area": area}))


@transaction.atomic
def propose(scheme_id: int, given: ResidentGiven, *, by: Person, at: datetime) -> Resident:
    """Write down somebody who may be visited. Nobody calls until they agreed and are placed.

    Only a name is needed to begin with: the rest comes page by page, and before the agreement.
    """
    permissions.check(by, ENROL)
    needed = set(vars(given)) - ({"address"} if not given.address else set())
    scheme = Scheme.objects.select_for_update().get(pk=scheme_id)
    found = [one for one in problems_of(given) if one.column in needed]
    refuse(found + _taken(given, Resident.objects.filter(scheme=scheme)))
    # Where homes are drawn, nobody is called on before their home has drawn its day.
    by_home = bool(scheme.trial) and scheme.trial_unit == Scheme.HOME
    resident = Resident(scheme=scheme, created_at=at, waits=by_home)
    _set(resident, given, scheme)
    resident.save()
    _note("propose a resident", resident, by, at)
    return resident


@transaction.atomic
def change(
    resident_id: UUID, new: Mapping[str, Any], *, version: int, by: Person, at: datetime
) -> Resident:
    """Change fields of `ResidentGiven` about a resident. `version` is the one the person saw.

    Raises InputError with what is wrong in those fields, or when somebody changed it since.
    """
    resident = _locked(resident_id, by)
    before = given_of(resident)
    given = replace(before, **new)
    others = Resident.objects.filter(scheme=resident.scheme_id).exclude(pk=resident.pk)
    found = [one for one in problems_of(given) if one.column in new]
    refuse(found + (_taken(given, others) if "reference" in new else []))
    if given == before:
        return resident
    if resident.version != version:
        what = "Somebody changed this record while you were writing"
        raise InputError(Problem(what, "Look at it again, then send yours"))
    _set(resident, given, resident.scheme)
    resident.version += 1
    resident.save()
    changed = [name for name, value in vars(given).items() if value != getattr(before, name)]
    _note("change a resident", resident, by, at, after={"fields": changed})
    return resident


def _taken(given: ResidentGiven, others: QuerySet[Resident]) -> list[Problem]:
    """Say so where somebody else has the reference."""
    reference = given.reference.strip()
    other = others.filter(reference=reference).first() if reference else None
    if other is None:
        return []
    what = f'"{reference}" is the reference of {other.full_name}'
    return [Problem(what, "Give another, or leave it empty", column="reference")]


def _set(resident: Resident, given: ResidentGiven, scheme: Scheme) -> None:
    written = {
        name: value.strip() if isinstance(value, str) else value
        for name, value in vars(given).items()
    }
    named = written.pop("area")
    for name, value in written.items():
        setattr(resident, name, value)
    resident.area = Area.objects.get_or_create(scheme=scheme, name=named)[0] if named else None
    resident.postcode = given.postcode.strip().upper()
    resident.preferred_name = given.preferred_name.strip() or given.full_name.strip()


@transaction.atomic
def agree(
    resident_id: UUID,
    *,
    who: str,
    how: str,
    valid_from: date,
    authority: str = "",
    by: Person,
    at: datetime,
) -> Resident:
    """Record that visits were agreed to. A proposed resident becomes one who waits for a place.

    `authority` says by what right somebody else agreed for the person. The same twice is as once.
    """
    resident = _locked(resident_id, by)
    wrong = [Problem("Say who agreed", column="who")] if not who.strip() else []
    wrong += _too_long(Agreement, {"who": who, "authority": authority})
    if not resident.address or resident.x is None:
        wrong.append(Problem("Say first where the resident lives", "Go back to “Where”"))
    if how not in Agreement.How.values:
        wrong.append(Problem("Say how they agreed", column="how"))
    refuse(wrong)
    said = {"agrees": True, "who": who.strip(), "how": how, "authority": authority.strip()}
    newest = resident.agreements.filter(contact=None).values(*said, "valid_from").first()
    if newest == said | {"valid_from": valid_from}:
        return resident
    Agreement.objects.create(resident=resident, valid_from=valid_from, by=by, at=at, **said)
    if resident.state in (Resident.State.PROPOSED, Resident.State.ENDED):
        resident.state = Resident.State.AGREED
        resident.ended_on, resident.ended_why = None, ""
        resident.save()
    _note("record an agreement", resident, by, at)
    return resident


@transaction.atomic
def withdraw(
    resident_id: UUID, *, who: str, how: str, by: Person | None, at: datetime
) -> Resident:
    """Record that the resident no longer wants visits: it holds at once, everywhere.

    `by` is None when they said so by their own link.
    """
    resident = Resident.objects.select_for_update().get(public_id=resident_id)
    if by is not None:
        permissions.check(by, ENROL)
    return _stop(resident, who=who, how=how, why=Resident.Ended.ASKED, by=by, at=at)


@transaction.atomic
def end(resident_id: UUID, *, why: str, by: Person, at: datetime) -> Resident:
    """End the visits of a resident, with a coded reason."""
    resident = _locked(resident_id, by)
    if why not in Resident.Ended.values:
        raise InputError(Problem("Say why the visits end", column="why"))
    return _stop(
        resident, who=by.name, how=Agreement.How.TELEPHONE, why=Resident.Ended(why), by=by, at=at
    )


def _stop(
    resident: Resident,
    *,
    who: str,
    how: str,
    why: Resident.Ended,
    by: Person | None,
    at: datetime,
) -> Resident:
    if resident.state == Resident.State.ENDED:
        return resident
    Agreement.objects.create(
        resident=resident,
        agrees=False,
        who=who,
        how=how,
        valid_from=localdate(at),
        by=by,
        at=at,
    )
    resident.state = Resident.State.ENDED
    resident.ended_why = why
    resident.ended_on = localdate(at)
    resident.save()
    _leave_places(resident)
    _note("end visits", resident, by, at, after={"why": str(why)})
    return resident


def _leave_places(resident: Resident) -> None:
    PlannedVisit.objects.filter(resident=resident, plan__state="current").delete()


@transaction.atomic
def pause(
    resident_id: UUID,
    *,
    first: date,
    last: date | None,
    why: str,
    told_by: str = "",
    by: Person | None,
    at: datetime,
) -> Suspension:
    """Write down days on which nobody calls. Open, without `last`, until it is ended."""
    resident = Resident.objects.select_for_update().get(public_id=resident_id)
    if by is not None:
        permissions.check(by, ENROL)
    wrong = []
    if why not in Suspension.Why.values:
        wrong.append(Problem("Say why nobody calls", column="why"))
    if last and last < first:
        wrong.append(Problem("The last day must not come before the first", column="last"))
    refuse(wrong)
    found, _ = Suspension.objects.get_or_create(
        resident=resident,
        first=first,
        last=last,
        why=why,
        defaults={"told_by": told_by.strip(), "by": by, "at": at},
    )
    _note("pause visits", resident, by, at, after={"first": str(first), "last": str(last or "")})
    return found


@transaction.atomic
def end_pause(
    resident_id: UUID, pause_id: int, *, last: date, by: Person | None, at: datetime
) -> None:
    """End a pause: its last day without a call is `last`. One not begun yet is taken out."""
    resident = Resident.objects.select_for_update().get(public_id=resident_id)
    if by is not None:
        permissions.check(by, ENROL)
    paused = resident.suspensions.filter(pk=pause_id).first()
    if paused is None:
        return
    if last < paused.first:
        paused.delete()
    else:
        paused.last = last
        paused.save()
    _note("end a pause", resident, by, at, after={"last": str(last)})


@transaction.atomic
def add_contact(
    resident_id: UUID, given: ContactGiven, *, who: str, how: str, by: Person, at: datetime
) -> Contact:
    """Add somebody near a resident, with what the resident (`who`) agreed that they may see.

    Somebody who is there already, by name and how they are reached, is not added again.
    """
    resident = _locked(resident_id, by)
    refuse(contact_problems(given))
    here = resident.contacts.filter(removed_at=None, name=given.name.strip())
    same = here.filter(email=given.email.strip(), telephone=given.telephone.strip()).first()
    if same:
        return _allow(same, given.may_see, who=who, how=how, by=by, at=at)
    contact = Contact.objects.create(
        resident=resident,
        name=given.name.strip(),
        relation=given.relation.strip(),
        telephone=given.telephone.strip(),
        email=given.email.strip(),
        key_holder=given.key_holder,
        minutes_away=given.minutes_away,
        order=resident.contacts.count() + 1,
        created_at=at,
    )
    if resident.no_contact:
        resident.no_contact = False
        resident.save(update_fields=["no_contact"])
    _note("add a contact", resident, by, at)
    return _allow(contact, given.may_see, who=who, how=how, by=by, at=at)


@transaction.atomic
def allow_contact(
    contact_id: UUID,
    *,
    may_see: tuple[str, ...],
    who: str,
    how: str,
    by: Person | None,
    at: datetime,
) -> Contact:
    """Record what a contact may see from now on; nothing withdraws it all.

    `by` is None when the resident said so by their own link.
    """
    contact = Contact.objects.select_for_update().get(public_id=contact_id)
    if by is not None:
        permissions.check(by, ENROL)
    refuse(
        Problem(f"A contact cannot see “{one}”", column="may_see")
        for one in may_see
        if one not in SEES
    )
    return _allow(contact, may_see, who=who, how=how, by=by, at=at)


def _allow(
    contact: Contact,
    may_see: tuple[str, ...],
    *,
    who: str,
    how: str,
    by: Person | None,
    at: datetime,
) -> Contact:
    if queries.sees(contact) == frozenset(may_see) and contact.agreements.exists():
        return contact
    Agreement.objects.create(
        resident=contact.resident,
        contact=contact,
        agrees=bool(may_see),
        may_see=sorted(may_see),
        who=who,
        how=how,
        valid_from=localdate(at),
        by=by,
        at=at,
    )
    _note("change what a contact may see", contact.resident, by, at)
    return contact


@transaction.atomic
def remove_contact(contact_id: UUID, *, by: Person, at: datetime) -> None:
    """Take out a contact: from now on they see nothing and are not rung."""
    permissions.check(by, ENROL)
    contact = Contact.objects.select_for_update().get(public_id=contact_id)
    if contact.removed_at is None:
        contact.removed_at = at
        contact.save(update_fields=["removed_at"])
        _allow(contact, (), who=by.name, how=Agreement.How.PERSON, by=by, at=at)


@transaction.atomic
def never_tell(contact_id: UUID, *, never: bool, why: str, by: Person, at: datetime) -> None:
    """Say that a contact may never be told anything. Its reason is for safeguarding alone."""
    permissions.check(by, "deal with concerns")
    contact = Contact.objects.select_for_update().get(public_id=contact_id)
    contact.never_told, contact.never_told_why = never, why.strip() if never else ""
    contact.save(update_fields=["never_told", "never_told_why"])
    _note("say whether a contact may be told", contact.resident, by, at)


@transaction.atomic
def note_nobody_near(resident_id: UUID, *, by: Person, at: datetime) -> Resident:
    """Record that a resident was asked and has nobody to be told or rung."""
    resident = _locked(resident_id, by)
    if resident.contacts.filter(removed_at=None).exists():
        raise InputError(Problem("There is a contact", "Take them out first"))
    resident.no_contact = True
    resident.save(update_fields=["no_contact"])
    _note("record that there is no contact", resident, by, at)
    return resident


def _locked(resident_id: UUID, by: Person) -> Resident:
    permissions.check(by, ENROL)
    return Resident.objects.select_for_update().get(public_id=resident_id)


def _note(
    action: str,
    resident: Resident,
    by: Person | None,
    at: datetime,
    *,
    after: Mapping[str, Any] | None = None,
) -> None:
    accounts.record(
        by=by, action=action, on="resident", thing=str(resident.public_id), at=at, after=after
    )
