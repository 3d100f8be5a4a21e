"""What a new plan may begin from: a starter plan, or a trial that anyone can read."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from trialogue.evidence import queries as evidence
from trialogue.evidence.entries import plan_now

# Only the council that repeats a trial knows these.
NOT_COPIED = ("dates", "team")
OUR_OWN_DRAW = {"method": "complete", "block": 0, "drawn_by": "", "drawn_how": "", "blocks": ""}


@dataclass(frozen=True)
class ToCopy:
    """Answers to begin with. `code`: of the starter plan, or the identifier of the trial."""

    code: str
    title: str
    answers: Mapping[str, Mapping[str, Any]]


def to_copy(code: str) -> ToCopy | None:
    """Return the plan of a code; None when there is none. One query for a trial."""
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
    return ToCopy(code, plan["question"]["title"], answers)
