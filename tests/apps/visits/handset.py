"""A phone as the server knows it: it records, seals and signs as the page does."""

import json
from datetime import timedelta
from uuid import UUID, uuid4

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from trialogue.visits import sealing
from trialogue.visits.services import phones
from trialogue.visits.services.keys import current_key


class Handset:
    """Set up for a visitor, at a moment. `clock`: how far out its clock is."""

    def __init__(self, visitor, by, *, at, clock=timedelta(0)):
        self.signer = ec.generate_private_key(sealing.CURVE)
        self.public_key = sealing.to_text(
            self.signer.public_key().public_bytes(
                serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
            )
        )
        added = phones.add_phone(visitor=visitor.public_id, label=f"{uuid4()}", by=by, at=at)
        token = phones.token_of(added)
        self.device = phones.set_up(token=token, public_key=self.public_key, at=at)
        self.to = current_key(at).public
        self.clock, self.seq, self.list = clock, 0, None

    def word(self, about, *, at, **changed):
        said = {"about": about, "at": (at + self.clock).isoformat(), "recorded": self.seq}
        text = json.dumps(said | changed)
        return json.dumps(
            {
                "device": str(self.device.public_id),
                "said": text,
                "signature": sealing.to_text(sealing.sign(self.signer, text.encode())),
            }
        ).encode()

    def event(self, kind, visit=None, body=None, *, at, changed=None):
        """Return a record's identifier and what it says."""
        self.seq += 1
        event_id = uuid4()
        return event_id, {
            "id": str(event_id),
            "schema": 1,
            "type": kind,
            "visit": str(visit.public_id) if visit else None,
            "device": str(self.device.public_id),
            "seq": self.seq,
            "list": self.list,
            "at": (at + self.clock).isoformat(),
            "error_ms": round(self.clock.total_seconds() * 1000),
            "mono_ms": 1000 * self.seq,
            "boot": str(UUID(int=1)),
            "body": body or {},
        } | (changed or {})

    def sealed(self, event_id, said):
        text = said if isinstance(said, bytes) else json.dumps(said).encode()
        return sealing.seal(
            text, event_id=event_id, device=self.device.public_id, signer=self.signer, to=self.to
        )

    def record(self, kind, visit=None, body=None, *, at, changed=None):
        """Return a record's identifier and the bytes that are sent."""
        event_id, said = self.event(kind, visit, body, at=at, changed=changed)
        return event_id, self.sealed(event_id, said)
