"""The result: what people add to the figures, sign-off, and publication for good."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from trialogue.accounts import permissions
from trialogue.accounts import queries as council
from trialogue.accounts import services as accounts
from trialogue.accounts.models import Person
from trialogue.evidence import queries as register
from trialogue.evidence import record
from trialogue.evidence import services as evidence
from trialogue.evidence.entries import plan_now
from trialogue.methods.problems import InputError, Problem, refuse
from trialogue.methods.verdicts import Share, banned_on_results, long_date
from trialogue.trials import report
from trialogue.trials.models import Analysis, SignOff, Story, Trial
from trialogue.trials.protocol import Protocol, parse
from trialogue.trials.queries.results import story_of
from trialogue.trials.queries.trials import roles_in_trial, sign_off_of, team_of
from trialogue.trials.report import Facts
from trialogue.trials.seal import unseal
from trialogue.trials.services.planning import managers
from trialogue.trials.services.telling import claimed_by_idea, tell_idea

NEEDED = {
    "delivered": "Enter whether it was delivered as planned",
    "unexpected": "Enter any effects nobody expected, or that there were none",
    "differently": "Enter what you would do differently",
    "people_expected": "Enter whether people took part for the reasons you expected",
    "limitations": "Enter what this trial cannot say",
    "decision_by": "Enter who decided",
}


class StoryConflictError(Exception):
    """Somebody else saved the story in between. Nothing was saved."""

    def __init__(self, current: Story) -> None:
        super().__init__(f"version {current.version} is newer")
        self.current = current


@transaction.atomic
def save_story(
    *, public_id: str, body: Mapping[str, Any], based_on: int, by: Person, at: datetime
) -> Story:
    """Keep what only people know of a result, as far as it is written.

    Raises StoryConflictError when somebody else saved in between, and PermissionDenied.
    """
    trial = Trial.objects.select_for_update().get(public_id=public_id)
    permissions.check(by, "write the result", also=roles_in_trial(by, public_id))
    if trial.reported_at:
        raise InputError(Problem("The result is published", "Publish a correction instead"))
    current = Story.objects.filter(trial=trial).first()
    if current is None:
        current = Story(trial=trial, version=0)
    elif current.body == dict(body):
        return current
    elif current.version != based_on:
        raise StoryConflictError(current)
    accounts.record(
        by=by,
        action="write the result",
        on="trial",
        thing=public_id,
        at=at,
        before=current.body or None,
        after=dict(body),
    )
    current.body = dict(body)
    current.version += 1
    current.by, current.at = by, at
    current.save()
    return current


@dataclass(frozen=True)
class Ready:
    """A result as it would be published, what it rests on, and what still stops it.

    `found`: deviations that software found and nobody has answered.
    """

    body: dict[str, Any] | None
    problems: tuple[Problem, ...]
    found: tuple[dict[str, str], ...]
    analysis: Analysis | None
    additional: tuple[Analysis, ...]
    story: Story

    @property
    def document_hash(self) -> str:
        """What a manager signs."""
        return record.sha256(record.canonical(self.body)) if self.body else ""


def prepare(trial: Trial) -> Ready:
    """Return the result as it stands. Everything in it but the story comes from the analysis.

    Three queries, four with a body.
    """
    analyses = tuple(trial.analyses.select_related("by").order_by("pk"))
    analysis = next((each for each in analyses if each.planned), None)
    additional = tuple(each for each in analyses if not each.planned)
    story = story_of(trial)
    if analysis is None:
        problem = Problem("Run the registered analysis first")
        return Ready(None, (problem,), (), None, additional, story)
    words: Mapping[str, Any] = story.body
    entries = register.events(trial.public_id)
    protocol = parse(plan_now(entries))
    deviations = [entry.body for entry in entries if entry.kind == "deviation"]
    found = _unanswered(trial, protocol, analysis, deviations)
    problems = [
        Problem(text, column=field)
        for field, text in NEEDED.items()
        if not str(words.get(field, "")).strip()
    ]
    if words.get("decision") not in ("adopt", "adapt", "stop"):
        problems.append(Problem("Choose what you do next", column="decision"))
    problems += [
        Problem(f"Answer what went differently: {each['item']}", column="deviations")
        for each in found
    ]
    # A stepped start counts measurements; it is people who must not be told apart.
    counted = analysis.document.get("people", analysis.document["table"])
    cells = report.small_cells(protocol, counted)
    for wave in analysis.document.get("lasting", {}).get("waves", ())[:-1]:
        cells += [f"{wave['name']}, {one}" for one in report.small_cells(protocol, wave["counts"])]
    if cells:
        what = f"These counts are so small that they may tell who somebody is: {'; '.join(cells)}"
        problems.append(Problem(what, "It cannot be published until small numbers are protected"))
    problems += [
        Problem(f"Results do not say “{word}”", "Say it in other words", column=field)
        for field in NEEDED
        for word in banned_on_results(str(words.get(field, "")))
    ]
    body = None
    if not problems:
        body = _body(trial, protocol, analysis, additional, words, deviations)
    return Ready(body, tuple(problems), tuple(found), analysis, additional, story)


def hash_to_sign(public_id: str) -> str:
    """Return the name of the result as it stands: what a manager signs."""
    return prepare(Trial.objects.get(public_id=public_id)).document_hash


def found_deviations(public_id: str) -> tuple[dict[str, str], ...]:
    """Return what the software found to be different and nobody has answered."""
    return prepare(Trial.objects.get(public_id=public_id)).found


def facts_of(words: Mapping[str, Any], deviations: list[Mapping[str, Any]]) -> Facts:
    """Return what the verdict and its strength rest on besides the analysis."""
    done, planned = words.get("delivered_done"), words.get("delivered_planned")
    return Facts(
        delivered=Share(int(done), int(planned)) if done is not None and planned else None,
        contaminated=str(words.get("contaminated", "")).strip(),
        changed_after_data=any(
            each["when"] != "before data" and each["effect"] == "large" for each in deviations
        ),
    )


def verdicts_of(protocol: Protocol, analysis: Analysis, story: Story) -> list[dict[str, Any]]:
    """Return the verdict of each comparison as the analysis and the story stand."""
    document = analysis.document["outcomes"][protocol.outcomes.primary.code]
    return report.judged(protocol, document, facts_of(story.body, []))


def _unanswered(
    trial: Trial,
    protocol: Protocol,
    analysis: Analysis,
    deviations: list[Mapping[str, Any]],
) -> list[dict[str, str]]:
    table = analysis.document["table"]
    measured: dict[str, int] = {}
    for row in table:
        measured[row["outcome"]] = measured.get(row["outcome"], 0) + row["measured"]
    answered = {each["item"] for each in deviations}
    found = report.deviations_found(
        protocol,
        analysis.document["outcomes"][protocol.outcomes.primary.code],
        started_on=_day(trial.started_at or analysis.at),
        measured=measured,
    )
    return [each for each in found if each["item"] not in answered]


def _body(
    trial: Trial,
    protocol: Protocol,
    analysis: Analysis,
    additional: Sequence[Analysis],
    words: Mapping[str, Any],
    deviations: list[Mapping[str, Any]],
) -> dict[str, Any]:
    documents = analysis.document["outcomes"]
    document = documents[protocol.outcomes.primary.code]
    facts = facts_of(words, deviations)
    delivered = facts.delivered
    dates = protocol.dates
    received = words.get("received", {})
    assessed = words.get("assessed", {})
    planned = dates.afterwards or protocol.stepped
    started = dates.start if planned else _day(trial.started_at or analysis.at)
    return {
        "dates": {
            "started": started.isoformat(),
            "ended": dates.end.isoformat(),
            "locked": _day(trial.locked_at or analysis.at).isoformat(),
        },
        "numbers": [
            {**row, "assessed": assessed.get(row["arm"]), "received": received.get(row["arm"])}
            for row in analysis.document["numbers"]
        ],
        "effects": document,
        "verdicts": report.judged(protocol, document, facts),
        "strength": report.strength_document(report.strength_of(protocol, document, facts)),
        "guardrails": report.guardrails_judged(protocol, documents),
        "secondary": [
            {
                "code": outcome.code,
                "name": outcome.name,
                "unit": outcome.unit,
                "direction": outcome.direction,
                "document": documents[outcome.code],
            }
            for outcome in protocol.outcomes.secondary
            if outcome.code in documents
        ],
        "subgroups": analysis.document.get("subgroups", []),
        **_lasting(analysis.document),
        "cost": {
            "sentences": report.cost_sentences(protocol, document),
            "arms": analysis.document.get("costs", []),
            "claimed": claimed_by_idea(trial),
        },
        "deviations": len(deviations),
        "story": {
            "delivered": words["delivered"].strip(),
            "delivered_percent": round(100 * delivered.value, 1) if delivered else None,
            "unexpected": words["unexpected"].strip(),
            "differently": words["differently"].strip(),
            "people_expected": words["people_expected"].strip(),
            "limitations": words["limitations"].strip(),
        },
        "decision": {
            "what": words["decision"],
            "by": words["decision_by"].strip(),
            "words": str(words.get("decision_words", "")).strip(),
        },
        "seed": None if trial.draw.elsewhere else str(unseal(trial.draw.sealed_seed)),
        "data_hash": analysis.inputs_hash,
        "code_version": analysis.code_version,
        "rule_version": 1,
        "table": analysis.document["table"],
        "pooling": None,
        "protected": False,
        "reviewed": False,
        "not_planned": [
            {"title": each.title, "document": document}
            for each in additional
            for document in each.document["outcomes"].values()
        ],
    }


def _lasting(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return whether it lasted as the record has it; nothing where it was measured once."""
    found = document.get("lasting")
    if not found:
        return {}
    waves = [
        {name: value for name, value in wave.items() if name != "counts"}
        for wave in found.get("waves", ())
    ]
    return {"lasting": {**found, **({"waves": waves} if waves else {})}}


