"""Locking the data and running the registered analysis, and no other, in the task queue."""

import secrets
from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime
from importlib.metadata import version
from typing import Any

from django.db import transaction
from django.utils import timezone
from django_tasks import task

from trialogue.accounts import permissions
from trialogue.accounts import services as accounts
from trialogue.accounts.models import Person, Work
from trialogue.methods import costs, effects
from trialogue.methods.problems import InputError, Problem
from trialogue.methods.verdicts import long_date
from trialogue.trials import further
from trialogue.trials.costing import costs_found
from trialogue.trials.models import Analysis, Trial
from trialogue.trials.protocol import Outcome, Protocol
from trialogue.trials.queries.data import Rows
from trialogue.trials.queries.trials import protocol_of, roles_in_trial
from trialogue.trials.services.losses import REASONS
from trialogue.trials.services.self_report import NOT_SAID
from trialogue.trials.words import analysis_rule

NO_REASON = "Not measured, no reason recorded"
OTHER_REASON = "Not measured for another reason"


@transaction.atomic
def lock_data(*, public_id: str, by: Person, at: datetime, today: date) -> Trial:
    """Close the data, once the trial has ended. From here on the analysis can be seen.

    Twice is as once. Raises PermissionDenied, and InputError before the end.
    """
    trial = Trial.objects.select_for_update().get(public_id=public_id)
    permissions.check(by, "lock and analyse", also=roles_in_trial(by, public_id))
    if trial.locked_at:
        return trial
    if trial.stopped_at or not trial.started_at or trial.ends_on is None:
        raise InputError(Problem("There is nothing to analyse", "Place the list first"))
    if today <= trial.ends_on:
        raise InputError(
            Problem(f"The analysis opens after {long_date(trial.ends_on)}, when the trial ends")
        )
    primary = protocol_of(trial).outcomes.primary
    if not trial.measurements.filter(outcome=primary.code, value__isnull=False).exists():
        raise InputError(
            Problem("Nobody has a main outcome yet", "Load the outcomes, then lock the data")
        )
    trial.locked_at = at
    trial.save(update_fields=["locked_at"])
    accounts.record(by=by, action="lock the data", on="trial", thing=public_id, at=at)
    return trial


@transaction.atomic
def start_planned_analysis(*, public_id: str, by: Person, at: datetime) -> Work | None:
    """Ask for the registered analysis; None when it has been run already."""
    trial = locked_trial(public_id, by)
    if planned_analysis(trial):
        return None
    work = accounts.start_work(
        title="The registered analysis",
        by=by,
        at=at,
        leads_to=f"/trials/{public_id}/analyse/",
    )
    accounts.record(by=by, action="run the analysis", on="trial", thing=public_id, at=at)
    # As text: a seed is longer than the numbers that JSON keeps whole.
    seed = str(secrets.randbits(63))
    accounts.do_later(work, run_planned, public_id, by.pk, work.pk, seed)
    return work


@task()
def run_planned(public_id: str, by_id: int, work_id: int, seed: str) -> None:
    """Run the registered analysis of every outcome. Twice gives one analysis."""
    trial = Trial.objects.get(public_id=public_id)
    work = Work.objects.get(pk=work_id)
    if work.finished_at:
        return
    if planned_analysis(trial):  # asked for twice
        accounts.finish_work(work, at=timezone.now())  # noqa: TID251  the worker is a door
        return
    with accounts.ending(work, now=timezone.now):  # noqa: TID251  the worker is a door
        document = analyse_all(trial, int(seed), work)
        if document is None:  # somebody stopped it
            accounts.finish_work(work, at=timezone.now())  # noqa: TID251  a door
            return
        keep_analysis(trial, document, by_id=by_id, seed=seed, work=work, title="", planned=True)


def analyse_all(trial: Trial, seed: int, work: Work | None = None) -> dict[str, Any] | None:
    """Return the planned analysis of each measured outcome, the counts and the hash of the data.

    None when somebody stopped it.
    """
    protocol = protocol_of(trial)
    rows = Rows(trial, protocol)
    documents: dict[str, Any] = {}
    table: list[dict[str, Any]] = []
    outcomes = protocol.outcomes.all
    for number, outcome in enumerate(outcomes):
        table += rows.counts(outcome)
        if not any(row["measured"] for row in table if row["outcome"] == outcome.code):
            continue
        found = analyse_outcome(
            rows, outcome, protocol.rule(outcome), seed, work, number, len(outcomes)
        )
        if found is None:
            return None
        documents[outcome.code] = found
    more = _further(rows, protocol, seed, work)
    if more is None:
        return None
    return {
        "rule": analysis_rule(protocol),
        "outcomes": documents,
        "costs": costs_found(protocol, rows.data(protocol.outcomes.primary))
        if protocol.outcomes.primary.code in documents
        else [],
        "table": table,
        "numbers": numbers_of(rows, protocol, table),
        "hash": rows.hash(),
        **(
            {"people": [row for each in outcomes for row in rows.people(each)]}
            if protocol.stepped
            else {}
        ),
        **more,
    }


