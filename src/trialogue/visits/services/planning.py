"""The week's plan: made in the worker, looked at beside the present one, accepted or not."""

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django_tasks import task

from trialogue.accounts import permissions
from trialogue.accounts import services as accounts
from trialogue.accounts.models import Person
from trialogue.methods.problems import InputError, Problem
from trialogue.methods.rounds.checking import check, walk
from trialogue.methods.rounds.offers import Offer, best_places, person
from trialogue.methods.rounds.plan import Place, RoundDay
from trialogue.methods.rounds.plan import Plan as Week
from trialogue.visits import queries
from trialogue.visits.models import Plan, PlannedVisit, Resident, Scheme
from trialogue.visits.queries.week import ThisWeek, as_planned, this_week
from trialogue.visits.services.listing import list_day

PLAN = "plan visits"
EFFORTS = ("quick", "standard", "thorough")
SEED = 1  # of a week nobody asked another for: the same rounds and residents, the same plan


@transaction.atomic
def ask_for_plan(
    scheme_id: int, *, effort: str, by: Person, at: datetime, seed: int = SEED
) -> Plan:
    """Ask the worker for a week's plan, from the next Monday. One at a time."""
    permissions.check(by, PLAN)
    scheme = Scheme.objects.select_for_update().get(pk=scheme_id)
    if effort not in EFFORTS:
        raise InputError(Problem("Choose how long to look", column="effort"))
    day = timezone.localtime(at).date()
    running = scheme.plans.filter(state=Plan.State.DRAFT, work__finished_at=None)
    if (already := running.exclude(work=None).first()) is not None:
        return already
    scheme.plans.filter(state=Plan.State.DRAFT).update(state=Plan.State.DISCARDED)
    plan = Plan.objects.create(
        scheme=scheme,
        week_from=day + timedelta(days=7 - day.weekday()),
        seed=seed,
        effort=effort,
        by=by,
        at=at,
    )
    plan.work = accounts.start_work(
        title="Planning the week", by=by, at=at, leads_to=reverse("visits:plan")
    )
    plan.save(update_fields=["work"])
    _note("ask for a week’s plan", plan, by, at)
    plan_in_the_worker.enqueue(str(plan.public_id))
    return plan


@task()
def plan_in_the_worker(plan_id: str) -> None:
    """Plan a week, with its progress shown; stopped, the best so far is kept. Twice is as once."""
    # The compiled search is for the worker alone: a web process never imports it.
    from trialogue.methods.rounds import VERSION, Progress, plan_week

    plan = Plan.objects.select_related("work", "scheme").get(public_id=plan_id)
    work = plan.work
    if work is None or work.finished_at or plan.state != Plan.State.DRAFT:
        return
    falling: list[float] = []

    def watch(progress: Progress) -> bool:
        falling.append(round(progress.best))
        share = f"{100 * progress.steps // progress.of}% looked at"
        best = f"best so far {progress.best:,.0f} seconds a week"
        return accounts.step_work(
            work, done=progress.steps, total=progress.of, step=f"{share}, {best}"
        )

    with accounts.ending(work, now=timezone.now):  # noqa: TID251  the worker is a door
        day = timezone.localtime(plan.at).date()
        week = this_week(plan.scheme, day=day)
        effort: Any = plan.effort
        found = plan_week(
            week.instance,
            week.travel,
            seed=plan.seed,
            effort=effort,
            watch=watch,
            at_once=os.cpu_count() or 1,
        )
        with transaction.atomic():
            _keep(plan, week, found.plan)
            plan.cost, plan.bound = found.cost, found.lower_bound
            plan.version = str(VERSION)
            plan.instance_sha256 = _hash(week)
            plan.report |= {
                "parts": asdict(found.parts),
                "steps": found.steps,
                "falling": _thinned(falling),
                "unplaced": [asdict(one) for one in found.plan.unplaced],
            }
            # Not its state: somebody may have put it aside meanwhile.
            plan.save(update_fields=["cost", "bound", "version", "instance_sha256", "report"])
            accounts.finish_work(work, answer=None, at=timezone.now())  # noqa: TID251  a door


