"""What became of a visit: a function of the set of its events, whatever order they came in."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID


class Type(StrEnum):
    """What a phone, or the desk for it, records."""

    SHIFT_STARTED = "shift_started"
    VISIT_STARTED = "visit_started"
    VISIT_RECORDED = "visit_recorded"
    NO_ANSWER_STEP = "no_answer_step"
    DECLINED = "declined"
    COULD_NOT_REACH = "could_not_reach"
    VISITS_UNWANTED = "visits_unwanted"
    CONCERN_RAISED = "concern_raised"
    EMERGENCY_CALLED = "emergency_called"
    HELP_ME = "help_me"
    CORRECTION = "correction"
    SHIFT_ENDED = "shift_ended"


class State(StrEnum):
    """What a visit is."""

    DUE = "due"
    BEGUN = "begun"
    DONE = "done"
    DECLINED = "declined"
    NO_ANSWER = "no answer"
    COULD_NOT_REACH = "could not reach"
    SUSPENDED = "suspended"
    MISSED = "missed"
    MOVED = "moved"


WORDS = {
    State.DUE: "Due",
    State.BEGUN: "Begun",
    State.DONE: "Done",
    State.DECLINED: "Declined",
    State.NO_ANSWER: "No answer",
    State.COULD_NOT_REACH: "Could not get there",
    State.SUSPENDED: "Paused",
    State.MISSED: "Missed",
    State.MOVED: "Moved to another day",
}
# A call at the door was made, whatever came of it.
ATTEMPTED = frozenset({State.DONE, State.DECLINED, State.NO_ANSWER, State.COULD_NOT_REACH})
# What says most about a visit comes first: somebody who was seen was not out.
_MEANS = (
    (State.DONE, {Type.VISIT_RECORDED}),
    (State.DECLINED, {Type.DECLINED, Type.VISITS_UNWANTED}),
    (State.NO_ANSWER, {Type.NO_ANSWER_STEP}),
    (State.COULD_NOT_REACH, {Type.COULD_NOT_REACH}),
    (State.BEGUN, {Type.VISIT_STARTED}),
)


@dataclass(frozen=True)
class Happened:
    """An event as it counts: with its correction, when there is one. `source`: phone or person."""

    id: UUID
    type: str
    at: datetime
    body: dict[str, Any]
    source: UUID | None = None


def counting(events: Iterable[Happened]) -> list[Happened]:
    """Return the events that count, by time: each corrected one as its newest correction says.

    The body of a correction: `corrects` (the event's id), and `type` and `body` as they should
    have been; `type` empty takes the event back. The same for every order of `events`.
    """
    all_of_them = sorted(events, key=lambda one: (one.at, one.id))
    counted = {one.id: one for one in all_of_them if one.type != Type.CORRECTION}
    for one in all_of_them:
        if one.type != Type.CORRECTION:
            continue
        corrected = identifier(one.body.get("corrects"))
        if corrected is None or corrected not in counted:
            continue
        before = counted[corrected]
        as_type = one.body.get("type", before.type)
        counted[corrected] = Happened(
            before.id, as_type, before.at, one.body.get("body") or {}, before.source
        )
    return sorted((one for one in counted.values() if one.type), key=lambda one: (one.at, one.id))


def identifier(text: Any) -> UUID | None:
    """Return an identifier that a phone wrote, or nothing where it is none."""
    try:
        return UUID(str(text))
    except ValueError:
        return None


def state_of(
    events: Iterable[Happened],
    *,
    suspended: bool = False,
    moved: bool = False,
    day_over: bool = False,
) -> State:
    """Return what a visit is. The flags count only where nothing was recorded.

    A visit not heard of is `due` until the desk settles the day: no signal looks the same as
    nobody went. `day_over`: it was settled, so nobody went.
    """
    types = {one.type for one in counting(events)}
    for state, means in _MEANS:
        if types & means:
            return state
    if moved:
        return State.MOVED
    if suspended:
        return State.SUSPENDED
    return State.MISSED if day_over else State.DUE


def accounts_of(events: Sequence[Happened]) -> dict[UUID | None, list[Happened]]:
    """Return the events that count by who recorded them: two keys are two accounts of a visit."""
    told: dict[UUID | None, list[Happened]] = {}
    for one in counting(events):
        told.setdefault(one.source, []).append(one)
    return told
