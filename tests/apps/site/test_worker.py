import os
import signal
import subprocess
import sys
import time
from datetime import timedelta

import pytest
from django.core import mail

from tests.apps.conftest import NOW
from trialogue.accounts import services
from trialogue.accounts.models import Notification
from trialogue.site.clock import Job, sweep


def notice(person, key="registered T-1"):
    services.notify(
        [person],
        letter="G",
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


@pytest.mark.slow
def test_serve_answers_ends_cleanly_and_leaves_no_worker(tmp_path):
    with subprocess.Popen(
        [sys.executable, "-m", "trialogue.cli", "serve", "--port", "0"],
        env={**os.environ, "TRIALOGUE_DATA": str(tmp_path)},
        stderr=subprocess.PIPE,
        text=True,
    ) as server:
        said = ""
        while "is ready on http://127.0.0.1:" not in said:
            line = server.stderr.readline()
            assert line, said
            said += line
        server.send_signal(signal.SIGTERM)

        assert server.wait(timeout=20) == 0
    time.sleep(0.5)
    running = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True)
    assert f"--parent {server.pid}" not in running.stdout
