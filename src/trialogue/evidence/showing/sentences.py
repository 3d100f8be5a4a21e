"""What a page says of a trial that has no result, and of when it was registered."""

from datetime import date
from typing import Any

from django.utils.timezone import localdate

from trialogue.evidence.queries import Entry, Record, Whole
from trialogue.evidence.schema import STOP_REASONS
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
        return _stopped(whole.stopped, whole.plan), "What was seen is below. It is not a verdict."
    if state == "withdrawn" and whole.stopped:
        body = whole.stopped.body
        why = STOP_REASONS[body["main_reason"]].lower()
        on = long_date(date.fromisoformat(body["on"]))
        return (
            f"Withdrawn on {on}, before it started, because {_because(why)}.",
            "Nobody took part, so there is nothing to compare.",
        )
    if state == "not-reported":
        return (
            f"The result was due on {due} and was not reported.",
            "This record published itself, with what the register holds. "
            "The council can still report: the record will be corrected, not erased.",
        )
    if state == "registered":
        return (
            f"No result yet. It starts on {due_date(record.starts_on, today=today)}.",
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


def _stopped(entry: Entry, plan: Any) -> str:
    body = entry.body
    numbers = body["numbers"]
    after = ""
    if numbers["enrolled"] is not None and numbers["planned"] is not None:
        after = f" after {numbers['enrolled']:,} of {numbers['planned']:,}"
    on = long_date(date.fromisoformat(body["on"]))
    why = _because(STOP_REASONS[body["main_reason"]].lower())
    return f"Stopped on {on}{after}, because {why}."


def _because(reason: str) -> str:
    """Make a clause of a coded reason."""
    return _CLAUSES.get(reason, reason)


_CLAUSES = {
    "early harm or complaint": "of early harm or a complaint",
    "early clear benefit": "of an early clear benefit",
    "policy or law changed": "policy or the law changed",
    "an election or political decision": "of an election or political decision",
    "an emergency": "of an emergency",
    "another reason": "of another reason",
}


def registered_line(record: Record) -> str:
    """Say when it was registered, and how long before or after it started."""
    registered = localdate(record.registered_at)
    said = f"Registered {long_date(registered)}"
    days = (record.starts_on - registered).days
    if record.afterwards or days < 0:
        return f"{said}, {_days(-days)} after it started." if days < 0 else f"{said}, afterwards."
    return f"{said}, {_days(days)} before it started." if days else f"{said}, the day it started."


def _days(days: int) -> str:
    return f"{days:,} {'day' if days == 1 else 'days'}"


def number(value: int | None) -> str:
    """Write a count that may not be known."""
    return NOT_KNOWN if value is None else f"{value:,}"
