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


@pytest.mark.slow
def test_the_demonstrations_visits_belong_to_their_trial_and_three_have_no_place(wrenmoor):
    with sqlite3.connect(wrenmoor.folder / "trialogue.sqlite3") as base:

        def count(question):
            return base.execute(f"SELECT COUNT(*) FROM {question}").fetchone()[0]

        assert count("visits_round") == 8
        assert count("visits_resident") == 34
        assert count("visits_resident WHERE preferred_name = 'Mr Teal'") == 1  # Ivor
        placed = "SELECT resident_id FROM visits_plannedvisit"
        assert count(f"visits_resident WHERE id NOT IN ({placed})") == 3
        assert count("visits_scheme s JOIN trials_trial t ON t.public_id = s.trial") == 1
        assert count("visits_area WHERE starts_on IS NOT NULL") == 20
        assert count("visits_visitlist") > 0


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
