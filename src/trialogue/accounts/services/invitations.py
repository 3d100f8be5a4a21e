"""Invitations: sent by e-mail, taken up by a link that only their hash is kept of."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.timezone import localtime

from trialogue.accounts import permissions
from trialogue.accounts.models import Invitation, Membership, Organisation, Person
from trialogue.accounts.services.audit import record
from trialogue.accounts.services.messages import write_to
from trialogue.accounts.services.passwords import password_problems
from trialogue.methods.problems import InputError, Problem, refuse
from trialogue.methods.verdicts import long_date

LASTS = timedelta(days=14)
_ONCE = timedelta(minutes=1)  # a button pressed twice asks once


@transaction.atomic
def invite(
    *,
    name: str,
    email: str,
    organisation: str,
    roles: Sequence[str],
    by: Person,
    at: datetime,
) -> Invitation:
    """Invite somebody into an organisation (its slug) with roles there.

    Inviting the same address again sends a new link, and the old one no longer works.
    """
    permissions.check(by, "manage people")
    found = Organisation.objects.filter(slug=organisation).first()
    refuse(_problems(name, email, found, roles))
    before = Invitation.objects.select_for_update().filter(
        email__iexact=email, organisation=found, accepted_at=None
    )
    same = before.filter(name=name, created_at__gt=at - _ONCE).first()
    if same and same.roles == list(roles):
        return same
    before.delete()
    made = Invitation(
        token_hash="",
        email=email.strip(),
        name=name.strip(),
        organisation=found,
        roles=list(roles),
        invited_by=by,
    )
    _send(made, at=at)
    record(
        by=by,
        action="invite",
        on="invitation",
        thing=str(made.pk),
        at=at,
        after={"fields": ["email", "name", "organisation", "roles"]},
    )
    return made


@transaction.atomic
def renew_invitation(token: str, *, at: datetime) -> None:
    """Send a new link to the address whose link was too old."""
    invitation = Invitation.objects.select_for_update().filter(token_hash=_hash(token)).first()
    if invitation and invitation.accepted_at is None and invitation.expires_at <= at:
        _send(invitation, at=at)


def invitation_link(invitation: Invitation) -> str:
    """Return the whole address of an invitation, for an administrator to copy."""
    return f"{settings.SITE_URL}/account/invitation/{_token(invitation)}/"


def open_invitation(token: str) -> Invitation | None:
    """Return the invitation a link stands for, whatever its age; None when there is none."""
    found = Invitation.objects.select_related("organisation", "invited_by")
    return found.filter(token_hash=_hash(token)).first()


@transaction.atomic
def accept_invitation(token: str, *, name: str, job: str, password: str, at: datetime) -> Person:
    """Make the account that an invitation promised."""
    invitation = Invitation.objects.select_for_update().filter(token_hash=_hash(token)).first()
    if invitation is None or invitation.accepted_at or invitation.expires_at <= at:
        raise InputError(Problem("This link is too old or was used", "Ask for a new one"))
    if _has_account(invitation.email):
        raise InputError(Problem("This address has an account already", "Sign in"))
    # A resident whom an idea made known goes on as the same person.
    resident = Person.objects.filter(email__iexact=invitation.email).first()
    person = resident or Person(email=invitation.email, created_at=at)
    person.name, person.job = name.strip(), job.strip()
    problems = list(password_problems(password, person))
    if not person.name:
        problems.append(Problem("Enter your name", column="name"))
    refuse(problems)
    person.set_password(password)
    person.save()
    Membership.objects.create(
        person=person,
        organisation_id=invitation.organisation_id,
        roles=invitation.roles,
        created_at=at,
    )
    invitation.accepted_at = at
    invitation.save(update_fields=["accepted_at"])
    record(
        by=person, action="accept an invitation", on="person", thing=str(person.public_id), at=at
    )
    return person


def _problems(
    name: str, email: str, organisation: Organisation | None, roles: Sequence[str]
) -> list[Problem]:
    found = []
    if not name.strip():
        found.append(Problem("Enter the name of the person", column="name"))
    try:
        validate_email(email.strip())
    except ValidationError:
        like = "Enter an e-mail address like name@example.org"
        found.append(Problem(like, column="email"))
    if _has_account(email):
        found.append(Problem("This person has an account already", column="email"))
    if organisation is None:
        found.append(Problem("Choose an organisation", column="organisation"))
    return found + role_problems(organisation, roles)


def role_problems(organisation: Organisation | None, roles: Sequence[str]) -> list[Problem]:
    """Return what is wrong with giving somebody these roles in an organisation."""
    council = organisation is not None and organisation.kind == Organisation.Kind.COUNCIL
    if unknown := sorted(set(roles) - set(Membership.Role.values)):
        return [Problem(f'There is no role "{unknown[0]}"', column="roles")]
    if council and not roles:
        return [Problem("Choose at least one role", column="roles")]
    if organisation is not None and not council and set(roles) - {Membership.Role.MEMBER}:
        words = "People of a partner have no role in the council"
        return [Problem(words, "Choose member, or none", column="roles")]
    return []


def _has_account(email: str) -> bool:
    return Person.objects.filter(email__iexact=email.strip(), memberships__isnull=False).exists()


def _send(invitation: Invitation, *, at: datetime) -> None:
    invitation.created_at = at
    invitation.expires_at = at + LASTS
    invitation.token_hash = _hash(_token(invitation))
    invitation.save()
    roles = " and ".join(invitation.roles) or "member"
    council = Organisation.objects.filter(kind=Organisation.Kind.COUNCIL).first()
    until = long_date(localtime(invitation.expires_at).date())
    write_to(
        invitation.email,
        letter="A",
        subject=f"You are invited to Trialogue at {council or 'your council'}",
        body=f"{invitation.invited_by.name} invites you as {roles}. Set up your account by "
        f"{until}. If you did not expect this, ignore it.",
        link=f"/account/invitation/{_token(invitation)}/",
        key=f"invitation {invitation.token_hash}",
        at=at,
    )


def _token(invitation: Invitation) -> str:
    """Work the link's token out again: it can be shown to an administrator, and is kept nowhere.

    A new link has a new moment, and so a new token.
    """
    said = f"{invitation.email} {invitation.organisation_id} {invitation.created_at.isoformat()}"
    return salted_hmac("trialogue.invitation", said, algorithm="sha256").hexdigest()


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
