"""The words and colours in a trial's tag. The words say it all without the colour."""

from dataclasses import dataclass
from datetime import date

from trialogue.evidence.queries.records import Record
from trialogue.methods.verdicts import VerdictCode

STATES = {
    "registered": ("Registered", "blue"),
    "running": ("Running", "blue"),
    "ended": ("Ended", "blue"),
    "due": ("Result due", "blue"),
    "overdue": ("Result overdue", "red"),
    "not-reported": ("Not reported", "red"),
    "reported": ("Reported", "grey"),
    "stopped": ("Stopped early", "purple"),
    "withdrawn": ("Withdrawn before it started", "grey"),
    "retracted": ("Taken back", "grey"),
}


@dataclass(frozen=True)
class Tag:
    """Words in a coloured box."""

    words: str
    colour: str


def verdict_tag(code: str) -> Tag:
    """Return the tag of a verdict."""
    verdict = VerdictCode(code)
    return Tag(verdict.words, verdict.colour)


def main_tag(record: Record, today: date) -> Tag:
    """Return the one tag that says most: the verdict, or the state while there is none."""
    if record.verdict and record.state != "retracted":
        return verdict_tag(record.verdict)
    state = record.state_on(today)
    words, colour = STATES[state]
    if state in ("overdue", "not-reported"):
        words = f"{words}, {(today - record.due_on).days} days"
    return Tag(words, colour)


def further_tags(record: Record, *, reviewed: bool | None = None) -> tuple[Tag, ...]:
    """Return the grey tags that stand beside it wherever the trial is shown."""
    tags = (
        ("Recorded afterwards, not registered before the start", record.afterwards),
        ("Drawn outside, cannot be checked here", record.elsewhere),
        ("Made up", record.made_up),
        ("Real data", bool(record.credit) and not record.made_up),
        ("Not yet reviewed", reviewed is False),
    )
    return tuple(Tag(words, "grey") for words, holds in tags if holds)
