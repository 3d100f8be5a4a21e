"""Keeps a seed where no page, role or export can read it, until it is revealed."""

import os
from contextlib import suppress
from pathlib import Path

from cryptography.fernet import Fernet
from django.conf import settings


def seal(seed: int) -> bytes:
    """Encrypt a seed with the key in the data folder."""
    return Fernet(_key()).encrypt(str(seed).encode())


def unseal(sealed: bytes | memoryview | None) -> int:
    """Return the seed. Only the draw, late arrivals and the published end call this."""
    if sealed is None:
        raise ValueError("nothing was sealed")
    return int(Fernet(_key()).decrypt(bytes(sealed)))


def _key() -> bytes:
    """Return the key, made once; two processes that start together agree on one."""
    folder: Path = settings.DATA_DIR / "keys"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    kept = folder / "seeds"
    if not kept.exists():
        # Written whole under another name, then linked: nobody reads half a key.
        draft = folder / f"seeds-{os.getpid()}"
        with open(draft, "wb", opener=_for_us_alone) as file:
            file.write(Fernet.generate_key())
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(draft, kept)
        draft.unlink()
    return kept.read_bytes()


def _for_us_alone(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
