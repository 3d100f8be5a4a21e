"""A plan: which residents each round visits on each day, and where on the way."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from trialogue.methods.problems import InputError, Problem
from trialogue.methods.results import Result


@dataclass(frozen=True, order=True)
class RoundDay:
    """A round on a day. `seq`: (gap, the ids of those visited in it, in order), gaps ascending."""

    round: str
    day: int
    seq: tuple[tuple[int, tuple[str, ...]], ...]

    @property
    def residents(self) -> tuple[str, ...]:
        """Everyone visited, in order."""
        return tuple(resident for _, names in self.seq for resident in names)


@dataclass(frozen=True, repr=False)
class Place(Result):
    """Where a resident stands in a plan: one round, the days of one pattern."""

    round: str
    days: tuple[int, ...]


@dataclass(frozen=True, repr=False)
class Unplaced(Result):
    """Somebody whom no round visits, and why."""

    resident: str
    visits_per_week: int
    reason: str
    text: str


@dataclass(frozen=True, repr=False)
class Plan(Result):
    """The visits of a week, sorted by round and day."""

    instance: str
    visits: tuple[RoundDay, ...]
    unplaced: tuple[Unplaced, ...] = ()

    def places(self) -> dict[str, Place]:
        """Where each resident who is visited stands, by their id."""
        rounds: dict[str, str] = {}
        days: dict[str, list[int]] = {}
        for entry in self.visits:
            for resident in entry.residents:
                rounds[resident] = entry.round
                days.setdefault(resident, []).append(entry.day)
        return {name: Place(rounds[name], tuple(sorted(days[name]))) for name in rounds}

    def as_json(self, summary: Mapping[str, Any] | None = None) -> str:
        """Return the plan as it is written to a file, with the command's summary."""
        document = {
            "instance": self.instance,
            "visits": [
                {"round": v.round, "day": v.day, "seq": [[gap, list(who)] for gap, who in v.seq]}
                for v in self.visits
            ],
            "unplaced_residents": [asdict(one) for one in self.unplaced],
            **({"summary": dict(summary)} if summary is not None else {}),
        }
        return json.dumps(document, ensure_ascii=False, allow_nan=False)


def plan_of(instance: str, entries: Iterable[tuple[str, int, int, str]]) -> Plan:
    """Make a plan of (round, day, gap, resident), in order within each gap."""
    found: dict[tuple[str, int], dict[int, list[str]]] = {}
    for round_id, day, gap, resident in entries:
        found.setdefault((round_id, day), {}).setdefault(gap, []).append(resident)
    return Plan(
        instance,
        tuple(
            RoundDay(round_id, day, tuple((gap, tuple(gaps[gap])) for gap in sorted(gaps)))
            for (round_id, day), gaps in sorted(found.items())
        ),
    )


def read_plan(document: Mapping[str, Any], *, file: str) -> Plan:
    """Read a plan's visits from JSON; raises InputError when they are not visits of a plan."""
    try:
        return Plan(
            str(document.get("instance", "")),
            tuple(sorted(_round_day(entry) for entry in document["visits"])),
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        what = 'This is not a plan: it needs "visits", each with round, day and seq'
        raise InputError(Problem(what, file=file)) from None


def _round_day(entry: Mapping[str, Any]) -> RoundDay:
    seq: Sequence[Any] = entry["seq"]
    return RoundDay(
        str(entry["round"]),
        int(entry["day"]),
        tuple((int(gap), tuple(str(name) for name in names)) for gap, names in seq),
    )
