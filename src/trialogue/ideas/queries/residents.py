"""Ideas that wait for their sender to confirm them."""

from datetime import datetime, timedelta
from hashlib import sha256

from django.core import signing
from django.http import Http404

from trialogue.accounts.models import Person
from trialogue.ideas.models import Idea, SupportAsked

KEPT_DAYS = 7
MOST_LINKS = 3
APPEAL = "appeal of an idea"


def hash_of(token: str) -> str:
    """Return what is kept of a link's token."""
    return sha256(token.encode()).hexdigest()


def to_confirm(token: str, *, at: datetime) -> Idea | None:
    """Return the draft that a link confirms; None when it is too old, used or not ours."""
    return (
        Idea.objects.select_related("area__manager", "area__stand_in", "call")
        .filter(
            status=Idea.Status.DRAFT,
            confirmation__token_hash=hash_of(token),
            confirmation__asked_at__gte=at - timedelta(days=KEPT_DAYS),
        )
        .first()
    )


def support_to_confirm(token: str, *, at: datetime) -> SupportAsked | None:
    """Return what a link supports; None when it is too old, used or not ours."""
    since = at - timedelta(days=KEPT_DAYS)
    asked = SupportAsked.objects.select_related("idea")
    return asked.filter(token_hash=hash_of(token), asked_at__gte=since).first()


def appeal_key(idea: Idea) -> str:
    """Return the key with which a sender without a password appeals, from their e-mail."""
    return signing.dumps([idea.pk, idea.created_by_id], salt=APPEAL)


def idea_to_appeal(key: str) -> tuple[Idea, Person]:
    """Return the idea that a key appeals for, and its sender. Raises Http404 for a wrong key."""
    try:
        number, person = signing.loads(key, salt=APPEAL)
    except signing.BadSignature:
        raise Http404 from None
    idea = Idea.objects.select_related("created_by").filter(pk=number, created_by=person).first()
    if idea is None or idea.created_by is None:
        raise Http404
    return idea, idea.created_by
