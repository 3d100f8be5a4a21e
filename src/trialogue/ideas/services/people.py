"""Who has to hear about an idea, and what it looks like in the audit trail."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from trialogue.accounts import services as accounts
from trialogue.accounts.models import Organisation, Person, ServiceArea
from trialogue.ideas.models import Idea, OpenDraft


def who_answers(area: ServiceArea) -> Person | None:
    """Return the manager of a service area, else the stand-in, else an administrator."""
    for person in (area.manager, area.stand_in):
        if person is not None and person.is_active:
            return person
    return administrator()


def who_stands_in(idea: Idea) -> Person | None:
    """Return who is told when the answer is late: the other of the two, else an administrator."""
    area = idea.area
    for person in (area.stand_in, area.manager) if area else ():
        if person is not None and person.is_active and person.pk != idea.to_answer_id:
            return person
    return administrator()


def administrator() -> Person | None:
    """Return the administrator who has been here longest."""
    staff = Person.objects.filter(
        is_active=True, memberships__organisation__kind=Organisation.Kind.COUNCIL
    ).order_by("pk")
    # Roles are a list in JSON, which SQLite cannot look into; a council has few people.
    return next((person for person in staff if "administrator" in person.roles), None)


def concerned(idea: Idea) -> list[Person]:
    """Return everyone who hears what becomes of an idea: sender, supporters, followers."""
    found = {idea.created_by.pk: idea.created_by} if idea.created_by else {}
    for relation in (idea.supports, idea.follows):
        for row in relation.select_related("person"):
            found.setdefault(row.person_id, row.person)
    return list(found.values())


def address(of: Idea | OpenDraft) -> str:
    """Return the path of the page of an idea or of an open draft."""
    return f"/ideas/{of.pk}-{of.slug}/" if isinstance(of, Idea) else f"/trials/{of.trial}/draft/"


def record(
    of: Idea | OpenDraft,
    action: str,
    *,
    by: Person | None,
    at: datetime,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Write one line of the audit trail about an idea or a trial's draft."""
    on, thing = ("idea", str(of.pk)) if isinstance(of, Idea) else ("trial", of.trial)
    accounts.record(by=by, action=action, on=on, thing=thing, at=at, before=before, after=after)
