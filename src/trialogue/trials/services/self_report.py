"""What people in a trial say of themselves, by their own link, without an account."""

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction

from trialogue.accounts import services as accounts
from trialogue.accounts.models import Person
from trialogue.methods.problems import InputError, Problem, refuse
from trialogue.trials.models import Measurement, Trial, Withdrawal
from trialogue.trials.queries.links import Asked, State, opened
from trialogue.trials.services.losses import leave
from trialogue.trials.services.reading.values import value_problems

NOT_SAID = "would rather not say"


@transaction.atomic
def answer(
    *,
    token: str,
    values: Mapping[str, float | None],
    by: Person | None,
    at: datetime,
    today: date,
) -> list[Measurement]:
    """Keep the answers of a link, by outcome; None is "I would rather not say".

    The first answer counts: once there is one, nothing is changed. `by` is None for somebody who
    is not signed in: the person themselves, mostly. Raises Http404 and InputError.
    """
    asked = _locked(token, today)
    if asked.state is State.ANSWERED:
        return []
    _refuse_shut(asked)
    refuse(
        problem
        for outcome in asked.outcomes
        if (value := values[outcome.code]) is not None
        for problem in value_problems(outcome, value)
    )
    made = Measurement.objects.bulk_create(
        Measurement(
            trial=asked.trial,
            unit=asked.unit,
            outcome=outcome.code,
            wave=asked.wave.number,
            value=values[outcome.code],
            missing=NOT_SAID if values[outcome.code] is None else "",
            measured_on=today,
            by=by,
            at=at,
        )
        for outcome in asked.outcomes
    )
    accounts.record(
        by=by,
        action="answer by link",
        on="trial",
        thing=asked.trial.public_id,
        at=at,
        after={"study_id": asked.unit.study_id, "outcomes": [row.outcome for row in made]},
    )
    return made


@transaction.atomic
def leave_by_link(
    *, token: str, scope: str, by: Person | None, at: datetime, today: date
) -> Withdrawal:
    """Let somebody leave the trial by their link. Raises Http404 and InputError.

    `scope`: `measurement`, what is held is kept; `consent`, nothing of theirs is used.
    """
    asked = _locked(token, today)
    if scope not in ("measurement", "consent"):
        raise InputError(Problem("Choose what happens with what we have", column="scope"))
    return leave(asked.unit, scope=scope, reason="not said", words="", on=today, by=by, at=at)


def _locked(token: str, today: date) -> Asked:
    """Return what a link asks, with its trial locked until the end of the transaction."""
    trial = opened(token, today=today).trial
    Trial.objects.select_for_update().get(pk=trial.pk)
    return opened(token, today=today)


def _refuse_shut(asked: Asked) -> None:
    if asked.state is not State.OPEN:
        contact = asked.protocol.plan["team"]["contact"]
        raise InputError(Problem("This link is not open any more", f"Ask {contact}"))
