"""A visitor is off today: each of their visits is moved, telephoned or without a place; none lost.

Everyone else stays where they are, but for one visit at most that makes room for another. Like a
day's insertion by regret (Potvin & Rousseau, European Journal of Operational Research 66, 1993).
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

import numpy as np

from trialogue.methods.rounds.instance import Resident
from trialogue.methods.rounds.offers import day_costs
from trialogue.methods.rounds.reasons import Reason, least_lacking
from trialogue.methods.rounds.standing import Spots, Standing, Whole

MOST_ROUNDS = 16
Ending = Literal["other_day", "same_day", "made_room", "telephone", "unplaced"]


@dataclass(frozen=True)
class Covered:
    """What becomes of a visit. `round`, `day`: where it goes; None when it is not made.

    `made_room`: whose visit moves that day to make room, and to which round.
    """

    resident: str
    ending: Ending
    round: str | None = None
    day: int | None = None
    reason: Reason | None = None
    made_room: tuple[str, str] | None = None


@dataclass(frozen=True)
class Cover:
    """The week with a visitor off, and what becomes of each of their visits that day."""

    standing: Standing
    visits: tuple[Covered, ...]


@dataclass(frozen=True)
class _Move:
    """A visit's cheapest round-day among some."""

    cost_s: float
    second_s: float  # the cost of the second cheapest
    cell: int
    spot: int
    spots: Spots


def visitor_off(
    plan: Standing, round_id: str, day: int, *, no_telephone: Collection[str] = ()
) -> Cover:
    """Find a way for each visit of a round on a day on which its visitor is off.

    In this order: the same visitor on a later day of the week, the best place the same day on up
    to 16 rounds, one other visit moved to make room, the telephone list.
    """
    r = plan.instance.round_index[round_id]
    cell = r * len(plan.instance.days) + day
    to_cover = [resident for _, resident in plan.visits.get(cell, ())]
    usual = {one.id: plan.places[one.id].days for one in to_cover}
    standing = _without_visitor(plan, r, day)

    def later(one: Resident) -> Whole:
        days = usual[one.id]
        suits = [
            other
            for other in range(day + 1, len(plan.instance.days))
            if other not in days and tuple(sorted({*days, other} - {day})) in one.patterns
        ]
        return plan.cells([r], suits)

    @cache
    def today(one: Resident) -> Whole:
        able = [other for other in standing.able(one) if other != r]
        return plan.cells(standing.nearest(one, able, MOST_ROUNDS), [day])

    standing, moved = _insert_all(standing, to_cover, later)
    endings = {each.resident: replace(each, ending="other_day") for each in moved}
    fixed = {one.id for one in to_cover}
    while left := [one for one in to_cover if one.id not in endings]:
        standing, moved = _insert_all(standing, left, today)
        endings |= {each.resident: each for each in moved}
        waiting = [one for one in left if one.id not in endings]
        found = (_make_room(standing, one, today, fixed) for one in waiting)
        made = next((each for each in found if each), None)
        if made is None:
            break
        standing, covered = made  # and then whoever waits may find room as well
        endings[covered.resident] = covered
        fixed |= {covered.made_room[0]} if covered.made_room else set()  # each moves once
    for one in left:
        if one.id not in endings:
            ending: Ending = "unplaced" if one.id in no_telephone else "telephone"
            cells = today(one)
            reason = least_lacking(standing, one, cells, [[i] for i in range(len(cells))])
            endings[one.id] = Covered(one.id, ending, reason=reason)
    return Cover(standing, tuple(endings[one.id] for one in to_cover))


def _without_visitor(plan: Standing, r: int, day: int) -> Standing:
    """Return the week without the visits of a round on a day, and nothing to spare on it."""
    one = plan.instance.rounds[r]
    spare = tuple(0.0 if i == day else each for i, each in enumerate(one.spare_s))
    rounds = (
        *plan.instance.rounds[:r],
        replace(one, spare_s=spare),
        *plan.instance.rounds[r + 1 :],
    )
    visits = {**plan.visits, r * len(plan.instance.days) + day: ()}
    return replace(plan, instance=replace(plan.instance, rounds=rounds), visits=visits)


def _insert_all(
    standing: Standing, people: Collection[Resident], where: Callable[[Resident], Whole]
) -> tuple[Standing, list[Covered]]:
    """Place visits one by one, first those that would lose most by waiting, while any fits."""
    waiting, done = list(people), []
    while waiting:
        moves = [(one, _cheapest(standing, one, where(one))) for one in waiting]
        able = [(one, move) for one, move in moves if move]
        if not able:
            break
        one, move = max(able, key=lambda each: each[1].second_s - each[1].cost_s)
        standing = standing.with_visit(one, move.spots, move.spot)
        done.append(_covered(standing, one, "same_day", move.cell))
        # Whoever fits nowhere yet may fit later: a visit more delays those after it into hours.
        waiting.remove(one)
    return standing, done


def _make_room(
    standing: Standing, one: Resident, where: Callable[[Resident], Whole], fixed: Collection[str]
) -> tuple[Standing, Covered] | None:
    """Move the one visit that makes room at the least cost for both; None when none does."""
    best: tuple[float, Standing, Covered] | None = None
    cells = where(one)
    spots = standing.spots(cells)
    left = standing.spare_s[cells] - spots.doors_s
    for i, cell in enumerate(cells.tolist()):
        for _, other in standing.visits.get(cell, ()):
            if other.id in fixed or one.service_s > left[i] + other.service_s:
                continue
            rest = standing.without(other.id, [cell])
            here = _cheapest(rest, one, cells[i : i + 1])
            if here is None or (best and here.cost_s >= best[0]):
                continue
            there = where(other)
            away = _cheapest(standing, other, there[there != cell])
            if away is None or (best and here.cost_s + away.cost_s >= best[0]):
                continue
            moved = rest.with_visit(other, away.spots, away.spot)
            moved = moved.with_visit(one, here.spots, here.spot)
            to = _covered(moved, other, "same_day", away.cell).round or ""
            covered = replace(_covered(moved, one, "made_room", cell), made_room=(other.id, to))
            best = (here.cost_s + away.cost_s, moved, covered)
    return best[1:] if best else None


def _cheapest(standing: Standing, one: Resident, cells: Whole) -> _Move | None:
    """Return the cheapest round-day for a visit, with what its face and its day cost."""
    if not len(cells):
        return None
    spots = standing.spots(cells)
    tried = standing.tried(one, spots)
    days = len(standing.instance.days)
    own = [
        standing.instance.fixed_cost(one, standing.instance.rounds[cell // days], [cell % days])
        for cell in cells.tolist()
    ]
    cost = day_costs(standing, spots, tried) + np.array(own)
    order = np.argsort(cost, kind="stable")
    if not np.isfinite(cost[order[0]]):
        return None
    missed = standing.instance.weights.unserved_visit_s
    second = min(missed, float(cost[order[1]])) if len(order) > 1 else missed
    best = int(order[0])
    return _Move(float(cost[best]), second, int(cells[best]), int(tried.spot[best]), spots)


def _covered(standing: Standing, one: Resident, ending: Ending, cell: int) -> Covered:
    days = len(standing.instance.days)
    return Covered(one.id, ending, standing.instance.rounds[cell // days].id, cell % days)
