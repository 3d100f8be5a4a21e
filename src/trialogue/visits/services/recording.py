"""What phones and the desk recorded: taken once and for good, or held for a person to judge."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from trialogue.visits import queries, records, sealing, states
from trialogue.visits.models import Answer, Device, HeldEvent, Visit, VisitEvent, VisitList
from trialogue.visits.services.concerns import note_event
from trialogue.visits.services.keys import private_of

LARGEST = 64 * 1024
TAKEN, HAD, HELD, DIFFERS, NO_KEY = 201, 200, 202, 409, 422


class RefusedError(Exception):
    """The bytes cannot even be held: nobody known signed them. The phone keeps them."""

    def __init__(self, status: int, what: str) -> None:
        """`status` is HTTP's."""
        super().__init__(what)
        self.status = status


@dataclass(frozen=True)
class Receipt:
    """What became of bytes that a phone sent. TAKEN, HAD and HELD are received for good."""

    status: int
    sha256: str
    revoked: bool


def take_event(*, event_id: UUID, raw: bytes, at: datetime) -> Receipt:
    """Take what a phone recorded, once, whoever is signed in: its signature is what counts.

    What cannot be taken is held with the reason, and is received all the same; but for a key
    that is not here (yet): that the phone keeps, and tries again.
    """
    sealed, device = _signed(event_id, raw)
    sha256 = hashlib.sha256(raw).hexdigest()
    private = private_of(sealed.key_id)
    with transaction.atomic():
        # Two tries at once of one record queue here.
        locked = Device.objects.select_for_update(of=("self",))
        device = locked.select_related("visitor__scheme").get(pk=device.pk)
        Device.objects.filter(pk=device.pk).update(seen_at=at)

        def receipt(status: int) -> Receipt:
            return Receipt(status, sha256, device.revoked_at is not None)

        def hold(why: HeldEvent.Why, what: str = "") -> None:
            HeldEvent.objects.get_or_create(
                event_id=event_id,
                sha256=sha256,
                defaults={
                    "device": device,
                    "sealed": raw,
                    "why": why,
                    "what": what[:300],
                    "received_at": at,
                },
            )

        had = VisitEvent.objects.filter(pk=event_id).first()
        if had and had.sha256 == sha256:
            return receipt(HAD)
        held = HeldEvent.objects.filter(event_id=event_id).order_by("pk").first()
        if had or (held and held.sha256 != sha256):
            hold(HeldEvent.Why.OTHER_BYTES)
            return receipt(DIFFERS)
        if held and held.why != HeldEvent.Why.NO_KEY:
            return receipt(HELD)
        if device.revoked_at:
            hold(HeldEvent.Why.REVOKED)
            return receipt(HELD)
        if private is None:
            hold(HeldEvent.Why.NO_KEY, f"key {sealed.key_id[:16]}")
            return receipt(NO_KEY)
        try:
            keep(sealed, private, event_id=event_id, device=device, sha256=sha256, at=at)
        except sealing.NotSealedError:
            hold(HeldEvent.Why.NOT_READ)
            return receipt(HELD)
        except records.NotUnderstoodError as error:
            hold(HeldEvent.Why.UNKNOWN, str(error))
            return receipt(HELD)
        if held:
            HeldEvent.objects.filter(pk=held.pk).update(settled_at=at, taken=True, sealed=None)
        return receipt(TAKEN)


def _signed(event_id: UUID, raw: bytes) -> tuple[sealing.Sealed, Device]:
    if len(raw) > LARGEST:
        raise RefusedError(413, "A record may have 64 kB.")
    try:
        sealed = sealing.read(raw)
    except sealing.NotSealedError:
        raise RefusedError(401, "This is not a record that a phone signed.") from None
    known = Device.objects.exclude(public_key="")
    device = known.filter(public_id=sealed.device).first()
    if device is None:
        raise RefusedError(403, "This phone is not known here. Ring the desk.")
    if not sealing.is_signed(sealed, event_id, device.public_key):
        raise RefusedError(401, "The phone’s signature does not fit.")
    return sealed, device


def keep(
    sealed: sealing.Sealed,
    private: bytes,
    *,
    event_id: UUID,
    device: Device,
    sha256: str,
    at: datetime,
) -> VisitEvent:
    """Open a record and keep it; raise NotSealedError or NotUnderstoodError where it cannot be."""
    text = sealing.open_sealed(sealed, event_id, private)
    recorded = records.understand(text, event_id=event_id, device=device.public_id)
    scheme = device.visitor.scheme
    visit = _visit(recorded, scheme.pk)
    if VisitEvent.objects.filter(pk=event_id).exists():
        raise records.NotUnderstoodError("it is here already, with other contents")
    if VisitEvent.objects.filter(device=device, seq=recorded.seq).exists():
        raise records.NotUnderstoodError(f"the phone’s number {recorded.seq} was used before")
    listed = VisitList.objects.filter(public_id=recorded.list).first() if recorded.list else None
    about_at, quality = records.about(
        recorded, listed_at=listed.at if listed else None, received_at=at
    )
    event = VisitEvent.objects.create(
        id=event_id,
        scheme=scheme,
        visit=visit,
        device=device,
        type=recorded.type,
        seq=recorded.seq,
        list=recorded.list,
        boot=recorded.boot,
        mono_ms=recorded.mono_ms,
        at=recorded.at,
        about_at=about_at,
        quality=quality,
        received_at=at,
        schema=recorded.schema,
        body=recorded.body,
        sha256=sha256,
    )
    follow(event, at=at)
    return event


def _visit(recorded: records.Recorded, scheme: int) -> Visit | None:
    if recorded.visit is None:
        return None
    visits = Visit.objects.select_related("question_set")
    visit = visits.filter(public_id=recorded.visit, scheme=scheme).first()
    if visit is None:
        raise records.NotUnderstoodError("it names a visit that is not known here")
    check_questions(visit, recorded.type, recorded.body)
    return visit


def check_questions(visit: Visit, kind: str, body: dict[str, Any]) -> None:
    """Raise NotUnderstoodError where a record answers what was not asked at its visit."""
    if kind == states.Type.CORRECTION:
        kind, body = body.get("type", ""), body.get("body") or {}
    if kind != states.Type.VISIT_RECORDED:
        return
    asked = {ask["key"] for ask in visit.asks}
    if not set(body.get("answers", {})) <= asked:
        raise records.NotUnderstoodError("it answers a question that was not asked")


def follow(event: VisitEvent, *, at: datetime) -> None:
    """Do what follows from an event that was kept, in its transaction."""
    if event.visit and event.type in (states.Type.VISIT_RECORDED, states.Type.CORRECTION):
        write_answers(event.visit)
    note_event(event, at=at)


def write_answers(visit: Visit) -> None:
    """Write the answers of a visit again, from its events as they count."""
    Answer.objects.filter(visit=visit).delete()
    events = VisitEvent.objects.filter(visit=visit).select_related("device", "person")
    asked = {ask["key"]: ask for ask in visit.asks}
    number = visit.question_set.number if visit.question_set else 0
    Answer.objects.bulk_create(
        Answer(
            visit=visit,
            event_id=one.id,
            question=key,
            set_number=number,
            variant=asked[key]["variant"],
            language=asked[key]["language"],
            answer=said["answer"],
            note=said.get("note", ""),
        )
        for one in states.counting(map(queries.happened, events))
        if one.type == states.Type.VISIT_RECORDED
        for key, said in one.body.get("answers", {}).items()
        if key in asked
    )
