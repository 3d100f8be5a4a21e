"""What ideas want of somebody: an answer, a check, a plan."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from trialogue.accounts.models import Organisation, Person
from trialogue.accounts.periods import CHECK
from trialogue.ideas.models import Comment, Idea
from trialogue.ideas.queries.one import MODERATORS


@dataclass(frozen=True)
class IdeaTask:
    """A line of somebody's work: what to do, where, and by which day if there is one."""

    words: str
    path: str
    due: date | None


def ideas_waiting_for(person: Person) -> tuple[IdeaTask, ...]:
    """What waits for a person, the oldest idea first. One query: every page's frame asks.

    Who answers for a service answers its ideas and, as a moderator, checks what came from
    outside; whom an answer named as the lead plans the trial. All are the council's own.
    """
    if "staff" not in person.roles:
        return ()
    theirs = Q(to_answer=person) | Q(area__manager=person) | Q(area__stand_in=person)
    comments = Comment.objects.filter(idea=OuterRef("pk"))
    asked = Q(status=Idea.Status.OPEN, hidden_reason="")
    checks = bool(MODERATORS & person.roles)
    if checks:
        asked |= Q(comment_waits=True) | Q(comment_appeals=True) | appealed()
    ideas = (
        Idea.objects.exclude(status=Idea.Status.DRAFT)
        .annotate(
            comment_waits=Exists(comments.filter(checked_at=None, hidden_reason="")),
            comment_appeals=Exists(comments.filter(appealed())),
        )
        .filter((theirs & asked) | Q(lead=person, answer=Idea.Answer.TRIAL, trial=""))
        .select_related("area")
        .order_by("pk")
    )
    return tuple(task for idea in ideas for task in _tasks(idea, person, checks=checks))


def read_by(sent_on: date, council: Organisation | None) -> date | None:
    """Return the day by which a person reads what came from outside on a day."""
    return council.calendar.after(sent_on, council.days(CHECK)) if council else None


def appealed() -> Q:
    """What is hidden, and whose writer appealed without an answer yet."""
    return ~Q(hidden_reason="") & ~Q(appeal="") & Q(appeal_answer="")


def _tasks(idea: Any, person: Person, *, checks: bool) -> Iterator[IdeaTask]:
    if idea.lead_id == person.pk and idea.answer == Idea.Answer.TRIAL and not idea.trial:
        yield IdeaTask(f"Plan the trial of “{idea.title}”", f"/trials/new/?idea={idea.pk}", None)
    if person.pk not in {idea.to_answer_id, idea.area.manager_id, idea.area.stand_in_id}:
        return
    moderate = f"/ideas/{idea.pk}/moderate/"
    if idea.status == Idea.Status.OPEN and not idea.hidden_reason:
        if checks and idea.checked_at is None:
            sent_on = timezone.localtime(idea.sent_at).date()
            due = read_by(sent_on, person.organisation)
            yield IdeaTask(f"Check the idea “{idea.title}”", moderate, due)
        else:
            path = f"/ideas/{idea.pk}/answer/"
            yield IdeaTask(f"Answer the idea “{idea.title}”", path, idea.answer_due_on)
    if not checks:
        return
    if idea.comment_waits:
        yield IdeaTask(f"Check a comment on “{idea.title}”", moderate, None)
    if idea.comment_appeals or (idea.hidden_reason and idea.appeal and not idea.appeal_answer):
        yield IdeaTask(f"Answer an appeal on “{idea.title}”", moderate, None)
