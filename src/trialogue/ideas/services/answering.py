"""The manager's answer: a trial, do it, not now or no; each with a reason."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from trialogue.accounts import permissions
from trialogue.accounts import services as accounts
from trialogue.accounts.models import Person
from trialogue.evidence import personal
from trialogue.ideas import queries
from trialogue.ideas.models import AnswerGiven, Idea
from trialogue.ideas.services.people import address, concerned, record
from trialogue.ideas.words import written
from trialogue.methods.problems import InputError, Problem, refuse

ANSWERS = (Idea.Answer.TRIAL, Idea.Answer.DO, Idea.Answer.NOT_NOW, Idea.Answer.NO)


@dataclass(frozen=True)
class Reply:
    """What the manager says. `wake` and its words are for *not now*; `lead` is for a trial."""

    answer: str
    reason: str
    wake: str = ""
    wake_words: str = ""
    wake_on: date | None = None
    lead: UUID | None = None


@transaction.atomic
def answer(number: int, reply: Reply, *, by: Person, at: datetime) -> Idea:
    """Answer an idea and tell its sender and supporters. The same answer twice is one answer."""
    idea = _to_answer(number, by)
    if idea.status == Idea.Status.ANSWERED:
        if (idea.answer, idea.answer_reason) == (reply.answer, reply.reason.strip()):
            return idea
        raise InputError(
            Problem("This idea was answered already", "Change the answer, and say why")
        )
    lead = _lead(reply)
    refuse(_wrong(reply, lead))
    _give(idea, reply, lead, by=by, at=at)
    return idea


def check_reply(reply: Reply) -> None:
    """Raise InputError with everything that a reply still needs. Changes nothing."""
    refuse(_wrong(reply, _lead(reply)))


@transaction.atomic
def change_answer(number: int, reply: Reply, *, why: str, by: Person, at: datetime) -> Idea:
    """Give another answer, and say why. The earlier one stays in the idea's history."""
    idea = _to_answer(number, by)
    if idea.status != Idea.Status.ANSWERED or idea.answer == Idea.Answer.MERGED:
        raise InputError(Problem("This idea has no answer to change"))
    if (idea.answer, idea.answer_reason) == (reply.answer, reply.reason.strip()):
        return idea
    lead = _lead(reply)
    problems = [*_wrong(reply, lead)]
    if not why.strip():
        problems.append(Problem("Enter why the answer changes", column="why_changed"))
    if idea.trial and reply.answer != Idea.Answer.TRIAL:
        problems.append(
            Problem("A trial of this idea exists", "Stop that trial first", column="answer")
        )
    refuse(problems)
    _give(idea, reply, lead, why=why.strip(), by=by, at=at)
    return idea


def _to_answer(number: int, by: Person) -> Idea:
    idea = (
        Idea.objects.select_for_update(of=("self",))
        .select_related("created_by")
        .exclude(status=Idea.Status.DRAFT)
        .get(pk=number)
    )
    roles = queries.roles_in_idea(by, number)
    permissions.check(by, "answer an idea", also=roles)
    return idea


def _lead(reply: Reply) -> Person | None:
    if reply.answer != Idea.Answer.TRIAL or reply.lead is None:
        return None
    return queries.leads().filter(public_id=reply.lead).first()


def _wrong(reply: Reply, lead: Person | None) -> Iterator[Problem]:
    if reply.answer not in ANSWERS:
        yield Problem("Choose an answer", column="answer")
    if not reply.reason.strip():
        yield Problem("Enter the reason", column="reason")
    if reply.answer == Idea.Answer.TRIAL and lead is None:
        yield Problem("Choose who will lead the trial", column="lead")
    if reply.answer == Idea.Answer.NOT_NOW:
        yield from _wrong_wake(reply)
    yield from personal.problems(
        {"reason": reply.reason, "wake_words": reply.wake_words}, "Name the post instead"
    )


def _wrong_wake(reply: Reply) -> Iterator[Problem]:
    if reply.wake not in Idea.Wake.values:
        yield Problem("Choose what would wake this idea", column="wake")
    elif reply.wake == Idea.Wake.DATE and reply.wake_on is None:
        yield Problem("Enter the date to look at it again", column="wake_on")
    elif reply.wake != Idea.Wake.DATE and not reply.wake_words.strip():
        yield Problem("Enter what would wake this idea", column="wake_words")


def _give(
    idea: Idea, reply: Reply, lead: Person | None, *, why: str = "", by: Person, at: datetime
) -> None:
    before = {"answer": idea.answer, "reason": idea.answer_reason}
    not_now = reply.answer == Idea.Answer.NOT_NOW
    idea.status = Idea.Status.ANSWERED
    idea.answer, idea.answer_reason = reply.answer, reply.reason.strip()
    idea.wake = reply.wake if not_now else ""
    idea.wake_words = reply.wake_words.strip() if not_now else ""
    idea.wake_on = reply.wake_on if not_now and reply.wake == Idea.Wake.DATE else None
    idea.woken_at = None
    idea.lead, idea.answered_by, idea.answered_at = lead, by, at
    idea.save()
    given = AnswerGiven.objects.create(
        idea=idea, answer=idea.answer, reason=idea.answer_reason, why_changed=why, by=by, at=at
    )
    record(
        idea,
        "change the answer" if why else "answer an idea",
        by=by,
        at=at,
        before=before,
        after={"answer": idea.answer, "reason": idea.answer_reason},
    )
    words = Idea.Answer(idea.answer).label
    accounts.notify(
        concerned(idea),
        letter="F",
        subject=f"Your idea: {words}",
        body=(
            f"{idea.title}. {words}. The reason: “{idea.answer_reason.rstrip('.')}”. "
            f"What happens next: {_next(idea)}. You can reply on the page."
        ),
        link=address(idea),
        key=f"idea {idea.pk} answer {given.pk}",
        at=at,
    )


def _next(idea: Idea) -> str:
    if idea.answer == Idea.Answer.TRIAL:
        return f"{idea.lead} plans the trial" if idea.lead else "the trial is planned"
    if idea.answer == Idea.Answer.DO:
        return "the service does it"
    if idea.answer == Idea.Answer.NO:
        return "nothing more, unless something new is known"
    if idea.wake_on:
        return f"we look at it again on {written(idea.wake_on)}"
    return f"it waits for {Idea.Wake(idea.wake).label.lower()}: {idea.wake_words}"
