"""What phones send, made as whatever takes it makes it."""

import uuid
from datetime import timedelta

from django.db import transaction

from tests.apps.visits.conftest import NOW
from trialogue.visits.models import Device, VisitEvent
from trialogue.visits.services.concerns import note_event


def phone(visitor):
    """A visitor's phone, set up."""
    found = Device.objects.filter(visitor=visitor).first()
    return found or Device.objects.create(
        visitor=visitor, label="Moto", public_key="x", seen_at=NOW, created_at=NOW
    )


@transaction.atomic
def event(
    visit, kind, body=None, *, at=NOW, late=timedelta(), scheme=None, visitor=None, listed=None
):
    """Keep an event and do what follows from it; `late`: how long it was on its way.

    `listed`: the day's list that it was recorded from.
    """
    who = visitor or (visit.visitor if visit else None)
    made = VisitEvent.objects.create(
        id=uuid.uuid4(),
        scheme=scheme or visit.scheme,
        visit=visit,
        device=phone(who) if who else None,
        type=kind,
        list=listed.public_id if listed else None,
        seq=VisitEvent.objects.count() + 1 if who else None,
        at=at,
        about_at=at,
        quality="clock",
        received_at=at + late,
        schema=1,
        body=body or {},
        sha256="0" * 64,
    )
    note_event(made, at=at + late)
    return made


def concern(visit, level="red", kind="health", words="Breathless", **when):
    """A concern raised at a door."""
    body = {"level": level, "kind": kind, "words": words}
    return event(visit, "concern_raised", body, **when).concern
