"""The loop of the search, compiled: one proposal after another, exact costs, exact arrivals.

numba is imported here alone, and this module only when a week is planned: never by a web process.
Everything is an array; what they hold is said at `State` and `Data`. A round-day is numbered
round × days + day. Its visits stand in order; each is a resident and one of their candidate gaps.
"""

from typing import Any, NamedTuple

import numpy as np
from numba import njit

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
MIX_2 = np.uint64(0x94D049BB133111EB)
TINY = 1e-9
UNPLACED_EVERY = 8  # one proposal in so many takes somebody who has no place
BY_NEIGHBOUR = 4  # one in so many goes where a neighbour is
EJECT_TRIES = 6
TO, BACK, DIRECT, LEAVE = 0, 1, 2, 3
WHO, SLOT, PICK, GAP = 0, 1, 2, 3


class Data(NamedTuple):
    """What does not change: residents (Z), kept rounds (J), gaps (K), columns (C), days (D)."""

    gap: Any  # (Z, J, K)
    legs: Any  # (Z, J, K, 4): TO, BACK, DIRECT, LEAVE
    between_s: Any  # (Z, Z)
    opens: Any  # (Z,)
    closes: Any
    service: Any
    unserved: Any  # what it costs to leave a resident out
    near: Any  # (Z, n): neighbours, nearest first
    start: Any  # (Z + 1,): columns of each resident
    slot: Any  # (C,)
    round: Any
    mask: Any  # (C,): days as bits
    fixed: Any
    spare: Any  # (rounds × D,)
    over80: float
    days: int


class State(NamedTuple):
    """A plan as it stands."""

    column: Any  # (Z,): −1 unplaced
    count: Any  # (round-days,)
    visits: (
        Any  # (round-days, most visits, 4): WHO, SLOT (of their rounds), PICK (of its gaps), GAP
    )
    travel: Any  # (round-days,); −1 where somebody is reached out of hours
    doors: Any
    random: Any  # (1,) uint64


def _next(random: Any) -> Any:
    """Return the next 64 random bits (splitmix64)."""
    random[0] += GOLDEN
    z = random[0]
    z = (z ^ (z >> np.uint64(30))) * MIX_1
    z = (z ^ (z >> np.uint64(27))) * MIX_2
    return z ^ (z >> np.uint64(31))


def _below(random: Any, n: int) -> Any:
    """Return a whole number from 0 to n − 1."""
    return np.int64(((_next(random) >> np.uint64(32)) * np.uint64(n)) >> np.uint64(32))


def _unit(random: Any) -> Any:
    """Return a number from 0 to 1, never 0."""
    return (float(_next(random) >> np.uint64(11)) + 0.5) * (1.0 / 9007199254740992.0)


def _walk(data: Any, visits: Any, n: int) -> Any:
    """Return the extra travel of some visits; −1 when somebody is reached out of hours."""
    travel = 0.0
    delay = 0.0
    i = 0
    while i < n:
        z, gap = visits[i, WHO], visits[i, GAP]
        legs = data.legs[z, visits[i, SLOT], visits[i, PICK]]
        path, direct = legs[TO], legs[DIRECT]
        clock = legs[LEAVE] + delay
        doors = 0.0
        while True:
            at = clock + path + doors
            if at < data.opens[z] - TINY or at > data.closes[z] + TINY:
                return -1.0
            doors += data.service[z]
            i += 1
            if i == n or visits[i, GAP] != gap:
                break
            path += data.between_s[z, visits[i, WHO]]
            z = visits[i, WHO]
        path += data.legs[z, visits[i - 1, SLOT], visits[i - 1, PICK], BACK]
        if path > direct:
            travel += path - direct
        delay += path - direct + doors
    return travel


