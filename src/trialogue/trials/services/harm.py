"""Harm while a trial runs: reported by anyone; looked at, and decided on, by few.

Who decides is told what the rule answers. Nobody else learns more than the decision.
"""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from trialogue.accounts import permissions
from trialogue.accounts import services as accounts
from trialogue.accounts.models import Person
from trialogue.methods import effects, verdicts
from trialogue.methods.problems import InputError, Problem, refuse
from trialogue.trials.models import HarmReport, Look, LookDecision, Trial
from trialogue.trials.protocol import Protocol
from trialogue.trials.queries.data import Rows
from trialogue.trials.queries.harm import HarmSeen, harm_seen, last_look, look_of, looks_allowed
from trialogue.trials.queries.trials import protocol_of, roles_in_trial, team_of
from trialogue.trials.services import stopping
from trialogue.trials.services.planning import managers

APART = 1 / 20  # of all outcomes of harm: looks nearer than this say nothing new
STOPPED = "The safety person looked for harm, as the plan says, and stopped the trial."


@transaction.atomic
def report_harm(*, public_id: str, words: str, by: Person, at: datetime) -> HarmReport:
    """Record harm that somebody saw or fears; the safety person is told."""
    trial = Trial.objects.select_for_update().get(public_id=public_id)
    permissions.check(by, "ask to stop", also=roles_in_trial(by, public_id))
    if not words.strip():
        raise InputError(Problem("Enter what happened", column="words"))
    report = HarmReport.objects.create(
        trial=trial, words=words.strip(), on=timezone.localdate(at), by=by, at=at
    )
    accounts.record(by=by, action="report harm", on="trial", thing=public_id, at=at)
    accounts.notify(
        team_of(trial, "safety person"),
        letter="P",
        subject=f"Harm reported: {trial.title}",
        body="Somebody reported harm. Read it and say what follows.",
        link=f"/trials/{public_id}/stop/",
        key=f"harm {public_id} {report.pk}",
        at=at,
    )
    return report


def look_for_harm(*, public_id: str, by: Person, at: datetime) -> Look:
    """Take one of the registered looks for harm: what each harm watched says of each group.

    The look is kept with its answers, without figures. Only the safety person and the analyst may.
    Raises PermissionDenied, and InputError when there is nothing to look at, or no look to take.
    """
    trial = Trial.objects.get(public_id=public_id)
    permissions.check(by, "look for harm", also=roles_in_trial(by, public_id))
    protocol = protocol_of(trial)
    rows = Rows(trial, protocol, until=at)
    _refuse_look(trial, protocol, rows)
    answers = _answers(protocol, rows)
    with transaction.atomic():
        trial = Trial.objects.select_for_update().get(pk=trial.pk)
        # The analysis holds no lock: somebody else may have looked meanwhile.
        _refuse_look(trial, protocol, rows)
        look = Look.objects.create(
            trial=trial,
            number=trial.looks.count() + 1,
            result=_together({each["answer"] for each in answers}),
            answers=answers,
            by=by,
            at=at,
        )
        accounts.record(
            by=by,
            action="look for harm",
            on="trial",
            thing=public_id,
            at=at,
            after={"number": look.number},
        )
        accounts.notify(
            [person for person in team_of(trial, "safety person") if person != by],
            letter="P",
            subject=f"Decision asked: look for harm in {trial.title}",
            body=f"{by.name} took a look for harm. Read it, and decide if the trial goes on.",
            link=f"/trials/{public_id}/looks/{look.number}/",
            key=f"look {public_id} {look.number}",
            at=at,
        )
    return look


@transaction.atomic
def read_look(*, public_id: str, number: int, by: Person, at: datetime) -> list[HarmSeen]:
    """Return what a look says of each harm, and write down who read it.

    The figures are there only where the rule answered *stop and look*. Raises PermissionDenied.
    """
    permissions.check(by, "look for harm", also=roles_in_trial(by, public_id))
    look = look_of(public_id, number)
    accounts.note_look("at harm by group", on="trial", thing=public_id, by=by, at=at)
    return harm_seen(look)


