"""One site with trials at the moments that matter, made once and copied."""

import json
import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from copy import deepcopy
from pathlib import Path

import pytest

from tests.faults.running import Site


@pytest.fixture(scope="session")
def made(tmp_path_factory):
    """The folder of a filled site, and which trial is where."""
    folder = tmp_path_factory.mktemp("made")
    env = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.make_site"],
        env=env | {"TRIALOGUE_DATA": str(folder)},
        cwd=Path(__file__).parents[2],
        check=True,
        capture_output=True,
        text=True,
    )
    return folder, json.loads(done.stdout)


@contextmanager
def served(made, folder):
    """A copy of it, served; and which trial is where."""
    filled, trials = made
    shutil.copytree(filled, folder)
    running = Site(folder)
    running.start()
    yield running, deepcopy(trials)  # a test takes trials from it; the next begins with them all
    if running.process.poll() is None:
        running.stop()
    assert "database is locked" not in running.said.read_text()


@pytest.fixture
def site(made, tmp_path):
    """A site of one test's own: what is killed there is nobody else's."""
    with served(made, tmp_path / "data") as site:
        yield site


@pytest.fixture(scope="module")
def shared(made, tmp_path_factory):
    """One for all the tests of a file, each with trials of its own."""
    with served(made, tmp_path_factory.mktemp("shared") / "data") as site:
        yield site
