"""Appeals: the writer of something hidden says why it should show, and gets an answer, once."""

from datetime import datetime

from django.db import transaction

from trialogue.accounts import permissions
from trialogue.accounts import services as accounts
from trialogue.accounts.models import Person
from trialogue.ideas.models import Comment, Idea, OpenDraft
from trialogue.ideas.services.moderating import comment_to_check, to_check
from trialogue.ideas.services.people import address, record
from trialogue.methods.problems import Problem, refuse


@transaction.atomic
def appeal(number: int, *, text: str, by: Person, at: datetime) -> None:
    """Say why a hidden idea of one's own should show."""
    permissions.check(by, "suggest an idea")
    idea = Idea.objects.select_for_update().get(pk=number, created_by=by)
    if _appeal(idea, text):
        record(idea, "appeal", by=by, at=at)


@transaction.atomic
def appeal_comment(comment: int, *, text: str, by: Person, at: datetime) -> None:
    """Say why a hidden comment of one's own should show."""
    permissions.check(by, "comment on an idea")
    said = (
        Comment.objects.select_for_update(of=("self",))
        .select_related("idea", "draft")
        .get(pk=comment, by=by)
    )
    if _appeal(said, text):
        record(said.on, "appeal", by=by, at=at, after={"comment": said.pk})


def _appeal(hidden: Idea | Comment, text: str) -> bool:
    """Keep an appeal; whether it is new."""
    if not hidden.hidden_reason:
        refuse([Problem("This is not hidden", "There is nothing to appeal")])
    if not text.strip():
        refuse([Problem("Enter why it should show", column="text")])
    if hidden.appeal == text.strip():
        return False
    if hidden.appeal_answer:
        refuse([Problem("Your appeal was answered already", "Ask the council’s contact")])
    hidden.appeal = text.strip()
    hidden.save(update_fields=["appeal"])
    return True


@transaction.atomic
def keep_hidden(number: int, *, why: str, by: Person, at: datetime) -> None:
    """Answer an appeal: the idea stays hidden, and why. To agree, show it."""
    idea = to_check(number, by)
    if _keep(idea, why):
        record(idea, "answer an appeal", by=by, at=at)
        _tell(idea, idea.created_by, why, key=f"idea {idea.pk} appeal answered", at=at)


@transaction.atomic
def keep_comment_hidden(comment: int, *, why: str, by: Person, at: datetime) -> None:
    """Answer an appeal: the comment stays hidden, and why. To agree, show it."""
    said = comment_to_check(comment, by)
    if _keep(said, why):
        record(said.on, "answer an appeal", by=by, at=at, after={"comment": said.pk})
        _tell(said.on, said.by, why, key=f"comment {said.pk} appeal answered", at=at)


def _keep(hidden: Idea | Comment, why: str) -> bool:
    """Keep the answer to an appeal; whether it is new."""
    if not hidden.appeal:
        refuse([Problem("Nobody appealed", "There is nothing to answer")])
    if not why.strip():
        refuse([Problem("Enter why it stays hidden", column="why")])
    if hidden.appeal_answer == why.strip():
        return False
    hidden.appeal_answer = why.strip()
    hidden.save(update_fields=["appeal_answer"])
    return True


def _tell(
    on: Idea | OpenDraft, person: Person | None, why: str, *, key: str, at: datetime
) -> None:
    accounts.notify(
        [person] if person else [],
        letter="F",
        subject=f"Your appeal: what you wrote on “{on.title[:60]}” stays hidden",
        body=f"The reason: “{why.strip().rstrip('.')}”.",
        link=address(on),
        key=f"{key} {at:%Y%m%d%H%M}",
        at=at,
    )
