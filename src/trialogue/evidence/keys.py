"""Keeps this instance's signing key in the data folder, where no page or export reads it."""

import os
from contextlib import suppress
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from trialogue.evidence.record import Key


def signing_key() -> Key:
    """Return the key that signs the record, made at first use."""
    kept = _kept()
    if not kept.exists():
        draft = _new_key()
        with suppress(FileExistsError):
            os.link(draft, kept)
        draft.unlink()
    return Key(Ed25519PrivateKey.from_private_bytes(kept.read_bytes()))


def replace_signing_key() -> Key:
    """Make another key and sign with it from now on. The old private key is gone."""
    _new_key().replace(_kept())
    return signing_key()


def _kept() -> Path:
    folder: Path = settings.DATA_DIR / "keys"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder / "record"


def _new_key() -> Path:
    """Return a new key, written whole under another name: nobody reads half a key."""
    draft = _kept().with_name(f"record-{os.getpid()}")
    with open(draft, "wb", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
        file.write(Ed25519PrivateKey.generate().private_bytes_raw())
        file.flush()
        os.fsync(file.fileno())
    return draft
