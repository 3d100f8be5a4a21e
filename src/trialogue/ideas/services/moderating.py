"""Checking ideas and comments: show, hide with a reason, hear an appeal, join two ideas."""

from datetime import datetime

from django.db import transaction

from trialogue.accounts import permissions
from trialogue.accounts import services as accounts
from trialogue.accounts.models import Person
from trialogue.ideas.models import AnswerGiven, Comment, Follow, Idea, Merge, Support
from trialogue.ideas.services.people import address, record
from trialogue.ideas.words import HIDE_REASONS
from trialogue.methods.problems import InputError, Problem, refuse


@transaction.atomic
def show(number: int, *, by: Person, at: datetime) -> None:
    """Let an idea be seen: it is checked, and any hiding ends."""
    idea = _to_check(number, by)
    if idea.checked_at and not idea.hidden_reason:
        return
    idea.checked_at, idea.hidden_reason, idea.hidden_words = at, "", ""
    idea.save(update_fields=["checked_at", "hidden_reason", "hidden_words"])
    record(idea, "show an idea", by=by, at=at)


@transaction.atomic
def hide(number: int, *, reason: str, words: str, by: Person, at: datetime) -> None:
    """Hide an idea and tell its sender why, and that they can appeal."""
    idea = _to_check(number, by)
    _refuse_reason(reason)
    if (idea.hidden_reason, idea.hidden_words) == (reason, words.strip()):
        return
    idea.hidden_reason, idea.hidden_words = reason, words.strip()
    idea.save(update_fields=["hidden_reason", "hidden_words"])
    record(idea, "hide an idea", by=by, at=at, after={"reason": reason})
    _tell_hidden(idea, idea.created_by, reason, words, key=f"idea {idea.pk} hidden", at=at)


@transaction.atomic
def appeal(number: int, *, text: str, by: Person, at: datetime) -> None:
    """Say why a hidden idea of one's own should show."""
    permissions.check(by, "suggest an idea")
    idea = Idea.objects.select_for_update().get(pk=number, created_by=by)
    _refuse_appeal(hidden=bool(idea.hidden_reason), text=text)
    idea.appeal = text.strip()
    idea.save(update_fields=["appeal"])
    record(idea, "appeal", by=by, at=at)


@transaction.atomic
def show_comment(comment: int, *, by: Person, at: datetime) -> None:
    """Let a comment be seen."""
    said = _comment_to_check(comment, by)
    if said.checked_at and not said.hidden_reason:
        return
    said.checked_at, said.hidden_reason, said.hidden_words = at, "", ""
    said.save(update_fields=["checked_at", "hidden_reason", "hidden_words"])
    record(said.idea, "show a comment", by=by, at=at, after={"comment": said.pk})


@transaction.atomic
def hide_comment(comment: int, *, reason: str, words: str, by: Person, at: datetime) -> None:
    """Hide a comment and tell its writer why, and that they can appeal."""
    said = _comment_to_check(comment, by)
    _refuse_reason(reason)
    if (said.hidden_reason, said.hidden_words) == (reason, words.strip()):
        return
    said.hidden_reason, said.hidden_words = reason, words.strip()
    said.save(update_fields=["hidden_reason", "hidden_words"])
    record(said.idea, "hide a comment", by=by, at=at, after={"comment": said.pk, "reason": reason})
    _tell_hidden(said.idea, said.by, reason, words, key=f"comment {said.pk} hidden", at=at)


@transaction.atomic
def appeal_comment(comment: int, *, text: str, by: Person, at: datetime) -> None:
    """Say why a hidden comment of one's own should show."""
    permissions.check(by, "comment on an idea")
    said = (
        Comment.objects.select_for_update(of=("self",))
        .select_related("idea")
        .get(pk=comment, by=by)
    )
    _refuse_appeal(hidden=bool(said.hidden_reason), text=text)
    said.appeal = text.strip()
    said.save(update_fields=["appeal"])
    record(said.idea, "appeal", by=by, at=at, after={"comment": said.pk})


