import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.core import mail
from django_tasks_db.models import DBTaskResult

from tests.apps.conftest import NOW
from trialogue.accounts import services
from trialogue.accounts.models import Notification
from trialogue.site.clock import Job, sweep
from trialogue.site.worker import requeue_abandoned, this_worker
from trialogue.trials.services.analysis import run_planned


def notice(person, key="registered T-1"):
    services.notify(
        [person],
        letter="P",
        subject="T-1: registered",
        body="The plan is fixed and public.",
        link="/",
        key=key,
        at=NOW,
    )


def test_a_waiting_message_is_sent_once(person):
    notice(person)

    services.send_messages(NOW)
    services.send_messages(NOW)

    assert [message.subject for message in mail.outbox] == ["T-1: registered"]
    assert Notification.objects.get().sent_at == NOW


def test_a_message_that_does_not_go_is_kept_and_tried_again(person, settings):
    notice(person)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1

    services.send_messages(NOW)

    waiting = Notification.objects.get()
    assert (waiting.sent_at, waiting.attempts) == (None, 1)
    assert "refused" in waiting.problem


def test_a_job_is_done_once_a_period_whoever_sweeps(db):
    done = []
    jobs = (Job("count", timedelta(minutes=1), done.append),)

    for later in (0, 10, 61):
        sweep(NOW + timedelta(seconds=later), jobs)

    assert done == [NOW, NOW + timedelta(seconds=61)]


def test_a_job_that_goes_wrong_does_not_stop_the_others(db):
    done = []

    def broken(now):
        raise ValueError("on purpose")

    sweep(
        NOW, (Job("a", timedelta(minutes=1), broken), Job("b", timedelta(minutes=1), done.append))
    )

    assert done == [NOW]


@pytest.fixture
def server(tmp_path, migrated):
    """A site that is served with its worker, once it answers."""
    folder = shutil.copytree(migrated, tmp_path / "site")
    with subprocess.Popen(
        [sys.executable, "-m", "trialogue.cli", "serve", "--port", "0"],
        env={**os.environ, "TRIALOGUE_DATA": str(folder)},
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        heard(process, "is ready on http://127.0.0.1:")
        yield process
        process.terminate()


def heard(process, words):
    """Read what a process says until it says `words`."""
    said = ""
    while words not in said:
        line = process.stderr.readline()
        assert line, said
        said += line


def workers_of(process):
    """The process numbers of a server's workers."""
    return [
        int(path.parent.name)
        for path in Path("/proc").glob("[0-9]*/cmdline")
        if f"--parent\0{process.pid}\0" in path.read_text()
    ]


@pytest.mark.slow
def test_serve_answers_ends_cleanly_and_leaves_no_worker(server):
    server.send_signal(signal.SIGTERM)

    assert server.wait(timeout=20) == 0
    assert workers_of(server) == []


@pytest.mark.slow
def test_a_worker_that_is_killed_is_started_again(server):
    (first,) = workers_of(server)

    os.kill(first, signal.SIGKILL)

    heard(server, "The worker stopped. Starting it again.")
    for _ in range(100):
        if again := set(workers_of(server)) - {first}:
            break
        time.sleep(0.1)
    assert len(again) == 1


@pytest.mark.parametrize(
    ("process", "back"), [("ours", 1), ("another program's", 1), ("alive", 0)]
)
def test_what_a_killed_worker_left_is_done_again_and_a_living_one_keeps_its_own(db, process, back):
    """A container gives its number again at every start; any number may be given to another."""
    words = [sys.executable, "-c", "import time; time.sleep(60)"]
    if process == "alive":
        words.append("worker")
    with subprocess.Popen(words) as other:
        while not Path(f"/proc/{other.pid}/cmdline").read_bytes():
            time.sleep(0.01)  # a program that begins has no words yet
        number = os.getpid() if process == "ours" else other.pid
        task = run_planned.enqueue("EC-0", 1, 1, "1")
        held = f"{this_worker().rpartition(':')[0]}:{number}"
        DBTaskResult.objects.filter(pk=task.id).update(status="RUNNING", worker_ids=[held])

        found = requeue_abandoned()
        other.kill()

    assert found == back


@pytest.mark.parametrize(("tries", "back"), [(2, 1), (3, 0)])
def test_a_task_that_was_killed_three_times_is_given_up(person, tries, back, caplog):
    work = services.start_work(title="Reading big.csv", by=person, at=NOW, leads_to="/")
    services.do_later(work, run_planned, "EC-0", 1, 1, "1")
    gone = f"{this_worker().rpartition(':')[0]}:{os.getpid()}"
    DBTaskResult.objects.update(status="RUNNING", worker_ids=[gone] * tries)

    assert requeue_abandoned() == back
    assert requeue_abandoned() == 0

    work.refresh_from_db()
    assert bool(work.finished_at) is not bool(back)
    assert bool(work.problems) is not bool(back)
    assert ("Gave up task" in caplog.text) is not bool(back)


@pytest.mark.slow
@pytest.mark.skipif(bool(os.environ.get("DATABASE_URL")), reason="its processes are on SQLite")
def test_a_task_that_kills_its_worker_each_time_ends_with_what_to_do(migrated, tmp_path):
    """Real processes: the third begins it and dies as from want of memory."""
    folder = shutil.copytree(migrated, tmp_path / "site")
    env = {**os.environ, "TRIALOGUE_DATA": str(folder)}
    env.pop("DATABASE_URL", None)
    command = [sys.executable, "-m", "trialogue.cli"]
    begin = "from tests.apps.site.deadly import begin; begin(2)"
    subprocess.run([*command, "manage", "shell", "-v0", "-c", begin], env=env, check=True)

    third = subprocess.run([*command, "worker"], env=env).returncode
    with subprocess.Popen(
        [*command, "worker"], env=env, stderr=subprocess.PIPE, text=True
    ) as last:
        heard(last, "Gave up task")
        last.terminate()

    assert third == -signal.SIGKILL
    with sqlite3.connect(folder / "trialogue.sqlite3") as base:
        ((said,),) = base.execute("SELECT problems FROM accounts_work")
    assert "begun 3 times" in said
    assert "more memory" in said
