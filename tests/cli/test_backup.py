"""`scripts/backup` copies a site that is running, and nobody else can read the copy."""

import os
import shutil
import sqlite3
import stat
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def backup(site, folder):
    env = {**os.environ, "TRIALOGUE_DATA": str(site)}
    env.pop("DATABASE_URL", None)
    command = [ROOT / "scripts/backup", folder]
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False)


@pytest.fixture
def site(tmp_path, migrated):
    folder = shutil.copytree(migrated, tmp_path / "site")
    (folder / "keys").mkdir()
    (folder / "keys/record").write_bytes(b"a key")
    (folder / "uploads").mkdir()
    (folder / "uploads/list.csv").write_text("id\n")
    return folder


@pytest.mark.slow
def test_a_backup_has_the_database_the_keys_and_the_files(site, tmp_path):
    with sqlite3.connect(
        site / "trialogue.sqlite3"
    ) as writing:  # not checkpointed: as when serving
        writing.execute(
            "INSERT INTO accounts_sweep (job, period, done_at) VALUES ('a', '1', '2027-02-03')"
        )
        writing.commit()

        done = backup(site, tmp_path / "copy")

    assert done.returncode == 0, done.stderr
    copy = tmp_path / "copy"
    with sqlite3.connect(copy / "trialogue.sqlite3") as reading:
        assert reading.execute("SELECT job FROM accounts_sweep").fetchall() == [("a",)]
    assert (copy / "keys/record").read_bytes() == b"a key"
    assert (copy / "uploads/list.csv").exists()
    assert (copy / "secret-key").read_text() == (site / "secret-key").read_text()
    assert stat.S_IMODE(copy.stat().st_mode) == 0o700
    again = backup(site, copy)
    assert (again.returncode, again.stderr) == (
        1,
        f"backup: {copy} is there already. Give another name.\n",
    )


def test_a_folder_without_a_site_is_refused(tmp_path):
    (tmp_path / "empty").mkdir()

    refused = backup(tmp_path / "empty", tmp_path / "copy")

    assert refused.returncode == 1
    assert "Set TRIALOGUE_DATA as the site has it" in refused.stderr
    assert not (tmp_path / "copy").exists()
