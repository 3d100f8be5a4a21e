"""The plan: begun after asking who tried it, answered question by question, signed off."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from trialogue.accounts import permissions
from trialogue.accounts import services as accounts
from trialogue.accounts.models import Membership, Person
from trialogue.evidence import queries as evidence
from trialogue.evidence import schema
from trialogue.evidence import services as register
from trialogue.ideas import queries as ideas
from trialogue.methods.problems import InputError, Problem, refuse
from trialogue.trials.models import Answer, SignOff, Trial, TrialMember
from trialogue.trials.queries.copying import to_copy
from trialogue.trials.queries.trials import (
    draft_of,
    hash_of_draft,
    roles_in_trial,
    team_of,
)
from trialogue.trials.services.telling import tell_idea
from trialogue.trials.words import problems_of_plan

# Why somebody goes on after seeing who tried it.
GOING_AHEAD = {
    "nobody close": "Nobody has tried anything close",
    "other people or place": "It was tried with other people or in another place",
    "do it better": "We want to do it better",
    "too small": "The earlier trial was too small",
    "repeat on purpose": "We repeat it on purpose, to see if it holds",
    "other": "Another reason",
}


# After these, an idea may be tried once more.
OVER = frozenset({"stopped", "withdrawn", "reported"})
# Nobody was asked yet; the form of the question shows what is missing.
DEFAULT_QUESTION: dict[str, Any] = {"other_names": [], "replication_of": None}


class AnswerConflictError(Exception):
    """Somebody changed the same answer in between. Nothing was saved; both are here."""

    def __init__(self, current: Answer, typed: Mapping[str, Any]) -> None:
        super().__init__(f"version {current.version} is newer")
        self.current = current
        self.typed = dict(typed)


@transaction.atomic
def begin_trial(
    *,
    title: str,
    query: str,
    going_ahead: str,
    why: str,
    by: Person,
    at: datetime,
    idea: int | None = None,
    starter: str = "",
    answers: Mapping[str, Mapping[str, Any]] | None = None,
    made_up: bool = False,
    credit: str = "",
) -> Trial:
    """Begin a plan. What was searched for, what was shown and the answer are kept.

    `starter` names a plan, or a public trial, to copy; `answers` are further answers. Whoever
    begins is the lead; for an idea it is whom its answer named, and its words begin the plan.
    Raises PermissionDenied, and InputError when the gate is not answered or the idea has its
    trial.
    """
    permissions.check(by, "plan a trial")
    source = _idea_to_try(idea, by) if idea is not None else None
    problems = []
    if not title.strip():
        problems.append(Problem("Enter a title that says what you try", column="title"))
    if len(title.strip()) > 80:
        what = f"The title is {len(title.strip())} characters"
        problems.append(Problem(what, "Make it 80 or fewer", column="title"))
    if going_ahead not in GOING_AHEAD:
        problems.append(Problem("Choose why you go ahead", column="going_ahead"))
    if going_ahead == "other" and not why.strip():
        problems.append(Problem("Enter why you go ahead", column="why"))
    plan = to_copy(starter, today=timezone.localdate(at)) if starter else None
    if starter and plan is None:
        problems.append(Problem("There is no such plan to copy", column="starter"))
    refuse(problems)
    hits = evidence.similar(query or title)
    trial = Trial.objects.create(
        public_id=_free_identifier(),
        title=title.strip(),
        idea=idea,
        similar={
            "query": (query or title).strip(),
            "shown": [{"id": hit.id, "rank": hit.rank, "band": hit.band} for hit in hits],
            "answer": going_ahead,
            "text": why.strip(),
        },
        made_up=made_up,
        credit=credit,
        created_by=by,
        created_at=at,
    )
    lead = source.lead if source and source.lead else by
    TrialMember.objects.create(trial=trial, person=lead, role=TrialMember.Role.LEAD, since=at)
    if lead != by:
        TrialMember.objects.create(trial=trial, person=by, role=TrialMember.Role.TEAM, since=at)
    begun: dict[str, Mapping[str, Any]] = {**(plan.answers if plan else {}), **(answers or {})}
    if source and "question" not in (answers or {}):
        begun["question"] = {**DEFAULT_QUESTION, **begun.get("question", {}), **_carried(source)}
    if "question" in begun:
        begun["question"] = {**begun["question"], "title": title.strip()}
    for question, body in begun.items():
        _keep(trial, question, body, version=1, by=by, at=at)
    accounts.record(
        by=by,
        action="begin a plan",
        on="trial",
        thing=trial.public_id,
        at=at,
        after={"title": trial.title, "copied": starter, "going_ahead": going_ahead},
    )
    tell_idea(trial, at=at)
    return trial


def _idea_to_try(number: int, by: Person) -> ideas.IdeaForTrial:
    """Return the idea that a trial is begun for; refuse one that has its trial or another lead."""
    source = ideas.idea_for_trial(number)
    if source is None:
        raise InputError(Problem("This idea was not answered “Try it in a trial”"))
    if source.trial and source.trial_state not in OVER:
        raise InputError(
            Problem("This idea has a trial already", f"Open the trial {source.trial}")
        )
    if source.lead and source.lead != by and not {"manager", "administrator"} & by.roles:
        raise InputError(Problem(f"{source.lead.name} leads the trial of this idea", "Ask them"))
    return source


def _carried(source: ideas.IdeaForTrial) -> dict[str, Any]:
    """Return the words of an idea as the first words of the plan's question."""
    return {"summary": source.proposal[:1500], "problem": source.problem[:2000]}