@transaction.atomic
def merge(number: int, *, into: int, by: Person, at: datetime) -> None:
    """Join an idea with another, where it lives on. Who supports both counts once.

    Doing it twice does nothing the second time.
    """
    permissions.check(by, "moderate an idea")
    found = {
        idea.pk: idea
        for idea in Idea.objects.select_for_update().filter(pk__in=(number, into)).order_by("pk")
    }
    idea, other = found[number], found.get(into)
    if Merge.objects.filter(idea=idea, into_id=into).exists():
        return
    if other is None or other == idea or other.status == Idea.Status.DRAFT:
        raise InputError(Problem("Choose the idea to join it with", column="into"))
    if other.answer == Idea.Answer.MERGED:
        raise InputError(
            Problem("That idea was itself joined", "Choose where it lives on", column="into")
        )
    if idea.status == Idea.Status.ANSWERED:
        raise InputError(Problem("This idea was answered already", "Change its answer instead"))
    _join(idea, other, by=by, at=at)


def _join(idea: Idea, other: Idea, *, by: Person, at: datetime) -> None:
    Merge.objects.create(idea=idea, into=other, by=by, at=at)
    Support.objects.bulk_create(
        [
            Support(idea=other, person_id=given.person_id, staff=given.staff, at=given.at)
            for given in idea.supports.all()
        ],
        ignore_conflicts=True,
    )
    Follow.objects.bulk_create(
        [Follow(idea=other, person_id=row.person_id, at=row.at) for row in idea.follows.all()],
        ignore_conflicts=True,
    )
    idea.status, idea.answer = Idea.Status.ANSWERED, Idea.Answer.MERGED
    idea.answer_reason = f"It lives on in “{other.title}”"
    idea.answered_by, idea.answered_at = by, at
    idea.checked_at = idea.checked_at or at
    idea.save()
    AnswerGiven.objects.create(
        idea=idea, answer=idea.answer, reason=idea.answer_reason, by=by, at=at
    )
    record(idea, "join two ideas", by=by, at=at, after={"into": other.pk})
    accounts.notify(
        [idea.created_by] if idea.created_by else [],
        letter="F",
        subject=f"Your idea: {Idea.Answer.MERGED.label}",
        body=f"{idea.title}. {idea.answer_reason}. Your supporters count there, each once.",
        link=address(other),
        key=f"idea {idea.pk} joined",
        at=at,
    )


def _to_check(number: int, by: Person) -> Idea:
    permissions.check(by, "moderate an idea")
    return (
        Idea.objects.select_for_update(of=("self",))
        .select_related("created_by")
        .exclude(status=Idea.Status.DRAFT)
        .get(pk=number)
    )


def _comment_to_check(comment: int, by: Person) -> Comment:
    permissions.check(by, "moderate an idea")
    return (
        Comment.objects.select_for_update(of=("self",))
        .select_related("idea", "by")
        .get(pk=comment)
    )


def _refuse_reason(reason: str) -> None:
    if reason not in HIDE_REASONS:
        refuse([Problem("Choose why it is hidden", column="reason")])


def _refuse_appeal(*, hidden: bool, text: str) -> None:
    if not hidden:
        refuse([Problem("This is not hidden", "There is nothing to appeal")])
    if not text.strip():
        refuse([Problem("Enter why it should show", column="text")])


def _tell_hidden(
    idea: Idea, person: Person | None, reason: str, words: str, *, key: str, at: datetime
) -> None:
    accounts.notify(
        [person] if person else [],
        letter="F",
        subject=f"Hidden: what you wrote on “{idea.title[:60]}”",
        body=f"{HIDE_REASONS[reason]}. {words.strip()} You can appeal on the page.".replace(
            ".  ", ". "
        ),
        link=address(idea),
        key=f"{key} {reason} {at:%Y%m%d%H%M}",
        at=at,
    )
