"""Starting again while people look around: made anew beside, then put in place in one step.

The site goes on serving what it has until the new one is whole. SQLite's own online backup then
writes it over the old in one transaction, which every open connection sees as any other change:
no file is taken away from under a process.
"""

import fcntl
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import TextIO

from django.conf import settings
from django.db import connection

from trialogue.site.demonstration.filling import FILLING, FOLDERS, READY, mark, marker

Say = Callable[[str], None]
BESIDE = "again-"
_DONE = "done"
_STOPPED = "stopped: "
_STEP = re.compile(r"(\d+) of (\d+) ")


@dataclass(frozen=True)
class Again:
    """How far starting again is. `step` says it in words, `why` what stopped the last time."""

    going: bool
    step: str = ""
    done: int = 0
    of: int = 0
    ended_early: bool = False
    why: str = ""

    @property
    def percent(self) -> int:
        """How much is done: the step it says is under way, not done."""
        return 100 * (self.done - 1) // self.of if self.of else 0


def can_start_again() -> bool:
    """Whether it can be done while the site serves: on the embedded database."""
    return connection.vendor == "sqlite"


def how_far() -> Again:
    """Return how far starting again is, for the page that waits."""
    said = _progress().read_text().strip() if _progress().exists() else _DONE
    lock = _lock()
    if lock is not None:
        lock.close()
        why = said.removeprefix(_STOPPED) if said.startswith(_STOPPED) else ""
        return Again(going=False, ended_early=said != _DONE, why=why)
    step = _STEP.search(said)
    done, of = (int(step[1]), int(step[2])) if step else (0, 0)
    return Again(True, said, done, of)


def start_again_behind() -> bool:
    """Begin to start again while the page answers; False when it is going on already."""
    lock = _lock()
    if lock is None:
        return False
    _progress().write_text("Making Wrenmoor anew")
    Thread(target=_make_and_put, args=(lock, _keep_step), daemon=True).start()
    return True


def start_again(say: Say) -> bool:
    """Start again, saying each step; False when it is going on already."""
    lock = _lock()
    if lock is None:
        return False

    def keep_and_say(step: str) -> None:
        _keep_step(step)
        say(step)

    _make_and_put(lock, keep_and_say)
    return True


def _make_and_put(lock: TextIO, say: Say) -> None:
    with closing(lock):
        for left in settings.DATA_DIR.glob(f"{BESIDE}*"):
            shutil.rmtree(left, ignore_errors=True)  # by one that was killed
        beside = Path(tempfile.mkdtemp(prefix=BESIDE, dir=settings.DATA_DIR))
        try:
            _make(beside, say)
            _put_in_place(beside)
        except Exception as error:  # a thread is a door: the page says it, the log has it whole
            _keep_step(f"{_STOPPED}{error}")
            raise
        finally:
            shutil.rmtree(beside, ignore_errors=True)
        _keep_step(_DONE)


def _make(beside: Path, say: Say) -> None:
    """Have a process of its own fill a folder of its own, by the command that fills any site."""
    env = {
        **os.environ,
        "TRIALOGUE_DATA": str(beside),
        "TRIALOGUE_SECRET_KEY": settings.SECRET_KEY,
    }
    command = [sys.executable, "-m", "trialogue.cli", "demo", "--no-serve"]
    with subprocess.Popen(command, env=env, stderr=subprocess.PIPE, text=True) as filling:  # noqa: S603
        last = ""
        for line in filling.stderr or ():
            last = line.strip() or last
            if line.startswith("demonstration: "):
                say(line.strip())
    # The server reaps every child that ends, so its answer may be lost: the marker is not.
    if not (beside / marker().name).exists() or (beside / marker().name).read_text() != READY:
        raise RuntimeError(last[:300])


def _put_in_place(beside: Path) -> None:
    mark(FILLING)  # killed from here on, the next start fills it from nothing
    name = Path(str(settings.DATABASES["default"]["NAME"]))
    for folder in FOLDERS:
        shutil.rmtree(settings.DATA_DIR / folder, ignore_errors=True)
        if (beside / folder).exists():
            (beside / folder).rename(settings.DATA_DIR / folder)
    with (
        closing(sqlite3.connect(beside / name.name)) as new,
        closing(sqlite3.connect(name)) as old,
    ):
        new.backup(old)
    mark(READY)


def _keep_step(step: str) -> None:
    """Keep the newest step where the page finds it."""
    draft = _progress().with_suffix(".new")
    draft.write_text(step.removeprefix("demonstration: "))
    draft.replace(_progress())


def _progress() -> Path:
    path: Path = settings.DATA_DIR / "again"
    return path


def _lock() -> TextIO | None:
    """Return the lock that one at a time holds, or None. It goes when its process does."""
    file = (settings.DATA_DIR / "again.lock").open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return file
