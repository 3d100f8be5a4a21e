"""The scheme as a trial: areas or rounds drawn by chance to start now or later.

The draw is the trial's. Here its arms become the days on which areas start, and what was done at
doors goes to it by pseudonym. Nothing here knows an arm beyond an area's first day.
"""

import csv
import io
from collections.abc import Iterator
from datetime import datetime, timedelta

import numpy as np
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from trialogue.accounts import permissions
from trialogue.accounts.models import Person
from trialogue.evidence import queries as evidence
from trialogue.methods.problems import InputError, Problem
from trialogue.trials.queries.starting import begun
from trialogue.trials.services import loading, losses, planning, uploads
from trialogue.visits import queries
from trialogue.visits.models import Area, Concern, Resident, Round, RoundVersion, Scheme, Visit
from trialogue.visits.packing import unpack
from trialogue.visits.services.noting import note_scheme
from trialogue.visits.states import State

SET_UP = "set up visits"
STARTER = "look-in-on-the-round"
UNITS = {"round": ("round", "rounds"), "area": ("area", "areas")}
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

    `unit`: what starts together by lot, a `round` (each becomes an area) or an `area`. Raises
    InputError when visits are made already, when there are too few to draw, and when the gate
    "who tried it" is not answered.
    """
    permissions.check(by, SET_UP)
    scheme = Scheme.objects.select_for_update().get(pk=scheme_id)
    if scheme.trial:
        return scheme.trial
    if unit not in UNITS:
        raise InputError(Problem("Choose what starts together", column="unit"))
    if Visit.objects.filter(scheme=scheme).exists():
        what = "Visits are made already, so nobody can wait by lot"
        raise InputError(Problem(what, "Try a change of the scheme in a trial of its own"))
    if unit == "round":
        _an_area_for_each_round(scheme)
    areas = scheme.areas.count()
    if areas < 2 * FEWEST:
        what = f"There are {areas} {UNITS[unit][1]}, and a draw needs {2 * FEWEST} or more"
        raise InputError(Problem(what, "Add rounds or areas first", column="unit"))
    starter = evidence.starter_plan(STARTER)
    assert starter is not None  # noqa: S101  the catalogue ships with the code
    one, many = UNITS[unit]
    answers = {
        "unit": {**starter.answers["unit"], "placed": one, "placed_plural": many},
        "strata": {**starter.answers["strata"], "by": []},
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
    scheme.areas.update(starts_on=None)
    scheme.trial, scheme.trial_unit = trial.public_id, unit
    scheme.version += 1
    scheme.save()
    note_scheme("start a scheme as a trial", scheme, by, at)
    return trial.public_id


def _an_area_for_each_round(scheme: Scheme) -> None:
    for one in scheme.rounds.filter(ended_on=None):
        area, _ = Area.objects.get_or_create(scheme=scheme, name=f"Round {one.code}")
        one.area = area
        one.save(update_fields=["area"])


@transaction.atomic
def gather_residents(scheme_id: int, *, by: Person, at: datetime) -> int:
    """Put each resident who agreed, and has no area, into that of the nearest round."""
    permissions.check(by, SET_UP)
    scheme = Scheme.objects.select_for_update().get(pk=scheme_id)
    rounds = list(scheme.rounds.filter(ended_on=None, area__isnull=False).select_related("area"))
    without = [one for one in _agreed(scheme) if one.area is None]
    if not rounds or not without:
        return 0
    stops = [np.array(unpack(version.points)[1:]) for version in _versions(rounds)]
    for one in without:
        here = np.array([one.x, one.y])
        near = [float(np.hypot(*(places - here).T).min()) for places in stops]
        one.area = rounds[int(np.argmin(near))].area
        one.save(update_fields=["area"])
    note_scheme("put residents in areas", scheme, by, at, after={"residents": len(without)})
    return len(without)


def _versions(rounds: list[Round]) -> Iterator[RoundVersion]:
    for one in rounds:
        version = one.versions.first()
        assert version is not None  # noqa: S101  a round is saved with its first version
        yield version


def _agreed(scheme: Scheme) -> list[Resident]:
    states = (Resident.State.AGREED, Resident.State.ACTIVE, Resident.State.PAUSED)
    rows = Resident.objects.filter(scheme=scheme, state__in=states, x__isnull=False)
    return list(rows.select_related("area").order_by("pk"))


def trial_list(scheme: Scheme) -> tuple[list[str], list[list[str]]]:
    """Return the trial's list: pseudonym, and what starts together.

    No name, no address: the pseudonym goes with the resident's record.
    """
    header = ["resident", scheme.trial_unit or "area"]
    rows = [[pseudonym(one), one.area.name] for one in _agreed(scheme) if one.area]
    return header, rows


def pseudonym(resident: Resident) -> str:
    """Return what a trial knows a resident by."""
    return f"R-{resident.key.hex[:10]}"


def send_list(scheme_id: int, *, by: Person, at: datetime) -> str:
    """Give the trial its list of residents, to be looked at and loaded there. Return its page.

    Raises PermissionDenied for somebody outside the trial's team, and InputError.
    """
    scheme = Scheme.objects.get(pk=scheme_id)
    gather_residents(scheme_id, by=by, at=at)
    header, rows = trial_list(scheme)
    if not rows:
        raise InputError(Problem("Nobody has agreed yet", "Enrol residents first"))
    written = io.StringIO()
    csv.writer(written).writerows([header, *rows])
    upload = uploads.keep_upload(
        public_id=scheme.trial,
        kind="units",
        file=ContentFile(written.getvalue().encode(), name="residents-of-the-scheme.csv"),
        options={"id": "resident", "numbered": False, "cluster": "", "arm": ""},
        by=by,
        at=at,
    )
    loading.read_now_or_later(upload, by=by, at=at, leads_to=f"/trials/{scheme.trial}/units/")
    note_scheme("send the trial its list", scheme, by, at, after={"residents": len(rows)})
    return f"/trials/{scheme.trial}/units/{upload.public_id}/"


def read_draw(now: datetime) -> None:
    """Give each area the first day that the trial's draw gave it. Twice is as once.

    The group that waits starts on the day after the trial's last day.
    """
    scheme = queries.scheme()
    if scheme is None or not scheme.trial:
        return
    trial = begun(scheme.trial)
    if trial is None or not trial.drawn or trial.start is None or trial.end is None:
        return
    with transaction.atomic():
        for area in scheme.areas.select_for_update():
            arm = trial.arms.get(area.name)
            if arm is None:
                continue  # nobody there was in the draw: it goes on waiting
            first = trial.end + timedelta(days=1) if arm == trial.control else trial.start
            if area.starts_on != first:
                area.starts_on = first
                area.save(update_fields=["starts_on"])
                note_scheme(
                    "read when an area starts", scheme, None, now, after={area.name: str(first)}
                )


def tell_trial(now: datetime) -> None:
    """Tell the trial what was done at doors in the last days. Twice is as once."""
    scheme = queries.scheme()
    if scheme is None or not scheme.trial:
        return
    today = timezone.localtime(now).date()
    rows = Visit.objects.filter(
        scheme=scheme, day__lt=today, day__gte=today - timedelta(days=DAYS_LOOKED_BACK)
    ).select_related("resident__area")
    concerns = _concerns(scheme)
    delivered = [
        losses.Delivered(
            pseudonym(shown.visit.resident),
            shown.visit.day,
            _TOLD.get(shown.state, "unknown"),
            _in_words(shown, concerns.get(shown.visit.pk, [])),
        )
        for shown in queries.show(rows, scheme=scheme, now=now)
        if shown.state != State.SUSPENDED
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
