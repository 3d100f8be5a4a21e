"""The record: identifiers, canonical bytes, hashes and signatures. Anyone can do these sums."""

import base64
import hashlib
import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: no I, L, O or U
LENGTH = 10
FIRST_PREV = "0" * 64
LICENCE = "OGL-UK-3.0"
ED25519_NOTE = b"\x01"  # the kind of signature, in a C2SP signed note
_LOOKS_LIKE = str.maketrans("ILO", "110")


def random_identifier() -> str:
    """Return a new identifier: EC-, 50 random bits, and a check character."""
    code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    return f"EC-{code}{check_character(code)}"


def check_character(code: str) -> str:
    """Return the character that finds a mistyped one: Luhn's sum in base 32.

    From the right, every other value is doubled, and its two digits in base 32 are added.
    """
    total = 0
    for place, character in enumerate(reversed(code)):
        value = ALPHABET.index(character) * (2 if place % 2 == 0 else 1)
        total += value // 32 + value % 32
    return ALPHABET[-total % 32]


def read_identifier(text: str) -> str | None:
    """Return the identifier that somebody typed, or None. Small letters and I, L, O are read."""
    typed = re.sub(r"[\s-]", "", text.upper())
    # A code may itself begin with EC: the prefix is there only where the length says so.
    prefixed = len(typed) == LENGTH + 3 and typed.startswith("EC")
    code = (typed[2:] if prefixed else typed).translate(_LOOKS_LIKE)
    if len(code) != LENGTH + 1 or any(character not in ALPHABET for character in code):
        return None
    return f"EC-{code}" if check_character(code[:-1]) == code[-1] else None


def canonical(document: Mapping[str, Any]) -> bytes:
    """Return the bytes that are hashed and signed (RFC 8785)."""
    return rfc8785.dumps(dict(document))


def sha256(data: bytes) -> str:
    """Return the hash as 64 hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def moment(at: datetime) -> str:
    """Write a moment as the record does: 2027-02-03T14:15:00Z."""
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


@dataclass(frozen=True)
class Key:
    """A publisher's signing key. The private half never leaves this object but by signing."""

    private: Ed25519PrivateKey

    @property
    def public(self) -> bytes:
        """Return the 32 bytes that anyone may have."""
        return self.private.public_key().public_bytes_raw()

    @property
    def public_text(self) -> str:
        """Return the public half in base64, as the well-known document shows it."""
        return base64.b64encode(self.public).decode()

    @property
    def id(self) -> str:
        """Return the key's name: the first 16 digits of its hash."""
        return key_id(self.public)

    def sign(self, data: bytes) -> str:
        """Return the signature in base64."""
        return base64.b64encode(self.private.sign(data)).decode()


def public_bytes(text: str) -> bytes:
    """Read the public half as the well-known document shows it."""
    return base64.b64decode(text)


def key_id(public: bytes) -> str:
    """Return the name of a public key."""
    return sha256(public)[:16]


def signed(event: Mapping[str, Any], key: Key) -> dict[str, Any]:
    """Return the event with the signature over its canonical bytes."""
    return {**event, "signature": key.sign(canonical(event))}


def is_signed_by(event: Mapping[str, Any], public: bytes) -> bool:
    """Whether the event's signature was made with this key."""
    return verifies(public, what_is_signed(event), base64.b64decode(event["signature"]))


def what_is_signed(event: Mapping[str, Any]) -> bytes:
    """Return the canonical bytes of an event without its signature."""
    return canonical({name: value for name, value in event.items() if name != "signature"})


def verifies(public: bytes, data: bytes, signature: bytes) -> bool:
    """Whether the signature of these bytes was made with this key."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, data)
    except InvalidSignature:
        return False
    return True


def origin(publisher: str) -> str:
    """Return the name of a publisher's log. It names no host, so that it outlives any."""
    return f"evidence-commons/{publisher}"


def checkpoint(name: str, size: int, head: str, key: Key) -> str:
    """Return the signed note (C2SP) that says how long the log is and what it ends in."""
    text = f"{name}\n{size}\n{base64.b64encode(bytes.fromhex(head)).decode()}\n"
    bytes_of_it = note_hash(name, key.public) + key.private.sign(text.encode())
    signature = base64.b64encode(bytes_of_it).decode()
    return f"{text}\n— {name} {signature}\n"


def note_hash(name: str, public: bytes) -> bytes:
    """Return the four bytes by which a signed note says whose key signed it (C2SP)."""
    return hashlib.sha256(name.encode() + b"\n" + ED25519_NOTE + public).digest()[:4]


def parse(line: str) -> dict[str, Any]:
    """Read one event of the log."""
    event: dict[str, Any] = json.loads(line)
    return event