def _free_identifier() -> str:
    while True:
        identifier = register.new_identifier()
        if not Trial.objects.filter(public_id=identifier).exists():
            return identifier


@transaction.atomic
def save_answer(
    *,
    public_id: str,
    question: str,
    body: Mapping[str, Any],
    based_on: int,
    by: Person,
    at: datetime,
) -> Answer:
    """Keep a new version of the answer to one question.

    `based_on` is the version that the person saw, 0 for none. The same words again change
    nothing. Raises AnswerConflictError when somebody else saved in between, InputError when the
    record would not take the answer, and PermissionDenied.
    """
    trial = Trial.objects.select_for_update().get(public_id=public_id)
    permissions.check(by, "answer the plan", also=roles_in_trial(by, public_id))
    if trial.registered_at:
        raise InputError(
            Problem("The plan is registered and cannot change", "Record an amendment instead")
        )
    refuse(schema.problems(question, body))
    current = trial.answers.filter(question=question).order_by("-version").first()
    if current and current.body == dict(body):
        return current
    version = current.version if current else 0
    if current and version != based_on:
        raise AnswerConflictError(current, body)
    answer = _keep(trial, question, body, version=version + 1, by=by, at=at)
    if question == "question":
        trial.title = body["title"]
        trial.save(update_fields=["title"])
    accounts.record(
        by=by,
        action=f"answer {question.replace('_', ' ')}",
        on="trial",
        thing=public_id,
        at=at,
        before=current.body if current else None,
        after=dict(body),
    )
    return answer


def _keep(
    trial: Trial, question: str, body: Mapping[str, Any], *, version: int, by: Person, at: datetime
) -> Answer:
    return Answer.objects.create(
        trial=trial, question=question, version=version, body=dict(body), by=by, at=at
    )


@transaction.atomic
def add_member(*, public_id: str, email: str, role: str, by: Person, at: datetime) -> TrialMember:
    """Give a person a part in a trial. The same part again finds the first."""
    trial = Trial.objects.select_for_update().get(public_id=public_id)
    permissions.check(by, "change the team", also=roles_in_trial(by, public_id))
    if role not in TrialMember.Role.values:
        raise InputError(Problem("Choose a part", column="role"))
    person = Person.objects.filter(email__iexact=email.strip(), is_active=True).first()
    if person is None:
        raise InputError(
            Problem(
                "Nobody with this e-mail address has an account here",
                "Ask an administrator to invite them",
                column="email",
            )
        )
    others = set(trial.members.filter(person=person).values_list("role", flat=True))
    if "safety person" in {role} | others and "lead" in {role} | others:
        raise InputError(
            Problem("The safety person is not the lead", "Choose somebody else", column="email")
        )
    member, made = TrialMember.objects.get_or_create(
        trial=trial, person=person, role=role, defaults={"since": at}
    )
    if made:
        accounts.record(
            by=by,
            action="add to the team",
            on="trial",
            thing=public_id,
            at=at,
            after={"person": str(person.public_id), "role": role},
        )
    return member


