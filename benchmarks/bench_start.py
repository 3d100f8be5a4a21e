"""How long until something answers: the command's help, the first page, the second start.

The peer of the help is `import django` alone; of the second start, the smallest Django project
there can be behind the same server (one view, no database). The first start fills the
demonstration. Packages are installed already, as in `make run` with them cached: a machine that
has still to unpack them adds that.
"""

import os
import re
import resource
import signal
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path
from statistics import median
from time import perf_counter

from results import row

HELP, IMPORT, FIRST, SECOND = 0.5, 0.4, 90.0, 5.0
ROUNDS = 7
SMALLEST = """
import sys
from django.conf import settings
settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], SECRET_KEY="x")
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.urls import path
urlpatterns = [path("", lambda request: HttpResponse("ok"))]
from gunicorn.app.base import BaseApplication
class Site(BaseApplication):
    def load_config(self):
        ready = lambda server: print(
            "ready on http://127.0.0.1:%d/" % server.LISTENERS[0].sock.getsockname()[1],
            file=sys.stderr, flush=True)
        for name, value in {"bind": "127.0.0.1:0", "workers": 2, "worker_class": "gthread",
                            "threads": 4, "when_ready": ready, "loglevel": "warning"}.items():
            self.cfg.set(name, value)
    def load(self):
        return get_wsgi_application()
Site().run()
"""


def main() -> None:
    beside("`trialogue --help`", ["-m", "trialogue.cli", "--help"], "import django", HELP)
    effects = "import trialogue.methods.effects"
    beside(f"`{effects}`", ["-c", effects], "import scipy.special", IMPORT)
    with tempfile.TemporaryDirectory() as folder:
        demo = [sys.executable, "-m", "trialogue.cli", "demo", "--port", "0"]
        before = children()
        first = until_a_page(demo, folder)
        used = children() - before
        row(
            "`trialogue demo` in an empty folder, to its first page", "none",
            f"{first:.0f} s ({used:.0f} s of CPU), nearly all of it filling the demonstration",
            "≤ 90 s",
            first <= FIRST,
        )  # fmt: skip
        smallest = [sys.executable, "-c", SMALLEST]
        times = [(until_a_page(demo, folder), until_a_page(smallest, folder)) for _ in range(3)]
    own, theirs = (median(column) for column in zip(*times, strict=True))
    row(
        "its second start, to its first page", "the smallest Django project, same server",
        f"{own:.1f} s, {own / theirs:.1f} times its {theirs:.1f} s", "≤ 5 s", own <= SECOND,
    )  # fmt: skip


def beside(what: str, ours: list[str], peer: str, most: float) -> None:
    """Set a command's CPU beside that of an import, turn about."""
    commands = [sys.executable, *ours], [sys.executable, "-c", peer]
    times = [[cpu(command) for command in commands] for _ in range(ROUNDS)]
    own, theirs = (median(column) for column in zip(*times, strict=True))
    row(
        what, f"python -c '{peer}'",
        f"{own:.2f} s CPU, {own / theirs:.1f} times its {theirs:.2f} s", f"≤ {most} s of CPU",
        own <= most,
    )  # fmt: skip


def cpu(command: list[str]) -> float:
    """CPU seconds of a command and of what it starts."""
    before = children()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return children() - before


def children() -> float:
    """CPU seconds of all that this process started and saw the end of."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def until_a_page(command: list[str], folder: str) -> float:
    """Seconds from the command to its first page; then it is stopped."""
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    environment["TRIALOGUE_DATA"] = str(Path(folder) / "data")
    start = perf_counter()
    server = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
    seconds = 0.0
    for line in server.stderr or ():
        if found := re.search(r"ready on (http://127\.0\.0\.1:\d+/)", line):
            with urllib.request.urlopen(found[1]) as page:
                assert page.status == 200
            seconds = perf_counter() - start
            break
    server.send_signal(signal.SIGTERM)
    server.communicate(timeout=30)
    assert seconds, "it never said that it is ready"
    return seconds


if __name__ == "__main__":
    main()