def _further(
    rows: Rows, protocol: Protocol, seed: int, work: Work | None
) -> dict[str, Any] | None:
    """Return what else the plan asks of the main outcome; None when somebody stopped it."""

    def progress(done: int, total: int) -> bool:
        step = f"Did it last? {done:,} of {total:,} placed again by chance"
        return work is None or accounts.step_work(work, done=done, total=total, step=step)

    lasting = further.lasting(rows, protocol, seed=seed, progress=progress)
    if lasting is None:
        return None
    groups = further.subgroups(rows, protocol) if protocol.outcomes.subgroups else []
    return {"lasting": lasting, "subgroups": groups}


def analyse_outcome(
    rows: Rows,
    outcome: Outcome,
    rule: effects.Rule,
    seed: int,
    work: Work | None,
    number: int = 0,
    of: int = 1,
) -> dict[str, Any] | None:
    """Analyse one outcome by a rule, the `number`-th of so many; None when somebody stopped it."""

    def progress(done: int, total: int) -> bool:
        return work is None or accounts.step_work(
            work,
            done=number * total + done,
            total=of * total,
            step=f"{outcome.name}: {done:,} of {total:,} placed again by chance",
        )

    data = rows.data(outcome)
    if rows.protocol.stepped:
        stepped = effects.analyse_stepped(data, rows.periods, rule, seed=seed, progress=progress)
        return stepped.to_dict() if stepped else None
    found = effects.analyse(data, rule, seed=seed, progress=progress)
    if found is None:
        return None
    lower = outcome.direction == "lower"
    return costs.with_costs(found, data, rule, lower_is_better=lower).to_dict()


def numbers_of(
    rows: Rows, protocol: Protocol, table: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Count for each arm who was placed, analysed and lost and why: the flow of the trial.

    The reasons of an arm add up to its missing outcomes.
    """
    primary = protocol.outcomes.primary
    counted = {row["arm"]: row for row in table if row["outcome"] == primary.code}
    why = {
        arm: Counter(_said(*each) for each in missing)
        for arm, missing in rows.why_missing(primary).items()
    }
    return [
        {
            "arm": code,
            "allocated": counted[code]["units"],
            "analysed": counted[code]["measured"],
            "lost": [{"reason": reason, "n": n} for reason, n in sorted(why[code].items())],
        }
        for code in protocol.arms.codes
    ]


def _said(left_for: str, noted: str) -> str:
    """Say why a value is missing. What the team noted is for the team: it may name somebody."""
    if left_for:
        return REASONS[left_for]
    if noted == NOT_SAID:
        return "They would rather not say"
    return OTHER_REASON if noted else NO_REASON


@transaction.atomic
def keep_analysis(
    trial: Trial,
    document: Mapping[str, Any],
    *,
    by_id: int,
    seed: str,
    work: Work | None,
    title: str,
    planned: bool,
) -> None:
    """Keep an analysis that is done, once, and end its work."""
    Trial.objects.select_for_update().get(pk=trial.pk)
    at = timezone.now()  # noqa: TID251  the worker is a door
    if not (planned and planned_analysis(trial)):
        Analysis.objects.create(
            trial=trial,
            planned=planned,
            title=title,
            rule=document["rule"],
            inputs_hash=document["hash"],
            code_version=version("trialogue"),
            seed=seed,
            document=dict(document),
            by_id=by_id,
            at=at,
        )
    if work:
        accounts.finish_work(work, at=at)


def planned_analysis(trial: Trial) -> Analysis | None:
    """Return the registered analysis of a trial, once it has been run."""
    return trial.analyses.filter(planned=True).first()


def locked_trial(public_id: str, by: Person) -> Trial:
    """Return a trial whose data are locked, for somebody who may analyse it; its row is locked."""
    trial = Trial.objects.select_for_update().get(public_id=public_id)
    permissions.check(by, "lock and analyse", also=roles_in_trial(by, public_id))
    if not trial.locked_at:
        raise InputError(Problem("The data are not locked", "Lock them first"))
    return trial
