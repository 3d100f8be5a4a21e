"""An answer of the plan as rows to read: what it is called and what it says."""

from collections.abc import Iterator, Mapping
from typing import Any

from trialogue.evidence import schema
from trialogue.trials.forms.hints import ENUM_WORDS

Row = tuple[str, str, str]


def plan_summary(question: str, body: Mapping[str, Any]) -> list[Row]:
    """Return an answer as rows of a summary list: label, words, and no address to change it."""
    return list(_rows(schema.documents()[f"questions/{question}"], body, ""))


def _rows(part: Mapping[str, Any], body: Mapping[str, Any], before: str) -> Iterator[Row]:
    for name, piece in part["properties"].items():
        if name not in body or name in ("code", "control", "comparisons", "number"):
            continue
        value = body[name]
        label = f"{before}{piece['title']}"
        if piece.get("type") == "object":
            yield from _rows(piece, value, f"{piece['title']}: ")
        elif piece.get("type") == "array" and piece["items"].get("type") == "object":
            for number, row in enumerate(value, start=1):
                title = f"{piece['items']['title']} {number}"
                yield title, _sentence(piece["items"], row), ""
        else:
            yield label, _words(piece, value), ""


def _sentence(part: Mapping[str, Any], row: Mapping[str, Any]) -> str:
    shown = []
    for name, piece in part["properties"].items():
        if name in ("code", "control", "number") or row.get(name) in (None, ""):
            continue
        words = _words(piece, row[name])
        shown.append(words if name in ("name", "description") else f"{piece['title']}: {words}")
    return "\n".join(dict.fromkeys(shown))


def _words(part: Mapping[str, Any], value: Any) -> str:
    if value is None or value in ("", []):
        return "None given"
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, list):
        return ", ".join(value)
    if part["title"] == "Cost in pence":
        return f"£{value / 100:,.2f}"
    if "enum" in part:
        return ENUM_WORDS[value]
    return f"{value:g}" if isinstance(value, float) else str(value)
