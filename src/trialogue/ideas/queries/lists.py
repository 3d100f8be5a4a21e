"""Lists of ideas: filters, and the honest funnel from idea to result."""

from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Q, QuerySet

from trialogue.accounts.models import Person
from trialogue.ideas.models import Idea
from trialogue.ideas.queries.one import seen
from trialogue.ideas.words import TRIED

# The states of the filter, in the order of an idea's life -> which ideas are in them.
STATES = {
    "open": ("Open", Q(status="open")),
    "trial": ("Trial", Q(answer="trial")),
    "do": ("Doing it", Q(answer="do")),
    "not now": ("Not now", Q(answer="not now")),
    "no": ("No", Q(answer="no")),
    "merged": ("Joined with another idea", Q(answer="merged")),
}


@dataclass(frozen=True)
class Filters:
    """What to list; empty means all. `area` is a slug, `call` a number, `text` words to find."""

    state: str = ""
    collaboration: str = ""
    area: str = ""
    call: int | None = None
    text: str = ""


@dataclass(frozen=True)
class Funnel:
    """How many ideas got how far."""

    ideas: int
    answered: int
    tried: int
    reported: int

    def __str__(self) -> str:
        ideas = "1 idea" if self.ideas == 1 else f"{self.ideas:,} ideas"
        return (
            f"Of {ideas}, {self.answered:,} answered, {self.tried:,} tried, "
            f"{self.reported:,} reported."
        )


def filtered(filters: Filters, *, seen_by: Person | AnonymousUser) -> QuerySet[Idea]:
    """Sent ideas that this person may see and that the filters let through. One query."""
    ideas = seen(seen_by).exclude(status=Idea.Status.DRAFT)
    if filters.state in STATES:
        ideas = ideas.filter(STATES[filters.state][1])
    if filters.collaboration:
        ideas = ideas.filter(collaboration=filters.collaboration)
    if filters.area:
        ideas = ideas.filter(area__slug=filters.area)
    if filters.call:
        ideas = ideas.filter(call=filters.call)
    for word in filters.text.split()[:8]:
        ideas = ideas.filter(
            Q(title__icontains=word) | Q(problem__icontains=word) | Q(proposal__icontains=word)
        )
    return ideas


def funnel() -> Funnel:
    """Count every idea that was sent and not hidden, whoever may read it. One query."""
    counts = (
        Idea.objects.exclude(status=Idea.Status.DRAFT)
        .filter(hidden_reason="")
        .aggregate(
            ideas=Count("pk"),
            answered=Count("pk", filter=Q(status=Idea.Status.ANSWERED)),
            tried=Count("pk", filter=Q(trial_state__in=TRIED)),
            reported=Count("pk", filter=Q(trial_state="reported")),
        )
    )
    return Funnel(**counts)
