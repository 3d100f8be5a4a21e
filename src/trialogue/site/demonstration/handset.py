"""A made-up visitor's phone: it records, seals and signs as the phone page does."""

import json
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from trialogue.accounts.models import Person
from trialogue.visits import sealing
from trialogue.visits.services import keys, phones, recording


class Handset:
    """A phone of a visitor (a public identifier), set up at a moment."""

    def __init__(self, visitor: Any, label: str, *, by: Person, at: datetime) -> None:
        self._signer = ec.generate_private_key(sealing.CURVE)
        public = self._signer.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        added = phones.add_phone(visitor=visitor, label=label, by=by, at=at)
        self._device = phones.set_up(
            token=phones.token_of(added), public_key=sealing.to_text(public), at=at
        )
        self._seq, self._boot, self._list = 0, str(uuid4()), None

    def fetch(self, *, by: Person, at: datetime) -> None:
        """Fetch the day's list, as its visitor: what is recorded from then on names it."""
        said = {"about": "list", "at": at.isoformat(), "recorded": self._seq}
        text = json.dumps(said)
        word = {
            "device": str(self._device.public_id),
            "said": text,
            "signature": sealing.to_text(sealing.sign(self._signer, text.encode())),
        }
        self._list = phones.fetch_list(json.dumps(word).encode(), by=by, at=at)["list"]["id"]

    def send(
        self, kind: str, visit: Any, body: dict[str, Any] | None = None, *, at: datetime
    ) -> None:
        """Record something at a moment and send it a minute later."""
        self._seq += 1
        event_id = uuid4()
        said = {
            "id": str(event_id),
            "schema": 1,
            "type": kind,
            "visit": str(visit.public_id) if visit else None,
            "device": str(self._device.public_id),
            "seq": self._seq,
            "list": self._list,
            "at": at.isoformat(),
            "error_ms": 0,
            "mono_ms": 1000 * self._seq,
            "boot": self._boot,
            "body": body or {},
        }
        raw = sealing.seal(
            json.dumps(said).encode(),
            event_id=event_id,
            device=self._device.public_id,
            signer=self._signer,
            to=keys.current_key(at).public,
        )
        recording.take_event(event_id=event_id, raw=raw, at=at + timedelta(minutes=1))
