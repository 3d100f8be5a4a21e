"""The draft plan, open for comments: opened until a day, commented on, answered."""

from datetime import date, datetime

from django.db import transaction

from trialogue.accounts import permissions
from trialogue.accounts import services as accounts
from trialogue.accounts.models import Person
from trialogue.ideas import queries as said
from trialogue.ideas import services as ideas
from trialogue.methods.problems import Problem, refuse
from trialogue.trials.models import Trial
from trialogue.trials.queries.trials import roles_in_trial


@transaction.atomic
def open_for_comments(
    *, public_id: str, until: date, by: Person, at: datetime, today: date
) -> None:
    """Let everyone who signs in read the draft and comment on it, until a day at its end.

    The same day again changes nothing. Raises PermissionDenied and InputError.
    """
    trial = _draft(public_id)
    permissions.check(by, "answer the plan", also=roles_in_trial(by, public_id))
    if until < today:
        refuse([Problem("The last day has passed", "Enter today or a later day", column="until")])
    if said.open_until(public_id) == until:
        return
    ideas.open_draft(public_id, title=trial.title, until=until)
    accounts.record(
        by=by,
        action="open the draft for comments",
        on="trial",
        thing=public_id,
        at=at,
        after={"until": until.isoformat()},
    )


@transaction.atomic
def comment(
    *, public_id: str, kind: str, text: str, by: Person, at: datetime, today: date
) -> bool:
    """Say something on an open draft; whether it shows at once. The rules are those of ideas."""
    _draft(public_id)
    comment = ideas.comment_on_draft(public_id, kind=kind, text=text, by=by, at=at, today=today)
    return comment.checked_at is not None


@transaction.atomic
def answer_comment(*, public_id: str, comment: int, text: str, by: Person, at: datetime) -> None:
    """Answer what somebody said on the draft. The same words again change nothing."""
    permissions.check(by, "answer the plan", also=roles_in_trial(by, public_id))
    if ideas.answer_comment(public_id, comment, text=text, by=by, at=at):
        accounts.record(
            by=by,
            action="answer a comment",
            on="trial",
            thing=public_id,
            at=at,
            after={"comment": comment},
        )


def _draft(public_id: str) -> Trial:
    """Return a trial that is still being planned, locked."""
    trial = Trial.objects.select_for_update().get(public_id=public_id)
    if trial.registered_at:
        refuse([Problem("The plan is registered and public", "Read it in the register")])
    return trial
