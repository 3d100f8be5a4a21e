"""Why somebody cannot have a place: the rule it would break, with its figures."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from trialogue.methods.rounds.checking import TOLERANCE
from trialogue.methods.rounds.instance import Resident
from trialogue.methods.rounds.offers import MOST_ROUNDS, best_places
from trialogue.methods.rounds.plan import Place
from trialogue.methods.rounds.standing import Standing, Tried, Whole


@dataclass(frozen=True)
class Reason:
    """A code and its figures; what does not belong to the code is None.

    `needs_s`, `left_s`: what a visit would add to a round-day, and what is left there.
    `arrives_s`, `window`: when the resident would be reached, and their hours; without
    `arrives_s` it is somebody else who would be reached outside theirs.
    """

    code: str
    round: str | None = None
    day: int | None = None
    needs_s: float | None = None
    left_s: float | None = None
    arrives_s: float | None = None
    window: tuple[float, float] | None = None
    skills: tuple[int, ...] = ()
    cost_s: float | None = None  # what it would cost a week


def blocked(standing: Standing, resident: Resident, place: Place) -> Reason | None:
    """Return what keeps somebody who is not in the plan from a place; None when nothing does."""
    r = standing.instance.round_index.get(place.round)
    if r is None:
        return Reason("visitor_off", place.round)
    one = standing.instance.rounds[r]
    for day in place.days:
        if one.spare_s[day] <= 0:
            return Reason("visitor_off", place.round, day)
    if not resident.skills <= one.skills:
        return Reason("skill", place.round, skills=tuple(sorted(resident.skills - one.skills)))
    if place.days not in resident.patterns:
        return Reason("preferred", place.round)
    spots = standing.spots(standing.at(place))
    days = len(standing.instance.days)
    for cell in sorted(standing.waiting - set(spots.cells.tolist())):
        return Reason("window", standing.instance.rounds[cell // days].id, cell % days)
    return _worst(standing, resident, spots.cells, standing.tried(resident, spots))


def no_place(standing: Standing, resident: Resident) -> Reason:
    """Return why no round can take somebody who is not in the plan.

    Of all rounds and patterns the one that lacks least is named, on its worst day.
    """
    able = standing.able(resident)
    if not able:
        every = standing.instance.rounds
        if every and not any(resident.skills <= one.skills for one in every):
            return Reason("skill", skills=tuple(sorted(resident.skills)))
        return Reason("no_room", needs_s=resident.service_s, left_s=0.0)
    if found := best_places(standing, resident, most=1):
        # It fits, and was left out all the same: a visit missed counts for less.
        return Reason("less_travel", found[0].place.round, cost_s=found[0].cost_s)
    rounds = standing.nearest(resident, able, MOST_ROUNDS)
    days = len(standing.instance.days)
    options = [
        [i * days + day for day in pattern]
        for i in range(len(rounds))
        for pattern in resident.patterns
    ]
    return least_lacking(standing, resident, standing.cells(rounds), options)


def least_lacking(
    standing: Standing, resident: Resident, cells: Whole, options: Sequence[list[int]]
) -> Reason:
    """Return why none of some options has room, each a list of indices into `cells`.

    The one that lacks least is named, on its worst day.
    """
    spare = standing.spare_s[cells]
    most = max((float(spare[at].min()) for at in options), default=0.0)
    if most < resident.service_s:
        return Reason("no_room", needs_s=resident.service_s, left_s=most)
    tried = standing.tried(resident, standing.spots(cells))
    lacks = np.where(np.isfinite(tried.added_s), tried.needs_s - tried.left_s, np.inf)
    # First what lacks room alone, then what misses somebody's hours, and never a day off.
    at = min(
        options,
        key=lambda at: (
            bool(spare[at].min() < resident.service_s),
            float(lacks[at].max()),
            float(tried.misses_s[at].max()),
        ),
    )
    chosen = Tried(*(getattr(tried, name)[at] for name in Tried.__dataclass_fields__))
    reason = _worst(standing, resident, cells[at], chosen)
    if reason is None:
        raise AssertionError("there is room after all")
    return reason


def _worst(
    standing: Standing, resident: Resident, cells: Iterable[int], tried: Tried
) -> Reason | None:
    """Return what the worst of some round-days lacks; None when all have room."""
    if tried.fits.all():
        return None
    here = list(map(int, cells))
    worst = int(np.argmax(np.where(tried.fits, -np.inf, tried.needs_s - tried.left_s)))
    if not np.isfinite(tried.added_s[worst]):
        return _hours(standing, resident, here[worst], tried, worst)
    days = len(standing.instance.days)
    return Reason(
        "no_room",
        standing.instance.rounds[here[worst] // days].id,
        here[worst] % days,
        needs_s=float(tried.needs_s[worst]),
        left_s=max(0.0, float(tried.left_s[worst])),
    )


def _hours(standing: Standing, resident: Resident, cell: int, tried: Tried, i: int) -> Reason:
    days = len(standing.instance.days)
    own = tried.misses_s[i] > TOLERANCE
    return Reason(
        "window",
        standing.instance.rounds[cell // days].id,
        cell % days,
        arrives_s=float(tried.arrives_s[i]) if own else None,
        window=resident.window,
    )
