"""A site with a round of today, a bad line to it, and phones."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Error, Playwright

from tests.browser.rounds.handset import Handset
from tests.browser.rounds.proxy import Proxy
from tests.faults.running import Person, Site

STOPS, PHONES = 5, 12


class RoundSite:
    """A served site, the line that phones reach it by, and its database beside."""

    def __init__(
        self,
        folder: Path,
        migrated: Path | None = None,
        *,
        stops: int = STOPS,
        phones: int = PHONES,
    ) -> None:
        if migrated:
            shutil.copytree(migrated, folder)
        made = subprocess.run(
            [sys.executable, "-m", "tests.browser.rounds.make_round", str(stops), str(phones)],
            env={name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
            | {"TRIALOGUE_DATA": str(folder)},
            cwd=Path(__file__).parents[3],
            check=True,
            capture_output=True,
            text=True,
        )
        self.owners: list[dict[str, str]] = json.loads(made.stdout)
        self.folder = folder
        self.site = Site(folder)
        self.line = Proxy()
        self.start()

    def start(self) -> None:
        self.site.start()
        self.line.upstream = self.site.address

    def rows(self, sql: str, *values: Any) -> list[Any]:
        with sqlite3.connect(self.folder / "trialogue.sqlite3", timeout=20) as database:
            return database.execute(sql, values).fetchall()

    def events(self) -> dict[str, Any]:
        """Everything recorded at doors and received, by identifier."""
        found = self.rows("SELECT id, body FROM visits_visitevent WHERE type = 'visit_recorded'")
        return {_uuid(one): json.loads(body) for one, body in found}

    @property
    def today(self) -> str:
        """The day of the round."""
        [(day,)] = self.rows("SELECT max(day) FROM visits_visit")
        return str(day)

    def desk(self) -> Person:
        return Person(self.site, "jo")


def _uuid(text: str) -> str:
    plain = text.replace("-", "")
    return "-".join((plain[:8], plain[8:12], plain[12:16], plain[16:20], plain[20:]))


@pytest.fixture(scope="session")
def round_site(tmp_path_factory, migrated) -> Iterator[RoundSite]:
    made = RoundSite(tmp_path_factory.mktemp("round") / "data", migrated)
    yield made
    made.line.stop()
    made.site.stop()
    assert "Traceback" not in made.site.said.read_text()


@pytest.fixture(scope="session")
def new_handset(
    playwright: Playwright, round_site: RoundSite, tmp_path_factory
) -> Iterator[Callable[[], Handset]]:
    """Another handset, of the next visitor."""
    made: list[Handset] = []

    def make() -> Handset:
        owner = round_site.owners.pop(0)
        folder = tmp_path_factory.mktemp("profile")
        made.append(Handset(playwright, folder, round_site.line.address, owner))
        return made[-1]

    yield make
    for one in made:
        with suppress(Error):  # a test closed it
            one.close()


@pytest.fixture(scope="module")
def handset(new_handset: Callable[[], Handset]) -> Handset:
    """One phone on its round, for all the tests of a file: each leaves nothing unsent."""
    made = new_handset()
    made.begin()
    return made
