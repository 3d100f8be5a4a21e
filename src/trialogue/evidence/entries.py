"""An event as other apps see it, and the trial as its events leave it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Entry:
    """One event of a trial. `hash` is its name, the same on every copy of the log."""

    seq: int
    hash: str
    created: datetime
    kind: str
    body: Mapping[str, Any]

    @property
    def number(self) -> int:
        """Return the number of an amendment; 0 for anything else."""
        return int(self.body.get("number", 0))


def plan_now(entries: Iterable[Entry]) -> dict[str, Any]:
    """Return the plan as registered with the amendments made since, question by question."""
    plan: dict[str, Any] = {}
    for entry in entries:
        if entry.kind == "registration":
            plan = dict(entry.body["plan"])
        elif entry.kind == "amendment":
            plan[entry.body["question"]] = entry.body["after"]
    return plan


def last(entries: Iterable[Entry], kind: str) -> Entry | None:
    """Return the newest event of a kind."""
    found = None
    for entry in entries:
        if entry.kind == kind:
            found = entry
    return found
