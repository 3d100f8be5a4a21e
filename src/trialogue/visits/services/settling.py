"""What a person settles of a day: two accounts of one visit, and records that were held."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from trialogue.accounts import permissions
from trialogue.accounts import services as accounts
from trialogue.accounts.models import Person
from trialogue.methods.problems import InputError, Problem
from trialogue.visits import records, sealing
from trialogue.visits.models import Device, HeldEvent, Visit
from trialogue.visits.queries.day import accounts_of
from trialogue.visits.services.keys import private_of
from trialogue.visits.services.recording import keep


@transaction.atomic
def settle(visit: UUID, *, account: UUID, by: Person, at: datetime) -> None:
    """Choose which of two accounts of a visit is shown. Both are kept."""
    permissions.check(by, "watch visits")
    found = Visit.objects.select_for_update().get(public_id=visit)
    if account not in {one.source for one in accounts_of(found)}:
        raise InputError(Problem("Choose which account to show"))
    if found.account == account:
        return
    found.account = account
    found.save(update_fields=["account"])
    accounts.record(by=by, action="settle a visit", on="visit", thing=str(visit), at=at)


def look_into(held: HeldEvent, *, by: Person, at: datetime) -> str:
    """Return what a held record says, where it opens; note the look.

    One that speaks of safeguarding is told to nobody but a lead: taken, it goes to them.
    """
    permissions.check(by, "watch visits")
    accounts.note_look("at a held record", on="record", thing=str(held.event_id), by=by, at=at)
    try:
        sealed, private = _opening(held)
        said = sealing.open_sealed(sealed, held.event_id, private).decode(errors="replace")
    except sealing.NotSealedError:
        return ""
    # By its word alone: what was held may be written as no record is.
    if "safeguarding" in said and not permissions.allows(by, "see safeguarding"):
        return "For the safeguarding lead. If you take it, it goes to them, and to nobody else."
    return said


@transaction.atomic
def judge(number: int, *, take: bool, by: Person, at: datetime) -> None:
    """Take a held record as if it had come from a phone in use, or leave it out. Once."""
    permissions.check(by, "watch visits")
    held = HeldEvent.objects.select_for_update().get(pk=number)
    if held.settled_at:
        return
    if take:
        _take(held, at=at)
    held.settled_at, held.settled_by, held.taken = at, by, take
    held.save(update_fields=["settled_at", "settled_by", "taken", "sealed"])
    action = "take a held record" if take else "leave out a held record"
    accounts.record(by=by, action=action, on="record", thing=str(held.event_id), at=at)


def _take(held: HeldEvent, *, at: datetime) -> None:
    device = Device.objects.select_for_update().get(held=held)
    try:
        sealed, private = _opening(held)
        keep(
            sealed,
            private,
            event_id=held.event_id,
            device=device,
            sha256=held.sha256,
            at=held.received_at,
        )
    except sealing.NotSealedError:
        raise InputError(Problem("This record does not open", "Leave it out")) from None
    except records.NotUnderstoodError as error:
        raise InputError(
            Problem(f"This record cannot be taken: {error}", "Leave it out")
        ) from None
    held.sealed = None  # it stands in the event now


def _opening(held: HeldEvent) -> tuple[sealing.Sealed, bytes]:
    sealed = sealing.read(bytes(held.sealed or b""))
    private = private_of(sealed.key_id)
    if private is None:
        raise sealing.NotSealedError
    return sealed, private
