"""All that the pages of one trial show."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from trialogue.evidence.entries import Entry, last, plan_now
from trialogue.evidence.groups import groups_of
from trialogue.evidence.queries.events import events
from trialogue.evidence.queries.records import Record, record


@dataclass(frozen=True)
class Whole:
    """A trial with all its events."""

    record: Record
    entries: tuple[Entry, ...]

    @property
    def plan(self) -> dict[str, Any]:
        """Return the plan with the amendments made."""
        return plan_now(self.entries)

    @property
    def registration(self) -> Entry:
        """Return the registration, as it was published."""
        return self.entries[0]

    @property
    def started(self) -> Entry | None:
        """Return the start, when it has started."""
        return last(self.entries, "started")

    @property
    def units_list(self) -> Entry | None:
        """Return the list's hash, when it was fixed."""
        return last(self.entries, "list")

    @property
    def result(self) -> Entry | None:
        """Return the result."""
        return last(self.entries, "result")

    @property
    def stopped(self) -> Entry | None:
        """Return how it stopped, or was withdrawn before it started."""
        return last(self.entries, "stopped") or last(self.entries, "withdrawn")

    @property
    def not_reported(self) -> Entry | None:
        """Return the record that nothing was reported."""
        return last(self.entries, "not-reported")

    def of_kind(self, kind: str) -> tuple[Entry, ...]:
        """Return every event of a kind, oldest first."""
        return tuple(entry for entry in self.entries if entry.kind == kind)

    @property
    def arms(self) -> dict[str, str]:
        """Return the name of each arm by its code."""
        return {arm["code"]: arm["name"] for arm in self.plan["arms"]["list"]}

    @property
    def groups(self) -> dict[str, str]:
        """Return the name of each group that units were placed in: of arms, or of steps."""
        return {group.code: group.name for group in groups_of(self.plan)}


def whole(trial: str) -> Whole | None:
    """Return a trial with its events; None when the register has none of it. Two queries."""
    found = record(trial)
    return Whole(found, events(trial)) if found else None


def changed_fields(amendment: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
    """Return the fields that an amendment changes: name, before, after."""
    before, after = amendment["before"], amendment["after"]
    names = sorted(before.keys() | after.keys())
    return [
        (name, before.get(name), after.get(name))
        for name in names
        if before.get(name) != after.get(name)
    ]