def _added(data: Any, visits: Any, n: int, at: int, z: int, gap: int, legs: Any) -> Any:
    """Return the detour of putting a visit into its gap, before position `at`."""
    before, after, direct = legs[TO], legs[BACK], legs[DIRECT]
    follows = at > 0 and visits[at - 1, GAP] == gap
    if follows:
        y = visits[at - 1, WHO]
        before = data.between_s[y, z]
        direct = data.legs[y, visits[at - 1, SLOT], visits[at - 1, PICK], BACK]
    if at < n and visits[at, GAP] == gap:
        x = visits[at, WHO]
        after = data.between_s[z, x]
        if follows:
            direct = data.between_s[visits[at - 1, WHO], x]
        else:
            direct = data.legs[x, visits[at, SLOT], visits[at, PICK], TO]
    return before + after - direct


def _insert(data: Any, state: Any, d: int, z: int, s: int) -> Any:
    """Put a visit at its cheapest feasible place on a round-day; say whether there is one."""
    n = state.count[d]
    if n >= state.visits.shape[1]:
        return False
    visits = state.visits[d]
    room = data.spare[d] - state.doors[d] - data.service[z] + 1e-7
    best = np.inf
    best_at, best_k, best_travel = -1, -1, 0.0
    for k in range(data.gap.shape[2]):
        gap = data.gap[z, s, k]
        if gap < 0:
            break
        at = 0
        while at < n and visits[at, GAP] < gap:
            at += 1
        while True:
            added = _added(data, visits, n, at, z, gap, data.legs[z, s, k])
            if added < best and state.travel[d] + added <= room:
                _open(visits, n, at, z, s, k, gap)
                travel = _walk(data, visits, n + 1)
                _close(visits, n + 1, at)
                if 0.0 <= travel <= room:
                    best, best_at, best_k, best_travel = added, at, k, travel
            if at == n or visits[at, GAP] != gap:
                break
            at += 1
    if best_at < 0:
        return False
    _open(visits, n, best_at, z, s, best_k, data.gap[z, s, best_k])
    state.count[d] = n + 1
    state.travel[d] = best_travel
    state.doors[d] += data.service[z]
    return True


def _open(visits: Any, n: int, at: int, z: int, s: int, k: int, gap: int) -> None:
    """Make room before position `at` and put a visit there."""
    for i in range(n, at, -1):
        for part in range(4):
            visits[i, part] = visits[i - 1, part]
    visits[at, WHO], visits[at, SLOT], visits[at, PICK], visits[at, GAP] = z, s, k, gap


def _close(visits: Any, n: int, at: int) -> None:
    """Take the visit at position `at` out."""
    for i in range(at, n - 1):
        for part in range(4):
            visits[i, part] = visits[i + 1, part]


def _take_out(data: Any, state: Any, d: int, z: int) -> None:
    """Take a resident off a round-day."""
    n = state.count[d]
    visits = state.visits[d]
    at = 0
    while visits[at, WHO] != z:
        at += 1
    _close(visits, n, at)
    state.count[d] = n - 1
    state.doors[d] -= data.service[z]
    state.travel[d] = _walk(data, visits, n - 1)


def _day_cost(data: Any, state: Any, d: int) -> Any:
    """Return what a round-day costs: its extra travel, and what is above four fifths."""
    over = state.travel[d] + state.doors[d] - 0.8 * data.spare[d]
    return state.travel[d] + (data.over80 * over if over > 0.0 else 0.0)


def _own_cost(data: Any, z: int, c: int) -> Any:
    """Return what a resident's column costs apart from the round-days."""
    return data.unserved[z] if c < 0 else data.fixed[c]


class Kept(NamedTuple):
    """Round-days as they were, to go back to."""

    used: Any  # (1,)
    day: Any
    count: Any
    visits: Any
    travel: Any
    doors: Any
    mark: Any  # (round-days,): the proposal that last kept it


