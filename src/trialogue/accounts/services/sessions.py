"""Signing in and being here."""

from datetime import datetime

from django.db import transaction
from django.utils.timezone import localtime

from trialogue.accounts.models import Person
from trialogue.accounts.services.audit import record
from trialogue.accounts.services.messages import notify
from trialogue.methods.verdicts import clock_time, long_date


@transaction.atomic
def note_sign_in(*, by: Person, new_browser: bool, browser: str, at: datetime) -> None:
    """Record a sign-in; from a browser we have not seen, tell the person."""
    Person.objects.filter(pk=by.pk).update(last_seen_at=at)
    here = localtime(at)
    record(by=by, action="sign in", on="person", thing=str(by.public_id), at=at)
    if not new_browser:
        return
    notify(
        [by],
        letter="N",
        subject="New sign-in",
        body=f"{long_date(here.date())}, {clock_time(here.time())}, {browser}. If it was not you, "
        "sign out everywhere and change your password.",
        link="/account/",
        key=f"sign-in {at.isoformat()}",
        at=at,
    )


def note_seen(*, by: Person, at: datetime) -> None:
    """Keep when a person was last here."""
    Person.objects.filter(pk=by.pk).update(last_seen_at=at)
