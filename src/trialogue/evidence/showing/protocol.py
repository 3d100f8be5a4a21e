"""The thirteen answers of a plan as labels and words. Labels are the titles of the schemas."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from trialogue.evidence import schema
from trialogue.evidence.wording import wording
from trialogue.methods.verdicts import (
    NOT_KNOWN,
    Outcome,
    long_date,
    money,
    smallest_change_words,
)

Plan = Mapping[str, Any]
Row = tuple[str, str, str]  # label, words, and no address to change it: pages/summary.html


@dataclass(frozen=True)
class Part:
    """One of several things in an answer: a group, an outcome, a time of measuring."""

    heading: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Section:
    """The answer to one question."""

    code: str
    heading: str
    rows: tuple[Row, ...]
    parts: tuple[Part, ...] = ()


def protocol(plan: Plan) -> tuple[Section, ...]:
    """Return the answers of a plan, in the order of the questions."""
    return tuple(section(question, plan[question], plan) for question in schema.QUESTIONS)


def section(question: str, answer: Mapping[str, Any], plan: Plan) -> Section:
    """Return one answer; `plan` gives the names of groups and the kind of the outcome."""
    described = schema.documents()[f"questions/{question}"]
    rows: list[Row] = []
    parts: list[Part] = []
    for name, about in described["properties"].items():
        value = answer.get(name)
        if isinstance(value, dict):
            parts.append(Part(about["title"], _rows(about, value, plan)))
        elif isinstance(value, list) and about["items"].get("type") == "object":
            kind = about["items"]["title"]
            parts += [
                Part(_heading(kind, item, number), _rows(about["items"], item, plan))
                for number, item in enumerate(value, start=1)
            ]
        elif value or value is False or name not in _OPTIONAL:
            rows.append((about["title"], _words(name, value, answer, plan), ""))
    return Section(question, described["title"], tuple(rows), tuple(parts))


def lines(question: str, answer: Mapping[str, Any], plan: Plan) -> dict[str, str]:
    """Return one answer as label -> words, flat, to lay two versions side by side."""
    found = section(question, answer, plan)
    flat = {label: words for label, words, _ in found.rows}
    for part in found.parts:
        flat |= {f"{part.heading}: {label}": words for label, words, _ in part.rows}
    return flat


_OPTIONAL = {
    "gss_code", "block", "drawn_by", "drawn_how", "blocks", "sd", "icc", "icc_source",
    "between_cv", "cluster_size_cv", "r2", "registered_elsewhere", "description", "cost_pence",
    "replication_of", "tailoring", "advise_words", "words", "lowest", "highest",
    "set_up_pence", "hours", "council_pence", "nhs_pence", "partner_pence", "residents_pence",
    "whose_hours", "a_month", "subgroups", "steps",
}  # fmt: skip
CHOICES = {
    "kind": {"binary": "Yes or no", "count": "A count", "continuous": "An average"},
    "direction": {"higher": "Higher is better", "lower": "Lower is better"},
    "method": {
        "complete": "By chance, all at once",
        "blocked": "By chance, in blocks",
        "simple": "By chance, one by one",
        "elsewhere": "Outside this service",
    },
    "correction": {
        "holm": "Holm's method",
        "maxt": "The largest difference of each re-draw (max-T)",
        "none": "None",
    },
    "recorded": {"before": "Before the start", "afterwards": "After the start"},
}


def _heading(kind: str, item: Mapping[str, Any], number: int) -> str:
    one = kind.removeprefix("A ")
    return str(item.get("name") or f"{one[0].upper()}{one[1:]} {number}")


def _rows(about: Mapping[str, Any], item: Mapping[str, Any], plan: Plan) -> tuple[Row, ...]:
    return tuple(
        (shown["title"].removesuffix(" in pence"), _words(name, item.get(name), item, plan), "")
        for name, shown in about["properties"].items()
        if item.get(name)
        or item.get(name) is False
        or name not in _OPTIONAL
        or _is_end(name, item)
    )


def _is_end(name: str, item: Mapping[str, Any]) -> bool:
    """Whether it is an end of a scale that was said; it may be 0."""
    return name in ("lowest", "highest") and item.get(name) is not None


def _words(name: str, value: Any, beside: Mapping[str, Any], plan: Plan) -> str:
    if name in CHOICES:
        return CHOICES[name].get(value, str(value))
    if name == "comparisons":
        names = {arm["code"]: arm["name"] for arm in plan["arms"]["list"]}
        return "\n".join(names.get(code, code) for code in value)
    if name in ("smallest_change", "limit"):
        return _size(value, beside, plan)
    if name in ("baseline", "effect", "lost_allowed", "r2", "icc"):
        return _figure(name, value, plan)
    if name.endswith("_pence"):
        return money(value / 100)
    if name in ("start", "end", "opens", "closes", "starts"):
        return long_date(date.fromisoformat(value))
    return _plain(value)


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, list):
        return ", ".join(str(item) for item in value) or "None"
    if isinstance(value, int | float):
        return f"{value:,g}"
    return str(value or NOT_KNOWN)


def _size(value: float, outcome: Mapping[str, Any], plan: Plan) -> str:
    """Say the smallest change worth having, or a limit, as sentences do."""
    if value <= 0:
        return _plain(value)
    arm = plan["arms"]["comparisons"][0]
    measured = Outcome(outcome["kind"], outcome["direction"], value)
    return smallest_change_words(measured, wording(plan, arm, outcome))


def _figure(name: str, value: float, plan: Plan) -> str:
    yes_or_no = plan["outcomes"]["primary"]["kind"] == "binary"
    if name == "icc" or (name in ("baseline", "effect") and not yes_or_no):
        return _plain(value)
    points = f"{100 * value:.4g}".replace("-", "−")
    return f"{points} percentage points" if name == "effect" else f"{points}%"
