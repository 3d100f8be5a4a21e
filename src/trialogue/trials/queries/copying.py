"""What a new plan may begin from: a starter plan, or a trial that anyone can read."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil
from typing import Any

from trialogue.evidence import queries as evidence
from trialogue.evidence.entries import plan_now

TO_PREPARE = timedelta(weeks=8)

# Only the council that repeats a trial knows these.
NOT_COPIED = ("dates", "team")
OUR_OWN_DRAW = {"method": "complete", "block": 0, "drawn_by": "", "drawn_how": "", "blocks": ""}


@dataclass(frozen=True)
class ToCopy:
    """Answers to begin with. `code`: of the starter plan, or the identifier of the trial."""

    code: str
    title: str
    answers: Mapping[str, Mapping[str, Any]]


def to_copy(code: str, *, today: date) -> ToCopy | None:
    """Return the plan of a code; None when there is none. One query for a trial.

    Without its dates; but a stepped start is its dates, so they come along, weeks later.
    """
    starter = evidence.starter_plan(code)
    if starter is not None:
        return ToCopy(code, starter.title, starter.answers)
    known = code.startswith("EC-") and "\0" not in code  # no database can look for it
    entries = evidence.events(code) if known else ()
    if not entries:
        return None
    plan = plan_now(entries)
    answers = {name: body for name, body in plan.items() if name not in NOT_COPIED}
    answers["question"] = {**plan["question"], "replication_of": code}
    if plan["strata"]["method"] == "elsewhere":
        answers["strata"] = {**plan["strata"], **OUR_OWN_DRAW}
    if plan["dates"].get("steps"):
        answers["dates"] = _to_come(plan["dates"], today)
    return ToCopy(code, plan["question"]["title"], answers)


def _to_come(dates: Mapping[str, Any], today: date) -> dict[str, Any]:
    """Return dates as many whole weeks later as it takes to prepare, with their distances."""
    wait = today + TO_PREPARE - date.fromisoformat(dates["start"])
    weeks = timedelta(weeks=max(0, ceil(wait.days / 7)))

    def later(row: Mapping[str, Any], *names: str) -> dict[str, Any]:
        moved = {name: date.fromisoformat(row[name]) + weeks for name in names}
        return {**row, **{name: day.isoformat() for name, day in moved.items()}}

    return {
        **later(dates, "start", "end"),
        "waves": [later(wave, "opens", "closes") for wave in dates["waves"]],
        "steps": [later(step, "starts") for step in dates["steps"]],
        "registered_elsewhere": "",
    }
