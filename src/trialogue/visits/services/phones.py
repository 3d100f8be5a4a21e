"""Visitors' phones: set up by a link, given the day's list, heard from, revoked."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.crypto import salted_hmac

from trialogue.accounts import permissions
from trialogue.accounts import services as accounts
from trialogue.accounts.models import Person
from trialogue.methods.problems import InputError, Problem
from trialogue.visits import sealing
from trialogue.visits.models import Device, VisitList
from trialogue.visits.queries import phones as queries
from trialogue.visits.queries.called_off import off_today
from trialogue.visits.services.keys import current_key
from trialogue.visits.services.recording import RefusedError

LINK_LASTS = timedelta(minutes=30)


@transaction.atomic
def add_phone(*, visitor: UUID, label: str, by: Person, at: datetime) -> Device:
    """Make ready to set up a phone of a visitor. Asked twice before it is set up, it is one."""
    permissions.check(by, "manage phones")
    owners = queries.owners(by).select_for_update(of=("self",))
    found = owners.filter(public_id=visitor).first()
    problems = []
    if found is None:
        problems.append(Problem("Choose whose phone it is", column="visitor"))
    if not label.strip():
        words = "Enter how you will know the phone, like blue Samsung 3"
        problems.append(Problem(words, column="label"))
    if problems or found is None:
        raise InputError(*problems)
    device, made = Device.objects.get_or_create(
        visitor=found,
        label=label.strip(),
        public_key="",
        revoked_at=None,
        defaults={"created_at": at},
    )
    if made:
        _record("add a phone", device, by=by, at=at)
    _renew(device, at=at)
    return device


@transaction.atomic
def renew_code(device: UUID, *, by: Person, at: datetime) -> None:
    """Show another code for a phone that was not set up in time. The old one no longer works."""
    permissions.check(by, "manage phones")
    found = queries.devices_of(by).get(public_id=device)
    if not found.public_key and not found.revoked_at:
        _renew(found, at=at)
        _record("renew the code of a phone", found, by=by, at=at)


def _renew(device: Device, *, at: datetime) -> None:
    device.set_up_until = at + LINK_LASTS
    device.set_up_hash = _hash(token_of(device))
    device.save(update_fields=["set_up_until", "set_up_hash"])


def token_of(device: Device) -> str:
    """Work out the token in a phone's code: shown to the desk, and kept nowhere.

    A new code has a new moment, and so a new token.
    """
    until = device.set_up_until.isoformat() if device.set_up_until else ""
    return salted_hmac(
        "trialogue.phone", f"{device.public_id} {until}", algorithm="sha256"
    ).hexdigest()


@transaction.atomic
def set_up(*, token: str, public_key: str, at: datetime) -> Device:
    """Make a phone known by the key it signs with. The same phone may ask twice, no other."""
    found = Device.objects.select_for_update().filter(set_up_hash=_hash(token)).first()
    too_late = found is None or found.revoked_at or (found.set_up_until or at) <= at
    if found is None or too_late or found.public_key not in ("", public_key):
        raise InputError(Problem("This code was used or is too old", "Ask the desk for a new one"))
    try:
        sealing.device_key(public_key)
    except (ValueError, TypeError):
        raise InputError(Problem("The phone’s key cannot be read", "Try again")) from None
    if not found.public_key:
        found.public_key, found.seen_at = public_key, at
        found.save(update_fields=["public_key", "seen_at"])
        _record("set up a phone", found, by=None, at=at)
    return found


@transaction.atomic
def revoke(device: UUID, *, by: Person, at: datetime) -> Device:
    """Take a phone off: no list, wiped when it is next heard from; what it sends is held."""
    permissions.check(by, "manage phones")
    found = queries.devices_of(by).select_for_update(of=("self",)).get(public_id=device)
    if found.revoked_at is None:
        found.revoked_at, found.revoked_by = at, by
        found.save(update_fields=["revoked_at", "revoked_by"])
        _record("revoke a phone", found, by=by, at=at)
    return found


@dataclass(frozen=True)
class Word:
    """What a phone says of itself, signed."""

    device: Device
    at: datetime | None  # by its own clock
    recorded: int


def heard(raw: bytes, *, about: str, at: datetime) -> Word:
    """Read what a phone says of itself; note when, how far out its clock is, what it holds.

    `about` is part of what is signed: a word said for one thing does not do for another.
    """
    try:
        parts = json.loads(raw)
        said = parts["said"]
        device = Device.objects.get(public_id=UUID(parts["device"]))
        signature = sealing.from_text(parts["signature"])
        word = json.loads(said)
        theirs = datetime.fromisoformat(word["at"])
        recorded, about_what = int(word["recorded"]), word["about"]
        signed_text = said.encode()
        error = round((theirs - at).total_seconds() * 1000)
    except Device.DoesNotExist:
        raise RefusedError(403, "This phone is not known here. Ring the desk.") from None
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError):
        raise RefusedError(400, "This is not what a phone of ours says.") from None
    signed = device.public_key and sealing.signs(device.public_key, signature, signed_text)
    if not signed or about_what != about:
        raise RefusedError(401, "The phone’s signature does not fit.")
    device.seen_at, device.clock_error_ms = at, error
    device.recorded = max(device.recorded, min(recorded, 2**62))
    device.save(update_fields=["seen_at", "clock_error_ms", "recorded"])
    return Word(device, theirs, device.recorded)


@transaction.atomic
def hear(raw: bytes, *, at: datetime) -> dict[str, Any]:
    """Hear from a phone, and tell it what it should know."""
    device = heard(raw, about="contact", at=at).device
    device.told_at = at
    device.save(update_fields=["told_at"])
    return told(device, at=at)


@transaction.atomic
def fetch_list(raw: bytes, *, by: Person, at: datetime) -> dict[str, Any]:
    """Give a visitor today's list on their own phone, and write down that it was given."""
    permissions.check(by, "do a round")
    device = heard(raw, about="list", at=at).device
    visitor = device.visitor
    if device.revoked_at:
        return told(device, at=at)
    if visitor.person_id != by.pk:
        raise PermissionDenied(f"This phone is set up for {visitor.person.name}.")
    if not visitor.may_visit:
        raise PermissionDenied("No list: the desk has not noted your training and police check.")
    day = queries.today(at)
    made = VisitList.objects.create(device=device, day=day, by=by, at=at)
    accounts.note_look("at a day’s list", on="visit list", thing=str(made.public_id), by=by, at=at)
    return told(device, at=at) | {
        "list": {
            "id": str(made.public_id),
            "day": day.isoformat(),
            "at": at.isoformat(),
            "stops": queries.stops_of(visitor, day),
        },
        "next": queries.next_day(visitor, day),
    }


def told(device: Device, *, at: datetime) -> dict[str, Any]:
    """Return what each word to a phone holds: time, key, desk, its concerns, who is called off."""
    if device.revoked_at:
        return {"now": at.isoformat(), "revoked": device.revoked_at.isoformat()}
    key = current_key(at)
    return {
        "now": at.isoformat(),
        "key": {"id": key.key_id, "public": key.public},
        "visitor": device.visitor.person.name,
        "label": device.label,
        **queries.for_the_phone(device.visitor.scheme),
        "concerns": queries.concerns_of(device),
        "off": off_today(device.visitor, queries.today(at)),
    }


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _record(action: str, device: Device, *, by: Person | None, at: datetime) -> None:
    accounts.record(by=by, action=action, on="phone", thing=str(device.public_id), at=at)
