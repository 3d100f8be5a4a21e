"""The scheme as a trial: households, rounds or areas drawn by chance to start now or later.

Or areas start one after another, in an order that chance draws.

The draw is the trial's. Here its arms become the days on which areas or households start, and
what was done at doors goes to it by pseudonym. Nothing here knows an arm beyond a first day.
"""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from trialogue.accounts import permissions
from trialogue.accounts.models import Person
from trialogue.evidence import queries as evidence
from trialogue.methods.problems import InputError, Problem, refuse
from trialogue.trials.queries.starting import begun
from trialogue.trials.services import losses, planning
from trialogue.visits import queries
from trialogue.visits.models import Area, Concern, Scheme, Visit
from trialogue.visits.queries.residents import known_as
from trialogue.visits.services.noting import note_scheme
from trialogue.visits.services.trial_list import households
from trialogue.visits.services.trial_steps import stepped_answers
from trialogue.visits.states import State

SET_UP = "set up visits"
STARTER = "look-in-on-the-round"
UNITS = {
    Scheme.HOME: ("household", "households"),
    "round": ("round", "rounds"),
    "area": ("area", "areas"),
}
STEPS = "steps"  # areas one after another
FEWEST = 2  # of each group: less cannot be compared
DAYS_LOOKED_BACK = 8  # what was done is told again, in case a phone sent it late


@transaction.atomic
def start_as_trial(
    scheme_id: int,
    *,
    unit: str,
    going_ahead: str,
    why: str,
    by: Person,
    at: datetime,
) -> str:
    """Begin the plan of a trial of the scheme, and return its identifier. Every area waits.

    `unit`: what starts together by lot: a `home`, with areas as the strata; a `round` (each
    becomes an area); an `area`; or `steps`, areas one after another. Raises InputError when
    visits are made already, when there are too few to draw, and when the gate "who tried it" is
    not answered.
    """
    permissions.check(by, SET_UP)
    scheme = Scheme.objects.select_for_update().get(pk=scheme_id)
    if scheme.trial:
        return scheme.trial
    stepped = unit == STEPS
    unit = "area" if stepped else unit
    if unit not in UNITS:
        raise InputError(Problem("Choose what starts together", column="unit"))
    if Visit.objects.filter(scheme=scheme).exists():
        what = "Visits are made already, so nobody can wait by lot"
        raise InputError(Problem(what, "Try a change of the scheme in a trial of its own"))
    if unit == "round":
        _an_area_for_each_round(scheme)
    areas = scheme.areas.count()
    if unit != Scheme.HOME and areas < 2 * FEWEST:
        what = f"There are {areas} {UNITS[unit][1]}, and a draw needs {2 * FEWEST} or more"
        raise InputError(Problem(what, "Add rounds or areas first", column="unit"))
    starter = evidence.starter_plan(STARTER)
    assert starter is not None  # noqa: S101  the catalogue ships with the code
    one, many = UNITS[unit]
    answers = {
        "unit": {**starter.answers["unit"], "placed": one, "placed_plural": many},
        "strata": {**starter.answers["strata"], "by": _strata(scheme, unit)},
    }
    if stepped:
        answers |= stepped_answers(
            starter,
            areas=areas,
            agreed=queries.agreed_count(scheme),
            today=timezone.localdate(at),
        )
    if unit == Scheme.HOME:
        answers["unit"] |= {
            "clusters": "Households. Everybody in one home starts together.",
            "design": "cluster, two groups side by side; the second starts after the last answer",
        }
    trial = planning.begin_trial(
        title=scheme.name[:80],
        query=f"{scheme.name} {starter.title}",
        going_ahead=going_ahead,
        why=why,
        starter=STARTER,
        answers=answers,
        by=by,
        at=at,
    )
    if unit == Scheme.HOME:
        scheme.residents.filter(erased_at=None).update(waits=True)
    else:
        scheme.areas.update(starts_on=None)
    scheme.trial, scheme.trial_unit = trial.public_id, unit
    scheme.version += 1
    scheme.save()
    note_scheme("start a scheme as a trial", scheme, by, at)
    return trial.public_id


def _strata(scheme: Scheme, unit: str) -> list[str]:
    """Return what a draw is balanced by: the areas, where there are some and homes are drawn."""
    return ["area"] if unit == Scheme.HOME and scheme.areas.count() > 1 else []


def _an_area_for_each_round(scheme: Scheme) -> None:
    for one in scheme.rounds.filter(ended_on=None):
        area, _ = Area.objects.get_or_create(scheme=scheme, name=f"Round {one.code}")
        one.area = area
        one.save(update_fields=["area"])


