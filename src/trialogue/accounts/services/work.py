"""Long work: begun, followed, stopped, done."""

import logging
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django_tasks.base import Task

from trialogue.accounts.models import Notification, Person, Work
from trialogue.methods.problems import InputError, Problem

log = logging.getLogger(__name__)


def start_work(*, title: str, by: Person, at: datetime, leads_to: str) -> Work:
    """Begin a long piece of work; its page shows how far it is and leads to `leads_to` after."""
    return Work.objects.create(title=title, started_by=by, leads_to=leads_to, created_at=at)


def do_later(work: Work, task: Task[..., None], *args: object) -> None:
    """Have the worker do a piece of work. Inside the transaction of what asked for it."""
    work.task = UUID(task.enqueue(*args).id)
    work.save(update_fields=["task"])


def give_up(task: UUID, *, tries: int, at: datetime) -> None:
    """End the work of a task whose process was killed each time that it was begun."""
    for work in Work.objects.filter(task=task):
        what = f"This was begun {tries} times, and each time it was stopped from outside"
        mend = (
            "Most often the memory of the server ran out. Try a smaller file, or ask your "
            "administrator for more memory; then begin again"
        )
        finish_work(work, problems=[Problem(what, mend)], at=at)


def step_work(work: Work, *, done: int, total: int, step: str) -> bool:
    """Say how far it is. Returns whether to go on: false when somebody asked to stop."""
    Work.objects.filter(pk=work.pk).update(done=done, total=total, step=step[:200])
    return not Work.objects.filter(pk=work.pk, stop_asked_at__isnull=False).exists()


@transaction.atomic
def finish_work(
    work: Work, *, at: datetime, problems: Iterable[Problem] = (), answer: Any = None
) -> None:
    """Say that it is done, or what stopped it, to whoever began it. The first time counts."""
    found = [asdict(problem) for problem in problems]
    first = Work.objects.filter(pk=work.pk, finished_at=None).update(
        finished_at=at, problems=found, answer=answer
    )
    if not first:
        return
    person = Person.objects.get(pk=work.started_by_id)
    ended = "ended without its result" if found else "is done"
    # In the person's list and not by e-mail: they are at work on this very page.
    Notification.objects.create(
        key=f"work {work.public_id}",
        to_email=person.email,
        person=person,
        letter="",
        subject=f"{work.title[:170]} {ended}",
        body="",
        link=f"/work/{work.public_id}/" if found else work.leads_to,
        created_at=at,
        sent_at=at,
    )


@contextmanager
def ending(work: Work, *, now: Callable[[], datetime]) -> Iterator[None]:
    """End a piece of work that goes wrong: nobody waits at its page for what will not come.

    Refused input ends it with what to mend; a fault of ours with a reference that the log has too.
    """
    try:
        yield
    except InputError as error:
        finish_work(work, problems=error.problems, at=now())
    except Exception:
        reference = uuid.uuid4().hex[:8]
        log.exception("Reference %s: %s", reference, work.title)
        ours = Problem("Something went wrong at our end", f"Try again, or quote {reference}")
        finish_work(work, problems=[ours], at=now())


def stop_work(*, public_id: UUID, by: Person, at: datetime) -> None:
    """Ask a piece of work to stop, by whoever started it. Twice is as once."""
    Work.objects.filter(
        public_id=public_id, started_by=by, finished_at=None, stop_asked_at=None
    ).update(stop_asked_at=at)