@transaction.atomic
def ask_for_result_sign_off(*, public_id: str, by: Person, at: datetime) -> None:
    """Ask the managers to sign the result off. Raises InputError naming what stops it."""
    trial = Trial.objects.select_for_update().get(public_id=public_id)
    permissions.check(by, "write the result", also=roles_in_trial(by, public_id))
    ready = prepare(trial)
    refuse(ready.problems)
    accounts.record(by=by, action="ask for sign-off", on="trial", thing=public_id, at=at)
    accounts.notify(
        managers(),
        letter="P",
        subject=f"Sign-off asked: result of {trial.title}",
        body=f"{by.name} asks you to sign off the result. It cannot be changed, only delayed.",
        link=f"/trials/{public_id}/publish/",
        key=f"sign-off result {public_id} {ready.document_hash}",
        at=at,
    )


@transaction.atomic
def sign_off_result(
    *, public_id: str, document_hash: str, agreed: bool, note: str, by: Person, at: datetime
) -> SignOff:
    """Sign the result as it stands, or ask for another look at its words. The figures stay."""
    trial = Trial.objects.select_for_update().get(public_id=public_id)
    permissions.check(by, "sign off", also=roles_in_trial(by, public_id))
    if not agreed and not note.strip():
        raise InputError(Problem("Enter what has to be looked at again", column="note"))
    if prepare(trial).document_hash != document_hash or not document_hash:
        raise InputError(Problem("The words changed while you read", "Read them again"))
    signed, made = SignOff.objects.get_or_create(
        trial=trial,
        what=SignOff.What.RESULT,
        document_hash=document_hash,
        agreed=agreed,
        defaults={"note": note.strip(), "by": by, "at": at},
    )
    if made:
        action = "sign off the result" if agreed else "send the result back"
        accounts.record(by=by, action=action, on="trial", thing=public_id, at=at)
        accounts.notify(
            team_of(trial, "lead"),
            letter="P",
            subject=f"{'Signed off' if agreed else 'Sent back'}: result of {trial.title}",
            body="You can publish it now." if agreed else f'{by.name} wrote: "{note.strip()}"',
            link=f"/trials/{public_id}/publish/",
            key=f"signed result {public_id} {signed.pk}",
            at=at,
        )
    return signed


