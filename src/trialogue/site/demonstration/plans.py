"""The plans of the made-up trials: a starter plan, with what is different here."""

from collections.abc import Mapping
from copy import deepcopy
from datetime import date, timedelta
from typing import Any

from trialogue.evidence import queries as register

Plan = dict[str, dict[str, Any]]
TEAM = {"owner_role": "Improvement lead", "contact": "improvement@wrenmoor.example"}


def copied(code: str, **changes: Mapping[str, Any]) -> Plan:
    """Return a starter plan with some fields of some answers changed."""
    starter = register.starter_plan(code)
    if starter is None:
        raise ValueError(f"there is no plan {code}")
    plan: Plan = {name: dict(deepcopy(body)) for name, body in starter.answers.items()}
    plan["team"] = dict(TEAM)
    for question, change in changes.items():
        plan[question] = {**plan.get(question, {}), **change}
    return plan


TWICE = ("two weeks", "six weeks")  # when a trial that is measured twice is measured


def dated(
    plan: Plan, *, start: date, end: date, afterwards: bool = False, twice: bool = False
) -> Plan:
    """Return a plan with its dates: measured at the end, and `twice` early too."""
    two_weeks = start + timedelta(days=14)
    waves = [_wave(1, "Main", start, end + timedelta(days=14))]
    if twice:
        waves = [
            _wave(1, TWICE[0], two_weeks, two_weeks + timedelta(days=7)),
            _wave(2, TWICE[1], two_weeks + timedelta(days=8), end + timedelta(days=14)),
        ]
    dates = {
        "recorded": "afterwards" if afterwards else "before",
        "start": start.isoformat(),
        "end": end.isoformat(),
        "waves": waves,
        "registered_elsewhere": "",
    }
    return {**plan, "dates": dates}


def _wave(number: int, name: str, opens: date, closes: date) -> dict[str, Any]:
    days = {"opens": opens.isoformat(), "closes": closes.isoformat()}
    return {"number": number, "name": name, **days}


def costed(plan: Plan, *, a_month: int, whose_hours: str, **more: Mapping[str, Any]) -> Plan:
    """Return a plan with more on the cost of its groups, by their codes."""
    arms = plan["arms"]
    groups = [{**arm, **more.get(arm["code"], {})} for arm in arms["list"]]
    cost = {"list": groups, "a_month": a_month, "whose_hours": whose_hours}
    return {**plan, "arms": {**arms, **cost}}


def two_groups(
    *,
    title: str,
    summary: str,
    problem: str,
    other_names: list[str],
    new: str,
    usual: str,
    unit: tuple[str, str],
    service: str,
    outcome: tuple[str, str],
    direction: str,
    smallest_change: float,
    baseline: float,
    effect: float,
    each: int,
    harm: tuple[str, str] = ("complaint", "Complaints"),
    cost_pence: int = 10,
) -> Plan:
    """Return a plan of two groups and a yes-or-no outcome, each unit placed by itself."""
    return copied(
        "evening-text",
        question={
            "title": title,
            "summary": summary,
            "problem": problem,
            "other_names": other_names,
            "replication_of": None,
        },
        arms={
            "usual_practice": usual,
            "cost_per": unit[0],
            "list": [
                _arm("usual", usual, control=True, cost=0),
                _arm("new", new, cost=cost_pence),
            ],
            "comparisons": ["new"],
            "correction": "none",
        },
        unit={
            "placed": unit[0],
            "placed_plural": unit[1],
            "measured": unit[0],
            "measured_plural": unit[1],
            "clustered": False,
            "eligibility": f"Every one of the {unit[1]} that the service met in these weeks.",
            "setting": "The whole of Wrenmoor.",
            "service": service,
        },
        strata={"by": ["ward"], "method": "complete", "block": 0},
        outcomes={
            "primary": {
                "code": outcome[0],
                "name": outcome[1],
                "kind": "binary",
                "unit": unit[0],
                "direction": direction,
                "when": "by the end of the trial",
                "source": "the service's own records",
                "smallest_change": smallest_change,
                "judged_blind": True,
            },
            "secondary": [],
            "guardrails": [
                {
                    "code": harm[0],
                    "name": harm[1],
                    "kind": "binary",
                    "unit": unit[0],
                    "direction": "lower",
                    "limit": 0.02,
                }
            ],
            "covariates": [],
        },
        size={"baseline": baseline, "effect": effect, "clusters_per_arm": each},
        delivery={"what": new, "who": "The service itself", "tailoring": "None"},
    )


def _arm(code: str, name: str, *, control: bool = False, cost: int = 0) -> dict[str, Any]:
    return {
        "code": code,
        "name": name,
        "description": name,
        "control": control,
        "share": 1,
        "cost_pence": cost,
    }
