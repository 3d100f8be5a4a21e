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
from uuid import UUID

import psycopg
import pytest
from playwright.sync_api import Error, Playwright

from tests.browser.rounds.handset import Handset
from tests.browser.rounds.proxy import Proxy
from tests.faults.running import Person, Site, environment

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
        database: str = "",
    ) -> None:
        if migrated:
            shutil.copytree(migrated, folder)
        made = subprocess.run(
            [sys.executable, "-m", "tests.browser.rounds.make_round", str(stops), str(phones)],
            env=environment(folder, database),
            cwd=Path(__file__).parents[3],
            check=True,
            capture_output=True,
            text=True,
        )
        self.owners: list[dict[str, str]] = json.loads(made.stdout)
        self.folder, self.database = folder, database
        self.site = Site(folder, database=database)
        self.line = Proxy()
        self.start()

    def start(self) -> None:
        self.site.start()
        self.line.upstream = self.site.address

    def connected(self) -> Any:
        """Return a connection to its database, which ends with a commit."""
        if self.database:
            return psycopg.connect(self.database)
        return sqlite3.connect(self.folder / "trialogue.sqlite3", timeout=20)

    def rows(self, sql: str, *values: Any) -> list[Any]:
        """Do something in the database beside it. `values`: on SQLite alone."""
        with self.connected() as database:
            done = database.execute(sql, values)
            return list(done.fetchall()) if done.description else []

    def events(self) -> dict[str, Any]:
        """Everything recorded at doors and received, by identifier."""
        found = self.rows("SELECT id, body FROM visits_visitevent WHERE type = 'visit_recorded'")
        return {str(UUID(str(one))): _read(body) for one, body in found}

    @property
    def today(self) -> str:
        """The day of the round."""
        [(day,)] = self.rows("SELECT max(day) FROM visits_visit")
        return str(day)

    def desk(self) -> Person:
        return Person(self.site, "jo")


def _read(body: Any) -> Any:
    return json.loads(body) if isinstance(body, str) else body


@pytest.fixture(scope="session")
def round_site(tmp_path_factory, migrated) -> Iterator[RoundSite]:
    folder = tmp_path_factory.mktemp("round") / "data"
    database = os.environ.get("DATABASE_URL", "")
    made = RoundSite(folder, migrated, database=database)
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
