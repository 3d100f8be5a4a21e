"""Tokens for the API: shown once, kept as their hash, revoked at any time."""

import hashlib
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from trialogue.accounts import permissions
from trialogue.accounts.models import ApiToken, Person
from trialogue.accounts.services.audit import record
from trialogue.methods.problems import InputError, Problem

MOST = 20
UNUSED = timedelta(days=365)  # a token that nobody used for so long no longer opens anything


@transaction.atomic
def make_token(*, label: str, by: Person, at: datetime) -> str:
    """Make a token that does what its person may do. Returns it: this is the one time it is seen.

    A second one of the same name is refused, so that a button pressed twice makes one.
    """
    permissions.check(by, "change your details")
    label = label.strip()
    if not label:
        raise InputError(Problem("Enter what the token is for", column="label"))
    held = list(Person.objects.select_for_update().get(pk=by.pk).tokens.filter(revoked_at=None))
    if any(token.label.casefold() == label.casefold() for token in held):
        already = f'You have a token called "{label}"'
        raise InputError(Problem(already, "Choose another name, or revoke it", column="label"))
    if len(held) >= MOST:
        raise InputError(Problem(f"You have {MOST} tokens", "Revoke one first", column="label"))
    token = f"trialogue_{secrets.token_urlsafe(32)}"
    made = ApiToken.objects.create(
        person=by, label=label[:80], token_hash=_hash(token), created_at=at
    )
    record(by=by, action="make a token", on="token", thing=str(made.public_id), at=at)
    return token


@transaction.atomic
def revoke_token(*, public_id: UUID, by: Person, at: datetime) -> None:
    """Revoke one of one's own tokens; who manages people, anybody's. Twice is as once."""
    tokens = ApiToken.objects.select_for_update().filter(public_id=public_id)
    if not permissions.allows(by, "manage people"):
        tokens = tokens.filter(person=by)
    token = tokens.first()
    if token is None or token.revoked_at:
        return
    token.revoked_at = at
    token.save(update_fields=["revoked_at"])
    record(by=by, action="revoke a token", on="token", thing=str(public_id), at=at)


def person_of_token(token: str, at: datetime) -> Person | None:
    """Return whose token this is; None when it was revoked, long unused or never given."""
    since = at - UNUSED
    used = Q(last_used_at__gte=since) | Q(last_used_at=None, created_at__gte=since)
    found = (
        ApiToken.objects.filter(used, token_hash=_hash(token), revoked_at=None)
        .filter(person__is_active=True)
        .select_related("person")
        .first()
    )
    if found is None:
        return None
    if found.last_used_at is None or at - found.last_used_at > timedelta(minutes=1):
        ApiToken.objects.filter(pk=found.pk).update(last_used_at=at)
    return found.person


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
