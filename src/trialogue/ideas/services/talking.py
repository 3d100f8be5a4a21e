"""Supporting, following and commenting on an idea; commenting on a draft plan."""

from datetime import date, datetime

from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.shortcuts import get_object_or_404

from trialogue.accounts import permissions
from trialogue.accounts.models import Person
from trialogue.evidence import personal
from trialogue.ideas import queries
from trialogue.ideas.models import Comment, Follow, Idea, OpenDraft, Support
from trialogue.ideas.services.people import record
from trialogue.methods.problems import Problem, refuse

LONGEST = 2000


@transaction.atomic
def support(number: int, *, by: Person, at: datetime) -> None:
    """Support an idea. Doing it twice counts once."""
    permissions.check(by, "support an idea")
    give(to_support(number, by), by, at=at)


def to_support(number: int, by: Person | AnonymousUser) -> Idea:
    """Return an idea that this person may support; raise InputError when it lives on elsewhere."""
    idea = _sent(number, by)
    if idea.answer == Idea.Answer.MERGED:
        refuse([Problem("This idea was joined with another", "Support that one instead")])
    return idea


def give(idea: Idea, by: Person, *, at: datetime) -> None:
    """Count a person's support, once. Inside a transaction."""
    _, made = Support.objects.get_or_create(
        idea=idea, person=by, defaults={"staff": "staff" in by.roles, "at": at}
    )
    if made:
        record(idea, "support an idea", by=by, at=at)


@transaction.atomic
def unsupport(number: int, *, by: Person, at: datetime) -> None:
    """Take one's support back. Doing it twice does nothing the second time."""
    permissions.check(by, "support an idea")
    idea = _sent(number, by)
    taken, _ = Support.objects.filter(idea=idea, person=by).delete()
    if taken:
        record(idea, "take support back", by=by, at=at)


@transaction.atomic
def follow(number: int, *, by: Person, at: datetime) -> None:
    """Hear what becomes of an idea."""
    permissions.check(by, "support an idea")
    Follow.objects.get_or_create(idea=_sent(number, by), person=by, defaults={"at": at})


@transaction.atomic
def unfollow(number: int, *, by: Person, at: datetime) -> None:
    """Hear no more of an idea."""
    permissions.check(by, "support an idea")
    Follow.objects.filter(idea=_sent(number, by), person=by).delete()


@transaction.atomic
def comment(number: int, *, kind: str, text: str, by: Person, at: datetime) -> Comment:
    """Ask a question, add a detail or offer help. The same words twice are one comment.

    A comment from outside the council shows once a person has checked it.
    """
    permissions.check(by, "comment on an idea")
    said, made = _say(kind, text, by=by, at=at, idea=_sent(number, by))
    if made:
        record(said.on, "comment on an idea", by=by, at=at, after={"comment": said.pk})
    return said


@transaction.atomic
def comment_on_draft(
    trial: str, *, kind: str, text: str, by: Person, at: datetime, today: date
) -> Comment:
    """Say something on a draft plan, while it is open. As `comment` in everything else."""
    permissions.check(by, "comment on an open draft")
    draft = get_object_or_404(OpenDraft, trial=trial)
    if today > draft.until:
        refuse([Problem("Comments on this draft are closed", "Ask the trial’s team")])
    said, made = _say(kind, text, by=by, at=at, draft=draft)
    if made:
        record(draft, "comment on a draft", by=by, at=at, after={"comment": said.pk})
    return said


def _say(
    kind: str, text: str, *, by: Person, at: datetime, **on: Idea | OpenDraft
) -> tuple[Comment, bool]:
    """Keep a comment; whether it is new."""
    text = text.strip()
    problems = problems_of_words(text)
    if kind not in Comment.Kind.values:
        problems.append(Problem("Choose what you want to add", column="kind"))
    refuse(problems)
    checked_at = at if "staff" in by.roles else None
    return Comment.objects.get_or_create(
        **on, by=by, text=text, defaults={"kind": kind, "at": at, "checked_at": checked_at}
    )


def problems_of_words(text: str) -> list[Problem]:
    """Return what is wrong with the words of a comment, or of the answer to one."""
    problems = [*personal.problems({"text": text}, "Take them out")]
    if not text:
        problems.append(Problem("Enter what you want to say", column="text"))
    if len(text) > LONGEST:
        problems.append(
            Problem(
                f"Your comment is {len(text):,} characters",
                f"Make it {LONGEST:,} or fewer",
                column="text",
            )
        )
    return problems


def _sent(number: int, by: Person | AnonymousUser) -> Idea:
    """Return an idea that this person may see and that was sent; Http404 when there is none."""
    return get_object_or_404(queries.visible(by).exclude(status=Idea.Status.DRAFT), pk=number)
