"""Keeps a seed where no page, role or export can read it, until it is revealed."""

from cryptography.fernet import Fernet
from django.conf import settings

from trialogue.accounts.secret_files import made_once


def seal(seed: int) -> bytes:
    """Encrypt a seed with the key in the data folder."""
    return Fernet(_key()).encrypt(str(seed).encode())


def unseal(sealed: bytes | memoryview | None) -> int:
    """Return the seed. Only the draw, late arrivals and the published end call this."""
    if sealed is None:
        raise ValueError("nothing was sealed")
    return int(Fernet(_key()).decrypt(bytes(sealed)))


def _key() -> bytes:
    """Return the key, made once."""
    return made_once(settings.DATA_DIR / "keys" / "seeds", Fernet.generate_key)
