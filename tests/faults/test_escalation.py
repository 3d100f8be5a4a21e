"""A red concern waits and the worker is killed, at each step of the ladder and in mid-send."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path

import pytest
import requests

from tests.apps.accounts import notify_server
from tests.apps.visits.filled import PASSWORD
from tests.faults.kept import Kept
from tests.faults.running import PATIENCE, Person, Site, at_once

HERE = Path(__file__).parents[2]
# Minutes since receipt -> the rung that is due by then.
STEPS = {5: "red deputy", 10: "red manager", 15: "red missed", 20: "red missed, again 1"}
IN_TIME = 15.0
TEXT = "SELECT * FROM accounts_notification WHERE channel = 'text' AND letter = 'L'"


@pytest.fixture
def notify():
    server = notify_server.Notify()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def scheme(migrated, tmp_path_factory):
    """A scheme of today with one red concern that waits."""
    folder = tmp_path_factory.mktemp("scheme") / "data"
    shutil.copytree(migrated, folder)
    made = [sys.executable, "-m", "tests.apps.visits.filled", "1", "1"]
    env = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    subprocess.run(made, cwd=HERE, env=env | {"TRIALOGUE_DATA": str(folder)}, check=True)
    return folder


@pytest.fixture
def folder(scheme, tmp_path):
    """A copy of it, for one test."""
    return shutil.copytree(scheme, tmp_path / "data")


def environment(folder, notify):
    env = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    return env | {
        "TRIALOGUE_DATA": str(folder),
        "NOTIFY_API_KEY": notify_server.KEY,
        "NOTIFY_TEXT_TEMPLATE": notify_server.TEXT,
        "NOTIFY_URL": notify.address,
    }


@contextmanager
def worker(folder, notify):
    """A worker as administrators run one; killed without warning in the end."""
    with (folder / "said.txt").open("a") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "trialogue.cli", "worker"],
            env=environment(folder, notify),
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()


def until(true, seconds=PATIENCE):
    """Wait until something is so; return how long it took."""
    start = time.monotonic()
    while not (found := true()):
        assert time.monotonic() - start < seconds, "it never came about"
        time.sleep(0.05)
    assert found
    return time.monotonic() - start


def of_concerns(notify):
    """What Notify took that is about a concern, and not the weekly test."""
    said = [(one, one["personalisation"]["words"]) for one in notify.messages]
    return [one for one, words in said if "concern is waiting" in words]


def rungs(kept):
    rows = kept.rows("SELECT rung FROM visits_escalation ORDER BY id")
    return [row["rung"] for row in rows]


def write(folder, *sql):
    """Change the database while nobody uses it: the clock cannot be made to run faster."""
    with closing(sqlite3.connect(folder / "trialogue.sqlite3")) as base, base:
        base.execute(*sql)


def received(folder, minutes):
    """Let the concern have been received so many minutes ago."""
    ago = f"-{minutes} minutes"
    write(
        folder,
        "UPDATE visits_concern SET received_at = datetime('now', ?),"
        " clock_from = datetime('now', ?), deadline = datetime('now', ?)",
        (ago, ago, f"{15 - minutes:+d} minutes"),
    )


@pytest.mark.slow
def test_f20_a_killed_worker_does_the_overdue_step_within_15_seconds_of_its_start(folder, notify):
    kept = Kept(folder)
    assert rungs(kept) == ["red duty"]  # climbed with its cause
    took = {}

    for minutes, rung in STEPS.items():
        received(folder, minutes)  # time passed, and no worker was there
        with worker(folder, notify):
            took[rung] = until(lambda rung=rung: rung in rungs(kept))

    assert rungs(kept) == ["red duty", *STEPS.values()]
    assert max(took.values()) < IN_TIME, took
    with worker(folder, notify):
        until(lambda: not kept.rows("SELECT 1 FROM accounts_notification WHERE sent_at IS NULL"))
    references = [message["reference"] for message in notify.messages]
    assert len(references) == len(set(references)), "a text went twice"
    texts = kept.rows("SELECT COUNT(*) n FROM accounts_notification WHERE channel = 'text'")
    assert len(references) == texts[0]["n"]
    assert "Traceback" not in (folder / "said.txt").read_text()


@pytest.mark.slow
def test_a_worker_killed_while_a_text_leaves_sends_it_once(folder, notify):
    kept = Kept(folder)
    notify.hold.clear()
    with worker(folder, notify):
        until(lambda: of_concerns(notify))  # Notify has taken it and has not answered
    notify.hold.set()
    (text,) = kept.rows(TEXT)
    assert (text["sent_at"], text["provider_id"], text["attempts"]) == (None, "", 1)

    with worker(folder, notify):
        until(lambda: kept.rows(f"{TEXT} AND provider_id <> ''"))

    (message,) = of_concerns(notify)
    (text,) = kept.rows(TEXT)
    assert text["provider_id"] == message["id"]


@pytest.mark.slow
def test_f20_the_board_warns_and_of_two_who_acknowledge_at_once_the_first_stands(folder):
    write(
        folder,
        "INSERT INTO visits_watch (id, looked_at) VALUES (1, datetime('now', '-61 seconds'))",
    )
    site = Site(folder, "serve", "--no-worker")
    site.start()

    health = requests.get(f"{site.address}/health/escalation", timeout=PATIENCE)
    jo, ali = Person(site, "jo", PASSWORD), Person(site, "ali", PASSWORD)
    board, news = jo.get("/visits/"), jo.get("/visits/newest/")
    form = {"will_do": "Ring her", "look_again_at": "60"}
    page = "/visits/concerns/1001/acknowledge/"
    came = at_once([partial(who.another_tab().post, page, form) for who in (jo, ali) * 5])
    site.stop()

    assert health.status_code == 503
    assert "timers not looked at since" in health.text
    assert "Concerns do not go up by themselves now" in board.text
    assert "minutes left" in board.text  # the board works lateness out by itself
    assert json.loads(news.text)["stale"] is True
    rows = Kept(folder).rows(
        "SELECT p.name FROM visits_acknowledgement a JOIN accounts_person p ON p.id = a.person_id"
    )
    assert len(rows) == 1
    told = [each.text for each in came if each.status_code == 200]
    assert len(told) == 5  # all presses of the other; those of the first are as one
    assert all(f"{rows[0]['name']} acknowledged C-1001" in text for text in told)
    assert "database is locked" not in site.said.read_text()