@transaction.atomic
def remove_member(*, public_id: str, member_id: int, by: Person, at: datetime) -> None:
    """Take a part in a trial away. The last lead stays. Twice is as once."""
    trial = Trial.objects.select_for_update().get(public_id=public_id)
    permissions.check(by, "change the team", also=roles_in_trial(by, public_id))
    member = trial.members.filter(pk=member_id).select_related("person").first()
    if member is None:
        return
    if member.role == "lead" and trial.members.filter(role="lead").count() == 1:
        raise InputError(Problem("A trial needs a lead", "Add another lead first"))
    member.delete()
    accounts.record(
        by=by,
        action="take off the team",
        on="trial",
        thing=public_id,
        at=at,
        before={"person": str(member.person.public_id), "role": member.role},
    )


@transaction.atomic
def ask_for_sign_off(*, public_id: str, by: Person, at: datetime, today: date) -> Trial:
    """Ask the managers to sign the plan off. Raises InputError naming what it still lacks."""
    trial = Trial.objects.select_for_update().get(public_id=public_id)
    permissions.check(by, "answer the plan", also=roles_in_trial(by, public_id))
    draft = draft_of(trial)
    refuse(problems_of_plan(draft, today=today))
    trial.sign_off_asked_at = at
    trial.save(update_fields=["sign_off_asked_at"])
    accounts.record(by=by, action="ask for sign-off", on="trial", thing=public_id, at=at)
    accounts.notify(
        managers(),
        letter="P",
        subject=f"Sign-off asked: plan of {trial.title}",
        body=f"{by.name} asks you to sign off the plan. You may send it back with a note.",
        link=f"/trials/{public_id}/register/",
        key=f"sign-off plan {public_id} {hash_of_draft(draft)}",
        at=at,
    )
    return trial


def managers() -> list[Person]:
    """Return the council's managers."""
    rows = Membership.objects.filter(
        organisation__kind="council", person__is_active=True
    ).select_related("person")
    return [row.person for row in rows if "manager" in row.roles]


def hash_to_sign(public_id: str) -> str:
    """Return the name of the plan as it stands: what a manager signs."""
    return hash_of_draft(draft_of(Trial.objects.get(public_id=public_id)))


@transaction.atomic
def sign_off_plan(
    *, public_id: str, document_hash: str, agreed: bool, note: str, by: Person, at: datetime
) -> SignOff:
    """Sign the plan as it stands, or send it back with a note.

    `document_hash` names what the manager read: a plan that changed meanwhile is not signed. The
    same answer again finds the first. Raises PermissionDenied and InputError.
    """
    trial = Trial.objects.select_for_update().get(public_id=public_id)
    permissions.check(by, "sign off", also=roles_in_trial(by, public_id))
    if trial.registered_at:
        raise InputError(Problem("This plan is registered already", "Nothing is left to sign"))
    if document_hash != hash_of_draft(draft_of(trial)):
        raise InputError(
            Problem("The plan changed while you read it", "Read it again, then sign it off")
        )
    if not agreed and not note.strip():
        raise InputError(Problem("Enter what has to change", column="note"))
    found = trial.sign_offs.filter(
        what=SignOff.What.PLAN, document_hash=document_hash, agreed=agreed
    ).first()
    if found:
        return found
    signed = SignOff.objects.create(
        trial=trial,
        what=SignOff.What.PLAN,
        document_hash=document_hash,
        agreed=agreed,
        note=note.strip(),
        by=by,
        at=at,
    )
    trial.sign_off_asked_at = None
    trial.save(update_fields=["sign_off_asked_at"])
    action = "sign off the plan" if agreed else "send the plan back"
    accounts.record(by=by, action=action, on="trial", thing=public_id, at=at)
    accounts.notify(
        team_of(trial, "lead"),
        letter="P",
        subject=f"{'Signed off' if agreed else 'Sent back'}: plan of {trial.title}",
        body="You can register the trial now." if agreed else f'{by.name} wrote: "{note.strip()}"',
        link=f"/trials/{public_id}/register/",
        key=f"signed plan {public_id} {signed.pk}",
        at=at,
    )
    return signed
