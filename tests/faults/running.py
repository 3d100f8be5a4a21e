"""The site as it is served, killed without warning and started again; and people at it."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import requests

from tests.faults.make_site import PASSWORD

PATIENCE = 60.0


class Site:
    """A server with its worker on a data folder. What it says is kept in `said`.

    `database` is the address of a PostgreSQL; without it the database is in the folder.
    """

    def __init__(
        self, folder: Path, command: str = "serve", *options: str, database: str = ""
    ) -> None:
        self.folder, self.command, self.options = folder, command, options
        self.database = database
        self.said = folder / "said.txt"
        self.address = ""

    def start(self) -> None:
        """Serve, and return once it answers."""
        before = self.begin()
        found = None
        while not found:
            assert self.process.poll() is None, self.said.read_text()
            time.sleep(0.05)
            found = re.search(r"ready on (http://[^/\s]+)", self.said.read_text()[before:])
        self.address = found[1]

    def begin(self) -> int:
        """Start it; return how much it had said before."""
        before = self.said.stat().st_size if self.said.exists() else 0
        with self.said.open("a") as out:
            self.process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "trialogue.cli"),
                    *(self.command, "--port", "0", *self.options),
                ],
                env=environment(self.folder, self.database),
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        return before

    def kill(self) -> None:
        """Kill every process of it at once: server and worker."""
        with suppress(ProcessLookupError):  # it is dead already
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def kill_those_at_work(self, *, tasks: bool) -> None:
        """Kill those that answer, and with `tasks` the worker; their parent starts others."""
        for child, words in children(self.process.pid).items():
            if tasks or b"worker" not in words:
                os.kill(child, signal.SIGKILL)

    def stop(self) -> None:
        """End it as an administrator does."""
        self.process.terminate()
        self.process.wait(PATIENCE)

    def until_it_answers(self) -> None:
        """Wait until a page comes."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            try:
                if requests.get(f"{self.address}/healthz", timeout=PATIENCE).ok:
                    return
            except requests.RequestException:
                time.sleep(0.05)
        raise AssertionError(self.said.read_text()[-2000:])


def environment(folder: Path, database: str = "") -> dict[str, str]:
    """What a process needs to work on a data folder and its database."""
    env = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    return env | {"TRIALOGUE_DATA": str(folder)} | ({"DATABASE_URL": database} if database else {})


def children(parent: int) -> dict[int, list[bytes]]:
    """The processes that a process started, with the words of their commands."""
    found = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
            words = stat.with_name("cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if int(fields[1]) == parent:
            found[int(stat.parent.name)] = words
    return found


class Person:
    """Somebody signed in, who remembers every answer that came."""

    def __init__(self, site: Site, name: str, password: str = PASSWORD) -> None:
        self.site = site
        self.session = requests.Session()
        self.answers: list[requests.Response] = []
        self.get("/account/sign-in/")
        came = self.post(
            "/account/sign-in/",
            {"username": f"{name}@wrenmoor.example", "password": password},
        )
        assert came is not None, "no answer"
        assert came.status_code == 302, came.text

    def another_tab(self) -> "Person":
        """The same browser, signed in, with an answer list of its own."""
        tab = object.__new__(Person)
        tab.site, tab.answers, tab.session = self.site, [], requests.Session()
        tab.session.cookies.update(self.session.cookies)
        return tab

    def get(self, path: str) -> requests.Response | None:
        """Ask for a page; None when no answer came."""
        return self._ask("GET", path)

    def post(self, path: str, data=None, files=None) -> requests.Response | None:
        """Send a form as its page does; None when no answer came."""
        return self._ask("POST", path, data=data or {}, files=files)

    def _ask(self, method: str, path: str, **sent) -> requests.Response | None:
        token = self.session.cookies.get("csrftoken") or ""
        try:
            came = self.session.request(
                method,
                self.site.address + path,
                headers={"X-CSRFToken": token, "Connection": "close"},
                timeout=PATIENCE,
                allow_redirects=False,
                **sent,
            )
        except requests.RequestException:
            return None
        self.answers.append(came)
        return came


def at_once(deeds: list[Callable[[], object]]) -> list[Any]:
    """Do everything at the same moment, each in a thread; what came of each, in their order."""
    ready = threading.Barrier(len(deeds))

    def one(deed: Callable[[], object]) -> object:
        ready.wait(PATIENCE)
        return deed()

    with ThreadPoolExecutor(len(deeds)) as threads:
        return list(threads.map(one, deeds))


class Saving(threading.Thread):
    """Another person, who saves one answer of a plan again and again. Stops when told.

    `kept` are the texts that the site said it had saved.
    """

    def __init__(self, person: Person, plan: str, body: dict[str, str], version: int) -> None:
        super().__init__(daemon=True)
        self.person, self.plan, self.body, self.version = person, plan, body, version
        self.kept: list[str] = []
        self.sent = 0
        self.over = threading.Event()

    def run(self) -> None:
        path = f"/trials/{self.plan}/plan/team/"
        while not self.over.wait(0.03):
            self.sent += 1
            contact = f"n{self.sent}@wrenmoor.example"
            data = {**self.body, "contact": contact, "version": str(self.version), "stay": "1"}
            came = self.person.post(path, data)
            if came is None or came.status_code == 409:
                # Whether it was kept is not known: look which version stands.
                self._look(path)
            else:
                assert came.status_code == 302, came.text
                self.kept.append(contact)
                self.version += 1

    def _look(self, path: str) -> None:
        page = self.person.get(path)
        found = page and re.search(r'name="version" value="(\d+)"', page.text)
        if found:
            self.version = int(found[1])

    def stop(self) -> None:
        """Stop after the answer that is under way."""
        self.over.set()
        self.join(PATIENCE)
