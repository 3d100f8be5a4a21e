"""The catalogue: outcome measures and starter plans, read once from the files of this package."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from trialogue.evidence.starting import answers_of


@dataclass(frozen=True)
class Question:
    """A question as a person is asked it, with the number of each answer if it offers any."""

    question: str
    hint: str = ""
    answers: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True)
class OutcomeMeasure:
    """Something that small trials of collaboration measure. Fields: catalogue/README.md."""

    code: str
    name: str
    question: str
    kind: str
    unit: str
    direction: str
    measured: str
    source: str
    when: str
    baseline: Mapping[str, Any] | None
    smallest_change: Mapping[str, Any]
    between_cv: Mapping[str, Any] | None
    icc: tuple[Mapping[str, Any], ...]
    guardrail: bool
    comparable_with: tuple[str, ...]
    note: str
    small_number_threshold: int
    collaborations: tuple[str, ...]
    services: tuple[str, ...]
    lowest: float | None = None
    highest: float | None = None
    asked: tuple[Question, ...] = ()  # of a person; their sum is the measure


@dataclass(frozen=True)
class StarterPlan:
    """A plan to copy. `answers` holds the questions that need nothing of the council."""

    code: str
    title: str
    summary: str
    collaborations: tuple[str, ...]
    services: tuple[str, ...]
    answers: Mapping[str, Mapping[str, Any]]
    owner_role: str
    size: Mapping[str, Any]
    known_before: Mapping[str, Any]
    left_to_fill: tuple[str, ...]


def outcome_measures(
    *, service: str = "", collaboration: str = "", guardrail: bool | None = None
) -> tuple[OutcomeMeasure, ...]:
    """Return measures by service, collaboration, harm or benefit, in the catalogue's order."""
    return tuple(
        measure
        for measure in _measures().values()
        if (not service or service in measure.services or "all" in measure.services)
        and (not collaboration or collaboration in measure.collaborations)
        and (guardrail is None or measure.guardrail is guardrail)
    )


def outcome_measure(code: str) -> OutcomeMeasure | None:
    """Return the measure of a code."""
    return _measures().get(code)


def measure_groups() -> tuple[tuple[str, tuple[OutcomeMeasure, ...]], ...]:
    """Return the measures under the heading of a collaboration, harms last."""
    hoped = [measure for measure in _measures().values() if not measure.guardrail]
    groups = [
        (heading, tuple(m for m in hoped if m.collaborations and m.collaborations[0] == code))
        for code, heading in _COLLABORATIONS.items()
    ]
    harms = tuple(measure for measure in _measures().values() if measure.guardrail)
    return (*groups, ("Harms to watch (guardrails)", harms))


_COLLABORATIONS = {
    "other sectors": "With other sectors",
    "workforce": "With our own workforce",
    "public": "With the public",
}


@cache
def starter_plans() -> tuple[StarterPlan, ...]:
    """Return the plans to copy, in catalogue order."""
    measures = _measures()
    return tuple(
        StarterPlan(
            code=plan["code"],
            title=plan["question"]["title"],
            summary=plan["question"]["summary"],
            collaborations=tuple(plan["collaborations"]),
            services=tuple(plan["services"]),
            answers=answers_of(plan, {code: vars(measures[code]) for code in measures}),
            owner_role=plan["team"]["owner_role"],
            size=plan["size"],
            known_before=plan["known_before"],
            left_to_fill=tuple(plan["left_to_fill"]),
        )
        for plan in _read("plans.yaml")
    )


def starter_plan(code: str) -> StarterPlan | None:
    """Return the plan of a code."""
    return next((plan for plan in starter_plans() if plan.code == code), None)


@cache
def _measures() -> dict[str, OutcomeMeasure]:
    return {
        row["code"]: OutcomeMeasure(
            **{
                **row,
                "between_cv": row.get("between_cv"),
                "icc": tuple(row.get("icc") or ()),
                "comparable_with": tuple(row["comparable_with"]),
                "collaborations": tuple(row["collaborations"]),
                "services": tuple(row["services"]),
                "asked": tuple(_question(**asked) for asked in row.get("asked", ())),
            }
        )
        for row in _read("outcomes.yaml")
    }


def _question(question: str, hint: str = "", answers: Iterable[Any] = ()) -> Question:
    return Question(question, hint, tuple((words, value) for words, value in answers))


def _read(name: str) -> list[dict[str, Any]]:
    text = (files("trialogue.evidence") / "catalogue" / name).read_text("utf-8")
    rows: list[dict[str, Any]] = yaml.safe_load(text)
    return rows
