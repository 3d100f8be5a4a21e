"""The server's keys that phones seal to: made once, changed every month, kept for 90 days more."""

from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

from trialogue.accounts.secret_files import made_once
from trialogue.visits import sealing
from trialogue.visits.models import ServerKey

USED = timedelta(days=30)
KEPT = timedelta(days=90)  # a phone may have lain in a drawer with records in it


def current_key(at: datetime) -> ServerKey:
    """Return the key that phones seal to now, made at first use.

    Two who make it at once make two: both open what is sealed to them.
    """
    found = ServerKey.objects.filter(retired_at=None).order_by("-pk").first()
    return found or _make(at)


def private_of(key_id: str) -> bytes | None:
    """Return the private half of a key; None where it is not here."""
    known = ServerKey.objects.filter(key_id=key_id).exists()
    kept = _kept(key_id)
    return kept.read_bytes() if known and kept.exists() else None


def rotate_keys(now: datetime) -> None:
    """Begin a new key where the old one was used for a month; delete those past their time."""
    for old in ServerKey.objects.filter(retired_at__lte=now - KEPT):
        _kept(old.key_id).unlink(missing_ok=True)
        old.delete()
    used_up = ServerKey.objects.filter(retired_at=None, created_at__lte=now - USED)
    if used_up.exists():
        new = _make(now)
        used_up.exclude(pk=new.pk).update(retired_at=now)


def _make(at: datetime) -> ServerKey:
    private = sealing.new_private()
    point = sealing.point_of(private)
    key_id = sealing.key_id_of(point)
    # The file first: a row without it would have phones seal what nobody can open.
    made_once(_kept(key_id), lambda: private)
    return ServerKey.objects.create(key_id=key_id, public=sealing.to_text(point), created_at=at)


def _kept(key_id: str) -> Path:
    return Path(settings.DATA_DIR) / "keys" / f"visits-{key_id}"
