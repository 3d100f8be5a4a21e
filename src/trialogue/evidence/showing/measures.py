"""One outcome measure of the catalogue as labels and words."""

from collections.abc import Iterator, Mapping
from typing import Any

from trialogue.evidence.queries import OutcomeMeasure, Question
from trialogue.evidence.showing.protocol import CHOICES, Row


def measure_rows(measure: OutcomeMeasure) -> tuple[Row, ...]:
    """Return what is known of a measure, with where each figure comes from."""
    return tuple((label, words, "") for label, words in _rows(measure) if words)


def _rows(measure: OutcomeMeasure) -> Iterator[tuple[str, str]]:
    yield "Question", measure.question
    yield "As a person is asked", "\n".join(_asked(one) for one in measure.asked)
    yield "Kind of number", CHOICES["kind"][measure.kind]
    if measure.lowest is not None and measure.highest is not None:
        yield "Lowest and highest", f"{_number(measure.lowest)} to {_number(measure.highest)}"
    yield "Measured of each", measure.unit
    yield "Which way is better", CHOICES["direction"][measure.direction]
    yield "How it is measured", measure.measured
    yield "Where the figures come from", measure.source
    yield "When", measure.when
    if measure.baseline:
        yield "Often found today", _range(measure.baseline)
    change = measure.smallest_change
    if change.get("value") is not None:
        yield (
            "Smallest change worth having",
            f"{_number(change['value'])}. {change.get('why', '')}",
        )
    for row in measure.icc:
        alike = f"{_number(row['value'])} within a {row['unit']} ({row['source']})"
        yield "How alike neighbours are (intraclass correlation)", alike
    yield "Note", measure.note
    yield "Code", measure.code


def _asked(one: Question) -> str:
    answers = ", ".join(f"{words} ({_number(value)})" for words, value in one.answers)
    return " ".join(part for part in (one.question, one.hint, answers) if part)


def _range(found: Mapping[str, Any]) -> str:
    low, high = found.get("low"), found.get("high")
    said = f"{_number(low)} to {_number(high)}" if high is not None else _number(low)
    return f"{said}. Source: {found['source']}" if found.get("source") else said


def _number(value: Any) -> str:
    return f"{value:g}".replace("-", "−") if isinstance(value, int | float) else str(value)
