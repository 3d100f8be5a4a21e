"""Another council's register, written as it would write it, for tests of what is received."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.apps.evidence import bodies
from trialogue.evidence import record
from trialogue.evidence.copies import Copy

NAME = "Cadderby City Council"


class Register:
    """A log with a key of its own."""

    def __init__(self, code="X99000003", name=NAME):
        self.code, self.name = code, name
        self.key = record.Key(Ed25519PrivateKey.generate())
        self.lines = []

    def add(self, trial, kind, body, *, days=0, **changes):
        document = record.signed(
            {
                "id": trial,
                "seq": len(self.lines),
                "type": kind,
                "prev": record.sha256(self.lines[-1]) if self.lines else record.FIRST_PREV,
                "body": body,
                "publisher": self.code,
                "key_id": self.key.id,
                "created": record.moment(bodies.later(days)),
                "licence": record.LICENCE,
                **changes,
            },
            self.key,
        )
        self.lines.append(record.canonical(document))
        return self

    def registered(self, **changes):
        """Register a trial; return its identifier."""
        trial = record.random_identifier()
        body = bodies.registration(**changes)
        body["council"] = {"name": self.name, "gss_code": self.code}
        self.add(trial, "registration", body)
        return trial

    def reported(self):
        """Register a trial, start it and report it; return its identifier."""
        trial = self.registered()
        self.add(trial, "list", bodies.units_list(), days=1)
        self.add(trial, "started", bodies.started(), days=2)
        self.add(trial, "result", bodies.result(), days=100)
        return trial

    @property
    def keys(self):
        start = record.moment(bodies.NOW)
        document = {"id": self.key.id, "public_key": self.key.public_text}
        return [{**document, "from": start, "until": None}]

    def copy(self, **changes):
        head = record.sha256(self.lines[-1])
        note = record.checkpoint(
            record.origin(self.code), len(self.lines), head, changes.pop("signer", self.key)
        )
        entries = b"".join(line + b"\n" for line in self.lines)
        whole = {"entries": entries, "checkpoint": note.encode(), "keys": self.keys}
        return Copy(name=self.name, **(whole | changes))
