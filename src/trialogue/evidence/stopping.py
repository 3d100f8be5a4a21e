"""The one sentence that says how a trial ended without its planned end."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from trialogue.evidence.schema import STOP_REASONS
from trialogue.methods.verdicts import long_date


def stopped_sentence(body: Mapping[str, Any]) -> str:
    """Say when a trial stopped, after how many of those planned, and why."""
    numbers = body["numbers"]
    after = ""
    if numbers["enrolled"] is not None and numbers["planned"] is not None:
        after = f" after {numbers['enrolled']:,} of {numbers['planned']:,}"
    return f"Stopped on {_on(body)}{after}, because {_because(body)}."


def withdrawn_sentence(body: Mapping[str, Any]) -> str:
    """Say when a trial was withdrawn before it started, and why."""
    return f"Withdrawn on {_on(body)}, before it started, because {_because(body)}."


def _on(body: Mapping[str, Any]) -> str:
    return long_date(date.fromisoformat(body["on"]))


def _because(body: Mapping[str, Any]) -> str:
    """Make a clause of the coded reason."""
    code = body["main_reason"]
    return _CLAUSES.get(code, STOP_REASONS[code][0].lower() + STOP_REASONS[code][1:])


_CLAUSES = {
    "harm": "of early harm or a complaint",
    "early-benefit": "of an early clear benefit",
    "law-changed": "policy or the law changed",
    "political": "of an election or political decision",
    "emergency": "of an emergency",
    "refused": "data protection or ethics said no",
    "other": "of another reason",
}
