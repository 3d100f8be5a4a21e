"""The real server in a process of its own, and somebody who fetches pages from it."""

import gzip
import http.client
import re
import signal
import subprocess
import sys
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import filled_site

HERE = Path(__file__).parent


@contextmanager
def server(folder: Path, *, copies: Path | None = None) -> Iterator[int]:
    """Serve a data folder by `trialogue serve --no-worker`, counting queries; yield its port."""
    environment = filled_site.environment(
        folder,
        DJANGO_SETTINGS_MODULE="counted_site",
        PYTHONPATH=str(HERE),
        BENCH_COPIES=str(copies or ""),
    )
    process = subprocess.Popen(
        [sys.executable, "-m", "trialogue.cli", "serve", "--no-worker", "--port", "0"],
        env=environment, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        for line in process.stderr or ():
            if found := re.search(r"ready on http://127\.0\.0\.1:(\d+)/", line):
                yield int(found[1])
                break
            print(line, end="", file=sys.stderr)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


@dataclass(frozen=True)
class Answer:
    """What came over the wire for one address, and how long it took."""

    status: int
    headers: dict[str, str]
    body: bytes
    seconds: float

    @property
    def text(self) -> str:
        packed = self.headers.get("content-encoding") == "gzip"
        return (gzip.decompress(self.body) if packed else self.body).decode()

    @property
    def is_page(self) -> bool:
        return self.headers.get("content-type", "").startswith("text/html")


class Visitor:
    """Somebody at a browser, signed in or not."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.cookies: dict[str, str] = {}

    def get(self, path: str) -> Answer:
        return self._ask("GET", path, None)

    def sign_in(self, email: str, password: str) -> None:
        page = self.get("/account/sign-in/").text
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert token
        form = {"csrfmiddlewaretoken": token[1], "username": email, "password": password}
        answer = self._ask("POST", "/account/sign-in/", urllib.parse.urlencode(form))
        assert answer.status == 302, answer.text

    def _ask(self, method: str, path: str, form: str | None) -> Answer:
        headers = {
            "Accept-Encoding": "gzip",
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "Referer": f"http://127.0.0.1:{self.port}/",
        }
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        start = perf_counter()
        connection.request(method, path, form, headers)
        response = connection.getresponse()
        body = response.read()
        seconds = perf_counter() - start
        for said in response.headers.get_all("Set-Cookie") or ():
            name, _, value = said.partition(";")[0].partition("=")
            self.cookies[name] = value
        connection.close()
        kept = {name.lower(): value for name, value in response.headers.items()}
        return Answer(response.status, kept, body, seconds)