def _thinned(values: list[float], most: int = 100) -> list[float]:
    step = max(1, len(values) // most)
    return values[::step]


def _keep(plan: Plan, week: ThisWeek, found: Week) -> None:
    """Write a plan's visits, with what each round-day then carries."""
    plan.visits.all().delete()
    loads: dict[str, dict[str, float]] = {}
    rows = []
    for entry in found.visits:
        walked = walk(week.instance, entry, week.travel)
        code = week.rounds[entry.round].code
        loads.setdefault(code, {})[str(entry.day)] = walked.load_s
        rows += [
            PlannedVisit(
                plan=plan,
                resident=week.residents[who],
                round=week.rounds[entry.round],
                weekday=entry.day,
                gap=gap,
                order=order,
                arrives=_clock(walked.arrivals[who]),
            )
            for gap, order, who in _in_order(entry)
        ]
    PlannedVisit.objects.bulk_create(rows, batch_size=500)
    plan.report = {**plan.report, "loads": loads}


def _clock(seconds: float) -> time:
    whole = int(seconds) % 86_400
    return time(whole // 3600, whole % 3600 // 60, whole % 60)


def _hash(week: ThisWeek) -> str:
    told = [
        [one.id, one.xy, one.visits_per_week, one.patterns, one.service_s, one.window]
        for one in week.instance.residents
    ]
    rounds = [
        [one.id, one.points.tolist(), one.start_s, one.stop_service_s, one.spare_s]
        for one in week.instance.rounds
    ]
    return hashlib.sha256(json.dumps([rounds, told]).encode()).hexdigest()


@transaction.atomic
def accept_plan(plan_id: UUID, *, by: Person, at: datetime) -> Plan:
    """Make a draft the plan that stands. Visitors see it from tomorrow. Twice is as once.

    Raises InputError when somebody ended, was paused by a draw, lost a round or got a place since
    it was made.
    """
    permissions.check(by, PLAN)
    plan = Plan.objects.select_for_update().select_related("scheme").get(public_id=plan_id)
    if plan.state == Plan.State.CURRENT:
        return plan
    if plan.state != Plan.State.DRAFT or plan.cost is None:
        raise InputError(Problem("This plan cannot be accepted", "Plan the week again"))
    today = timezone.localtime(at).date()
    week = this_week(plan.scheme, day=today)
    if plan.instance_sha256 != _hash(week) and (broken := _broken(plan, week)):
        what = f"Something changed since this plan was made: {broken}"
        raise InputError(Problem(what, "Plan the week again"))
    list_day(plan.scheme, today, at=at)  # today stays as it was planned
    Plan.objects.filter(scheme=plan.scheme, state=Plan.State.CURRENT).update(state=Plan.State.PAST)
    plan.visits.update(first_day=today + timedelta(days=1))
    placed = plan.visits.values_list("resident_id", flat=True)
    Resident.objects.filter(pk__in=placed, state=Resident.State.AGREED).update(
        state=Resident.State.ACTIVE
    )
    plan.state = Plan.State.CURRENT
    plan.accepted_by, plan.accepted_at = by, at
    plan.save()
    _note("accept a week’s plan", plan, by, at)
    return plan


def _broken(plan: Plan, week: ThisWeek) -> str:
    """Return a rule that a plan breaks in this week; empty when it keeps them all."""
    kept = as_planned(plan, week)
    missing = plan.visits.count() - sum(len(entry.residents) for entry in kept.visits)
    if missing:
        return f"{missing} of its visits are to residents or rounds that are no longer there"
    if placed := _placed_since(plan):
        return f"{placed} who got a place since would lose it"
    return next(iter(check(week.instance, kept, week.travel).broken), "")


def _placed_since(plan: Plan) -> int:
    """Return how many residents have a place now of whom the planner knew nothing."""
    placed = plan.visits.values_list("resident__public_id", flat=True)
    known = {*map(str, placed), *(one["resident"] for one in plan.report.get("unplaced", ()))}
    now = PlannedVisit.objects.filter(plan__scheme=plan.scheme, plan__state=Plan.State.CURRENT)
    return len({*map(str, now.values_list("resident__public_id", flat=True))} - known)


@transaction.atomic
def discard_plan(plan_id: UUID, *, by: Person, at: datetime) -> None:
    """Put a draft aside; the plan that stands goes on."""
    permissions.check(by, PLAN)
    plan = Plan.objects.select_for_update().get(public_id=plan_id)
    if plan.state == Plan.State.DRAFT:
        plan.state = Plan.State.DISCARDED
        plan.save(update_fields=["state"])
        _note("discard a week’s plan", plan, by, at)


def offers(resident: Resident, *, at: datetime) -> tuple[list[Offer], ThisWeek]:
    """Return the five best places for a resident beside the plan that stands."""
    week = this_week(resident.scheme, day=timezone.localtime(at).date(), also=resident)
    current = as_planned(week.current, week) if week.current else Week(week.instance.name, ())
    standing = week.stand(current)
    identifier = str(resident.public_id)
    if identifier in standing.places:
        standing = standing.without(identifier)
    return list(best_places(standing, person(week.instance, identifier))), week


@transaction.atomic
def choose_place(
    resident_id: UUID, *, round_id: str, days: tuple[int, ...], by: Person, at: datetime
) -> Plan:
    """Put a resident on a round, on these days. Nobody else is moved.

    Raises InputError when they have not agreed, or the place is gone meanwhile.
    """
    permissions.check(by, PLAN)
    scheme = Scheme.objects.select_for_update().get(residents__public_id=resident_id)
    resident = Resident.objects.select_for_update().get(public_id=resident_id)
    today = timezone.localtime(at).date()
    if resident.pk not in queries.agreeing([resident], today):
        what = f"{resident.full_name} has not agreed to visits"
        raise InputError(Problem(what, "Record the agreement first"))
    found, week = offers(resident, at=at)
    place = Place(round_id, days)
    if all(one.place != place for one in found):
        raise InputError(Problem("This place is no longer free", "Choose another"))
    plan = week.current or _first_plan(scheme, by, at)
    _place(plan, resident, place, week, first_day=today + timedelta(days=1))
    resident.state = Resident.State.ACTIVE
    resident.save(update_fields=["state"])
    accounts.record(
        by=by,
        action="choose a round",
        on="resident",
        thing=str(resident.public_id),
        at=at,
        after={"round": week.rounds[round_id].code, "days": list(days)},
    )
    return plan


def _first_plan(scheme: Scheme, by: Person, at: datetime) -> Plan:
    day = timezone.localtime(at).date()
    return Plan.objects.create(
        scheme=scheme,
        state=Plan.State.CURRENT,
        week_from=day - timedelta(days=day.weekday()),
        by=by,
        at=at,
        accepted_by=by,
        accepted_at=at,
    )


def _place(
    plan: Plan, resident: Resident, place: Place, week: ThisWeek, *, first_day: date
) -> None:
    """Write one more resident into a plan, and the new times of those after them."""
    identifier = str(resident.public_id)
    standing = week.stand(as_planned(plan, week))
    if identifier in standing.places:
        standing = standing.without(identifier)
        plan.visits.filter(resident=resident).delete()
    after = standing.with_resident(person(week.instance, identifier), place).plan()
    touched = [
        entry for entry in after.visits if entry.round == place.round and entry.day in place.days
    ]
    loads = dict(plan.report.get("loads", {}))
    code = week.rounds[place.round].code
    for entry in touched:
        walked = walk(week.instance, entry, week.travel)
        loads.setdefault(code, {})[str(entry.day)] = walked.load_s
        for gap, order, who in _in_order(entry):
            now = {"gap": gap, "order": order, "arrives": _clock(walked.arrivals[who])}
            new = {"round": week.rounds[entry.round], "first_day": first_day}
            PlannedVisit.objects.update_or_create(
                plan=plan,
                resident=week.residents[who],
                weekday=entry.day,
                defaults=now,
                create_defaults=now | new,
            )
    plan.report = {**plan.report, "loads": loads}
    plan.save(update_fields=["report"])


def _in_order(entry: RoundDay) -> Iterator[tuple[int, int, str]]:
    for gap, who in entry.seq:
        for order, resident in enumerate(who):
            yield gap, order, resident


def _note(action: str, plan: Plan, by: Person, at: datetime) -> None:
    accounts.record(by=by, action=action, on="visit plan", thing=str(plan.public_id), at=at)
