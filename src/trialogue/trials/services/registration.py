"""Registering: the plan is frozen in public before anything starts."""

import secrets
from datetime import date, datetime, timedelta

from django.db import transaction

from trialogue.accounts import permissions
from trialogue.accounts import services as accounts
from trialogue.accounts.models import Organisation, Person
from trialogue.evidence import services as evidence
from trialogue.methods import allocation
from trialogue.methods.problems import InputError, Problem, refuse
from trialogue.trials import seal
from trialogue.trials.models import Draw, SignOff, Trial
from trialogue.trials.protocol import parse
from trialogue.trials.queries.trials import (
    draft_of,
    hash_of_draft,
    roles_in_trial,
    sign_off_of,
    team_of,
)
from trialogue.trials.services.telling import tell_idea
from trialogue.trials.words import analysis_rule, analysis_words, problems_of_plan

DAYS_TO_REPORT = 90
SEED_BITS = 128


@transaction.atomic
def register_trial(*, public_id: str, by: Person, at: datetime, today: date) -> Trial:
    """Freeze the plan in the open register and fix the number that will decide the draw.

    Doing it twice does nothing the second time. Raises PermissionDenied, and InputError when the
    plan is not finished or a manager has not signed exactly this plan.
    """
    trial = Trial.objects.select_for_update().get(public_id=public_id)
    permissions.check(by, "register a trial", also=roles_in_trial(by, public_id))
    if trial.registered_at:
        return trial
    draft = draft_of(trial)
    refuse(problems_of_plan(draft, today=today))
    signed = sign_off_of(trial, SignOff.What.PLAN, hash_of_draft(draft))
    if signed is None or not signed.agreed:
        raise InputError(
            Problem("A manager has not signed off this plan yet", "Ask for sign-off first")
        )
    protocol = parse(draft)
    elsewhere = protocol.strata.elsewhere
    seed = None if elsewhere else secrets.randbits(SEED_BITS)
    commitment = allocation.commitment(seed) if seed is not None else ""
    Draw.objects.create(
        trial=trial,
        commitment=commitment,
        sealed_seed=seal.seal(seed) if seed is not None else None,
        elsewhere=elsewhere,
        committed_at=at,
    )
    council = Organisation.objects.get(kind=Organisation.Kind.COUNCIL)
    evidence.append(
        public_id,
        "registration",
        {
            "version": 1,
            "plan": draft,
            "similar": trial.similar,
            "analysis": {
                "words": analysis_words(protocol),
                "rule": analysis_rule(protocol),
                "version": 1,
            },
            "allocation": {
                "commitment": commitment or None,
                "elsewhere": {"by": protocol.strata.drawn_by, "how": protocol.strata.drawn_how}
                if elsewhere
                else None,
            },
            "council": {"name": council.name, "gss_code": council.gss_code},
            "results_due": results_due(protocol.dates.end, today).isoformat(),
            "recorded": "afterwards" if protocol.dates.afterwards else "before",
            "made_up": trial.made_up,
            "credit": trial.credit,
        },
        at=at,
    )
    trial.registered_at = at
    trial.ends_on = protocol.dates.end
    trial.title = protocol.title
    trial.save(update_fields=["registered_at", "ends_on", "title"])
    accounts.record(by=by, action="register the trial", on="trial", thing=public_id, at=at)
    tell_idea(trial, at=at)
    accounts.notify(
        team_of(trial),
        letter="G",
        subject=f"{public_id}: registered",
        body="The plan is fixed and public. "
        f"Next: load your list of {protocol.unit.placed_plural}.",
        link=f"/trials/{public_id}/",
        key=f"registered {public_id}",
        at=at,
    )
    return trial


def results_due(ends_on: date, registered_on: date) -> date:
    """Return when the result is due: 90 days from the end, or from registering a past trial."""
    return max(ends_on, registered_on) + timedelta(days=DAYS_TO_REPORT)
