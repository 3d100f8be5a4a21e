"""Ideas that wait for their sender to confirm them."""

from datetime import datetime, timedelta
from hashlib import sha256

from trialogue.ideas.models import Idea

KEPT_DAYS = 7
MOST_LINKS = 3


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
