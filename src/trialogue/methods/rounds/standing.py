"""A plan as it stands, to try single changes on: where a visit would go, and what it would add.

No search: every spot of the round-days asked for is looked at, those between two visits too, with
exact arrival times. numpy alone, so that a web process may use it. A round-day is numbered
round × days + day; a *spot* lies between two that follow one another on it, stops or visits.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from trialogue.methods.rounds.candidates import leaving_times
from trialogue.methods.rounds.checking import TOLERANCE
from trialogue.methods.rounds.instance import FloatArray, Instance, Resident
from trialogue.methods.rounds.plan import Place, Plan, plan_of
from trialogue.methods.rounds.travel import NamedPoint, Travel

Whole = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Ways:
    """The points of all rounds, one after another, and a visitor's way along them."""

    xy: FloatArray  # (points, 2)
    first: Whole  # (rounds,): the first point of each
    gaps: Whole  # (rounds,)
    along_s: FloatArray  # (points,): to the next point; 0 from the last of a round
    leaves_s: FloatArray  # (points,): when a visitor without visits leaves it

    def name(self, instance: Instance, point: int) -> str:
        """Return what the file of own travel times calls a point."""
        r = int(np.searchsorted(self.first, point, side="right")) - 1
        return f"{instance.rounds[r].id}/{(point - self.first[r]) % self.gaps[r]}"


def ways(instance: Instance, travel: Travel) -> Ways:
    """Lay the points of all rounds out."""
    rounds = instance.rounds
    gaps = np.array([one.gaps for one in rounds], np.int64)
    empty = np.zeros((0, 2))
    return Ways(
        xy=np.concatenate([empty, *(one.points for one in rounds)]),
        first=np.cumsum(gaps + 1) - gaps - 1,
        gaps=gaps,
        along_s=np.concatenate([[], *(np.append(travel.along(one), 0.0) for one in rounds)]),
        leaves_s=np.concatenate(
            [[], *(np.append(leaving_times(one, travel), 0) for one in rounds)]
        ),
    )


@dataclass(frozen=True, eq=False)
class Spots:
    """Where a visit could go on some round-days: an entry a spot, those of a round-day together.

    `before` and `after` number the points of `Ways`, then the visits of these round-days.
    """

    cells: Whole  # the round-days asked for
    start: Whole  # (cells + 1,)
    gap: Whole
    order: Whole  # how many visits of its round-day come before it
    before: Whole
    after: Whole
    leaves_s: FloatArray  # the one before it, visits counted
    leg_s: FloatArray  # from the one before to the one after
    excess_s: FloatArray  # of its gap: the path through its visits less the direct leg
    late_s: FloatArray  # how much later everyone after it could be reached
    early_s: FloatArray
    people: tuple[Resident, ...]  # visited on these round-days
    arrives_s: FloatArray  # (people,)
    travel_s: FloatArray  # (cells,)
    doors_s: FloatArray  # (cells,)


@dataclass(frozen=True, eq=False)
class Tried:
    """What one more visit would do to each round-day: its cheapest spot. Arrays (cells,)."""

    spot: Whole
    added_s: FloatArray  # extra travel; inf where somebody would be reached out of hours
    needs_s: FloatArray  # with the time at the door
    left_s: FloatArray
    misses_s: FloatArray  # by how much the resident's own hours are missed at best
    arrives_s: FloatArray  # and when they would then be reached

    @property
    def fits(self) -> NDArray[np.bool_]:
        """Whether the round-day has room for it."""
        return np.isfinite(self.added_s) & (self.needs_s <= self.left_s + TOLERANCE)


