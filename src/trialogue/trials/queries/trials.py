"""One trial: who has which part in it, its draft, its protocol, its stage."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import Http404

from trialogue.accounts.models import Person
from trialogue.evidence import queries as evidence
from trialogue.evidence import record
from trialogue.evidence.entries import plan_now
from trialogue.ideas import queries as ideas
from trialogue.trials.models import Answer, SignOff, Trial, TrialMember
from trialogue.trials.protocol import Protocol, parse


def trial_of(public_id: str) -> Trial:
    """Return a trial; Http404 when there is none. Who may see it is `roles_in_trial`'s to say."""
    trial = Trial.objects.filter(public_id=public_id).first()
    if trial is None:
        raise Http404
    return trial


def identifiers() -> frozenset[str]:
    """Return the identifier of every trial here, planned or registered."""
    return frozenset(Trial.objects.values_list("public_id", flat=True))


def roles_in_trial(person: Person | AnonymousUser, public_id: str, **_: object) -> frozenset[str]:
    """Return a person's parts in a trial.

    Http404 when there is no such trial, and when it is not public yet and the person has no part
    in it: its existence is not told.
    """
    if "\0" in public_id:  # no database can look for it
        raise Http404
    rows = list(
        Trial.objects.filter(public_id=public_id).values_list(
            "registered_at", "members__person", "members__role"
        )
    )
    if not rows:
        raise Http404
    if not isinstance(person, Person):
        return frozenset()
    roles = frozenset(role for _, member, role in rows if member == person.pk)
    is_public = rows[0][0] is not None
    if not (roles or is_public or "manager" in person.roles):
        raise Http404
    return roles


def roles_in_draft(
    person: Person | AnonymousUser, public_id: str, *, today: date
) -> frozenset[str]:
    """Return a person's parts in a trial, for its draft plan.

    Http404 as in `roles_in_trial`, but while the draft is open for comments it may be read by
    whoever signs in, and afterwards by those who said something.
    """
    try:
        return roles_in_trial(person, public_id)
    except Http404:
        until = ideas.open_until(public_id)
        if until is None or not isinstance(person, Person):
            raise
        if until < today and not ideas.commented_on_draft(public_id, person):
            raise
        return frozenset()


def team_of(trial: Trial, *roles: str) -> list[Person]:
    """Return the people with one of these parts in a trial, or all its people."""
    members = trial.members.select_related("person").order_by("role", "person__name")
    people = [member.person for member in members if not roles or member.role in roles]
    return list(dict.fromkeys(people))


def members_of(trial: Trial) -> list[TrialMember]:
    """Return the parts in a trial with their people, leads first."""
    order = [role.value for role in TrialMember.Role]
    members = list(trial.members.select_related("person"))
    return sorted(members, key=lambda member: (order.index(member.role), member.person.name))


def answers_of(trial: Trial) -> dict[str, Answer]:
    """Return the latest answer to each question that has one. One query."""
    rows = trial.answers.select_related("by").order_by("version")
    return {answer.question: answer for answer in rows}


def history_of(trial: Trial, question: str) -> list[Answer]:
    """Return every version of an answer, newest first."""
    return list(trial.answers.filter(question=question).select_related("by").order_by("-version"))


def draft_of(trial: Trial) -> dict[str, Mapping[str, Any]]:
    """Return the draft: the body of the latest answer to each question."""
    return {name: answer.body for name, answer in answers_of(trial).items()}


def hash_of_draft(draft: Mapping[str, Mapping[str, Any]]) -> str:
    """Return the name of a draft as it stands: what a manager signs."""
    return record.sha256(record.canonical({"plan": dict(draft)}))


def protocol_of(trial: Trial) -> Protocol:
    """Return the registered plan with its amendments, as the record has it."""
    return parse(plan_now(evidence.events(trial.public_id)))


def sign_off_of(trial: Trial, what: str, document_hash: str) -> SignOff | None:
    """Return the newest sign-off of exactly this document, agreed or sent back."""
    return (
        trial.sign_offs.filter(what=what, document_hash=document_hash)
        .select_related("by")
        .order_by("-pk")
        .first()
    )


@dataclass(frozen=True)
class Stage:
    """How far a trial is, in words and with the colour of its tag."""

    name: str
    words: str
    colour: str


_STAGES = {
    "planning": ("Being planned", "grey"),
    "withdrawn": ("Withdrawn before it started", "grey"),
    "registered": ("Registered", "blue"),
    "running": ("Running", "blue"),
    "ended": ("Ended", "blue"),
    "stopped": ("Stopped early", "purple"),
    "reported": ("Reported", "green"),
}


def stage_of(trial: Trial, today: date) -> Stage:
    """Return a trial's stage, derived from its moments."""
    if trial.registered_at is None:
        name = "planning"
    elif trial.stopped_at:
        name = "stopped" if trial.started_at else "withdrawn"
    elif trial.reported_at:
        name = "reported"
    elif trial.started_at is None:
        name = "registered"
    else:
        name = "ended" if trial.ends_on and trial.ends_on < today else "running"
    return Stage(name, *_STAGES[name])
