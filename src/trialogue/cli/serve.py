"""Serve the site."""

import os
import socket
import subprocess
import sys
import threading
from functools import partial
from importlib.resources import files
from typing import Any

import click

from trialogue.cli.output import say
from trialogue.cli.site import use_site
from trialogue.cli.slips import Whole
from trialogue.methods.problems import InputError, Problem

PORT = "Where it listens; 0: a free one. Or set TRIALOGUE_PORT.  [8000]"
HOST = "The address it listens on; 0.0.0.0: every one.  [127.0.0.1]"


@click.command()
@click.option("--port", type=Whole(), envvar="TRIALOGUE_PORT", default=8000, help=PORT)
@click.option("--host", default="127.0.0.1", metavar="ADDRESS", help=HOST)
@click.option("--no-worker", is_flag=True, help="The web server alone: run workers apart.")
def serve(port: int, host: str, no_worker: bool) -> None:
    """Serve the site with its worker, until it is stopped.

    Makes or upgrades its database first. The site keeps everything in the folder TRIALOGUE_DATA
    (./data unless set), or its tables in the PostgreSQL of DATABASE_URL. Every setting:
    docs/guides/administrator.md.

    An empty site prints a code: open /setup/ with it to name the council and its administrator.

    \b
      TRIALOGUE_DATA=/srv/trialogue trialogue serve --port 8000
    """
    use_site()
    if not files("trialogue").joinpath("site/static/vendor").is_dir():
        mend = "Run make setup there, and build it again"
        raise InputError(Problem("Trialogue was built without its style sheets", mend))
    free_or_stop(host, port)
    if port:
        os.environ["TRIALOGUE_PORT"] = str(port)  # where links in messages lead
    import django
    from django.conf import settings
    from django.core.management import call_command

    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    django.setup()
    call_command("migrate", verbosity=0)
    call_command("collectstatic", clear=True, interactive=False, verbosity=0)
    from django.db import connections

    from trialogue.accounts import services

    code = services.offer_setup_code()
    connections.close_all()  # the server forks: each process opens its own
    stopping = threading.Event()
    minder = threading.Thread(target=_keep_a_worker, args=(stopping,))
    if not no_worker:
        minder.start()
    try:
        _server(host, port, code).run()
    finally:
        stopping.set()
        if not no_worker:
            minder.join()


def free_or_stop(host: str, port: int) -> None:
    """Leave with one line when the port is taken."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OverflowError:
            raise InputError(Problem("the largest is 65535", column=f"--port {port}")) from None
        except OSError:
            say(f"Port {port} is in use. Choose another: TRIALOGUE_PORT={port + 1} make run")
            raise SystemExit(1) from None


def _keep_a_worker(stopping: threading.Event) -> None:
    """Run a worker beside the server until it stops; another where one was killed."""
    while not stopping.is_set():
        worker = _start_worker()
        # The server reaps every child that ends: `poll` then finds it gone, which is an end too.
        while worker.poll() is None:
            if stopping.wait(0.5):
                worker.terminate()
                worker.wait()
                return
        say("The worker stopped. Starting it again.")
        stopping.wait(2)


def _start_worker() -> subprocess.Popen[bytes]:
    """Start the worker beside the server; it stops by itself if the server is killed."""
    return subprocess.Popen(  # noqa: S603  our own command
        [sys.executable, "-m", "trialogue.cli", "worker", "--parent", str(os.getpid())]
    )


def _server(host: str, port: int, code: str | None) -> Any:
    """Return gunicorn on this site; it says where it is once it answers, and how to set it up."""
    from gunicorn.app.base import BaseApplication

    class Site(BaseApplication):  # type: ignore[misc]
        def load_config(self) -> None:
            for name, value in {
                "bind": f"{host}:{port}",
                "workers": 2,
                "preload_app": True,
                "worker_class": "gthread",
                "threads": 4,
                "loglevel": "warning",
                "when_ready": partial(_ready, code),
            }.items():
                self.cfg.set(name, value)

        def load(self) -> Any:
            from django.core.wsgi import get_wsgi_application
            from django.urls import get_resolver

            application = get_wsgi_application()
            # Every page is imported once, before the workers part: nobody's first page waits.
            _ = get_resolver().url_patterns
            return application

    return Site()


def _ready(code: str | None, server: Any) -> None:
    host, port = server.LISTENERS[0].sock.getsockname()[:2]
    if code:
        say(f"Nobody looks after it yet. Open http://{host}:{port}/setup/ with the code {code}")
    say(f"Trialogue is ready on http://{host}:{port}/")
