"""A task that ends its own process at once, as the system does when memory runs out."""

import os
import signal

from django_tasks import task
from django_tasks_db.models import DBTaskResult

from tests.apps.conftest import NOW
from trialogue.accounts import services
from trialogue.accounts.models import Person


@task()
def die() -> None:
    """Kill this process."""
    os.kill(os.getpid(), signal.SIGKILL)


def begin(tries: int) -> None:
    """Have it done in the worker, for somebody; so many workers died of it before."""
    person = Person.objects.create(email="a@b.example", name="A", created_at=NOW)
    work = services.start_work(title="Deadly", by=person, at=NOW, leads_to="/")
    services.do_later(work, die)
    DBTaskResult.objects.update(worker_ids=["elsewhere:1"] * tries)
