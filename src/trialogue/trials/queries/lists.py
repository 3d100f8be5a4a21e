"""Lists of trials, and what a trial still needs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import (
    BooleanField,
    Count,
    Exists,
    ExpressionWrapper,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
)

from trialogue.accounts.models import Person
from trialogue.evidence import queries as register
from trialogue.ideas import queries as ideas
from trialogue.pages.lists import Tag
from trialogue.trials.models import StopRequest, Trial, TrialMember
from trialogue.trials.queries.trials import stage_of

# Whose work a trial is. The safety person waits until there is something to look at.
WORKING = (TrialMember.Role.LEAD, TrialMember.Role.ANALYST, TrialMember.Role.TEAM)


def trials_seen_by(seen_by: Person) -> QuerySet[Trial]:
    """Return the trials that a person may see: public ones, their own, and for managers all."""
    rows = Trial.objects.all()
    if "manager" in seen_by.roles:
        return rows
    mine = TrialMember.objects.filter(trial=OuterRef("pk"), person=seen_by)
    return rows.filter(Q(registered_at__isnull=False) | Exists(mine))


def trials_of(person: Person) -> list[tuple[Trial, list[str]]]:
    """Return the trials a person has a part in with their parts, newest first. One query."""
    parts = TrialMember.objects.filter(person=person).select_related("trial")
    found: dict[int, tuple[Trial, list[str]]] = {}
    for part in parts.order_by("-trial__pk", "role"):
        found.setdefault(part.trial_id, (part.trial, []))[1].append(part.role)
    return list(found.values())


def with_stage(rows: QuerySet[Trial], stage: str, *, today: date) -> QuerySet[Trial]:
    """Return the trials at one stage."""
    conditions = {
        "planning": Q(registered_at=None),
        "registered": Q(registered_at__isnull=False, started_at=None, stopped_at=None),
        "running": Q(started_at__isnull=False, stopped_at=None, ends_on__gte=today),
        "ended": Q(started_at__isnull=False, stopped_at=None, reported_at=None, ends_on__lt=today),
        "stopped": Q(stopped_at__isnull=False),
        "reported": Q(reported_at__isnull=False, stopped_at=None),
    }
    return rows.filter(conditions[stage]) if stage in conditions else rows


def tag_of(trial: Trial, record: register.Record | None, *, today: date) -> Tag:
    """Return where a trial stands; once it has ended, as the public reads it: due or overdue."""
    stage = stage_of(trial, today)
    if stage.name == "ended" and record:
        return register.state_tag(record, today)
    return Tag(stage.words, stage.colour)


def records_of_ended(rows: QuerySet[Trial], *, today: date) -> dict[str, register.Record]:
    """Return the public record of each trial that has ended and owes its result. One query."""
    ended = with_stage(rows, "ended", today=today)
    return register.records(ended.order_by().values_list("public_id", flat=True))


@dataclass(frozen=True)
class Waiting:
    """Something that waits for a person: what, where, and by when if there is a day."""

    words: str
    path: str
    due: date | None = None


def waiting_for(person: Person, *, today: date) -> list[Waiting]:
    """Return what waits for a person in their trials, the earliest day first. Four queries."""
    found: list[Waiting] = []
    if "manager" in person.roles:
        asked = Trial.objects.filter(sign_off_asked_at__isnull=False, registered_at=None)
        found += [
            Waiting(
                f"Sign off the plan of “{trial.title}”", f"/trials/{trial.public_id}/register/"
            )
            for trial in asked.order_by("sign_off_asked_at")[:50]
        ]
        stops = Trial.objects.filter(stop_requests__decided_at=None, stop_requests__isnull=False)
        found += [
            Waiting(f"Decide whether to stop “{trial.title}”", f"/trials/{trial.public_id}/stop/")
            for trial in stops.filter(stopped_at=None).distinct().order_by("pk")[:50]
        ]
        to_check = Trial.objects.filter(public_id__in=ideas.drafts_to_check(), stopped_at=None)
        found += [
            Waiting(f"Check a comment on the draft of “{trial.title}”", _check(trial))
            for trial in to_check.order_by("pk")[:50]
        ]
    mine = (
        Trial.objects.filter(
            members__person=person, members__role__in=WORKING, reported_at=None, stopped_at=None
        )
        .annotate(asked=ExpressionWrapper(_to_answer(), BooleanField()))
        .distinct()
        .order_by("pk")[:100]
    )
    due = register.due_dates()
    for trial in mine:
        if trial.asked:
            found.append(
                Waiting(f"Answer a comment on the draft of “{trial.title}”", _check(trial))
            )
        words = next_thing(trial, today)
        if words:
            found.append(
                Waiting(
                    f"{words}: “{trial.title}”",
                    f"/trials/{trial.public_id}/",
                    _by(trial, due, today),
                )
            )
    return sorted(found, key=lambda each: (each.due is None, each.due or today))


def count_waiting_for(person: Person) -> int:
    """Return how many things `waiting_for` would list. One query: every page's frame asks."""
    open_trials = Trial.objects.filter(stopped_at=None)
    mine = _worked_by(person)
    parts = [Q(mine, reported_at=None), Q(mine, _to_answer())]
    if "manager" in person.roles:
        stops = StopRequest.objects.filter(trial=OuterRef("pk"), decided_at=None)
        parts += [Q(sign_off_asked_at__isnull=False, registered_at=None), Q(Exists(stops))]
        parts += [Q(public_id__in=ideas.drafts_to_check())]
    counts = {f"part_{n}": Count("pk", filter=part) for n, part in enumerate(parts)}
    return sum(open_trials.aggregate(**counts).values())


