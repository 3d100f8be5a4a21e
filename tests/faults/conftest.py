"""One site with trials at the moments that matter, made once and copied."""

import json
import shutil
from contextlib import contextmanager
from copy import deepcopy

import pytest

from tests.faults.running import Site


@pytest.fixture(scope="session")
def made(made_once):
    """The folder of a filled site, and which trial is where."""
    filled = made_once("made", "tests.faults.make_site")
    return filled.folder, json.loads(filled.out)


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