@transaction.atomic
def join_trial(scheme_id: int, *, public_id: str, unit: str, by: Person, at: datetime) -> None:
    """Run the scheme within a trial that was planned, and perhaps drawn, on pages of its own.

    `unit`: what it places, a `round` or an `area`. What it drew becomes areas of that name, each
    with its first day. Residents are found in it by their reference. Doing it twice does nothing.
    """
    permissions.check(by, SET_UP)
    scheme = Scheme.objects.select_for_update().get(pk=scheme_id)
    if scheme.trial == public_id:
        return
    trial = begun(public_id)
    problems = []
    if scheme.trial:
        problems.append(Problem(f"The scheme is a trial already: {scheme.trial}"))
    if unit not in UNITS or unit == Scheme.HOME:
        problems.append(Problem("Choose what the trial places", column="places"))
    if trial is None or not trial.registered:
        what = f'No registered trial has the number "{public_id}"'
        problems.append(Problem(what, "Look on its page: EC-…", column="public_id"))
    if Visit.objects.filter(scheme=scheme).exists():
        problems.append(Problem("Visits are made already, so nobody can wait by lot"))
    refuse(problems)
    for name in sorted(trial.first_days) if trial else ():
        Area.objects.get_or_create(scheme=scheme, name=name)
    scheme.areas.update(starts_on=None)
    scheme.trial, scheme.trial_unit = public_id, unit
    scheme.version += 1
    scheme.save()
    note_scheme("join a scheme to a trial", scheme, by, at, after={"trial": public_id})
    read_draw(at)


def read_draw(now: datetime) -> None:
    """Give each area, or each home, the first day that the trial's draw gave it. Twice is as once.

    The group that waits starts on the day after the trial's last day. Who was in no draw waits.
    """
    scheme = queries.scheme()
    if scheme is None or not scheme.trial:
        return
    trial = begun(scheme.trial)
    if trial is None or not trial.drawn or trial.start is None or trial.end is None:
        return
    later = trial.end + timedelta(days=1)
    days = {placed: first or later for placed, first in trial.first_days.items()}
    start = _start_homes if scheme.trial_unit == Scheme.HOME else _start_areas
    start(scheme, days, now)


@transaction.atomic
def _start_areas(scheme: Scheme, days: dict[str, date], now: datetime) -> None:
    for area in scheme.areas.select_for_update():
        first = days.get(area.name)
        if first and area.starts_on != first:
            area.starts_on = first
            area.save(update_fields=["starts_on"])
            note_scheme(
                "read when an area starts", scheme, None, now, after={area.name: str(first)}
            )


@transaction.atomic
def _start_homes(scheme: Scheme, days: dict[str, date], now: datetime) -> None:
    """Give the residents of each home the first day that it drew; no name goes to the trail."""
    homes = households(scheme)
    started = 0
    for one in scheme.residents.select_for_update().filter(waits=True, erased_at=None):
        first = days.get(homes[one.pk])
        if first and one.starts_on != first:
            one.starts_on = first
            one.save(update_fields=["starts_on"])
            started += 1
    if started:
        note_scheme("read when homes start", scheme, None, now, after={"residents": started})


def tell_trial(now: datetime) -> None:
    """Tell the trial what was done at doors in the last days. Twice is as once."""
    scheme = queries.scheme()
    if scheme is None or not scheme.trial:
        return
    trial = begun(scheme.trial)
    if trial is None:
        return
    today = timezone.localtime(now).date()
    rows = Visit.objects.filter(
        scheme=scheme, day__lt=today, day__gte=today - timedelta(days=DAYS_LOOKED_BACK)
    ).select_related("resident__area")
    concerns = _concerns(scheme)
    delivered = [
        losses.Delivered(
            unit,
            shown.visit.day,
            _TOLD.get(shown.state, "unknown"),
            _in_words(shown, concerns.get(shown.visit.pk, [])),
        )
        for shown in queries.show(rows, scheme=scheme, now=now)
        if shown.state != State.SUSPENDED and (unit := known_as(shown.visit.resident, trial.units))
    ]
    losses.take_deliveries(public_id=scheme.trial, delivered=delivered, at=now)


_TOLD = {
    State.DONE: "done",
    State.DECLINED: "refused",
    State.NO_ANSWER: "missed",
    State.COULD_NOT_REACH: "missed",
    State.MISSED: "missed",
}


def _concerns(scheme: Scheme) -> dict[int, list[bool]]:
    """Return, for each visit, whether each of its concerns was acknowledged in time.

    Safeguarding concerns are counted by their own lead, and are not here.
    """
    found: dict[int, list[bool]] = {}
    rows = Concern.objects.filter(scheme=scheme, visit__isnull=False).exclude(kind="safeguarding")
    for concern in rows.prefetch_related("acknowledgements"):
        in_time = queries.acknowledged_in_time(concern)
        found.setdefault(concern.visit_id or 0, []).append(in_time)
    return found


def _in_words(shown: queries.Shown, concerns: list[bool]) -> str:
    minutes = queries.minutes_at_door(shown.happened)
    parts = [f"{minutes:.0f} minutes"] if minutes is not None else []
    if concerns:
        parts.append(f"{sum(concerns)} of {len(concerns)} concerns acknowledged in time")
    return "; ".join(parts)
