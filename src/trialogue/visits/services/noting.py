"""The audit trail of a scheme: one line for each change of it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from trialogue.accounts import services as accounts
from trialogue.accounts.models import Person
from trialogue.visits.models import Scheme


def note_scheme(
    action: str,
    scheme: Scheme,
    by: Person | None,
    at: datetime,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Write that something of a scheme was changed. `by` is None for the software itself."""
    accounts.record(
        by=by,
        action=action,
        on="visit scheme",
        thing=str(scheme.pk),
        at=at,
        before=before,
        after=after,
    )
