"""Links without an account: for a resident, and for a contact whom they agreed to have told."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.urls import reverse

from trialogue.accounts import permissions
from trialogue.accounts import services as accounts
from trialogue.accounts.models import Person
from trialogue.methods.problems import InputError, Problem
from trialogue.visits import queries
from trialogue.visits.models import Agreement, Contact, Resident, VisitLink
from trialogue.visits.services import residents

LASTS = timedelta(days=7)  # until it is opened
OPEN = timedelta(minutes=15)  # once it is
ENROL = "enrol residents"
LINK = "visit link"  # how the keys of its messages begin


@dataclass(frozen=True)
class Made:
    """A link as it is given away: the one moment its token is known."""

    address: str
    link: VisitLink


@transaction.atomic
def link_for_resident(resident_id: UUID, *, by: Person, at: datetime) -> Made:
    """Make a link for a resident, to be handed over on paper. Earlier ones no longer open."""
    permissions.check(by, ENROL)
    resident = Resident.objects.select_for_update().get(public_id=resident_id, erased_at=None)
    return _make(resident, None, by, at)


@transaction.atomic
def send_contact_link(contact_id: UUID, *, by: Person | None, at: datetime) -> None:
    """Write to a contact with a link to what they may see. Nothing of a resident is in the words.

    `by` is None when the contact asks for a new one from an old link. Raises InputError for
    somebody who may see nothing, or has no address.
    """
    if by is not None:
        permissions.check(by, ENROL)
    contact = (
        Contact.objects.select_for_update().select_related("resident").get(public_id=contact_id)
    )
    if not queries.sees(contact):
        what = "The resident did not agree that this contact is told anything"
        raise InputError(Problem(what, "Record what they agreed to first"))
    if not contact.email:
        raise InputError(Problem("There is no e-mail address", "Add one first"))
    recent = VisitLink.objects.filter(contact=contact, created_at__gt=at - timedelta(minutes=5))
    if by is None and recent.exists():
        return
    made = _make(contact.resident, contact, by, at)
    accounts.write_to(
        contact.email,
        letter="M",
        subject="The visits that you asked to hear of",
        body=(
            "Somebody you know agreed that you may hear of their visits. This link opens once, "
            "for 15 minutes. To stop these e-mails, say so on the page."
        ),
        link=made.address,
        key=f"{LINK} {made.link.pk}",
        at=at,
    )


def _make(resident: Resident, contact: Contact | None, by: Person | None, at: datetime) -> Made:
    VisitLink.objects.filter(resident=resident, contact=contact, opened_at=None).delete()
    token = secrets.token_urlsafe(24)
    link = VisitLink.objects.create(
        token_hash=_hash(token),
        resident=resident,
        contact=contact,
        by=by,
        created_at=at,
        expires_at=at + LASTS,
    )
    accounts.record(
        by=by,
        action="make a link to visits",
        on="resident",
        thing=str(resident.public_id),
        at=at,
        after={"for": "contact" if contact else "resident"},
    )
    return Made(reverse("visits:with", args=[token]), link)


@transaction.atomic
def open_link(token: str, *, at: datetime) -> VisitLink | None:
    """Open a link, once; return None for one that is not there, was used or is too old.

    Only a press of a button opens: scanners of mail follow links.
    """
    link = (
        VisitLink.objects.select_for_update()
        .filter(token_hash=_hash(token), opened_at=None, expires_at__gt=at)
        .first()
    )
    if link is None or link.resident.erased_at:
        return None
    link.opened_at = at
    link.save(update_fields=["opened_at"])
    accounts.record(
        by=None,
        action="look at own visits by link",
        on="resident",
        thing=str(link.resident.public_id),
        at=at,
        after={"by": "contact" if link.contact_id else "resident"},
    )
    return link


def link_known(token: str) -> VisitLink | None:
    """Return the link of a token, used or not."""
    found = VisitLink.objects.filter(token_hash=_hash(token))
    return found.select_related("resident__scheme", "contact").first()


def is_open(link: VisitLink, *, at: datetime) -> bool:
    """Whether a link was opened so lately that its page still shows."""
    return link.opened_at is not None and at - link.opened_at < OPEN


@transaction.atomic
def stop_contact(link: VisitLink, contact_id: UUID, *, at: datetime) -> None:
    """Stop what a contact hears: by the resident's own link, or by the contact's."""
    mine = link.contact is None or link.contact.public_id == contact_id
    contact = Contact.objects.filter(public_id=contact_id, resident=link.resident).first()
    if mine and contact is not None:
        who = link.resident.full_name if link.contact is None else contact.name
        residents.allow_contact(
            contact_id, may_see=(), who=who, how=Agreement.How.FORM, by=None, at=at
        )


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
