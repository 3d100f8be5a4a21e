"""Lists of trials, and what a trial still needs."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from trialogue.accounts.models import Person
from trialogue.trials.models import StopRequest, Trial, TrialMember


def trials_seen_by(seen_by: Person) -> QuerySet[Trial]:
    """Return the trials that a person may see: public ones, their own, and for managers all."""
    rows = Trial.objects.all()
    if "manager" in seen_by.roles:
        return rows
    mine = TrialMember.objects.filter(trial=OuterRef("pk"), person=seen_by)
    return rows.filter(Q(registered_at__isnull=False) | Exists(mine))


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


@dataclass(frozen=True)
class Waiting:
    """Something that waits for a person: what, where, and by when if there is a day."""

    words: str
    path: str
    due: date | None = None


def waiting_for(person: Person, *, today: date) -> list[Waiting]:
    """Return what waits for a person in their trials, the earliest day first. Three queries."""
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
    mine = (
        Trial.objects.filter(members__person=person, reported_at=None, stopped_at=None)
        .distinct()
        .order_by("pk")[:100]
    )
    for trial in mine:
        found.append(_next_thing(trial, today))
    return sorted(found, key=lambda each: (each.due is None, each.due or today))


def count_waiting_for(person: Person) -> int:
    """Return how many things `waiting_for` would list. One query: every page's frame asks."""
    open_trials = Trial.objects.filter(stopped_at=None)
    mine = Exists(TrialMember.objects.filter(trial=OuterRef("pk"), person=person))
    parts = [Q(mine, reported_at=None)]
    if "manager" in person.roles:
        stops = StopRequest.objects.filter(trial=OuterRef("pk"), decided_at=None)
        parts += [Q(sign_off_asked_at__isnull=False, registered_at=None), Q(Exists(stops))]
    counts = {f"part_{n}": Count("pk", filter=part) for n, part in enumerate(parts)}
    return sum(open_trials.aggregate(**counts).values())


def _next_thing(trial: Trial, today: date) -> Waiting:
    where = f"/trials/{trial.public_id}/"
    if trial.registered_at is None:
        return Waiting(f"Finish the plan of “{trial.title}”", where)
    if trial.started_at is None:
        return Waiting(f"Load and place the list of “{trial.title}”", where)
    if trial.ends_on and trial.ends_on >= today:
        return Waiting(f"Measure and watch “{trial.title}”", where, trial.ends_on)
    if trial.locked_at is None:
        return Waiting(f"Lock and analyse “{trial.title}”", where, trial.ends_on)
    return Waiting(f"Publish the result of “{trial.title}”", where, trial.ends_on)
