"""What happens at a time: the list of (how often, service), swept by the worker.

A service asks what is due at `now`, does it, and may be asked twice: each job is done once for
each period, whoever sweeps.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from trialogue.accounts import services as accounts
from trialogue.ideas import services as ideas
from trialogue.trials.services import clock as trials
from trialogue.trials.services import forgetting
from trialogue.trials.services.telling import tell_ended
from trialogue.visits import services as visits
from trialogue.visits.services import forgetting as forgetting_visits
from trialogue.visits.services.keys import rotate_keys

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Job:
    """Something done every so often."""

    name: str
    every: timedelta
    service: Callable[[datetime], object]


JOBS = (
    Job("send messages", timedelta(seconds=30), accounts.send_messages),
    Job("send the day's e-mail", timedelta(hours=1), accounts.send_daily),
    Job("forget what is old", timedelta(days=1), accounts.forget),
    Job("remind of ideas, mark late answers", timedelta(hours=1), ideas.remind_and_mark_late),
    Job("wake ideas put aside", timedelta(hours=1), ideas.wake),
    Job("remind of results due", timedelta(hours=1), trials.remind_of_results),
    Job("publish what was not reported", timedelta(hours=1), trials.publish_not_reported),
    Job("tell teams what comes next", timedelta(hours=1), trials.tell_teams),
    Job("forget what trials kept", timedelta(days=1), forgetting.forget),
    Job("forget what visits kept", timedelta(days=1), forgetting_visits.forget),
    Job("tell ideas of ended trials", timedelta(hours=1), tell_ended),
    Job("forget unconfirmed senders", timedelta(hours=1), ideas.forget_unconfirmed),
    Job("list today's visits", timedelta(minutes=5), visits.list_today),
    Job("change the keys that phones seal to", timedelta(days=1), rotate_keys),
    Job("read who starts when", timedelta(minutes=5), visits.read_draw),
    Job("tell trials what was done at doors", timedelta(hours=6), visits.tell_trial),
    Job("test the notices of the duty desk", timedelta(hours=1), visits.send_test_notices),
)

# Each on a thread of its own, so that nothing slow keeps it waiting; done at every look, since
# twice is as once: (seconds between looks, service).
WATCHES: tuple[tuple[float, Callable[[datetime], object]], ...] = (
    (15.0, visits.look_at_timers),
    (5.0, accounts.send_urgent),
    (20.0, accounts.follow_deliveries),
)


def past_their_time(now: datetime) -> list[tuple[str, int]]:
    """Return how much of each kind the jobs that forget would delete at `now`."""
    later = (ideas, forgetting, forgetting_visits)
    rows = {words: kind for part in later for words, kind in part.past_their_time(now).items()}
    return [*accounts.count_past_their_time(now).items(), *accounts.count_each(rows).items()]


def look(now: datetime, service: Callable[[datetime], object]) -> None:
    """Do what cannot wait. What goes wrong is logged, and looked at again the next time."""
    try:
        service(now)
    except Exception:  # the worker is a door
        log.exception("%s went wrong", getattr(service, "__name__", service))


def sweep(now: datetime, jobs: tuple[Job, ...] = JOBS) -> None:
    """Do every job that this period still owes. One that goes wrong does not stop the others."""
    for job in jobs:
        seconds = int(job.every.total_seconds())
        period = str(int(now.timestamp()) // seconds * seconds)
        if not accounts.claim_period(job.name, period, at=now):
            continue
        try:
            job.service(now)
        except Exception:  # the worker is a door: logged, and tried in the next period
            log.exception("%s went wrong", job.name)
