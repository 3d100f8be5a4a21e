"""A real site, a real browser, and what every page is held to."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

AXE = Path(__file__).parents[2] / "node_modules/axe-core/axe.min.js"
PASSWORD = "look-around-wrenmoor"
CHROMIUM = ("/usr/bin/chromium", "/usr/bin/google-chrome", "/opt/google/chrome/chrome")
WIDE = {"width": 1200, "height": 900}
PHONE = {"width": 320, "height": 640}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything here as in need of a browser."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("browser")


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    """Playwright with the distribution's own Chromium."""
    found = next(path for path in CHROMIUM if Path(path).exists())
    return {**browser_type_launch_args, "executable_path": found}


def serve(folder: Path, command: str) -> Iterator[str]:
    """Run the site as its users do, on a free port; yield its address, and its words before."""
    env = {**os.environ, "TRIALOGUE_DATA": str(folder)}
    env.pop("DATABASE_URL", None)
    said = folder / "said.txt"
    with said.open("w") as out:
        server = subprocess.Popen(
            [sys.executable, "-m", "trialogue.cli", command, "--port", "0"],
            env=env,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            yield _address(server, said)
        finally:
            os.killpg(server.pid, signal.SIGTERM)
            try:
                server.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(server.pid, signal.SIGKILL)
                server.wait()


def _address(server: "subprocess.Popen[bytes]", said: Path) -> str:
    for _ in range(1200):
        found = re.search(r"ready on (http://[^/\s]+)", said.read_text())
        if found:
            return found[1]
        try:
            server.wait(0.1)
        except subprocess.TimeoutExpired:
            continue
        break
    raise AssertionError(said.read_text()[-2000:])


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory, wrenmoor) -> Iterator[str]:
    """The made-up council, as `trialogue demo` shows it."""
    folder = tmp_path_factory.mktemp("demonstration") / "data"
    yield from serve(shutil.copytree(wrenmoor.folder, folder), "demo")


@pytest.fixture
def new_site(tmp_path, migrated) -> Iterator[str]:
    """A site that nobody has set up."""
    yield from serve(shutil.copytree(migrated, tmp_path, dirs_exist_ok=True), "serve")


# Who signed in where: a password that is slow to guess is slow to check, and is typed once.
SESSIONS: dict[tuple[str, str], list[Any]] = {}


class Visitor:
    """Somebody at a browser, who looks at each page for what a page must never have."""

    def __init__(self, context: BrowserContext, site: str, *, scripts: bool = True) -> None:
        """`site` is its address without a path; `scripts`, whether the browser runs them."""
        self.site = site
        self.scripts = scripts
        self.context = context
        self.page: Page = context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", lambda message: self._heard(message.type, message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(f"script: {error}"))
        self.page.on("request", lambda request: self._asked(request.url))

    def _heard(self, kind: str, text: str) -> None:
        # A refused page is an answer; and axe tries inline styles, which our policy blocks.
        expected = "responded with a status of 4" in text or "Applying inline style" in text
        if kind == "error" and not expected:
            self.complaints.append(f"console: {text}")

    def _asked(self, url: str) -> None:
        if urlsplit(url).scheme in {"http", "https"} and not url.startswith(self.site):
            self.complaints.append(f"asked another host: {url}")

    def sign_in(self, name: str) -> None:
        """Sign in as one of the demonstration's people, or go on with a session of theirs."""
        if (self.site, name) in SESSIONS:
            self.context.add_cookies(SESSIONS[self.site, name])
            self.open("/your-work/")
            if "/account/sign-in" not in self.page.url:
                return
        self.open("/account/sign-in/")
        self.page.get_by_label("E-mail address").fill(f"{name}@wrenmoor.example")
        self.page.get_by_label("Password", exact=True).fill(PASSWORD)
        self.page.get_by_role("button", name="Sign in").click()
        assert "/account/sign-in" not in self.page.url, self.words()
        SESSIONS[self.site, name] = self.context.cookies()

    def open(self, path: str) -> int:
        """Go to a page; return the answer's status."""
        answer = self.page.goto(self.site + path)
        assert answer is not None
        return answer.status

    def press(self, name: str) -> None:
        """Press a button, and look at the page it leads to."""
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=name).click()
        self.look()

    def words(self) -> str:
        """Return what the page says in its main part."""
        return self.page.locator("main").inner_text()

    def look(self, *, narrow: bool = True) -> None:
        """Hold the page to what every page must be. With `narrow`, at 320 pixels too."""
        page = self.page
        page.wait_for_load_state()  # a link was followed: its page may be half there
        where = page.url
        assert page.locator("h1").count() == 1, where
        assert page.title().count(" – ") >= 1, (where, page.title())
        assert page.locator("style, [style]").count() == 0, where
        assert self.complaints == [], where
        if not is_new(page):
            return
        # Where a browser runs no script, axe never answers: the same page is read with them.
        assert not self.scripts or violations(page) == [], where
        if narrow:
            size = page.viewport_size
            page.set_viewport_size(PHONE)
            assert page.evaluate("document.documentElement.scrollWidth") <= 320, (
                where,
                too_wide(page),
            )
            page.set_viewport_size(size or WIDE)


