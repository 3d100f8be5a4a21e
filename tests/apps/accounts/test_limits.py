"""How often somebody may call, counted by several processes together."""

import os
import shutil
import subprocess
import sys
from datetime import timedelta

import pytest

from tests.apps.conftest import NOW
from trialogue.accounts.models import Calls
from trialogue.accounts.services import forget, may_call

MINUTE = timedelta(minutes=1)


def may(key="api 1", *, at=NOW, most=3):
    return may_call(key, most=most, each=MINUTE, at=at)


def test_so_many_calls_in_a_period_and_again_in_the_next(db):
    assert [may() for _ in range(4)] == [True, True, True, False]
    assert may("api 2")
    assert may(at=NOW + MINUTE)


def test_counts_are_forgotten_after_a_day(db):
    may()
    forget(NOW + timedelta(hours=23))
    assert Calls.objects.count() == 1

    forget(NOW + timedelta(hours=25))

    assert not Calls.objects.exists()


# What each process does: it waits for a line, calls 40 times, and says how often it may.
CALLING = """
import sys
from datetime import datetime, timedelta, UTC
from trialogue.accounts.services import may_call
print("ready", flush=True)
sys.stdin.readline()
at = datetime(2027, 2, 3, 9, tzinfo=UTC)
each = timedelta(minutes=1)
print(sum(may_call("api 1", most=50, each=each, at=at) for _ in range(40)))
"""


@pytest.mark.slow
@pytest.mark.skipif(bool(os.environ.get("DATABASE_URL")), reason="its processes are on SQLite")
def test_processes_that_call_at_once_share_one_limit(migrated, tmp_path):
    folder = shutil.copytree(migrated, tmp_path / "site")
    env = {**os.environ, "TRIALOGUE_DATA": str(folder)}
    env.pop("DATABASE_URL", None)
    command = [sys.executable, "-m", "trialogue.cli", "manage", "shell", "-v0", "-c", CALLING]
    pipe = subprocess.PIPE
    both = [
        subprocess.Popen(command, env=env, stdin=pipe, stdout=pipe, text=True) for _ in range(2)
    ]
    for one in both:
        assert one.stdout.readline() == "ready\n"
    for one in both:
        one.stdin.write("go\n")
        one.stdin.flush()

    assert sum(int(one.communicate()[0]) for one in both) == 50