@transaction.atomic
def publish_result(*, public_id: str, by: Person, at: datetime) -> None:
    """Publish the result for good, whatever it shows. Twice is as once.

    Raises PermissionDenied, and InputError when something stops it or no manager signed it.
    """
    trial = Trial.objects.select_for_update().get(public_id=public_id)
    permissions.check(by, "publish a result", also=roles_in_trial(by, public_id))
    if trial.reported_at:
        return
    refuse(pause_problems(timezone.localtime(at).date()))
    ready = prepare(trial)
    refuse(ready.problems)
    signed = sign_off_of(trial, SignOff.What.RESULT, ready.document_hash)
    if signed is None or not signed.agreed or ready.body is None:
        raise InputError(
            Problem("A manager has not signed off this result yet", "Ask for sign-off first")
        )
    evidence.append(public_id, "result", ready.body, at=at)
    trial.reported_at = at
    trial.save(update_fields=["reported_at"])
    accounts.record(by=by, action="publish the result", on="trial", thing=public_id, at=at)
    tell_idea(trial, at=at)
    first = ready.body["verdicts"][0]
    accounts.notify(
        [*team_of(trial), *managers()],
        letter="K",
        subject=f"Result: {trial.title}",
        body=f"{first['words']}. {first['sentence']}",
        link=f"/evidence/{public_id}/",
        key=f"result {public_id}",
        at=at,
    )


def pause_problems(today: date) -> list[Problem]:
    """Say that nothing is published today because of an election, and when it can be."""
    pause = council.paused_on(today)
    if pause is None:
        return []
    again = long_date(pause.last + timedelta(days=1))
    what = f"No result is published from {long_date(pause.first)} to {long_date(pause.last)}"
    why = f": {pause.why}" if pause.why else ", before an election"
    return [Problem(f"{what}{why}", f"Publish it from {again}. Nothing else has to wait")]


def days_paused(trial: Trial, today: date) -> int:
    """Return how many days pauses before elections have delayed a result, since the end."""
    pauses = council.pauses()
    last = max([today, *(pause.last for pause in pauses if pause.first <= today <= pause.last)])
    return council.days_paused(trial.ends_on or today, last, pauses)


def _day(moment: datetime) -> Any:
    return timezone.localtime(moment).date()
