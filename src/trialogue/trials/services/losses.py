"""Who was lost or withdrew, from what and why; and what was delivered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from trialogue.accounts import permissions
from trialogue.accounts import services as accounts
from trialogue.accounts.models import Person
from trialogue.methods.problems import InputError, Problem, refuse
from trialogue.trials.models import Delivery, Trial, TrialMember, Unit, UnitIdentity, Withdrawal
from trialogue.trials.queries.trials import roles_in_trial

# Coded reasons, so that they can be counted, and their words on the page.
REASONS = {
    "moved": "Moved away",
    "died": "Died",
    "ill": "Too ill",
    "no time": "No time",
    "did not like it": "Did not like it",
    "not reached": "Could not be reached",
    "not eligible": "Should not have been in the trial",
    "not said": "They gave no reason",
    "other": "Another reason",
}
# What is kept of somebody who left, said when it is recorded.
KEPT = {
    "treatment": "They are still measured, and count in their group.",
    "measurement": "What was measured before is kept. Nothing more can be recorded of them.",
    "consent": "Nothing of theirs is used, and nothing more can be recorded. What says who they "
    "are is deleted.",
    "lost": "What was measured before is kept. If they are found, they can be measured.",
}
# What somebody left, from the least to the most: who has left more does not come back. Who does
# without the service is still measured, and may be lost later.
WIDTH = {"treatment": 0, "lost": 1, "measurement": 2, "consent": 3}


@transaction.atomic
def withdraw(
    *,
    public_id: str,
    study_id: str,
    scope: str,
    reason: str,
    words: str,
    on: date,
    by: Person,
    at: datetime,
) -> Withdrawal:
    """Record a loss or a withdrawal. The same again, or less, finds what is there already.

    Withdrawing consent deletes what says who the unit is; the numbers stay, and are not used.
    """
    trial = Trial.objects.select_for_update().get(public_id=public_id)
    permissions.check(by, "record a loss", also=roles_in_trial(by, public_id))
    unit = _unit(trial, study_id)
    problems = []
    if scope not in Withdrawal.Scope.values:
        problems.append(Problem("Choose what they withdrew from", column="scope"))
    if reason not in REASONS:
        problems.append(Problem("Choose a reason", column="reason"))
    if reason == "other" and not words.strip():
        problems.append(Problem("Enter the reason", column="words"))
    refuse(problems)
    return leave(unit, scope=scope, reason=reason, words=words, on=on, by=by, at=at)


def leave(
    unit: Unit,
    *,
    scope: str,
    reason: str,
    words: str,
    on: date,
    by: Person | None,
    at: datetime,
) -> Withdrawal:
    """Record what a unit left; `by` is None when they said so themselves. In a transaction."""
    held = Withdrawal.objects.filter(unit=unit).first()
    if held and WIDTH[scope] <= WIDTH[held.scope]:
        return held
    values = {"scope": scope, "reason": reason, "words": words.strip()[:300]}
    withdrawal, _ = Withdrawal.objects.update_or_create(
        unit=unit, defaults={**values, "on": on, "by": by, "at": at}
    )
    if scope == Withdrawal.Scope.CONSENT:
        UnitIdentity.objects.filter(unit=unit).delete()
    accounts.record(
        by=by,
        action="record a loss",
        on="trial",
        thing=unit.trial.public_id,
        at=at,
        before={"scope": held.scope, "reason": held.reason} if held else None,
        after={"study_id": unit.study_id, "scope": scope, "reason": reason},
    )
    return withdrawal


@transaction.atomic
def record_delivery(
    *, public_id: str, study_id: str, on: date, state: str, words: str, by: Person, at: datetime
) -> Delivery:
    """Record whether what was planned for a unit on a day was done. The last word counts."""
    trial = Trial.objects.select_for_update().get(public_id=public_id)
    permissions.check(by, "record delivery", also=roles_in_trial(by, public_id))
    unit = _unit(trial, study_id)
    if state not in Delivery.State.values:
        raise InputError(Problem("Choose what happened", column="state"))
    if not trial.started_at:
        raise InputError(Problem("Nothing is delivered before the groups are known"))
    before = Delivery.objects.filter(unit=unit, on=on).first()
    delivery, _ = Delivery.objects.update_or_create(
        unit=unit, on=on, defaults={"state": state, "words": words[:200], "by": by, "at": at}
    )
    accounts.record(
        by=by,
        action="record delivery",
        on="trial",
        thing=public_id,
        at=at,
        before={"state": before.state} if before else None,
        after={"study_id": study_id, "on": on.isoformat(), "state": state},
    )
    return delivery


@dataclass(frozen=True)
class Delivered:
    """What the software of another step knows was done for a unit on a day."""

    study_id: str
    on: date
    state: str
    words: str


@transaction.atomic
def take_deliveries(*, public_id: str, delivered: Sequence[Delivered], at: datetime) -> int:
    """Take in what was delivered, as the software that delivers knows it; return how many are new.

    It stands as recorded by the trial's lead, who answers for it. Units that are not in the trial
    are left out. Twice is as once; the last word about a day counts.
    """
    trial = Trial.objects.select_for_update().filter(public_id=public_id).first()
    if trial is None or not trial.started_at:
        return 0
    lead = trial.members.filter(role=TrialMember.Role.LEAD).select_related("person").first()
    if lead is None:
        return 0
    units = dict(trial.units.values_list("study_id", "pk"))
    known = [one for one in delivered if one.study_id in units]
    held = {
        (unit, on): (state, words)
        for unit, on, state, words in Delivery.objects.filter(unit__trial=trial).values_list(
            "unit_id", "on", "state", "words"
        )
    }
    new = [
        Delivery(
            unit_id=units[one.study_id],
            on=one.on,
            state=one.state,
            words=one.words[:200],
            by=lead.person,
            at=at,
        )
        for one in known
        if held.get((units[one.study_id], one.on)) != (one.state, one.words[:200])
    ]
    Delivery.objects.bulk_create(
        new,
        update_conflicts=True,
        unique_fields=["unit", "on"],
        update_fields=["state", "words", "by", "at"],
    )
    if new:
        accounts.record(
            by=None,
            action="take in what was delivered",
            on="trial",
            thing=public_id,
            at=at,
            after={"days": len(new)},
        )
    return len(new)


def _unit(trial: Trial, study_id: str) -> Unit:
    unit = trial.units.filter(study_id=study_id).first()
    if unit is None:
        raise InputError(
            Problem(f'"{study_id}" is not in this trial', "Check the spelling", column="study_id")
        )
    return unit
