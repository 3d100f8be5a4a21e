"""What happens to ideas at a time. Each is asked often, and does a thing once."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from trialogue.accounts import queries as councils
from trialogue.accounts import services as accounts
from trialogue.accounts.periods import REMIND
from trialogue.ideas.models import Idea
from trialogue.ideas.services.people import record, who_stands_in
from trialogue.ideas.words import counted, hours, written


def remind_and_mark_late(now: datetime) -> int:
    """Remind who must answer soon, and tell the stand-in of each idea whose date has passed."""
    return remind(now) + late_answers(now)


@transaction.atomic
def remind(now: datetime) -> int:
    """Remind each manager of an answer whose day is as near as the council set. Once an idea."""
    today = timezone.localtime(now).date()
    until = councils.calendar().after(today, councils.days(REMIND))
    due = (
        Idea.objects.select_for_update(of=("self",))
        .select_related("to_answer")
        .filter(status=Idea.Status.OPEN, hidden_reason="", reminded_at__isnull=True)
        .filter(answer_due_on__range=(today, until))
        .order_by("pk")
    )
    reminded = 0
    for idea in due:
        accounts.notify(
            [idea.to_answer] if idea.to_answer else [],
            letter="E",
            subject=f"Idea to answer by {written(idea.answer_due_on)}: {idea.title}",
            body=f"{supported(idea)} It might save: {hours(idea)}.",
            link=f"/ideas/{idea.pk}/answer/",
            key=f"idea {idea.pk} reminded",
            at=now,
        )
        idea.reminded_at = now
        idea.save(update_fields=["reminded_at"])
        reminded += 1
    return reminded


def supported(idea: Idea) -> str:
    """Say who supports an idea: `12 staff and 31 residents support it`."""
    staff = idea.supports.filter(staff=True).count()
    public = idea.supports.filter(staff=False).count()
    residents = counted(public, "resident", "residents")
    return f"{staff:,} staff and {residents} support it."


@transaction.atomic
def late_answers(now: datetime) -> int:
    """Tell the stand-in of each idea whose date has passed without an answer. Once an idea."""
    late = (
        Idea.objects.select_for_update(of=("self",))
        .select_related("area__manager", "area__stand_in")
        .filter(status=Idea.Status.OPEN, hidden_reason="", told_late_at__isnull=True)
        .filter(answer_due_on__lt=timezone.localtime(now).date())
        .order_by("pk")
    )
    told = 0
    for idea in late:
        stand_in = who_stands_in(idea)
        accounts.notify(
            [stand_in] if stand_in else [],
            letter="E",
            subject=f"No answer yet, and you stand in: {idea.title}",
            body=f"The answer was due on {written(idea.answer_due_on)}. You can give it.",
            link=f"/ideas/{idea.pk}/answer/",
            key=f"idea {idea.pk} late",
            at=now,
        )
        idea.told_late_at = now
        idea.save(update_fields=["told_late_at"])
        record(idea, "tell the stand-in", by=None, at=now)
        told += 1
    return told
