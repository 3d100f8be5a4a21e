"""Stopping: asked by anyone on the trial, decided by a manager; for harm at once."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from trialogue.accounts import permissions
from trialogue.accounts import services as accounts
from trialogue.accounts.models import Person
from trialogue.evidence import schema
from trialogue.evidence import services as evidence
from trialogue.methods.problems import InputError, Problem, refuse
from trialogue.trials.models import StopRequest, Trial
from trialogue.trials.queries.trials import protocol_of, roles_in_trial, team_of
from trialogue.trials.seal import unseal
from trialogue.trials.services.planning import managers
from trialogue.trials.services.telling import tell_idea

# What a person may choose: nobody here can see an effect early.
REASONS = {
    code: words
    for code, words in schema.STOP_REASONS.items()
    if code not in ("early-benefit", "futility")
}
ADVICE = {"yes": "Yes", "with changes": "Yes, with changes", "no": "No"}


@transaction.atomic
def ask_to_stop(
    *, public_id: str, body: Mapping[str, Any], by: Person, at: datetime, for_harm: bool = False
) -> StopRequest:
    """Ask the managers to stop a trial. For harm, by the safety person, it stops at once.

    `body`: main_reason, other_reasons, words, advise_another, advise_words. A request that waits
    is found again. Raises PermissionDenied and InputError.
    """
    trial = Trial.objects.select_for_update().get(public_id=public_id)
    roles = roles_in_trial(by, public_id)
    permissions.check(by, "ask to stop", also=roles)
    refuse_ended(trial)
    refuse(_problems(body))
    if for_harm and "safety person" not in roles:
        raise InputError(
            Problem("Only the safety person stops a trial for harm", "Ask them, or ask to stop")
        )
    waiting = trial.stop_requests.filter(decided_at=None, for_harm=for_harm).first()
    if waiting:
        return waiting
    request = StopRequest.objects.create(
        trial=trial, body=dict(body), for_harm=for_harm, by=by, at=at
    )
    accounts.record(
        by=by, action="ask to stop", on="trial", thing=public_id, at=at, after=dict(body)
    )
    if for_harm:
        _stop(trial, request, by=by, at=at)
    told = "stopped for harm by its safety person" if for_harm else f"{by.name} asks to stop it"
    accounts.notify(
        managers(),
        letter="P",
        subject=f"{'Stopped' if for_harm else 'Sign-off asked'}: stop of {trial.title}",
        body=f"The trial was {told}." if for_harm else f"{told}. You decide.",
        link=f"/trials/{public_id}/stop/",
        key=f"stop {public_id} {request.pk}",
        at=at,
    )
    return request


@transaction.atomic
def decide_stop(
    *, public_id: str, agreed: bool, note: str, by: Person, at: datetime
) -> StopRequest:
    """Stop the trial as asked, or let it go on, with a note. Twice is as once."""
    trial = Trial.objects.select_for_update().get(public_id=public_id)
    permissions.check(by, "stop a trial", also=roles_in_trial(by, public_id))
    request = trial.stop_requests.order_by("-pk").first()
    if request is None:
        raise InputError(Problem("Nobody has asked to stop this trial", "Ask first"))
    if request.decided_at:
        return request
    if not agreed and not note.strip():
        raise InputError(Problem("Enter why it goes on", column="note"))
    if agreed:
        refuse_ended(trial)
        _stop(trial, request, by=by, at=at)
    else:
        request.decided_at, request.agreed, request.note = at, False, note.strip()
        request.save(update_fields=["decided_at", "agreed", "note"])
    accounts.record(
        by=by,
        action="stop the trial" if agreed else "let the trial go on",
        on="trial",
        thing=public_id,
        at=at,
        after={"note": note.strip()},
    )
    return request


def _stop(trial: Trial, request: StopRequest, *, by: Person, at: datetime) -> None:
    """Publish that it stopped and tell its people. Inside a transaction."""
    before_start = trial.started_at is None
    body = request.body
    on = timezone.localtime(at).date().isoformat()
    common = {
        "on": on,
        "main_reason": body["main_reason"],
        "other_reasons": list(body["other_reasons"]),
        "words": body["words"].strip(),
        "advise_another": body["advise_another"],
        "advise_words": body["advise_words"].strip(),
    }
    if not trial.registered_at:
        raise InputError(Problem("The plan is not registered", "Leave the draft as it is"))
    if before_start:
        evidence.append(trial.public_id, "withdrawn", common, at=at)
    else:
        # A seed that nobody needs secret any more is shown, so that the draw can be checked.
        draw = trial.draw
        evidence.append(
            trial.public_id,
            "stopped",
            {
                **common,
                "numbers": numbers_so_far(trial),
                "before_start": False,
                "for_harm": request.for_harm,
                "seed": None if draw.elsewhere else str(unseal(draw.sealed_seed)),
            },
            at=at,
        )
    trial.stopped_at = at
    trial.save(update_fields=["stopped_at"])
    tell_idea(trial, at=at)
    request.decided_at, request.agreed = at, True
    request.save(update_fields=["decided_at", "agreed"])
    accounts.notify(
        team_of(trial),
        letter="K",
        subject=f"Stopped: {trial.title}",
        body="The trial stopped. Thank you for saying so: the next council can read why.",
        link=f"/evidence/{trial.public_id}/",
        key=f"stopped {trial.public_id}",
        at=at,
    )


def numbers_so_far(trial: Trial) -> dict[str, int | None]:
    """Count who was planned, placed and measured so far, over all groups together."""
    protocol = protocol_of(trial)
    return {
        "planned": protocol.planned_rows,
        "enrolled": trial.assignments.count(),
        "measured": trial.measurements.filter(
            outcome=protocol.outcomes.primary.code, value__isnull=False
        )
        .values("unit")
        .distinct()
        .count(),
    }


def in_words(request: StopRequest) -> dict[str, Any]:
    """Return what a request to stop says, its coded answers in words."""
    body = request.body
    return {
        **body,
        "main_reason": REASONS[body["main_reason"]],
        "other_reasons": [REASONS[code] for code in body["other_reasons"]],
        "advice": ADVICE[body["advise_another"]],
    }


def _problems(body: Mapping[str, Any]) -> list[Problem]:
    problems = []
    if body.get("main_reason") not in REASONS:
        problems.append(Problem("Choose the main reason", column="main_reason"))
    if not str(body.get("words", "")).strip():
        problems.append(Problem("Enter what happened", column="words"))
    if body.get("advise_another") not in ADVICE:
        problems.append(
            Problem(
                "Choose whether you would advise another council to try", column="advise_another"
            )
        )
    return problems


def refuse_ended(trial: Trial) -> None:
    """Refuse what only a trial that still runs allows."""
    if trial.stopped_at:
        raise InputError(Problem("This trial has stopped already"))
    if trial.reported_at or trial.locked_at:
        raise InputError(Problem("This trial has ended", "Publish its result"))
