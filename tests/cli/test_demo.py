"""`trialogue demo` fills an empty site once, and refuses one that holds anything real."""

import os
import shutil
import sqlite3
import subprocess
import sys

import pytest

FILL = [sys.executable, "-m", "trialogue.cli", "demo", "--no-serve"]


def run(command, folder):
    env = {**os.environ, "TRIALOGUE_DATA": str(folder)}
    env.pop("DATABASE_URL", None)
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_demonstration_is_made_once_and_can_be_looked_around(tmp_path, wrenmoor):
    folder = shutil.copytree(wrenmoor.folder, tmp_path / "data")
    second = run(FILL, folder)

    assert "12 of 12 trials" in wrenmoor.err
    assert "tom@wrenmoor.example" in wrenmoor.err
    assert second.returncode == 0, second.stderr
    assert "making Wrenmoor" not in second.stderr
    with sqlite3.connect(folder / "trialogue.sqlite3") as base:
        told = base.execute(
            "SELECT COUNT(*) FROM evidence_event e JOIN evidence_publisherkey k"
            " ON k.publisher_id = e.publisher_id AND k.valid_from >= e.created"
            " JOIN evidence_publisher p ON p.id = e.publisher_id AND p.own"
        )
        assert told.fetchone() == (1,)  # the first; of the others none is of before its key


def test_demonstration_refuses_a_site_that_holds_anything_else(tmp_path, migrated):
    folder = shutil.copytree(migrated, tmp_path / "site")
    with sqlite3.connect(folder / "trialogue.sqlite3") as base:
        base.execute(
            "INSERT INTO accounts_organisation (name, slug, kind, gss_code, contact, zone,"
            " settings, version, created_at)"
            " VALUES ('A', 'a', 'council', '', '', 'Europe/London', '{}', 1, '2027-02-03')"
        )

    refused = run(FILL, folder)

    assert refused.returncode == 2
    assert "not the demonstration's" in refused.stderr
