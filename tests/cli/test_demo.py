"""`trialogue demo` fills an empty site once, and refuses one that holds anything real."""

import os
import subprocess
import sys

import pytest

FILL = [sys.executable, "-m", "trialogue.cli", "demo", "--no-serve"]


def run(command, folder):
    env = {**os.environ, "TRIALOGUE_DATA": str(folder)}
    env.pop("DATABASE_URL", None)
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_demonstration_is_made_once_and_can_be_looked_around(tmp_path):
    first = run(FILL, tmp_path)
    second = run(FILL, tmp_path)

    assert first.returncode == 0, first.stderr
    assert "12 of 12 trials" in first.stderr
    assert "tom@wrenmoor.example" in first.stderr
    assert "making Wrenmoor" not in second.stderr


def test_demonstration_refuses_a_site_that_holds_anything_else(tmp_path):
    manage = [sys.executable, "-m", "trialogue.cli", "manage"]
    run([*manage, "migrate", "-v0"], tmp_path)
    make = (
        "from trialogue.accounts.models import Organisation as O; import datetime as d; "
        "O.objects.create(name='A', slug='a', kind='council', "
        "created_at=d.datetime.now(d.UTC))"
    )
    run([*manage, "shell", "-c", make], tmp_path)

    refused = run(FILL, tmp_path)

    assert refused.returncode == 2
    assert "not the demonstration's" in refused.stderr
