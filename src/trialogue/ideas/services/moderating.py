"""Checking ideas and comments: show, hide with a reason, join two ideas."""

from datetime import datetime
from typing import Any

from django.db import transaction

from trialogue.accounts import permissions
from trialogue.accounts import services as accounts
from trialogue.accounts.models import Person
from trialogue.ideas import queries
from trialogue.ideas.models import AnswerGiven, Comment, Follow, Idea, Merge, OpenDraft, Support
from trialogue.ideas.services.people import address, record
from trialogue.ideas.words import HIDE_REASONS
from trialogue.methods.problems import InputError, Problem, refuse

# Showing ends a hiding and its appeal; hiding for another reason begins again.
SHOWN = {"hidden_reason": "", "hidden_words": "", "appeal": "", "appeal_answer": ""}


@transaction.atomic
def show(number: int, *, by: Person, at: datetime) -> None:
    """Let an idea be seen: it is checked, and any hiding ends."""
    idea = to_check(number, by)
    if idea.checked_at and not idea.hidden_reason:
        return
    _save(idea, checked_at=at, **SHOWN)
    record(idea, "show an idea", by=by, at=at)


@transaction.atomic
def hide(number: int, *, reason: str, words: str, by: Person, at: datetime) -> None:
    """Hide an idea and tell its sender why, and that they can appeal."""
    idea = to_check(number, by)
    _refuse_reason(reason)
    if (idea.hidden_reason, idea.hidden_words) == (reason, words.strip()):
        return
    _save(idea, **SHOWN | {"hidden_reason": reason, "hidden_words": words.strip()})
    record(idea, "hide an idea", by=by, at=at, after={"reason": reason})
    _tell_hidden(idea, idea.created_by, reason, words, key=f"idea {idea.pk} hidden", at=at)


@transaction.atomic
def show_comment(comment: int, *, by: Person, at: datetime) -> None:
    """Let a comment be seen."""
    said = comment_to_check(comment, by)
    if said.checked_at and not said.hidden_reason:
        return
    _save(said, checked_at=at, **SHOWN)
    record(said.on, "show a comment", by=by, at=at, after={"comment": said.pk})


@transaction.atomic
def hide_comment(comment: int, *, reason: str, words: str, by: Person, at: datetime) -> None:
    """Hide a comment and tell its writer why, and that they can appeal."""
    said = comment_to_check(comment, by)
    _refuse_reason(reason)
    if (said.hidden_reason, said.hidden_words) == (reason, words.strip()):
        return
    _save(said, **SHOWN | {"hidden_reason": reason, "hidden_words": words.strip()})
    record(said.on, "hide a comment", by=by, at=at, after={"comment": said.pk, "reason": reason})
    _tell_hidden(said.on, said.by, reason, words, key=f"comment {said.pk} hidden", at=at)


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


def _save(thing: Idea | Comment, **columns: Any) -> None:
    for name, value in columns.items():
        setattr(thing, name, value)
    thing.save(update_fields=list(columns))


def to_check(number: int, by: Person) -> Idea:
    """Return an idea that was sent, locked, for somebody who may check it."""
    permissions.check(by, "moderate an idea")
    return (
        Idea.objects.select_for_update(of=("self",))
        .select_related("created_by")
        .exclude(status=Idea.Status.DRAFT)
        .get(pk=number)
    )


def comment_to_check(comment: int, by: Person) -> Comment:
    """Return a comment, locked, for somebody who may check it."""
    permissions.check(by, "moderate an idea")
    return (
        Comment.objects.select_for_update(of=("self",))
        .select_related("idea", "draft", "by")
        .get(pk=comment)
    )


def _refuse_reason(reason: str) -> None:
    if reason not in HIDE_REASONS:
        refuse([Problem("Choose why it is hidden", column="reason")])


def _tell_hidden(
    on: Idea | OpenDraft,
    person: Person | None,
    reason: str,
    words: str,
    *,
    key: str,
    at: datetime,
) -> None:
    why = f"{HIDE_REASONS[reason]}. {words.strip()}".strip()
    link = address(on)
    if (
        person
        and isinstance(on, Idea)
        and person == on.created_by
        and not person.has_usable_password()
    ):
        # They have no account to sign in with: the key in the link stands for them.
        link = f"/ideas/appeal/{queries.appeal_key(on)}/"
    accounts.notify(
        [person] if person else [],
        letter="F",
        subject=f"Hidden: what you wrote on “{on.title[:60]}”",
        body=f"{why} If you think it should show, say why: you can appeal on the page.",
        link=link,
        key=f"{key} {reason} {at:%Y%m%d%H%M}",
        at=at,
    )