def _keep(state: Any, kept: Any, d: int, proposal: int) -> None:
    """Note a round-day as it stands, once a proposal."""
    if kept.mark[d] == proposal:
        return
    kept.mark[d] = proposal
    u = kept.used[0]
    kept.used[0] = u + 1
    kept.day[u] = d
    n = state.count[d]
    kept.count[u] = n
    kept.travel[u], kept.doors[u] = state.travel[d], state.doors[d]
    for i in range(n):
        for part in range(4):
            kept.visits[u, i, part] = state.visits[d, i, part]


def _go_back(state: Any, kept: Any) -> None:
    """Put every noted round-day back."""
    for u in range(kept.used[0]):
        d = kept.day[u]
        n = kept.count[u]
        state.count[d] = n
        state.travel[d], state.doors[d] = kept.travel[u], kept.doors[u]
        for i in range(n):
            for part in range(4):
                state.visits[d, i, part] = kept.visits[u, i, part]


def _leave(data: Any, state: Any, kept: Any, z: int, proposal: int) -> Any:
    """Take a resident off all their round-days; return what those cost before."""
    c = state.column[z]
    cost = 0.0
    for day in range(data.days):
        if data.mask[c] >> day & 1:
            d = data.round[c] * data.days + day
            if kept.mark[d] != proposal:
                cost += _day_cost(data, state, d)
            _keep(state, kept, d, proposal)
            _take_out(data, state, d, z)
    return cost


def _join(data: Any, state: Any, kept: Any, z: int, c: int, proposal: int) -> Any:
    """Put a resident on the days of a column.

    Returns the round-day without room (−1: none) and what newly touched days cost before.
    """
    cost = 0.0
    for day in range(data.days):
        if data.mask[c] >> day & 1:
            d = data.round[c] * data.days + day
            if kept.mark[d] != proposal:
                cost += _day_cost(data, state, d)
            _keep(state, kept, d, proposal)
            if not _insert(data, state, d, z, data.slot[c]):
                return d, cost
    return -1, cost


def _part(data: Any, state: Any, z: int, c: int, full: int) -> None:
    """Take a resident off the days of a column on which they were put before one was full."""
    for day in range(data.days):
        d = data.round[c] * data.days + day
        if data.mask[c] >> day & 1:
            if d == full:
                break
            _take_out(data, state, d, z)


def _column(data: Any, state: Any, z: int) -> Any:
    """Choose a column of a resident: a cheap one mostly, or one where a neighbour is."""
    random = state.random
    start, end = data.start[z], data.start[z + 1]
    if data.near.shape[1] and _below(random, BY_NEIGHBOUR) == 0:
        y = data.near[z, _below(random, data.near.shape[1])]
        there = state.column[y]
        if there >= 0:
            best, best_c = 0, -1
            for c in range(start, end):
                if data.round[c] == data.round[there]:
                    shared = data.mask[c] & data.mask[there]
                    score = 0
                    while shared:
                        score += 1
                        shared &= shared - 1
                    if score > best or (score == best and score and _below(random, 2) == 0):
                        best, best_c = score, c
            if best_c >= 0:
                return best_c
    return start + np.int64((end - start) * _unit(random) ** 2.2)


def _propose(data: Any, state: Any, kept: Any, z: int, c: int, proposal: int) -> Any:
    """Move a resident to a column, ejecting somebody where there is no room.

    Returns by how much the plan costs more; inf when it cannot be. What it touched is noted.
    """
    before = _own_cost(data, z, state.column[z])
    if state.column[z] >= 0:
        before += _leave(data, state, kept, z, proposal)
    after = _own_cost(data, z, c)
    ejected: Any = -1
    ejected_to: Any = -1
    full, cost = _join(data, state, kept, z, c, proposal)
    before += cost
    if full >= 0:
        n = state.count[full]
        if n == 0:
            return np.inf
        ejected = np.int64(state.visits[full, _below(state.random, n), WHO])
        before += _own_cost(data, ejected, state.column[ejected])
        _part(data, state, z, c, full)
        before += _leave(data, state, kept, ejected, proposal)
        state.column[z] = c
        full, cost = _join(data, state, kept, z, c, proposal)
        before += cost
        if full >= 0:
            return np.inf
        ejected_to, cost = _anywhere(data, state, kept, ejected, proposal)
        before += cost
        after += _own_cost(data, ejected, ejected_to)
    for u in range(kept.used[0]):
        d = kept.day[u]
        if state.travel[d] < 0.0:
            return np.inf
        after += _day_cost(data, state, d)
    kept.day[kept.day.size - 1] = ejected
    kept.day[kept.day.size - 2] = ejected_to
    return after - before


