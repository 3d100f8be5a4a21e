"""What pages that belong to no step gather from all of them."""

from dataclasses import dataclass
from datetime import date, datetime

from trialogue.accounts.models import Notification, Person
from trialogue.evidence import queries as evidence
from trialogue.ideas import queries as ideas
from trialogue.methods.verdicts import Share, due_date, share
from trialogue.pages.lists import Tag
from trialogue.trials.queries import lists as trials

NOTICES = 20


@dataclass(frozen=True)
class Task:
    """Something that waits for a person. `due` is the day in words, empty without one."""

    words: str
    path: str
    due: str
    late: bool


@dataclass(frozen=True)
class Notice:
    """A message that a person was sent."""

    subject: str
    body: str
    link: str
    at: datetime


@dataclass(frozen=True)
class Figure:
    """A count of the first page: the figure, what it counts and where to read more."""

    value: str
    words: str
    address: str


@dataclass(frozen=True)
class Suggestion:
    """An idea that a person wrote, with where it stands."""

    title: str
    path: str
    tag: Tag


@dataclass(frozen=True)
class OpenCall:
    """A call that takes ideas today, and until when."""

    title: str
    path: str
    until: str


def tasks_of(person: Person, *, today: date) -> list[Task]:
    """Return what waits for a person, the earliest day first, what has no day last."""
    waiting = [(one.words, one.path, one.due) for one in ideas.ideas_waiting_for(person)]
    waiting += [(one.words, one.path, one.due) for one in trials.waiting_for(person, today=today)]
    return [
        Task(
            words,
            path,
            due_date(due, today=today) if due else "",
            late=due is not None and due < today,
        )
        for words, path, due in sorted(waiting, key=lambda one: one[2] or date.max)
    ]


def count_tasks_of(person: Person, *, today: date) -> int:
    """Return how many things wait for a person. Two queries: every page's frame asks."""
    return len(ideas.ideas_waiting_for(person)) + trials.count_waiting_for(person)


def ideas_of(person: Person, *, today: date) -> list[Suggestion]:
    """Return the ideas that a person wrote, newest first."""
    return [
        Suggestion(idea.title, f"/ideas/{idea.number}-{idea.slug}/", idea.tag)
        for idea in ideas.ideas_of(person, today=today)
    ]


def open_calls(*, today: date) -> list[OpenCall]:
    """Return the calls that take ideas today, the one that closes first on top."""
    rows = ideas.open_calls(today)
    return [
        OpenCall(
            call.title,
            f"/ideas/calls/{call.pk}-{call.slug}/",
            due_date(call.closes_on, today=today),
        )
        for call in rows
    ]


def notices_of(person: Person) -> list[Notice]:
    """Return the newest messages that a person was sent."""
    rows = Notification.objects.filter(person=person, channel="email").order_by(
        "-created_at", "-pk"
    )[:NOTICES]
    return [Notice(row.subject, row.body, row.link, row.created_at) for row in rows]


def figures(*, today: date) -> list[Figure]:
    """Return the counts of the first page: what is owed and what goes on, never who did best."""
    reported, due = evidence.reported_of_due(today=today)
    running = evidence.trials(state="running", today=today).count()
    in_time, answers_due = ideas.answered_in_time(today=today)
    return [
        Figure(
            share(Share(in_time, answers_due)) if answers_due else "None due yet",
            "ideas answered in time, of those due",
            "ideas:ideas",
        ),
        Figure(
            share(Share(reported, due)) if due else "None due yet",
            "results reported, of those due",
            "evidence:due",
        ),
        Figure(
            f"{running:,}",
            "trial running now" if running == 1 else "trials running now",
            "evidence:trials",
        ),
    ]
