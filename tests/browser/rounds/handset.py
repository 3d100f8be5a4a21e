"""A visitor's phone: a real browser with a profile on the disk, that can be killed."""

import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from playwright.sync_api import Error, Page, Playwright, expect

from tests.browser.conftest import CHROMIUM
from tests.browser.rounds.make_round import DOOR, NAMES, PASSWORD, STREET

PIN = "271828"
SCREEN = {"width": 375, "height": 720}
PATIENCE = 30.0
# A record's note begins with this, so that it is found wherever it is left in plain.
NOTE = "gannet-in-the-larder"
# Record many things as the screens do, by the page's own script.
RECORD = """
async ([script, count, note, visits]) => {
  const { record } = await import(script);
  const made = {};
  for (let at = 0; at < count; at += 1) {
    const body = { answers: { self: { answer: "no", note: `${note} ${at}` } }, noticed: "" };
    const visit = visits[at % visits.length];
    const row = await record("visit_recorded", { visit, stop: 1, body });
    made[row.id] = body;
  }
  return made;
}
"""
VISITS = """
async (script) => {
  const { here } = await import(script);
  return here.list.stops.map((stop) => stop.visit);
}
"""
COUNTS = """
async () => {
  const db = await new Promise((done) => {
    const asked = indexedDB.open("trialogue-round");
    asked.onsuccess = () => done(asked.result);
  });
  const all = (store) => new Promise((done) => {
    const asked = db.transaction(store).objectStore(store).getAll();
    asked.onsuccess = () => done(asked.result);
  });
  const [outbox, journal] = [await all("outbox"), await all("journal")];
  db.close();
  return [outbox.length, journal.length, journal.filter((row) => row.received_at).length];
}
"""


class Handset:
    """A phone of a visitor, whose browser keeps its profile in a folder."""

    def __init__(self, playwright: Playwright, folder: Path, site: str, owner: dict[str, str]):
        self.playwright, self.folder, self.site, self.owner = playwright, folder, site, owner
        self.made: dict[str, Any] = {}
        self.complaints: list[str] = []

    def open(self, path: str = "/round/", *, script: str = "") -> Page:
        """Start the browser and open the page."""
        found = next(path for path in CHROMIUM if Path(path).exists())
        for left in self.folder.glob("Singleton*"):
            left.unlink()
        self.context = self.playwright.chromium.launch_persistent_context(
            self.folder,
            executable_path=found,
            args=["--no-sandbox"],
            viewport=SCREEN,
            locale="en-GB",
            timezone_id="Europe/London",
        )
        self.context.set_default_timeout(PATIENCE * 1000)
        if script:
            self.context.add_init_script(script)
        self.page = self.context.pages[0]
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.goto(self.site + path)
        return self.page

    def begin(self, *, script: str = "") -> Page:
        """Set the phone up, sign in, get the list, choose a PIN and start the round."""
        page = self.open(f"/round/#set-up={self.owner['token']}", script=script)
        page.get_by_role("button", name="Set up this phone").click()
        page.get_by_role("button", name="Get today’s list").click()
        page.get_by_role("link", name="Sign in").click()
        page.get_by_label("E-mail address").fill(self.owner["email"])
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("button", name="Get today’s list").click()
        page.get_by_label("Six digits").fill(PIN)
        page.get_by_role("button", name="Lock with this PIN").click()
        page.get_by_label("When do you expect to finish?").fill("15:30")
        page.get_by_role("button", name="Start").click()
        expect(page.get_by_role("link", name="I have finished")).to_be_visible()
        # Kept for when there is no signal.
        page.evaluate("navigator.serviceWorker.ready.then(() => 1)")
        self.visits: list[str] = page.evaluate(VISITS, self.module("here"))
        self.until_sent()
        return page

    def unlock(self) -> Page:
        """Open the page again after the browser was closed or killed."""
        self.open()
        self.enter_pin()
        return self.page

    def enter_pin(self) -> None:
        """Open the list."""
        self.page.get_by_label("PIN").fill(PIN)
        self.page.get_by_role("button", name="Open the list").click()
        expect(self.page.get_by_role("link", name="I have finished")).to_be_visible()

    def module(self, name: str) -> str:
        """Return the address of a script of the page, as it was gathered."""
        found: str = self.page.evaluate(
            """(name) => performance.getEntriesByType("resource").map((one) => one.name)
                 .find((one) => new RegExp(`js/round/${name}\\.[^/]*js$`).test(one))""",
            name,
        )
        return found

    def record(self, count: int) -> None:
        """Record so many things at doors."""
        note = f"{NOTE} {len(self.made)}"
        self.made |= self.page.evaluate(RECORD, [self.module("record"), count, note, self.visits])

    def counts(self) -> tuple[int, int, int]:
        """Return what waits in the outbox, and how much was recorded and received."""
        waits, recorded, received = self.page.evaluate(COUNTS)
        return waits, recorded, received

    def wake(self) -> None:
        """Have signal again, as the browser tells its pages."""
        self.page.evaluate("window.dispatchEvent(new Event('online'))")

    def until_sent(self, patience: float = PATIENCE) -> None:
        """Wait until nothing waits; both counts of the page agree."""
        until(lambda: self._sent(), patience, lambda: f"{self.counts()}")
        words = self.page.locator("#counts")
        recorded = self.counts()[1]
        expect(words).to_have_text(f"Recorded {recorded}, received {recorded}")

    def _sent(self) -> bool:
        waits, recorded, received = self.counts()
        if waits:
            self.wake()
        return waits == 0 and recorded == received

    def close(self) -> None:
        self.context.close()

    def kill(self) -> None:
        """Kill every process of the browser at once, without warning."""
        for process in self._processes():
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        until(lambda: not self._processes(), PATIENCE, lambda: "the browser lives")
        with suppress(Error):  # Playwright may have heard of it by itself
            self.context.close()

    def _processes(self) -> list[int]:
        found = []
        for words in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                if str(self.folder).encode() in words.read_bytes():
                    found.append(int(words.parent.name))
            except OSError:
                continue
        return [one for one in found if one != os.getpid()]

    def plaintext(self) -> list[str]:
        """Return each file of the profile that holds something readable about anybody."""
        needles = [
            word.encode(code)
            for word in (*NAMES, STREET, DOOR, NOTE)
            for code in ("utf-8", "utf-16-le")
        ]
        return [f"{file}: {one!r}" for one in needles for file in self.holding(one)]

    def holding(self, needle: bytes) -> list[Path]:
        """Return the files of the profile with these bytes."""
        return [
            file for file in self.folder.rglob("*") if file.is_file() and needle in _bytes(file)
        ]


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:  # the browser put it away meanwhile
        return b""


def until(true: Callable[[], bool], patience: float, said: Callable[[], str]) -> None:
    """Wait until something is so."""
    end = time.monotonic() + patience
    while not true():
        assert time.monotonic() < end, said()
        time.sleep(0.1)
