"""What a page says of a trial that has no result, and of when it was registered."""

from datetime import date

from django.utils.timezone import localdate

from trialogue.evidence.queries import Record, Whole
from trialogue.evidence.stopping import stopped_sentence, withdrawn_sentence
from trialogue.methods.verdicts import NOT_KNOWN, due_date, long_date

ADVICE = {"yes": "Yes", "no": "No", "with changes": "Yes, with changes"}
DECISIONS = {
    "adopt": "Took it up",
    "adapt": "Changed it and carried on",
    "stop": "Stopped it",
}


def opening(whole: Whole, today: date) -> tuple[str, str]:
    """Return the first sentence of a page without a result, and what comes next."""
    record = whole.record
    state = record.state_on(today)
    due = due_date(record.due_on, today=today)
    if state == "stopped" and whole.stopped:
        return stopped_sentence(whole.stopped.body), "What was seen is below. It is not a verdict."
    if state == "withdrawn" and whole.stopped:
        return (
            withdrawn_sentence(whole.stopped.body),
            "Nobody took part, so there is nothing to compare.",
        )
    if state == "not-reported":
        return (
            f"The result was due on {due} and was not reported.",
            "This record published itself, with what the register holds. "
            "The council can still report: the record will be corrected, not erased.",
        )
    if state == "inconsistent":
        return (
            f"No result yet. It was to run until {long_date(record.ends_on)}, and the register "
            "holds nothing that fits those dates.",
            f"The result {'was' if record.due_on < today else 'is'} due by {due}.",
        )
    if state == "registered":
        starts = "starts" if record.starts_on >= today else "was to start"
        return (
            f"No result yet. It {starts} on {due_date(record.starts_on, today=today)}.",
            f"The result is due by {due}.",
        )
    if state == "running":
        return (
            f"No result yet. It runs until {due_date(record.ends_on, today=today)}. Until then "
            "nobody can see whether it works, on purpose.",
            f"The result is due by {due}.",
        )
    ended = f"It ended on {long_date(record.ends_on)}."
    if state == "ended":
        return f"No result yet. {ended}", f"The result is due by {due}."
    late = (today - record.due_on).days
    days = "today" if late == 0 else f"{late} {'day' if late == 1 else 'days'} ago"
    return f"No result yet. {ended}", f"The result was due on {due}, {days}."


def registered_line(record: Record) -> str:
    """Say when it was registered, and how long before or after it started."""
    registered = localdate(record.registered_at)
    said = f"Registered {long_date(registered)}"
    days = (record.starts_on - registered).days
    if record.afterwards or days < 0:
        return f"{said}, {_days(-days)} after it started." if days < 0 else f"{said}, afterwards."
    return f"{said}, {_days(days)} before it started." if days else f"{said}, the day it started."


def source_line(record: Record, today: date) -> str:
    """Say from whose register a trial came and when that was last checked; empty when ours."""
    if not record.checked_at:
        return ""
    said = (
        f"This record comes from the register of {record.source}. Every entry of it verified when "
        f"we last checked, on {long_date(localdate(record.checked_at))}."
    )
    silent = record.silent_for(today)
    if not silent:
        return said
    return f"{said} It has not answered for {silent} days, so there may be news that is not here."


def _days(days: int) -> str:
    return f"{days:,} {'day' if days == 1 else 'days'}"


def number(value: int | None) -> str:
    """Write a count that may not be known."""
    return NOT_KNOWN if value is None else f"{value:,}"
