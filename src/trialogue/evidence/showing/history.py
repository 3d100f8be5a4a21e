"""What changed in a record since it was registered, old and new side by side."""

from dataclasses import dataclass
from typing import Any

from django.utils.timezone import localtime

from trialogue.evidence import schema
from trialogue.evidence.entries import Entry
from trialogue.evidence.queries import Whole
from trialogue.evidence.showing.protocol import lines
from trialogue.methods.verdicts import clock_time, long_date

KINDS = {
    "registration": "Registered",
    "amendment": "Plan changed",
    "deviation": "Something went differently",
    "list": "List fixed",
    "started": "Started",
    "stopped": "Stopped",
    "withdrawn": "Withdrawn",
    "result": "Result published",
    "correction": "Corrected",
    "retraction": "Taken back",
    "not-reported": "Not reported",
}


@dataclass(frozen=True)
class Change:
    """A numbered amendment: the lines that differ, and why."""

    entry: Entry
    question: str
    rows: tuple[tuple[str, str, str], ...]  # label, before, after


@dataclass(frozen=True)
class History:
    """All that the page of a record's history shows."""

    changes: tuple[Change, ...]
    deviations: tuple[Entry, ...]
    corrections: tuple[Entry, ...]
    events: tuple[tuple[str, str, Entry], ...]  # what, when in words, the entry


def history(whole: Whole) -> History:
    """Make the history of a trial from its events."""
    return History(
        changes=tuple(_change(entry, whole.plan) for entry in whole.of_kind("amendment")),
        deviations=whole.of_kind("deviation"),
        corrections=whole.of_kind("correction") + whole.of_kind("retraction"),
        events=tuple((_what(entry), _when(entry), entry) for entry in whole.entries),
    )


def _what(entry: Entry) -> str:
    number = f" (change {entry.number})" if entry.number else ""
    return KINDS[entry.kind] + number


def _when(entry: Entry) -> str:
    at = localtime(entry.created)
    return f"{long_date(at.date())} at {clock_time(at.time())}"


def _change(entry: Entry, plan: dict[str, Any]) -> Change:
    question = entry.body["question"]
    before = lines(question, entry.body["before"], plan)
    after = lines(question, entry.body["after"], plan)
    labels = list(dict.fromkeys([*before, *after]))
    return Change(
        entry=entry,
        question=schema.documents()[f"questions/{question}"]["title"],
        rows=tuple(
            (label, before.get(label, "not there"), after.get(label, "not there"))
            for label in labels
            if before.get(label) != after.get(label)
        ),
    )
