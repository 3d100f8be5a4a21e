"""The words of ideas: their state as a tag, what they might save, who sent them."""

from datetime import date

from trialogue.accounts.working_days import Calendar
from trialogue.ideas.models import Idea
from trialogue.methods.verdicts import VerdictCode
from trialogue.pages.lists import Tag

TRIED = frozenset({"running", "ended", "reported", "stopped"})
HIDE_REASONS = {
    "personal": "It may identify a person",
    "abuse": "It attacks or insults somebody",
    "advert": "It advertises something",
    "law": "It may break the law",
    "subject": "It is not about a service here",
}


_ANSWERS = {
    Idea.Answer.DO: Tag("Doing it", "green"),
    Idea.Answer.NOT_NOW: Tag("Not now", "yellow"),
    Idea.Answer.NO: Tag("No", "grey"),
    Idea.Answer.MERGED: Tag("Joined with another idea", "grey"),
}


def tag(idea: Idea, today: date, calendar: Calendar) -> Tag:
    """Return the tag of an idea's state on a day."""
    if idea.status == Idea.Status.DRAFT:
        return Tag("Draft", "grey")
    if idea.hidden_reason:
        return Tag("Hidden", "grey")
    if idea.status == Idea.Status.OPEN:
        return _open(idea, today, calendar)
    if idea.answer == Idea.Answer.TRIAL:
        if idea.trial_state == "reported" and idea.trial_verdict:
            verdict = VerdictCode(idea.trial_verdict)
            words = verdict.words[0].lower() + verdict.words[1:]
            return Tag(f"Trial reported: {words}", verdict.colour)
        begun = idea.trial_state in TRIED or idea.trial_state == "withdrawn"
        return Tag(f"Trial {idea.trial_state}", "blue") if begun else Tag("Trial planned", "green")
    return _ANSWERS[Idea.Answer(idea.answer)]


def _open(idea: Idea, today: date, calendar: Calendar) -> Tag:
    if idea.answer_due_on and (late := calendar.between(idea.answer_due_on, today)):
        days = "1 working day" if late == 1 else f"{late} working days"
        return Tag(f"No answer yet, {days} late", "red")
    return Tag("Open" if idea.checked_at else "Waiting to be checked", "blue")


def written(day: date | None) -> str:
    """Write a day: 14 May 2027."""
    return f"{day.day} {day:%B %Y}" if day else "not known"


def hours(idea: Idea) -> str:
    """Write what time it might save: `12 to 20 hours a month`, or `not known`."""
    if idea.minutes_low is None or idea.minutes_high is None:
        return "not known"
    low, high = (f"{minutes / 60:,.4g}" for minutes in (idea.minutes_low, idea.minutes_high))
    return f"{low} to {high} hours a month" if low != high else f"{low} hours a month"


def pounds(idea: Idea) -> str:
    """Write what money it might save: `£1,200 to £2,000 a year`, or `not known`."""
    if idea.pence_low is None or idea.pence_high is None:
        return "not known"
    low, high = (f"£{pence / 100:,.0f}" for pence in (idea.pence_low, idea.pence_high))
    return f"{low} to {high} a year" if low != high else f"{low} a year"


def counted(number: int, one: str, many: str) -> str:
    """Write a count with its word: `1 place`, `2 places`."""
    return f"{number:,} {one if number == 1 else many}"
