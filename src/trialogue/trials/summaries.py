"""An answer of the plan as rows to read: what it is called and what it says."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from trialogue.evidence import schema
from trialogue.methods.verdicts import long_date, money
from trialogue.trials.forms.hints import ENUM_WORDS
from trialogue.trials.forms.questions import moot_fields

Row = tuple[str, str, str]
Plan = Mapping[str, Mapping[str, Any]]
NONE_GIVEN = "None given"


def plan_summary(question: str, body: Mapping[str, Any]) -> list[Row]:
    """Return an answer as rows of a summary list: label, words, and no address to change it."""
    return list(_rows(schema.documents()[f"questions/{question}"], body))


@dataclass(frozen=True)
class Shown:
    """An answer to read: what it says, and the names of what it leaves empty."""

    rows: tuple[Row, ...]
    empty: tuple[str, ...]


def plan_shown(question: str, plan: Plan) -> Shown:
    """Return an answer without what does not matter with the other answers of the plan."""
    moot = set(moot_fields(question, plan))
    if question == "strata":
        moot |= _PLACED_BY[plan[question]["method"] == "elsewhere"]
    rows = plan_summary(question, {k: v for k, v in plan[question].items() if k not in moot})
    return Shown(
        rows=tuple(row for row in rows if row[1] != NONE_GIVEN),
        empty=tuple(label.lower() for label, words, _ in rows if words == NONE_GIVEN),
    )


# What says nothing of a trial that we place ourselves, and of one that was placed elsewhere.
_PLACED_BY = {False: {"drawn_by", "drawn_how", "blocks"}, True: {"block"}}


def said(question: str, body: Mapping[str, Any]) -> str:
    """Return what an answer says as lines, for a list of its versions."""
    rows = plan_summary(question, body)
    return "\n".join(f"{label}: {words}" for label, words, _ in rows if words != NONE_GIVEN)


def _rows(part: Mapping[str, Any], body: Mapping[str, Any]) -> Iterator[Row]:
    for name, piece in part["properties"].items():
        if name not in body or name in ("code", "control", "comparisons", "number"):
            continue
        value = body[name]
        if piece.get("type") == "object":
            yield piece["title"], _sentence(piece, value), ""
        elif piece.get("type") == "array" and piece["items"].get("type") == "object":
            for number, row in enumerate(value, start=1):
                title = f"{piece['items']['title']} {number}"
                yield title, _sentence(piece["items"], row), ""
        else:
            yield piece["title"], _words(piece, value), ""


def _sentence(part: Mapping[str, Any], row: Mapping[str, Any]) -> str:
    """Return a row of several fields: what it is on a line, then what is so of it."""
    called, facts = [], []
    for name, piece in part["properties"].items():
        if name in ("code", "control", "number") or row.get(name) in (None, ""):
            continue
        words = _words(piece, row[name])
        if name in ("name", "description"):
            called.append(words)
        else:
            facts.append(f"{_TITLES.get(name, piece['title'])}: {_inner(words)}")
    return "\n".join([*dict.fromkeys(called), ". ".join(facts)])


_TITLES = {"cost_pence": "Cost"}


def _inner(words: str) -> str:
    """Return words to stand behind a colon, without a stop of their own."""
    return words.rstrip(".")


def _words(part: Mapping[str, Any], value: Any) -> str:
    if value is None or value in ("", []):
        return NONE_GIVEN
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, list):
        return ", ".join(value)
    if part["title"].endswith("in pence"):
        return money(value / 100)
    if part.get("format") == "date":
        return long_date(date.fromisoformat(value))
    if "enum" in part:
        return ENUM_WORDS[value]
    return f"{value:g}" if isinstance(value, float) else str(value)