def _worked_by(person: Person) -> Exists:
    parts = TrialMember.objects.filter(person=person, role__in=WORKING)
    return Exists(parts.filter(trial=OuterRef("pk")))


def _to_answer() -> Q:
    return Q(registered_at=None, public_id__in=ideas.drafts_to_answer())


def _check(trial: Trial) -> str:
    return f"/trials/{trial.public_id}/plan/check/#comments"


def next_thing(trial: Trial, today: date) -> str:
    """Return what a trial's team does next, empty when nothing is left to do."""
    if trial.stopped_at or trial.reported_at:
        return ""
    if trial.registered_at is None:
        return "Finish the plan"
    if trial.started_at is None:
        return "Load and place the list"
    if trial.ends_on and trial.ends_on >= today:
        return "Measure and watch"
    return "Lock and analyse" if trial.locked_at is None else "Publish the result"


@dataclass(frozen=True)
class NextStep:
    """What comes next in a trial, who does it, and by when if there is a day."""

    words: str
    who: str
    due: date | None = None


def next_step(
    trial: Trial, members: Sequence[TrialMember], *, due: date | None, today: date
) -> NextStep | None:
    """Return the next step of a trial; None when nothing is left to do.

    `due` is when its result is due, `members` its people.
    """
    words = next_thing(trial, today)
    if not words:
        return None
    if trial.sign_off_asked_at and trial.registered_at is None:
        return NextStep("Sign off the plan", "A manager")
    role = "analyst" if words == "Lock and analyse" else "lead"
    names = [member.person.name for member in members if member.role == role]
    nobody = f"Nobody yet: the team has no {role}"
    dues = {trial.public_id: due} if due else {}
    return NextStep(words, " or ".join(names) or nobody, _by(trial, dues, today))


def _by(trial: Trial, due: dict[str, date], today: date) -> date | None:
    """By when the next thing is to be done: while it runs the end, then when its result is due."""
    if trial.started_at and trial.ends_on and trial.ends_on >= today:
        return trial.ends_on
    return due.get(trial.public_id, trial.ends_on) if trial.started_at else None


def with_lead(rows: QuerySet[Trial]) -> QuerySet[Trial]:
    """Add the name of each trial's lead as `lead`."""
    leads = TrialMember.objects.filter(trial=OuterRef("pk"), role=TrialMember.Role.LEAD)
    return rows.annotate(lead=Subquery(leads.order_by("pk").values("person__name")[:1]))
