"""Secrets in the data folder: made once, whole, and for this account of the machine alone."""

import os
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path


def made_once(kept: Path, make: Callable[[], bytes]) -> bytes:
    """Return the secret in a file, made at first use.

    Those who start together, in threads or in processes, agree on one. One that was killed here
    leaves no half of it.
    """
    if not kept.exists():
        draft = _written(kept, make())
        with suppress(FileExistsError):
            os.link(draft, kept)
        draft.unlink()
    return kept.read_bytes()


def replace(kept: Path, secret: bytes) -> None:
    """Keep another secret in a file, in one step. The old one is gone."""
    _written(kept, secret).replace(kept)


def _written(kept: Path, secret: bytes) -> Path:
    """Return a file of its own beside it, written whole: nobody reads half a secret."""
    kept.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    number, draft = tempfile.mkstemp(prefix=f"{kept.name}-", dir=kept.parent)
    with open(number, "wb") as file:
        file.write(secret)
        file.flush()
        os.fsync(file.fileno())
    return Path(draft)
