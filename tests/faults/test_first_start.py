"""The first start of the demonstration, killed at any moment, and run again."""

import random
import time

import pytest
import requests

from tests.faults.kept import Kept
from tests.faults.running import PATIENCE, Site

KILLS = 5
# What is counted: the same whoever made it, and whenever.
TABLES = (
    *("accounts_person", "accounts_membership", "accounts_organisation"),
    *("ideas_idea", "trials_trial", "trials_draw", "trials_unit", "trials_assignment"),
    *("trials_measurement", "trials_analysis", "evidence_publisher"),
)


def counts(kept):
    return {table: kept.rows(f"SELECT COUNT(*) n FROM {table}")[0]["n"] for table in TABLES}


@pytest.mark.slow
def test_a_first_start_that_is_killed_is_run_again_and_makes_the_whole_demonstration(
    tmp_path, wrenmoor
):
    undisturbed = Kept(wrenmoor.folder)
    folder = tmp_path / "killed"
    folder.mkdir()
    site, chance = Site(folder, "demo"), random.Random()

    for number in range(KILLS):
        site.begin()
        # Early moments as well as late ones: each kill costs what was made until then.
        time.sleep(chance.uniform(0, wrenmoor.seconds / (2 + number)))
        assert site.process.poll() is None, site.said.read_text()
        site.kill()
    site.start()
    pages = {path: requests.get(site.address + path, timeout=PATIENCE) for path in ("/", "/demo/")}
    site.stop()

    assert {path: page.status_code for path, page in pages.items()} == {"/": 200, "/demo/": 200}
    assert counts(Kept(folder)) == counts(undisturbed)
    Kept(folder).verify()
    said = site.said.read_text()
    assert "Traceback" not in said
    assert "database is locked" not in said
    kept = {path.name for path in folder.iterdir()}
    assert kept == {path.name for path in wrenmoor.folder.iterdir()} | {"said.txt"}
