"""What other rooms of the house ask about ideas, in frozen dataclasses."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F, Q
from django.db.models.functions import TruncDate

from trialogue.accounts import queries as accounts
from trialogue.accounts.models import Person
from trialogue.ideas.models import Idea
from trialogue.ideas.queries.one import last_shown
from trialogue.ideas.words import hours, pounds, tag
from trialogue.pages.lists import Tag


@dataclass(frozen=True)
class IdeaForTrial:
    """The words of an idea that a trial carries over, and the lead that its answer named."""

    number: int
    slug: str
    title: str
    problem: str
    proposal: str
    collaboration: str
    service: str
    place: str
    who_must_agree: str
    lead: Person | None
    trial: str
    trial_state: str
    author: Person | None
    hours_claimed: str
    pounds_claimed: str
    similar: dict[str, Any]


@dataclass(frozen=True)
class IdeaOfMine:
    """An idea that somebody wrote, and where it stands."""

    number: int
    slug: str
    title: str
    tag: Tag


def idea_for_trial(number: int) -> IdeaForTrial | None:
    """Return what a trial carries over from an idea that was answered `try it in a trial`."""
    idea = (
        Idea.objects.select_related("area", "lead", "created_by")
        .filter(pk=number, answer=Idea.Answer.TRIAL)
        .first()
    )
    if idea is None:
        return None
    shown = last_shown(idea)
    return IdeaForTrial(
        number=idea.pk,
        slug=idea.slug,
        title=idea.title,
        problem=idea.problem,
        proposal=idea.proposal,
        collaboration=idea.collaboration,
        service=idea.area.name if idea.area else "",
        place=idea.place,
        who_must_agree=idea.who_must_agree,
        lead=idea.lead,
        trial=idea.trial,
        trial_state=idea.trial_state,
        author=idea.created_by,
        hours_claimed=hours(idea),
        pounds_claimed=pounds(idea),
        similar={
            "query": shown.query if shown else "",
            "shown": [
                {key: hit[key] for key in ("id", "rank", "band")}
                for hit in (shown.shown if shown else [])
            ],
            "answer": shown.answer if shown else "",
            "text": shown.text if shown else "",
        },
    )


def ideas_of(person: Person, *, today: date) -> tuple[IdeaOfMine, ...]:
    """Ideas that this person wrote, drafts too, newest first."""
    calendar = accounts.calendar()
    return tuple(
        IdeaOfMine(idea.pk, idea.slug, idea.title, tag(idea, today, calendar))
        for idea in Idea.objects.filter(created_by=person).order_by("-pk")
    )


def answered_in_time(*, today: date) -> tuple[int, int]:
    """Count the ideas answered by their date, and all that are answered or past their date."""
    due = (
        Idea.objects.exclude(status=Idea.Status.DRAFT)
        .exclude(answer=Idea.Answer.MERGED)
        .filter(Q(status=Idea.Status.ANSWERED) | Q(answer_due_on__lt=today))
        .annotate(answered_on=TruncDate("answered_at"))
    )
    counts = due.aggregate(
        in_time=Count("pk", filter=Q(answered_on__lte=F("answer_due_on"))), due=Count("pk")
    )
    return counts["in_time"], counts["due"]
