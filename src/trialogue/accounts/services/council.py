"""The council's settings: who it is, its service areas, its pauses before elections."""

from datetime import date, datetime
from typing import Any
from zoneinfo import available_timezones

from django.db import transaction
from django.utils.text import slugify

from trialogue.accounts import permissions
from trialogue.accounts.models import Organisation, Person, ServiceArea
from trialogue.accounts.services.audit import record
from trialogue.methods.problems import InputError, Problem, refuse

_FIELDS = ("name", "contact", "gss_code", "zone")


@transaction.atomic
def change_council(*, version: int, by: Person, at: datetime, **new: str) -> Organisation:
    """Change the council's name, contact, code or zone.

    `version` is the one the person saw: refused when somebody changed it since.
    """
    permissions.check(by, "change settings")
    council = Organisation.objects.select_for_update().get(kind=Organisation.Kind.COUNCIL)
    refuse(council_problems(new["name"], new["zone"], new["gss_code"]))
    before = {field: getattr(council, field) for field in _FIELDS}
    after = {field: new[field].strip() for field in _FIELDS}
    if before == after:
        return council
    if council.version != version:
        words = "; ".join(f"{field.replace('_', ' ')} is {before[field]}" for field in _FIELDS)
        said = f"Somebody changed this while you were writing. Now: {words}"
        raise InputError(Problem(said, "Check yours, then send it again"))
    for field, value in after.items():
        setattr(council, field, value)
    council.version += 1
    council.save()
    _note(by, "change the council", "council", council.slug, at, before, after)
    return council


def council_problems(name: str, zone: str, gss_code: str) -> list[Problem]:
    """Return what is wrong with a council's own details."""
    found = []
    if not name.strip():
        found.append(Problem("Enter the name of the council", column="name"))
    if zone.strip() not in available_timezones():
        mend = "Write it like Europe/London"
        found.append(Problem(f'We do not know the zone "{zone}"', mend, column="zone"))
    code = gss_code.strip()
    if code and not (len(code) == 9 and code[0].isalpha() and code[1:].isdigit()):
        mend = "A GSS code is a letter and 8 digits, like E07000123"
        found.append(Problem(f'"{code}" is not a GSS code', mend, column="gss_code"))
    return found


@transaction.atomic
def save_area(
    *, slug: str, name: str, manager: str, stand_in: str, by: Person, at: datetime
) -> ServiceArea:
    """Add a service area (`slug` empty) or change one. People are given by their public ids."""
    permissions.check(by, "change settings")
    found = ServiceArea.objects.select_for_update().filter(slug=slug).first() if slug else None
    same_name = ServiceArea.objects.filter(name__iexact=name.strip())
    if found:
        same_name = same_name.exclude(pk=found.pk)
    problems = []
    if not name.strip():
        problems.append(Problem("Enter the name of the service area", column="name"))
    elif same_name.exists():
        already = f'There is a service area "{name.strip()}" already'
        problems.append(Problem(already, "Choose another name", column="name"))
    asked = {"manager": manager, "stand_in": stand_in}
    people = {field: _staff(value) for field, value in asked.items()}
    for field, value in asked.items():
        if value and people[field] is None:
            problems.append(Problem("Choose a colleague of the council", column=field))
    if manager and manager == stand_in:
        problems.append(Problem("The stand-in must be somebody else", column="stand_in"))
    refuse(problems)
    area = found or ServiceArea(slug=slugify(name)[:60] or f"area-{int(at.timestamp())}")
    before = _area(area) if found else None
    area.name = name.strip()
    area.manager, area.stand_in = people["manager"], people["stand_in"]
    after = _area(area)
    if before != after:
        area.save()
        _note(by, "save a service area", "service area", area.slug, at, before, after)
    return area


@transaction.atomic
def set_pauses(pauses: list[tuple[date, date, str]], *, by: Person, at: datetime) -> None:
    """Set the times before elections when results are not published: first day, last day, why.

    They are kept as `Organisation.settings["pauses"]`.
    """
    permissions.check(by, "change settings")
    refuse(
        Problem("The last day must be on or after the first day", column="last")
        for first, last, _ in pauses
        if last < first
    )
    council = Organisation.objects.select_for_update().get(kind=Organisation.Kind.COUNCIL)
    before = council.settings.get("pauses", [])
    after = [
        {"first": first.isoformat(), "last": last.isoformat(), "why": why.strip()}
        for first, last, why in sorted(set(pauses))
    ]
    if before == after:
        return
    council.settings = {**council.settings, "pauses": after}
    council.save(update_fields=["settings"])
    changed = ({"pauses": before}, {"pauses": after})
    _note(by, "set the pauses before elections", "council", council.slug, at, *changed)


@transaction.atomic
def add_partner(*, name: str, by: Person, at: datetime) -> Organisation:
    """Add an organisation that works with the council. The same name again finds the first."""
    permissions.check(by, "manage people")
    if not name.strip():
        raise InputError(Problem("Enter the name of the organisation", column="name"))
    found = Organisation.objects.filter(name__iexact=name.strip()).first()
    if found:
        return found
    slug = slugify(name)[:50] or "partner"
    if Organisation.objects.filter(slug=slug).exists():
        slug = f"{slug}-{Organisation.objects.count()}"
    made = Organisation.objects.create(
        name=name.strip(), slug=slug, kind=Organisation.Kind.PARTNER, created_at=at
    )
    _note(by, "add a partner", "organisation", made.slug, at, None, {"name": made.name})
    return made


def _staff(public_id: str) -> Person | None:
    if not public_id:
        return None
    person = Person.objects.filter(public_id=public_id, is_active=True).first()
    return person if person and "staff" in person.roles else None


def _area(area: ServiceArea) -> dict[str, str | None]:
    return {
        "name": area.name,
        "manager": str(area.manager.public_id) if area.manager else None,
        "stand_in": str(area.stand_in.public_id) if area.stand_in else None,
    }


def _note(
    by: Person,
    action: str,
    on: str,
    thing: str,
    at: datetime,
    before: dict[str, Any] | None,
    after: dict[str, Any],
) -> None:
    record(by=by, action=action, on=on, thing=thing, at=at, before=before, after=after)
