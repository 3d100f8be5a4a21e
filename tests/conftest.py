"""What tests of every room share."""

import fcntl
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("untimed", deadline=None)  # no test is of how fast the machine is
settings.load_profile("untimed")


@dataclass(frozen=True)
class Made:
    """A data folder that a command filled, to be copied: what it said, and how long it took."""

    folder: Path
    out: str
    err: str
    seconds: float


@pytest.fixture(scope="session")
def made_once(tmp_path_factory):
    """Fill a data folder by a command, once however many processes run the tests."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base

    def make(name: str, *command: str) -> Made:
        folder = shared / name
        out, err, took = (shared / f"{name}.{kind}" for kind in ("out", "err", "took"))
        with (shared / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not took.exists():
                env = {**os.environ, "TRIALOGUE_DATA": str(folder)}
                env.pop("DATABASE_URL", None)
                start = time.monotonic()
                with out.open("w") as said, err.open("w") as told:
                    subprocess.run(
                        [sys.executable, "-m", *command],
                        env=env,
                        cwd=Path(__file__).parents[1],
                        stdout=said,
                        stderr=told,
                        check=True,
                    )
                took.write_text(str(time.monotonic() - start))
        return Made(folder, out.read_text(), err.read_text(), float(took.read_text()))

    return make


@pytest.fixture(scope="session")
def migrated(made_once):
    """A data folder with its tables made: making them takes seconds."""
    return made_once("migrated", "trialogue.cli", "manage", "migrate", "-v0").folder


@pytest.fixture(scope="session")
def wrenmoor(made_once):
    """The demonstration, as `trialogue demo` fills it: that takes half a minute."""
    return made_once("wrenmoor", "trialogue.cli", "demo", "--no-serve")
