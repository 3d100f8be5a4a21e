"""Analyses that were not planned: after the registered one, and labelled so for good."""

import secrets
from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django_tasks import task

from trialogue.accounts import services as accounts
from trialogue.accounts.models import Person, Work
from trialogue.methods import effects
from trialogue.methods.problems import InputError, Problem
from trialogue.trials.models import Trial
from trialogue.trials.queries.data import Rows, deliveries_before_lock
from trialogue.trials.queries.trials import protocol_of
from trialogue.trials.services.analysis import (
    analyse_outcome,
    keep_analysis,
    locked_trial,
    planned_analysis,
)


@transaction.atomic
def start_additional_analysis(
    *, public_id: str, title: str, outcome: str, adjust: str, by: Person, at: datetime
) -> Work:
    """Ask for an analysis that was not planned; it is labelled so for good."""
    trial = locked_trial(public_id, by)
    if not planned_analysis(trial):
        raise InputError(Problem("The registered analysis comes first", "Run it"))
    if not title.strip():
        raise InputError(Problem("Enter what this analysis asks", column="title"))
    if adjust == "received" and not deliveries_before_lock(trial).exists():
        raise InputError(
            Problem(
                "Nobody noted who got it before the data were locked",
                "Choose another way: this one reads the delivery log",
                column="adjust",
            )
        )
    protocol = protocol_of(trial)
    if protocol.stepped and adjust != "additive":
        what = "Some started later than others, and this way compares two groups"
        raise InputError(Problem(what, "Choose the way of the plan", column="adjust"))
    if outcome not in {each.code for each in protocol.outcomes.all}:
        raise InputError(Problem("Choose an outcome", column="outcome"))
    work = accounts.start_work(
        title="An analysis that was not planned",
        by=by,
        at=at,
        leads_to=f"/trials/{public_id}/analyse/",
    )
    seed = str(secrets.randbits(63))
    title = title.strip()[:120]
    accounts.do_later(
        work, run_additional, public_id, by.pk, work.pk, seed, title, outcome, adjust
    )
    accounts.record(
        by=by,
        action="run an analysis that was not planned",
        on="trial",
        thing=public_id,
        at=at,
        after={"title": title.strip()[:120], "outcome": outcome, "adjust": adjust},
    )
    return work


@task()
def run_additional(
    public_id: str, by_id: int, work_id: int, seed: str, title: str, outcome: str, adjust: str
) -> None:
    """Run one analysis that was not planned. Twice gives one analysis."""
    trial = Trial.objects.get(public_id=public_id)
    work = Work.objects.get(pk=work_id)
    if work.finished_at or trial.analyses.filter(seed=seed).exists():
        return
    with accounts.ending(work, now=timezone.now):  # noqa: TID251  the worker is a door
        protocol = protocol_of(trial)
        rows = Rows(trial, protocol)
        asked = next(each for each in protocol.outcomes.all if each.code == outcome)
        planned = protocol.rule(asked)
        rule = replace(planned, adjust="lin" if adjust == "lin" else "additive")
        found = analyse_outcome(rows, asked, rule, int(seed), work)
        if found is None:
            accounts.finish_work(work, at=timezone.now())  # noqa: TID251  a door
            return
        if adjust == "received":
            compliers = effects.complier_effects(rows.data(asked), rule, rows.received())
            found["compliers"] = [each.to_dict() for each in compliers]
        document = {"rule": {"adjust": adjust}, "outcomes": {outcome: found}, "hash": rows.hash()}
        keep_analysis(
            trial, document, by_id=by_id, seed=seed, work=work, title=title, planned=False
        )