# The parts of pages that were looked at: what somebody else, or the same, sees again.
LOOKED_AT: set[int] = set()
PARTS = """() => {
  const page = document.documentElement.cloneNode(true);
  page.querySelectorAll("title, [name=csrfmiddlewaretoken]").forEach(each => each.remove());
  const main = page.querySelector("main");
  main.remove();
  return [main.outerHTML, page.outerHTML];
}"""


def is_new(page: Page) -> bool:
    """Whether the main part of a page, or what stands around it, was not looked at before."""
    size = page.viewport_size or WIDE
    parts = {hash((part, size["width"])) for part in page.evaluate(PARTS)}
    new = parts - LOOKED_AT
    LOOKED_AT.update(new)
    return bool(new)


def violations(page: Page) -> list[str]:
    """Return what axe finds wrong, each with its place."""
    page.evaluate(AXE.read_text() + ";0")
    found = page.evaluate(
        "axe.run(document, {resultTypes: ['violations']}).then(found => found.violations)"
    )
    return [
        f"{one['id']}: {node['html'][:200]} {node.get('failureSummary', '')[:200]}"
        for one in found
        for node in one["nodes"]
    ]


def too_wide(page: Page) -> list[str]:
    """Return the elements that stick out at the right."""
    found: list[str] = page.evaluate(
        """[...document.querySelectorAll('body *')].filter(e =>
             e.getBoundingClientRect().right > 321 && !e.closest('[tabindex="0"]'))
           .slice(0, 5).map(e => e.outerHTML.slice(0, 160))"""
    )
    return found


@pytest.fixture
def visitor(browser: Browser, demonstration: str) -> Iterator[Visitor]:
    """Somebody who has not signed in, at the demonstration."""
    context = browser.new_context(viewport=WIDE, bypass_csp=False)
    yield Visitor(context, demonstration)
    context.close()


@pytest.fixture
def phone(browser: Browser, demonstration: str) -> Iterator[Visitor]:
    """The same on a phone, without JavaScript."""
    context = browser.new_context(viewport=PHONE, java_script_enabled=False)
    yield Visitor(context, demonstration, scripts=False)
    context.close()


@pytest.fixture
def own_demonstration(browser: Browser, tmp_path, wrenmoor) -> Iterator[Visitor]:
    """Somebody at a demonstration that nobody else looks at: it can be started again."""
    context = browser.new_context(viewport=WIDE)
    for site in serve(shutil.copytree(wrenmoor.folder, tmp_path, dirs_exist_ok=True), "demo"):
        yield Visitor(context, site)
    context.close()