@dataclass(frozen=True, eq=False)
class Standing:
    """A plan in its week. `visits`: round-day → (gap, resident), in order.

    `waiting`: round-days where, without somebody who was taken off, others are reached too early;
    the next to be placed must be placed there.
    """

    instance: Instance
    travel: Travel
    ways: Ways
    visits: Mapping[int, tuple[tuple[int, Resident], ...]]
    waiting: frozenset[int] = frozenset()

    @cached_property
    def places(self) -> dict[str, Place]:
        """Where each resident who is visited stands, by their id."""
        return self.plan().places()

    @cached_property
    def spare_s(self) -> FloatArray:
        """What each round-day has to spare."""
        return np.array([one.spare_s for one in self.instance.rounds], float).ravel()

    def cells(self, rounds: Iterable[int], days: Iterable[int] | None = None) -> Whole:
        """Return the round-days of some rounds, on some days or on all."""
        count = len(self.instance.days)
        wanted = np.arange(count) if days is None else np.array(list(days), np.int64)
        return (np.array(list(rounds), np.int64)[:, None] * count + wanted).ravel()

    def at(self, place: Place) -> Whole:
        """Return the round-days of a place."""
        return self.cells([self.instance.round_index[place.round]], place.days)

    def without(self, resident: str, cells: Iterable[int] | None = None) -> "Standing":
        """Return the plan with a resident taken off some round-days, or off all."""
        here = self.at(self.places[resident]) if cells is None else cells
        changed = {
            int(cell): tuple(each for each in self.visits[int(cell)] if each[1].id != resident)
            for cell in here
        }
        left = replace(self, visits={**self.visits, **changed})
        spots = left.spots(np.array(list(changed), np.int64))
        early = np.minimum(spots.late_s, spots.early_s) < 0
        where = np.searchsorted(spots.start, np.flatnonzero(early), side="right") - 1
        return replace(left, waiting=frozenset(spots.cells[where].tolist()))

    def with_visit(self, resident: Resident, spots: Spots, spot: int) -> "Standing":
        """Return the plan with one visit more, in a spot."""
        cell = int(spots.cells[np.searchsorted(spots.start, spot, side="right") - 1])
        there, order = list(self.visits.get(cell, ())), int(spots.order[spot])
        there.insert(order, (int(spots.gap[spot]), resident))
        visits = {**self.visits, cell: tuple(there)}
        return replace(self, visits=visits, waiting=self.waiting - {cell})

    def with_resident(self, resident: Resident, place: Place) -> "Standing":
        """Return the plan with a resident at the cheapest spots of a place that has room."""
        spots = self.spots(self.at(place))
        standing = self
        for spot in self.tried(resident, spots).spot:
            standing = standing.with_visit(resident, spots, int(spot))
        return standing

    def plan(self) -> Plan:
        """Return it as a plan."""
        days = len(self.instance.days)
        return plan_of(
            self.instance.name,
            (
                (self.instance.rounds[cell // days].id, cell % days, gap, resident.id)
                for cell, there in self.visits.items()
                for gap, resident in there
            ),
        )

    def able(self, resident: Resident) -> list[int]:
        """Return the rounds that have the skills a resident needs, and any time to spare."""
        return [
            r
            for r, one in enumerate(self.instance.rounds)
            if resident.skills <= one.skills and max(one.spare_s) > 0
        ]

    def nearest(self, resident: Resident, rounds: Sequence[int], most: int) -> list[int]:
        """Return the rounds they know and the `most` nearest by straight line, nearest first."""
        if len(rounds) <= most:
            return list(rounds)
        to = self.travel.straight(self.ways.xy, np.array(resident.xy))
        detour = to + np.append(to[1:], 0.0) - self.ways.along_s
        detour[self.ways.first + self.ways.gaps] = np.inf
        least = np.minimum.reduceat(detour, self.ways.first)[np.array(rounds)]
        known = [self.instance.rounds[r].id in resident.familiar for r in rounds]
        order = np.lexsort((least, ~np.array(known)))
        return [rounds[i] for i in order[: most + sum(known)]]

    def spots(self, cells: Whole) -> Spots:
        """Return every spot of some round-days."""
        way, days = self.ways, len(self.instance.days)
        there = [self.visits.get(int(cell), ()) for cell in cells]
        people = tuple(resident for each in there for _, resident in each)
        counts = np.array([len(each) for each in there], np.int64)
        first_visit = np.cumsum(counts) - counts
        gaps, first = way.gaps[cells // days], way.first[cells // days]
        start = np.concatenate([[0], np.cumsum(gaps + counts)])
        cell = np.repeat(np.arange(len(cells)), gaps + counts)
        mine = np.repeat(np.arange(len(cells)), counts)  # which round-day each visit is on

        # The spot after each visit, and after each point.
        visit_gap = np.array([gap for each in there for gap, _ in each], np.int64)
        at = start[mine] + visit_gap + 1 + np.arange(len(people)) - first_visit[mine]
        is_visit = np.zeros(start[-1], bool)
        is_visit[at] = True
        point = np.empty(start[-1], np.int64)  # at which its gap begins
        point[at] = first[mine] + visit_gap
        begins = np.repeat(first - np.cumsum(gaps) + gaps, gaps)
        point[~is_visit] = begins + np.arange(begins.size)
        before = point.copy()
        before[at] = len(way.xy) + np.arange(len(people))
        after = np.append(before[1:], 0)
        after[start[1:] - 1] = first + gaps

        leg = way.along_s[point]
        touched = np.unique(np.concatenate([at - 1, at]))
        leg[touched] = self._between(people, before[touched], after[touched])
        service = np.array([one.service_s for one in people])
        # What each spot adds to a visitor's way without visits; the sum before it is the delay.
        adds = leg - np.where(is_visit, 0.0, way.along_s[point])
        adds[at - 1] += service
        total = np.cumsum(adds) - adds
        delay = total - total[start[:-1]][cell]
        leaves = way.leaves_s[point] + delay + np.where(is_visit, way.along_s[point], 0.0)
        arrives = leaves[at] - service

        heads = np.maximum.accumulate(np.where(is_visit, 0, np.arange(start[-1])))
        path = np.bincount(heads, weights=leg, minlength=start[-1])
        excess = path[heads] - way.along_s[point]
        charged = np.where(is_visit, 0.0, np.maximum(excess, 0.0))
        late, early = _slack(people, arrives, mine)
        seen = np.cumsum(is_visit)
        out = np.array([not _in_hours(*each) for each in zip(people, arrives, strict=True)], bool)
        passed = np.append(0, np.cumsum(out))
        too_late = passed[seen] > passed[first_visit][cell]  # to bring one before it back in hours
        last = seen == (first_visit + counts)[cell]  # no visit comes after it
        return Spots(
            cells=cells,
            start=start,
            gap=point - first[cell],
            order=seen - first_visit[cell],
            before=before,
            after=after,
            leaves_s=leaves,
            leg_s=leg,
            excess_s=excess,
            late_s=np.where(
                too_late, -np.inf, np.where(last, np.inf, np.append(late, np.inf)[seen])
            ),
            early_s=np.where(last, np.inf, np.append(early, np.inf)[seen]),
            people=people,
            arrives_s=arrives,
            travel_s=np.add.reduceat(charged, start[:-1]) if len(cells) else np.zeros(0),
            doors_s=np.bincount(mine, weights=service, minlength=len(cells)).astype(float),
        )

    def tried(self, resident: Resident, spots: Spots) -> Tried:
        """Return what a visit to somebody would do to each of some round-days."""
        to, back = self._legs(resident, spots)
        there, longer = to[spots.before], to[spots.before] + back[spots.after] - spots.leg_s
        added = np.maximum(spots.excess_s + longer, 0.0) - np.maximum(spots.excess_s, 0.0)
        arrives, delay = spots.leaves_s + there, longer + resident.service_s
        opens, closes = resident.window
        misses = np.maximum(np.maximum(opens - arrives, arrives - closes), 0.0)
        suits = (misses <= TOLERANCE) & (delay <= spots.late_s) & (-delay <= spots.early_s)
        spot, least = _least(np.where(suits, added, np.inf), spots)
        nearest, missed = _least(misses, spots)
        load = spots.travel_s + spots.doors_s
        return Tried(
            spot=spot,
            added_s=least,
            needs_s=least + resident.service_s,
            left_s=self.spare_s[spots.cells] - load,
            misses_s=missed,
            arrives_s=arrives[nearest],
        )

    def _legs(self, resident: Resident, spots: Spots) -> tuple[FloatArray, FloatArray]:
        """Return the seconds to a resident from each node of some spots, and back."""
        xy = np.concatenate(
            [self.ways.xy, np.array([one.xy for one in spots.people]).reshape(-1, 2)]
        )
        used = np.zeros(len(xy), bool)
        used[spots.before] = used[spots.after] = True
        to = np.zeros(len(xy))
        to[used] = self.travel.straight(xy[used], np.array(resident.xy))
        if not self.travel.known:
            return to, to
        back = to.copy()
        for i in np.flatnonzero(used).tolist():
            own = i - len(self.ways.xy)
            name = spots.people[own].id if own >= 0 else self._point_names[i]
            to[i] = self.travel.known.get((name, resident.id), to[i])
            back[i] = self.travel.known.get((resident.id, name), back[i])
        return to, back

    def _between(self, people: Sequence[Resident], a: Whole, b: Whole) -> FloatArray:
        """Return the seconds from each node of `a` to that of `b`."""

        def named(node: int) -> NamedPoint:
            if node >= len(self.ways.xy):
                one = people[node - len(self.ways.xy)]
                return one.id, one.xy
            x, y = self.ways.xy[node]
            return self._point_names[node] if self.travel.known else "", (float(x), float(y))

        legs = zip(a.tolist(), b.tolist(), strict=True)
        return np.array([self.travel.one(named(i), named(j)) for i, j in legs])

    @cached_property
    def _point_names(self) -> list[str]:
        return [self.ways.name(self.instance, point) for point in range(len(self.ways.xy))]


def stand(instance: Instance, plan: Plan, travel: Travel) -> Standing:
    """Return a plan as it stands in its week. The plan must keep the rules (`check`)."""
    days = len(instance.days)
    return Standing(
        instance,
        travel,
        ways(instance, travel),
        {
            instance.round_index[entry.round] * days + entry.day: tuple(
                (gap, instance.residents[instance.resident_index[name]])
                for gap, names in entry.seq
                for name in names
            )
            for entry in plan.visits
        },
    )


def _in_hours(one: Resident, arrives: float) -> bool:
    return one.window[0] - TOLERANCE <= arrives <= one.window[1] + TOLERANCE


def _slack(
    people: Sequence[Resident], arrives: FloatArray, mine: Whole
) -> tuple[FloatArray, FloatArray]:
    """Return by how much a visit and all after it on its round-day may be later, and earlier."""
    late = np.array([one.window[1] for one in people]) - arrives + TOLERANCE
    early = arrives - np.array([one.window[0] for one in people]) + TOLERANCE
    for i in range(len(people) - 2, -1, -1):
        if mine[i] == mine[i + 1]:
            late[i], early[i] = min(late[i], late[i + 1]), min(early[i], early[i + 1])
    return late, early


def _least(values: FloatArray, spots: Spots) -> tuple[Whole, FloatArray]:
    """Return the first spot of each round-day where a value is least, and that value."""
    starts, counts = spots.start[:-1], np.diff(spots.start)
    if not len(starts):
        return np.zeros(0, np.int64), np.zeros(0)
    least = np.minimum.reduceat(values, starts)
    found = np.flatnonzero(values == np.repeat(least, counts))
    return found[np.searchsorted(found, starts)], least