def _anywhere(data: Any, state: Any, kept: Any, z: int, proposal: int) -> Any:
    """Put somebody who was ejected on the first of a few columns that has room, or on none."""
    start, end = data.start[z], data.start[z + 1]
    total = 0.0
    for _ in range(EJECT_TRIES):
        c = start + np.int64((end - start) * _unit(state.random) ** 2.2)
        if c == state.column[z]:
            continue
        full, cost = _join(data, state, kept, z, c, proposal)
        total += cost
        if full < 0:
            return c, total
        _part(data, state, z, c, full)
    return -1, total


def _anneal(
    data: Any,
    state: Any,
    best: Any,
    kept: Any,
    costs: Any,
    first: int,
    steps: int,
    total: int,
    hot: float,
    cold: float,
) -> None:
    """Make proposals `first` to `first + steps` of `total`. `costs`: the plan's, the best's."""
    residents = state.column.size
    falling = np.log(cold / hot)
    for step in range(first, first + steps):
        heat = hot * np.exp(falling * step / total)
        z = _below(state.random, residents)
        if _below(state.random, UNPLACED_EVERY) == 0:
            from_ = _below(state.random, residents)
            for i in range(residents):
                y = (from_ + i) % residents
                if state.column[y] < 0 and data.start[y] < data.start[y + 1]:
                    z = y
                    break
        if data.start[z] == data.start[z + 1]:
            continue
        c = _column(data, state, z)
        kept.used[0] = 0
        was = state.column[z]
        change = _propose(data, state, kept, z, c, step + 1)
        if change <= -heat * np.log(_unit(state.random)):
            state.column[z] = c
            ejected = kept.day[kept.day.size - 1]
            if ejected >= 0:
                state.column[ejected] = kept.day[kept.day.size - 2]
            costs[0] += change
        else:
            state.column[z] = was
            _go_back(state, kept)
            if costs[0] < costs[1] - 1e-6:  # only now: while a plan gets better, none is copied
                _save(state, best, costs)
    if costs[0] < costs[1] - 1e-6:
        _save(state, best, costs)


def _save(state: Any, best: Any, costs: Any) -> None:
    """Copy a plan to the best one."""
    costs[1] = costs[0]
    best.column[:] = state.column
    best.count[:] = state.count
    best.visits[:] = state.visits
    best.travel[:] = state.travel
    best.doors[:] = state.doors


_next = njit(cache=True, inline="always")(_next)
_below = njit(cache=True, inline="always")(_below)
_unit = njit(cache=True, inline="always")(_unit)
_walk = njit(cache=True)(_walk)
_added = njit(cache=True)(_added)
_open = njit(cache=True)(_open)
_close = njit(cache=True)(_close)
_insert = njit(cache=True)(_insert)
_take_out = njit(cache=True)(_take_out)
_day_cost = njit(cache=True)(_day_cost)
_own_cost = njit(cache=True)(_own_cost)
_keep = njit(cache=True)(_keep)
_go_back = njit(cache=True)(_go_back)
_leave = njit(cache=True)(_leave)
_join = njit(cache=True)(_join)
_part = njit(cache=True)(_part)
_column = njit(cache=True)(_column)
_anywhere = njit(cache=True)(_anywhere)
_propose = njit(cache=True)(_propose)
_save = njit(cache=True)(_save)
anneal = njit(cache=True)(_anneal)
