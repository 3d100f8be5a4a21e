"""What a record says, once it is opened: read whole, or the reason why it cannot be taken.

| type | body |
| --- | --- |
| `shift_started` | `ends`: when the visitor expects to finish, `HH:MM` |
| `visit_started` | |
| `visit_recorded` | `answers`: question → `answer` (yes, no, not asked) and `note`; `noticed` |
| `no_answer_step` | `step`: knocked, knocked again, card; `worried`; `noticed` |
| `declined`, `could_not_reach`, `visits_unwanted` | `note` |
| `concern_raised` | `level` (red, amber, request), `kind`, `words` |
| `emergency_called` | |
| `help_me` | `place`: `latitude`, `longitude`, `metres`; or none |
| `correction` | `corrects`; `type` and `body` as they should have been |
| `shift_ended` | `recorded`: how many records the phone had made; typed in: `said_by`, `how` |
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from trialogue.visits.models import Answer, Concern, VisitEvent
from trialogue.visits.states import Type

SCHEMA = 1
LONGEST_NOTE = 2000
STEPS = ("knocked", "knocked again", "card")
# How the desk heard that a visitor has finished, where no phone tells.
HEARD = {"telephone": "by telephone", "text": "by text message", "in person": "in person"}
WITHOUT_A_VISIT = frozenset({Type.SHIFT_STARTED, Type.SHIFT_ENDED, Type.HELP_ME})
_LARGEST = 2**63 - 1
_RIGHT = timedelta(minutes=5)  # a clock no further out is called right
_OLDEST = timedelta(days=90)  # that a record can be: the key it is sealed to is kept no longer
_SLACK = timedelta(minutes=2)  # of two clocks that agree


class NotUnderstoodError(Exception):
    """The record cannot be taken as it is; its words say why, for the desk."""


@dataclass(frozen=True)
class Recorded:
    """A record as the phone wrote it. `error_ms`: its clock minus ours, as it last knew."""

    type: Type
    visit: UUID | None
    seq: int
    list: UUID | None
    boot: UUID | None
    mono_ms: int
    error_ms: int
    at: datetime
    schema: int
    body: dict[str, Any]


def understand(text: bytes, *, event_id: UUID, device: UUID) -> Recorded:
    """Return what an opened record says; raise NotUnderstoodError with the reason."""
    try:
        said = json.loads(text)
        # Neither database keeps these.
        json.dumps(said, ensure_ascii=False, allow_nan=False).encode()
        if "\\u0000" in json.dumps(said):
            raise NotUnderstoodError("a character that cannot be kept")
        if said["schema"] != SCHEMA:
            raise NotUnderstoodError(f"version {str(said['schema'])[:20]} of a record")
        if (UUID(said["id"]), UUID(said["device"])) != (event_id, device):
            raise NotUnderstoodError("the record names another phone or record")
        if said["type"] not in set(Type):
            raise NotUnderstoodError(f"a record of the type {str(said['type'])[:40]}")
        recorded = Recorded(
            Type(said["type"]),
            _uuid(said["visit"]),
            _number(said["seq"], least=1),
            _uuid(said["list"]),
            _uuid(said["boot"]),
            _number(said["mono_ms"], least=0),
            _number(said["error_ms"], least=-_LARGEST),
            _moment(said["at"]),
            SCHEMA,
            said["body"],
        )
        check_body(recorded.type, recorded.body)
    except NotUnderstoodError:
        raise
    except (
        ValueError,
        TypeError,
        KeyError,
        AttributeError,
        OverflowError,
        RecursionError,
    ) as error:
        raise NotUnderstoodError("it is not written as a record is") from error
    if recorded.visit is None and recorded.type not in WITHOUT_A_VISIT | {Type.CORRECTION}:
        raise NotUnderstoodError("it names no visit")
    return recorded


def check_body(kind: str, body: Any) -> None:
    """Raise NotUnderstoodError where the body of a record is not as its type says."""
    if not isinstance(body, dict):
        raise NotUnderstoodError("its body is not written as a record's is")
    if any(len(text) > LONGEST_NOTE for text in _texts(body)):
        raise NotUnderstoodError(f"a note of over {LONGEST_NOTE} letters")
    if not _fits(kind, body):
        raise NotUnderstoodError(f"the body does not fit the type {kind}")


def _fits(kind: str, body: dict[str, Any]) -> bool:
    if kind == Type.VISIT_RECORDED:
        answers = body.get("answers", {})
        return isinstance(answers, dict) and all(
            isinstance(one, dict)
            and one.get("answer") in Answer.Value.values
            and isinstance(one.get("note", ""), str)
            for one in answers.values()
        )
    if kind == Type.NO_ANSWER_STEP:
        return body.get("step") in STEPS
    if kind == Type.CONCERN_RAISED:
        return (
            body.get("level") in Concern.Level.values
            and body.get("kind") in Concern.Kind.values
            and isinstance(body.get("words", ""), str)
        )
    if kind == Type.CORRECTION:
        as_type, corrected = body.get("type"), body.get("body") or {}
        if as_type not in ("", *(set(Type) - {Type.CORRECTION})):
            return False
        check_body(as_type, corrected)
        return _is_uuid(body.get("corrects"))
    return True


def about(
    recorded: Recorded, *, listed_at: datetime | None, received_at: datetime
) -> tuple[datetime, str]:
    """Return the best estimate of when something was recorded, and how good it is.

    The phone's time less its known error; never later than its receipt, nor before the list that
    it was recorded from, nor older than a phone keeps anything. The same whatever else has come,
    so that order never matters.
    """
    try:
        guess = recorded.at - timedelta(milliseconds=recorded.error_ms)
    except OverflowError:
        return received_at, VisitEvent.Quality.RECEIVED
    if guess > received_at + _SLACK:
        return received_at, VisitEvent.Quality.RECEIVED
    if listed_at and guess < listed_at - _SLACK:
        return listed_at, VisitEvent.Quality.ORDER
    if guess < received_at - _OLDEST:
        return received_at, VisitEvent.Quality.RECEIVED
    right = abs(recorded.error_ms) <= _RIGHT.total_seconds() * 1000
    return guess, VisitEvent.Quality.CLOCK if right else VisitEvent.Quality.CORRECTED


def _uuid(text: Any) -> UUID | None:
    return None if text is None else UUID(text)


def _moment(text: Any) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError("a time without its zone")
    return at.astimezone(UTC)


def _is_uuid(text: Any) -> bool:
    try:
        UUID(text)
    except (ValueError, TypeError, AttributeError):
        return False
    return True


def _number(value: Any, *, least: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= _LARGEST:
        raise ValueError("not a number that can be kept")
    return value


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for one in value.values() for text in _texts(one)]
    if isinstance(value, list):
        return [text for one in value for text in _texts(one)]
    return []
