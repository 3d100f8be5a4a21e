"""Changing the plan in public, and saying what went differently."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from trialogue.accounts import permissions
from trialogue.accounts import services as accounts
from trialogue.accounts.models import Person
from trialogue.evidence import queries as register
from trialogue.evidence import schema
from trialogue.evidence import services as evidence
from trialogue.evidence.entries import plan_now
from trialogue.methods.problems import InputError, Problem, refuse
from trialogue.trials.models import Draw, Trial
from trialogue.trials.protocol import Plan
from trialogue.trials.queries.trials import roles_in_trial
from trialogue.trials.words import problems_between

# What is settled once the list is fixed: its published hash names how it will be drawn.
SETTLED_WITH_THE_LIST = ("arms", "unit", "strata")


@transaction.atomic
def amend_plan(
    *,
    public_id: str,
    question: str,
    body: Mapping[str, Any],
    reason: str,
    by: Person,
    at: datetime,
) -> int:
    """Publish a numbered change of one answer, beside the old one; return its number.

    Raises PermissionDenied, and InputError when nothing changes, the reason is missing or the
    answer is settled.
    """
    trial = Trial.objects.select_for_update().get(public_id=public_id)
    permissions.check(by, "amend a trial", also=roles_in_trial(by, public_id))
    if not trial.registered_at:
        raise InputError(Problem("The plan is not registered yet", "Change the answer itself"))
    if trial.locked_at or trial.stopped_at or trial.reported_at:
        raise InputError(
            Problem("The data are locked, so the plan cannot change", "Record a deviation instead")
        )
    fixed = Draw.objects.filter(trial=trial).exclude(list_hash="").exists()
    if (fixed or trial.started_at) and question in SETTLED_WITH_THE_LIST:
        what = "The groups are placed" if trial.started_at else "The list is fixed"
        raise InputError(Problem(f"{what}, so this cannot change", "Record a deviation instead"))
    problems = list(schema.problems(question, body))
    entries = register.events(public_id)
    plan = plan_now(entries)
    if not problems:
        after = {**plan, question: body}
        problems += _breaks(plan, after, fixed=fixed, today=timezone.localdate(at))
    if not reason.strip():
        problems.append(Problem("Enter why the plan changes", column="reason"))
    before = plan[question]
    if dict(body) == before:
        problems.append(Problem("Nothing is different", "Change the answer, or leave it"))
    refuse(problems)
    number = 1 + sum(entry.kind == "amendment" for entry in entries)
    evidence.append(
        public_id,
        "amendment",
        {
            "number": number,
            "question": question,
            "before": before,
            "after": dict(body),
            "reason": reason.strip(),
        },
        at=at,
    )
    if question == "dates":
        trial.ends_on = date.fromisoformat(body["end"])
        trial.save(update_fields=["ends_on"])
    if question == "question":
        trial.title = body["title"]
        trial.save(update_fields=["title"])
    accounts.record(
        by=by,
        action="amend the plan",
        on="trial",
        thing=public_id,
        at=at,
        before=before,
        after=dict(body),
    )
    return number


def _breaks(before: Plan, after: Plan, *, fixed: bool, today: date) -> list[Problem]:
    """Return what a change breaks: the rules between answers, and what is settled of steps.

    `fixed`: the list is, whose published hash names the steps that chance draws from.
    """
    held = problems_between(before)
    problems = [one for one in problems_between(after) if one not in held]
    steps = _steps(before)
    if fixed and steps != _steps(after):
        what = "The list is fixed for these steps, so they cannot change"
        problems.append(Problem(what, "Record a deviation instead", column="steps"))
    opened = {
        wave["number"]: wave
        for wave in before["dates"]["waves"]
        if wave["opens"] <= today.isoformat()
    }
    for wave in after["dates"]["waves"]:
        was = opened.get(wave["number"])
        if was and _begun(steps, was) != _begun(steps, wave):
            what = f"“{was['name']}” has opened, so it cannot move past a step"
            problems.append(Problem(what, "Record a deviation instead", column="waves"))
    return problems


def _steps(plan: Plan) -> list[str]:
    return [step["starts"] for step in plan["dates"].get("steps", ())]


def _begun(steps: list[str], wave: Mapping[str, Any]) -> int:
    """Count the steps that began before a wave opened."""
    return sum(day < wave["opens"] for day in steps)


@transaction.atomic
def record_deviation(
    *,
    public_id: str,
    item: str,
    planned: str,
    done: str,
    reason: str,
    effect: str,
    found_by: str,
    by: Person,
    at: datetime,
) -> None:
    """Publish what went differently. When it was known is derived, not asked.

    The same item with the same words again does nothing.
    """
    trial = Trial.objects.select_for_update().get(public_id=public_id)
    permissions.check(by, "amend a trial", also=roles_in_trial(by, public_id))
    problems = [
        Problem(words, column=column)
        for column, value, words in (
            ("item", item, "Enter what went differently"),
            ("planned", planned, "Enter what was planned"),
            ("done", done, "Enter what was done"),
            ("reason", reason, "Enter why"),
        )
        if not value.strip()
    ]
    if effect not in ("none", "small", "large", "unclear"):
        problems.append(Problem("Choose how it changes the reading", column="effect"))
    if not trial.registered_at:
        problems.append(Problem("The plan is not registered yet", "Change the plan itself"))
    refuse(problems)
    body = {
        "item": item.strip(),
        "planned": planned.strip(),
        "done": done.strip(),
        "reason": reason.strip(),
        "when": _when(trial),
        "effect": effect,
        "found_by": found_by,
    }
    known = [entry.body for entry in register.events(public_id) if entry.kind == "deviation"]
    if any({**each, "when": body["when"]} == body for each in known):
        return
    evidence.append(public_id, "deviation", body, at=at)
    accounts.record(
        by=by, action="record a deviation", on="trial", thing=public_id, at=at, after=body
    )


def _when(trial: Trial) -> str:
    """Say whether anybody could have seen an effect when this was recorded."""
    if trial.reported_at:
        return "after result"
    return "after data" if trial.locked_at else "before data"
