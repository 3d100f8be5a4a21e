"""People: their details, their roles, handing over, the end of their access."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from trialogue.accounts import permissions
from trialogue.accounts.models import Membership, Person, ServiceArea
from trialogue.accounts.services.audit import record
from trialogue.accounts.services.invitations import role_problems
from trialogue.methods.problems import InputError, Problem, refuse


@transaction.atomic
def choose_mail(*, mail: str, by: Person, at: datetime) -> None:
    """Choose which e-mails to be sent."""
    permissions.check(by, "change your details")
    if mail not in Person.Mail.values:
        raise InputError(Problem("Choose which e-mails you want", column="mail"))
    if Person.objects.filter(pk=by.pk).exclude(mail=mail).update(mail=mail):
        _note(by, "choose e-mails", by, at, ["mail"])


@transaction.atomic
def change_details(*, name: str, job: str, by: Person, at: datetime) -> None:
    """Change the name and post that others see."""
    permissions.check(by, "change your details")
    if not name.strip():
        raise InputError(Problem("Enter your name", column="name"))
    person = Person.objects.select_for_update().get(pk=by.pk)
    new = {"name": name.strip(), "job": job.strip()}
    changed = [field for field, value in new.items() if getattr(person, field) != value]
    if not changed:
        return
    for field in changed:
        setattr(person, field, new[field])
    person.save(update_fields=changed)
    _note(by, "change details", person, at, changed)


@transaction.atomic
def sign_out_everywhere(*, by: Person, at: datetime) -> Person:
    """End every session of one's own. Returns the person, for the session that goes on."""
    person = Person.objects.select_for_update().get(pk=by.pk)
    person.session_key = uuid.uuid4()
    person.save(update_fields=["session_key"])
    _note(by, "sign out everywhere", person, at, ["session_key"])
    return person


@transaction.atomic
def set_roles(
    *, public_id: UUID, organisation: str, roles: Sequence[str], by: Person, at: datetime
) -> None:
    """Give a person exactly these roles in one organisation (its slug)."""
    permissions.check(by, "manage people")
    people = _lock()
    membership = Membership.objects.select_related("organisation", "person").get(
        person__public_id=public_id, organisation__slug=organisation
    )
    refuse(role_problems(membership.organisation, roles))
    if membership.roles == list(roles):
        return
    administrator = Membership.Role.ADMINISTRATOR
    if administrator in membership.roles and administrator not in roles:
        _keep_an_administrator(people, membership.person)
    before, membership.roles = membership.roles, list(roles)
    membership.save(update_fields=["roles"])
    record(
        by=by,
        action="set roles",
        on="person",
        thing=str(public_id),
        at=at,
        before={"roles": before},
        after={"roles": membership.roles},
    )


@transaction.atomic
def hand_over_areas(*, from_id: UUID, to_id: UUID, by: Person, at: datetime) -> int:
    """Hand over the service areas a person answers for or stands in for; return how many."""
    permissions.check(by, "manage people")
    giver = Person.objects.get(public_id=from_id)
    taker = Person.objects.get(public_id=to_id)
    if not taker.is_active or taker == giver or "staff" not in taker.roles:
        raise InputError(Problem("Choose a colleague of the council", column="to"))
    moved = 0
    for part in ("manager", "stand_in"):
        for area in ServiceArea.objects.select_for_update().filter(**{part: giver}):
            setattr(area, part, taker)
            area.save(update_fields=[part])
            record(
                by=by,
                action="hand over",
                on="service area",
                thing=area.slug,
                at=at,
                before={part: str(from_id)},
                after={part: str(to_id)},
            )
            moved += 1
    return moved


@transaction.atomic
def end_access(*, public_id: UUID, by: Person, at: datetime) -> None:
    """End a person's access: every session and token. Their row stays, their address is freed.

    Of a resident, who belongs to no organisation, the name goes too.
    """
    permissions.check(by, "manage people")
    people = _lock()
    person = Person.objects.select_for_update().get(public_id=public_id)
    if not person.is_active:
        return
    _keep_an_administrator(people, person)
    if held := list(ServiceArea.objects.filter(manager=person).values_list("name", flat=True)):
        still = f"{person.name} still answers for {', '.join(held)}"
        raise InputError(Problem(still, "Hand over first"))
    ServiceArea.objects.filter(stand_in=person).update(stand_in=None)
    person.tokens.filter(revoked_at=None).update(revoked_at=at)
    person.is_active = False
    person.email = f"{person.public_id}@left.invalid"
    changed = ["email", "is_active"]
    if not person.memberships.exists():
        person.name = "A resident"  # who only suggested something: nothing needs their name
        changed.append("name")
    person.session_key = uuid.uuid4()
    person.set_unusable_password()
    person.save()
    _note(by, "end access", person, at, changed)


def _lock() -> list[Person]:
    """Return the active people with a part in the council, locked: who goes is settled in turn."""
    return list(Person.objects.select_for_update().filter(is_active=True).order_by("pk"))


def _keep_an_administrator(people: list[Person], leaving: Person) -> None:
    others = [person for person in people if "administrator" in person.roles and person != leaving]
    if "administrator" in leaving.roles and not others:
        words = f"{leaving.name} is the last administrator"
        raise InputError(Problem(words, "Give somebody else the role first", column="roles"))


def _note(by: Person, action: str, person: Person, at: datetime, fields: list[str]) -> None:
    """Record a change of a personal row: the names of its fields, never what they hold."""
    after = {"fields": fields}
    record(by=by, action=action, on="person", thing=str(person.public_id), at=at, after=after)
