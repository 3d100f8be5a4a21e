"""What tests of every room share."""

import os
import subprocess
import sys

import pytest


@pytest.fixture(scope="session")
def migrated(tmp_path_factory):
    """A data folder with its tables made, to be copied: making them takes seconds."""
    folder = tmp_path_factory.mktemp("migrated") / "data"
    env = {**os.environ, "TRIALOGUE_DATA": str(folder)}
    env.pop("DATABASE_URL", None)
    migrate = [sys.executable, "-m", "trialogue.cli", "manage", "migrate", "-v0"]
    subprocess.run(migrate, env=env, check=True)
    return folder
