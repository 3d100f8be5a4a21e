"""The words and colours in a trial's tag. The words say it all without the colour."""

from datetime import date

from trialogue.evidence.queries.records import Record
from trialogue.methods.verdicts import VerdictCode
from trialogue.pages.lists import Tag

STATES = {
    "registered": ("Registered", "blue"),
    "running": ("Running", "blue"),
    "ended": ("Ended", "blue"),
    "due": ("Result due", "blue"),
    "overdue": ("Result overdue", "red"),
    "inconsistent": ("Dates do not add up", "red"),
    "not-reported": ("Not reported", "red"),
    "reported": ("Reported", "grey"),
    "stopped": ("Stopped early", "purple"),
    "withdrawn": ("Withdrawn before it started", "grey"),
    "retracted": ("Taken back", "grey"),
}


def verdict_tag(code: str) -> Tag:
    """Return the tag of a verdict."""
    verdict = VerdictCode(code)
    return Tag(verdict.words, verdict.colour)


def main_tag(record: Record, today: date) -> Tag:
    """Return the one tag that says most: the verdict, or the state while there is none."""
    if record.verdict and record.state != "retracted":
        return verdict_tag(record.verdict)
    return state_tag(record, today)


def state_tag(record: Record, today: date) -> Tag:
    """Return the tag of where a trial stands, with the days that a result is late."""
    state = record.state_on(today)
    words, colour = STATES[state]
    late = (today - record.due_on).days
    if state in ("overdue", "not-reported") and late > 0:
        words = f"{words}, {late} {'day' if late == 1 else 'days'}"
    return Tag(words, colour)


def further_tags(record: Record, today: date, *, reviewed: bool | None = None) -> tuple[Tag, ...]:
    """Return the grey tags that stand beside it wherever the trial is shown."""
    silent = record.silent_for(today)
    tags = (
        ("From another register", bool(record.source)),
        (f"Source silent, {silent} days", silent > 0),
        ("Recorded afterwards, not registered before it started", record.afterwards),
        ("Drawn outside, cannot be checked here", record.elsewhere),
        ("Made up", record.made_up),
        ("Real data", bool(record.credit) and not record.made_up),
        ("Not yet reviewed", reviewed is False),
    )
    return tuple(Tag(words) for words, holds in tags if holds)