@transaction.atomic
def decide_on_look(
    *,
    public_id: str,
    number: int,
    answer: str,
    reason: str,
    advise_another: str = "",
    advise_words: str = "",
    by: Person,
    at: datetime,
) -> LookDecision:
    """Let the trial go on after a look, or stop it for harm at once. Twice is as once.

    `reason` is read by the safety person and the analyst alone; all others are told the decision.
    `advise_another` and `advise_words` are published with a stop. Raises PermissionDenied, and
    InputError, also when somebody else decided otherwise.
    """
    trial = Trial.objects.select_for_update().get(public_id=public_id)
    permissions.check(by, "decide on a look for harm", also=roles_in_trial(by, public_id))
    look = look_of(public_id, number)
    if before := look.decided:
        if (before.by, before.answer) == (by, answer):
            return before
        raise InputError(
            Problem(f"{before.by.name} decided on this look: {before.get_answer_display()}")
        )
    stopping.refuse_ended(trial)
    refuse(_undecided(answer, reason, advise_another))
    decision = LookDecision.objects.create(
        look=look, answer=answer, reason=reason.strip(), by=by, at=at
    )
    accounts.record(
        by=by,
        action="decide on a look for harm",
        on="trial",
        thing=public_id,
        at=at,
        after={"number": number, "decision": decision.answer},
    )
    if answer == LookDecision.Answer.STOP:
        stopping.ask_to_stop(
            public_id=public_id,
            body={
                "main_reason": "harm",
                "other_reasons": [],
                "words": STOPPED,
                "advise_another": advise_another,
                "advise_words": advise_words,
            },
            for_harm=True,
            by=by,
            at=at,
        )
    else:
        _tell_it_goes_on(trial, look, at=at)
    return decision


def _tell_it_goes_on(trial: Trial, look: Look, *, at: datetime) -> None:
    accounts.notify(
        list(dict.fromkeys([*managers(), *team_of(trial, "lead")])),
        letter="P",
        subject=f"Goes on: {trial.title}",
        body="The safety person looked for harm, as the plan says, and lets the trial go on.",
        link=f"/trials/{trial.public_id}/stop/",
        key=f"look decided {trial.public_id} {look.number}",
        at=at,
    )


def _answers(protocol: Protocol, rows: Rows) -> list[dict[str, str]]:
    """Return what the rule answers of each harm watched and each group but the first."""
    found = []
    for harm in protocol.outcomes.guardrails:
        worse: verdicts.Direction = "lower" if harm.direction == "higher" else "higher"
        said: dict[str, Any] = dict.fromkeys(protocol.arms.codes[1:], Look.Result.CANNOT_SAY)
        if any(row["measured"] for row in rows.counts(harm)):
            said = effects.look_for_harm(rows.data(harm), protocol.rule(harm), worse=worse).arms
        found += [
            {"outcome": harm.code, "arm": arm, "answer": str(answer)}
            for arm, answer in said.items()
        ]
    return found


def _together(answers: set[str]) -> str:
    if Look.Result.STOP in answers:
        return Look.Result.STOP
    return Look.Result.GO_ON if answers == {Look.Result.GO_ON} else Look.Result.CANNOT_SAY


def _undecided(answer: str, reason: str, advise_another: str) -> list[Problem]:
    problems = []
    if answer not in LookDecision.Answer.values:
        problems.append(Problem("Choose if the trial goes on", column="answer"))
    if not reason.strip():
        problems.append(Problem("Enter why", column="reason"))
    if answer == LookDecision.Answer.STOP and advise_another not in stopping.ADVICE:
        problems.append(
            Problem(
                "Choose whether you would advise another council to try", column="advise_another"
            )
        )
    return problems


def _refuse_look(trial: Trial, protocol: Protocol, rows: Rows) -> None:
    """Refuse a look that the plan does not have, or that could say nothing new."""
    if not trial.started_at:
        raise InputError(Problem("There is nothing to look at before the groups are placed"))
    stopping.refuse_ended(trial)
    if not (allowed := looks_allowed(protocol)):
        raise InputError(Problem("The plan has no looks for harm", "Amend the plan to add one"))
    before = last_look(trial)
    if before and not before.decided:
        raise InputError(
            Problem(
                f"Look {before.number} by {before.by.name} waits for a decision",
                "The safety person decides on it first",
            )
        )
    if before and before.number >= allowed:
        raise InputError(
            Problem(
                f"The plan has {allowed} {'look' if allowed == 1 else 'looks'} for harm, "
                f"and {'it was' if allowed == 1 else 'they were'} taken",
                "Amend the plan if another is needed",
            )
        )
    seen = Rows(trial, protocol, until=before.at).share_in() if before else 0.0
    if rows.share_in() - seen < APART:
        raise InputError(
            Problem(
                "Too little is new since the last look" if before else "Too little is measured",
                "Look when at least 1 in 20 more of the outcomes are in",
            )
        )
