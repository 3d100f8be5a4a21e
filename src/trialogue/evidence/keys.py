"""Keeps this instance's signing key in the data folder, where no page or export reads it."""

from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from trialogue.accounts import secret_files
from trialogue.evidence.record import Key


def signing_key() -> Key:
    """Return the key that signs the record, made at first use."""
    return Key(Ed25519PrivateKey.from_private_bytes(secret_files.made_once(_kept(), _new_key)))


def replace_signing_key() -> Key:
    """Make another key and sign with it from now on. The old private key is gone."""
    secret_files.replace(_kept(), _new_key())
    return signing_key()


def _kept() -> Path:
    folder: Path = settings.DATA_DIR / "keys"
    return folder / "record"


def _new_key() -> bytes:
    return Ed25519PrivateKey.generate().private_bytes_raw()
