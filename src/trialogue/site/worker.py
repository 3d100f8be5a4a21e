"""The worker: tasks one after another, the clock every 30 seconds, and what cannot wait."""

import logging
import os
import socket
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from django.db import close_old_connections, transaction
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from trialogue.accounts import services as accounts
from trialogue.site.clock import WATCHES, look, sweep

EVERY = 30.0
MOST_TRIES = 3
_GAVE_UP = (
    "Gave up task %s after %s tries: each time its process was killed, most often because the "
    "memory ran out (`journalctl -k | grep -i oom` shows it). Give the worker more memory, then "
    "have the work begun again from its page."
)
log = logging.getLogger(__name__)


def work(*, parent: int | None = None) -> None:
    """Run until stopped, or until the process `parent` is gone."""
    requeue_abandoned()
    worker = _worker()
    worker.configure_signals()
    stop = threading.Event()
    _every(EVERY, sweep, worker, stop, parent)
    for seconds, service in WATCHES:
        _every(seconds, partial(look, service=service), worker, stop, parent)
    try:
        worker.run()
    finally:
        stop.set()


def run_waiting() -> None:
    """Run every task that waits, here and now: on this connection and in its transaction."""
    for waiting in DBTaskResult.objects.ready():
        waiting.claim(this_worker())
        waiting.set_successful(waiting.task.call(*waiting.args_kwargs["args"]))


def _worker() -> Worker:
    return Worker(
        queue_names=["default"],
        interval=0.5,
        batch=False,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id=this_worker(),
        excluded_queue_names=[],
    )


def this_worker() -> str:
    """Name this worker by its machine and process, so that another can see whether it lives."""
    return f"{socket.gethostname()[:40]}:{os.getpid()}"


def requeue_abandoned() -> int:
    """Put back what a killed worker of this machine left running; return how many.

    What was begun `MOST_TRIES` times is given up: it would kill this worker too. A worker writes
    its name on a task before it begins, so the names are the tries.
    """
    host = f"{socket.gethostname()[:40]}:"
    abandoned = [
        result
        for result in DBTaskResult.objects.filter(status="RUNNING")
        if result.worker_ids
        and result.worker_ids[-1].startswith(host)
        and not _alive(int(result.worker_ids[-1].rpartition(":")[2]))
    ]
    for result in abandoned:
        tries = len(result.worker_ids)
        if tries >= MOST_TRIES:
            now = datetime.now(UTC)  # noqa: TID251  the worker is a door
            with transaction.atomic():
                result.set_failed(RuntimeError(f"killed {tries} times"))
                accounts.give_up(result.pk, tries=tries, at=now)
            log.error(_GAVE_UP, result.pk, tries)
    return DBTaskResult.objects.filter(
        status="RUNNING", pk__in=[result.pk for result in abandoned]
    ).update(status="READY", started_at=None)


def _alive(process: int) -> bool:
    """Whether another process of that number runs; this one asks before it begins any task."""
    if process == os.getpid():
        return False  # a container gives the same number at every start
    command = Path(f"/proc/{process}/cmdline")
    if Path("/proc/self/cmdline").exists():
        # The number may be another program's by now, or of one that ended and was not reaped.
        return command.exists() and b"worker" in command.read_bytes().split(b"\0")
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _every(
    seconds: float,
    do: Callable[[datetime], object],
    worker: Worker,
    stop: threading.Event,
    parent: int | None,
) -> None:
    """Do something again and again on a thread of its own, until the worker or its parent ends."""

    def run() -> None:
        while True:
            if parent is not None and os.getppid() != parent:
                worker.running = False
                return
            close_old_connections()
            do(datetime.now(UTC))  # noqa: TID251  the worker is a door
            for _ in range(int(seconds)):
                if stop.wait(1.0):
                    return
                if parent is not None and os.getppid() != parent:
                    worker.running = False
                    return

    threading.Thread(target=run, daemon=True).start()
