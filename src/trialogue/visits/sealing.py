"""What a phone sends: sealed to the server's key, signed by its own. How it is made and opened.

A record is sealed once, when it is made, and a retry sends the same bytes. The phone keeps no key
that opens it again. `docs/decisions/0010-sealed-outbox.md` says why; `static/js/round/seal.js` is
the other half.
"""

import base64
import binascii
import hashlib
import json
import os
import re
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidSignature, InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

CURVE = ec.SECP256R1()
INFO = b"trialogue visits event v1"
POINT, IV, SIGNATURE = 65, 12, 64  # bytes of each


class NotSealedError(Exception):
    """The bytes are not a sealed record, or they do not open."""


@dataclass(frozen=True)
class Sealed:
    """A record as it came: which phone, to which key, and the parts of the seal."""

    device: UUID
    key_id: str
    epk: bytes
    iv: bytes
    ciphertext: bytes
    signature: bytes


def read(raw: bytes) -> Sealed:
    """Return the parts of a sealed record; raise NotSealedError where it is none."""
    try:
        parts = json.loads(raw)
        sealed = Sealed(
            UUID(parts["device"]),
            str(parts["key_id"]),
            *(from_text(parts[name]) for name in ("epk", "iv", "sealed", "signature")),
        )
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise NotSealedError from error
    if (len(sealed.epk), len(sealed.iv), len(sealed.signature)) != (POINT, IV, SIGNATURE):
        raise NotSealedError
    if not re.fullmatch("[0-9a-f]{16}", sealed.key_id):
        raise NotSealedError
    return sealed


def is_signed(sealed: Sealed, event_id: UUID, public_key: str) -> bool:
    """Whether the phone with this key sealed it under this identifier."""
    message = str(event_id).encode() + sealed.epk + sealed.iv + sealed.ciphertext
    return signs(public_key, sealed.signature, message)


def signs(public_key: str, signature: bytes, message: bytes) -> bool:
    """Whether a phone's key (SPKI, base64url) made this signature (r and s, 32 bytes each)."""
    if len(signature) != SIGNATURE:
        return False
    r, s = (int.from_bytes(half, "big") for half in (signature[:32], signature[32:]))
    try:
        device_key(public_key).verify(
            encode_dss_signature(r, s), message, ec.ECDSA(hashes.SHA256())
        )
    except InvalidSignature:
        return False
    return True


def device_key(public_key: str) -> ec.EllipticCurvePublicKey:
    """Return a phone's public key; ValueError where the text is none of ours."""
    try:
        key = serialization.load_der_public_key(from_text(public_key))
    except UnsupportedAlgorithm as error:
        raise ValueError(str(error)) from error
    if not isinstance(key, ec.EllipticCurvePublicKey) or key.curve.name != CURVE.name:
        raise ValueError("not a key on P-256")
    return key


def open_sealed(sealed: Sealed, event_id: UUID, private: bytes) -> bytes:
    """Return what was sealed; raise NotSealedError where it does not open with this key."""
    own = ec.derive_private_key(int.from_bytes(private, "big"), CURVE)
    try:
        theirs = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, sealed.epk)
        key = _key_of(own.exchange(ec.ECDH(), theirs), sealed.epk)
        return AESGCM(key).decrypt(sealed.iv, sealed.ciphertext, str(event_id).encode())
    except (ValueError, InvalidTag) as error:
        raise NotSealedError from error


def seal(
    event: bytes, *, event_id: UUID, device: UUID, signer: ec.EllipticCurvePrivateKey, to: str
) -> bytes:
    """Return what a phone would send: for tests and benchmarks, which have no browser.

    `to` is the server's public key as `point_of` gives it.
    """
    point = from_text(to)
    once = ec.generate_private_key(CURVE)
    epk = _point(once.public_key())
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, point)
    iv = os.urandom(IV)
    key = _key_of(once.exchange(ec.ECDH(), theirs), epk)
    ciphertext = AESGCM(key).encrypt(iv, event, str(event_id).encode())
    parts = {
        "device": str(device),
        "key_id": key_id_of(point),
        "epk": to_text(epk),
        "iv": to_text(iv),
        "sealed": to_text(ciphertext),
        "signature": to_text(sign(signer, str(event_id).encode() + epk + iv + ciphertext)),
    }
    return json.dumps(parts).encode()


def sign(signer: ec.EllipticCurvePrivateKey, message: bytes) -> bytes:
    """Return a signature as Web Crypto writes it."""
    r, s = decode_dss_signature(signer.sign(message, ec.ECDSA(hashes.SHA256())))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def new_private() -> bytes:
    """Return a new private key of the server: 32 bytes."""
    key = ec.generate_private_key(CURVE)
    return key.private_numbers().private_value.to_bytes(32, "big")


def point_of(private: bytes) -> bytes:
    """Return the public half of a private key, uncompressed."""
    return _point(ec.derive_private_key(int.from_bytes(private, "big"), CURVE).public_key())


def key_id_of(point: bytes) -> str:
    """Return the short name of a public key."""
    return hashlib.sha256(point).hexdigest()[:16]


def to_text(data: bytes) -> str:
    """Return bytes as base64url without padding."""
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def from_text(text: Any) -> bytes:
    """Return the bytes that a text of base64url stands for; ValueError where it is none."""
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError(str(error)) from error


def _point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )


def _key_of(shared: bytes, epk: bytes) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=INFO + epk).derive(shared)
