"""Calls for ideas: opened, and closed with what happened."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from trialogue.accounts import permissions
from trialogue.accounts import services as accounts
from trialogue.accounts.models import Person
from trialogue.ideas.models import Call
from trialogue.methods.problems import Problem, refuse


@dataclass(frozen=True)
class NewCall:
    """A call for ideas: its question, its days, the day by which all are answered."""

    title: str
    question: str
    opens_on: date
    closes_on: date
    answers_by: date
    teams: int = 0
    pot_pence: int = 0


@transaction.atomic
def open_call(new: NewCall, *, by: Person, at: datetime) -> Call:
    """Call for ideas. The same call again is the same call."""
    permissions.check(by, "open a call for ideas")
    problems = [
        Problem(what, column=column)
        for column, text, what in (
            ("title", new.title, "Enter a name for the call"),
            ("question", new.question, "Enter the question you ask"),
        )
        if not text.strip()
    ]
    if new.closes_on < new.opens_on:
        problems.append(Problem("It closes before it opens", "Change a day", column="closes_on"))
    if new.answers_by < new.closes_on:
        problems.append(
            Problem("The answers are due before it closes", "Change a day", column="answers_by")
        )
    refuse(problems)
    call, made = Call.objects.get_or_create(
        title=new.title.strip(),
        question=new.question.strip(),
        opens_on=new.opens_on,
        closes_on=new.closes_on,
        answers_by=new.answers_by,
        defaults={
            "slug": slugify(new.title)[:60] or "call",
            "teams": new.teams,
            "pot_pence": new.pot_pence,
            "created_by": by,
            "created_at": at,
        },
    )
    if made:
        accounts.record(by=by, action="call for ideas", on="call", thing=str(call.pk), at=at)
    return call


@transaction.atomic
def close_call(number: int, *, what_happened: str, by: Person, at: datetime) -> None:
    """Say what happened to a call; from then on it takes no more ideas."""
    permissions.check(by, "open a call for ideas")
    if not what_happened.strip():
        refuse([Problem("Enter what happened", column="what_happened")])
    call = Call.objects.select_for_update().get(pk=number)
    today = timezone.localtime(at).date()
    if call.opens_on > today:
        refuse([Problem("This call has not opened yet", "Wait until it has")])
    before = {"what_happened": call.what_happened}
    if call.what_happened == what_happened.strip():
        return
    call.what_happened = what_happened.strip()
    call.save(update_fields=["what_happened"])
    accounts.record(
        by=by, action="close a call", on="call", thing=str(number), at=at, before=before
    )
