"""The loop of the search, compiled: one proposal after another, exact costs, exact arrivals.

numba is imported here alone, and this module only when a week is planned: never by a web process.
Everything is an array; what they hold is said at `Data` and `State`. A round-day is numbered
round × days + day. Its visits stand in order, a row each, with all that is needed to try one more
beside them; so a spot is tried without walking the round (as in Savelsbergh, ORSA Journal on
Computing 4, 1992).
"""

from typing import Any, NamedTuple

import numpy as np
from numba import njit

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
MIX_2 = np.uint64(0x94D049BB133111EB)
TINY = 1e-9
ROOM = 1e-7  # seconds
UNPLACED_EVERY = 8  # one proposal in so many takes somebody who has no place
BY_NEIGHBOUR = 4  # one in so many goes where a neighbour is
EJECT_TRIES = 6
OUT = -1e300  # no budget is left
# What is known of a resident's gap, and first in a visit's row.
TO, BACK, DIRECT, LEAVE = 0, 1, 2, 3
# The rest of a visit's row: own; then of the plan. DONE: when the visitor leaves. DELAY: of the
# round after the gap it is in. EXCESS: of that gap, its path less the direct leg. LATE, EARLY: how
# much later and earlier this visit and all after it may be.
SERVICE, OPENS, CLOSES, DONE, DELAY, EXCESS, LATE, EARLY = 4, 5, 6, 7, 8, 9, 10, 11
ROW = 12


class Data(NamedTuple):
    """What does not change: residents (Z), kept rounds (J), gaps (K), columns (C), days (D)."""

    gap: Any  # (Z, J, K)
    legs: Any  # (Z, J, K, 4): TO, BACK, DIRECT, LEAVE
    between_s: Any  # (Z, Z)
    own: Any  # (Z, 3): SERVICE, OPENS, CLOSES
    unserved: Any  # (Z,): what it costs to leave a resident out
    near: Any  # (Z, n): neighbours, nearest first
    start: Any  # (Z + 1,): columns of each resident
    slot: Any  # (C,): which of their kept rounds
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
    who: Any  # (round-days, most visits)
    gap: Any
    row: Any  # (round-days, most visits, ROW)
    travel: Any  # (round-days,)
    doors: Any
    random: Any  # (1,) uint64


class Kept(NamedTuple):
    """Round-days as they were, to go back to; and which have changed since the best plan."""

    used: Any  # (1,)
    day: Any
    count: Any
    who: Any
    gap: Any
    row: Any
    travel: Any
    doors: Any
    mark: Any  # (round-days,): the proposal that last kept it
    changed: Any  # (round-days,)
    is_changed: Any  # (round-days,)
    changes: Any  # (1,)
    spot: Any  # (2, D, 2): the spots tried for one, and for whoever is ejected: position, gap


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


def _settle(data: Any, state: Any, d: int) -> None:
    """Work a round-day out anew from its visits: times, delays, slack, travel."""
    n, row, who, gap = state.count[d], state.row[d], state.who[d], state.gap[d]
    travel, doors_all, delay = 0.0, 0.0, 0.0
    i = 0
    while i < n:
        first = i
        path, doors = row[i, TO], 0.0
        clock = row[i, LEAVE] + delay
        while True:
            arrives = clock + path + doors
            row[i, LATE] = row[i, CLOSES] - arrives + TINY
            row[i, EARLY] = arrives - row[i, OPENS] + TINY
            doors += row[i, SERVICE]
            row[i, DONE] = arrives + row[i, SERVICE]
            i += 1
            if i == n or gap[i] != gap[first]:
                break
            path += data.between_s[who[i - 1], who[i]]
        excess = path + row[i - 1, BACK] - row[first, DIRECT]
        delay += excess + doors
        doors_all += doors
        travel += max(excess, 0.0)
        for j in range(first, i):
            row[j, EXCESS], row[j, DELAY] = excess, delay
    for j in range(n - 2, -1, -1):
        row[j, LATE] = min(row[j, LATE], row[j + 1, LATE])
        row[j, EARLY] = min(row[j, EARLY], row[j + 1, EARLY])
    state.travel[d], state.doors[d] = travel, doors_all


def _spot(data: Any, state: Any, d: int, z: int, s: int, spot: Any) -> Any:
    """Find a visit's cheapest spot on a round-day; return what travel it adds, inf: none.

    The position and the gap chosen are put into `spot`.
    """
    n, row, who, gaps = state.count[d], state.row[d], state.who[d], state.gap[d]
    service, opens, closes = data.own[z, 0], data.own[z, 1], data.own[z, 2]
    room = data.spare[d] - state.doors[d] - state.travel[d] - service + ROOM
    best = np.inf
    if room < 0.0 or n >= who.size:
        return best
    for k in range(data.gap.shape[2]):
        gap = data.gap[z, s, k]
        if gap < 0:
            break
        to, back = data.legs[z, s, k, TO], data.legs[z, s, k, BACK]
        at = 0
        while at < n and gaps[at] < gap:
            at += 1
        start = data.legs[z, s, k, LEAVE] + (row[at - 1, DELAY] if at > 0 else 0.0)
        first = at
        while True:
            shares = at < n and gaps[at] == gap
            after = data.between_s[z, who[at]] if shares else back
            if at > first:
                y = who[at - 1]
                before = data.between_s[y, z]
                arrives = row[at - 1, DONE] + before
                direct = data.between_s[y, who[at]] if shares else row[at - 1, BACK]
                excess = row[at - 1, EXCESS]
            else:
                before = to
                arrives = start + to
                direct = row[at, TO] if shares else data.legs[z, s, k, DIRECT]
                excess = row[at, EXCESS] if shares else 0.0
            longer = before + after - direct
            added = max(excess + longer, 0.0) - max(excess, 0.0)
            if added < best and added <= room and opens - TINY <= arrives <= closes + TINY:
                delay = longer + service
                if at == n or (delay <= row[at, LATE] and -delay <= row[at, EARLY]):
                    best = added
                    spot[0], spot[1] = at, k
            if not shares:
                break
            at += 1
        if best <= 0.0:
            break
    return best


def _mark_changed(kept: Any, d: int) -> None:
    if not kept.is_changed[d]:
        kept.is_changed[d] = True
        kept.changed[kept.changes[0]] = d
        kept.changes[0] += 1


def _insert(data: Any, state: Any, kept: Any, d: int, z: int, s: int, at: int, k: int) -> None:
    """Put a visit into a spot of a round-day."""
    n, row, who, gap = state.count[d], state.row[d], state.who[d], state.gap[d]
    for i in range(n, at, -1):
        who[i], gap[i] = who[i - 1], gap[i - 1]
        for part in range(7):
            row[i, part] = row[i - 1, part]
    who[at], gap[at] = z, data.gap[z, s, k]
    for part in range(4):
        row[at, part] = data.legs[z, s, k, part]
    for part in range(3):
        row[at, SERVICE + part] = data.own[z, part]
    state.count[d] = n + 1
    _settle(data, state, d)
    _mark_changed(kept, d)


def _position(state: Any, d: int, z: int) -> Any:
    """Return where a resident stands on a round-day."""
    i = 0
    while state.who[d, i] != z:
        i += 1
    return i


def _take_out(data: Any, state: Any, kept: Any, d: int, z: int) -> None:
    """Take a resident off a round-day."""
    n, row, who, gap = state.count[d], state.row[d], state.who[d], state.gap[d]
    for i in range(_position(state, d, z), n - 1):
        who[i], gap[i] = who[i + 1], gap[i + 1]
        for part in range(7):
            row[i, part] = row[i + 1, part]
    state.count[d] = n - 1
    _settle(data, state, d)
    _mark_changed(kept, d)


def _load_cost(data: Any, d: int, travel: float, doors: float) -> Any:
    """Return what a round-day costs: its extra travel, and what is above four fifths."""
    over = travel + doors - 0.8 * data.spare[d]
    return travel + (data.over80 * over if over > 0.0 else 0.0)


def _day_cost(data: Any, state: Any, d: int) -> Any:
    return _load_cost(data, d, state.travel[d], state.doors[d])


def _own_cost(data: Any, z: int, c: int) -> Any:
    """Return what a resident's column costs apart from the round-days."""
    return data.unserved[z] if c < 0 else data.fixed[c]


def _freed(data: Any, state: Any, d: int, z: int) -> Any:
    """Return what a round-day costs less without a resident; −inf: others would be too early."""
    n, row, who, gap = state.count[d], state.row[d], state.who[d], state.gap[d]
    i = _position(state, d, z)
    follows = i > 0 and gap[i - 1] == gap[i]
    leads = i + 1 < n and gap[i + 1] == gap[i]
    before = data.between_s[who[i - 1], z] if follows else row[i, TO]
    after = data.between_s[z, who[i + 1]] if leads else row[i, BACK]
    if follows:
        direct = data.between_s[who[i - 1], who[i + 1]] if leads else row[i - 1, BACK]
    else:
        direct = row[i + 1, TO] if leads else row[i, DIRECT]
    longer = before + after - direct
    sooner = longer + row[i, SERVICE]
    if i + 1 < n and (sooner > row[i + 1, EARLY] or -sooner > row[i + 1, LATE]):
        return -np.inf
    excess = row[i, EXCESS]
    travel = state.travel[d] - max(excess, 0.0)
    if follows or leads:
        travel += max(excess - longer, 0.0)
    return _day_cost(data, state, d) - _load_cost(
        data, d, travel, state.doors[d] - row[i, SERVICE]
    )


def _gain(data: Any, state: Any, z: int) -> Any:
    """Return what the plan costs less where a resident's place is given up, own cost too."""
    c = state.column[z]
    gain = _own_cost(data, z, c)
    for day in range(data.days) if c >= 0 else range(0):
        if data.mask[c] >> day & 1:
            gain += _freed(data, state, data.round[c] * data.days + day, z)
    return gain


def _try(data: Any, state: Any, z: int, c: int, budget: float, spot: Any) -> Any:
    """Try a column for a resident who stands nowhere on its round-days.

    Returns what is left of the budget (`OUT`: too dear) and the round-day without room (−1: none).
    """
    budget -= data.fixed[c]
    full = -1
    for day in range(data.days):
        if data.mask[c] >> day & 1:
            if budget < 0.0:
                return OUT, -1
            d = data.round[c] * data.days + day
            added = _spot(data, state, d, z, data.slot[c], spot[day])
            if added == np.inf:
                if full >= 0:
                    return OUT, -1
                full = d
            else:
                travel, doors = state.travel[d] + added, state.doors[d] + data.own[z, 0]
                budget -= _load_cost(data, d, travel, doors) - _day_cost(data, state, d)
    return (budget if budget >= 0.0 else OUT), full


def _put(data: Any, state: Any, kept: Any, z: int, c: int, spot: Any) -> None:
    """Put a resident into the spots that were tried."""
    for day in range(data.days):
        if data.mask[c] >> day & 1:
            d = data.round[c] * data.days + day
            _insert(data, state, kept, d, z, data.slot[c], spot[day, 0], spot[day, 1])
    state.column[z] = c


def _leave(data: Any, state: Any, kept: Any, z: int) -> None:
    """Take a resident off all their round-days."""
    c = state.column[z]
    for day in range(data.days) if c >= 0 else range(0):
        if data.mask[c] >> day & 1:
            _take_out(data, state, kept, data.round[c] * data.days + day, z)
    state.column[z] = -1


def _keep(data: Any, state: Any, kept: Any, c: int, proposal: int) -> None:
    """Note the round-days of a column as they stand, each once a proposal."""
    for day in range(data.days) if c >= 0 else range(0):
        d = data.round[c] * data.days + day
        if not data.mask[c] >> day & 1 or kept.mark[d] == proposal:
            continue
        kept.mark[d] = proposal
        u = kept.used[0]
        kept.used[0] = u + 1
        n = state.count[d]
        kept.day[u], kept.count[u] = d, n
        kept.travel[u], kept.doors[u] = state.travel[d], state.doors[d]
        for i in range(n):
            kept.who[u, i], kept.gap[u, i] = state.who[d, i], state.gap[d, i]
            for part in range(ROW):
                kept.row[u, i, part] = state.row[d, i, part]


def _go_back(state: Any, kept: Any) -> None:
    """Put every noted round-day back."""
    for u in range(kept.used[0]):
        d = kept.day[u]
        n = kept.count[u]
        state.count[d] = n
        state.travel[d], state.doors[d] = kept.travel[u], kept.doors[u]
        for i in range(n):
            state.who[d, i], state.gap[d, i] = kept.who[u, i], kept.gap[u, i]
            for part in range(ROW):
                state.row[d, i, part] = kept.row[u, i, part]


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


def _propose(data: Any, state: Any, kept: Any, z: int, c: int, heat: float, proposal: int) -> Any:
    """Move a resident to a column, if that costs at most `heat` more; return the change, or 0.

    Where it has no room on one day, somebody there is ejected and put elsewhere.
    """
    was = state.column[z]
    if was == c:
        return 0.0
    gain = _gain(data, state, z)
    budget = gain + heat
    if budget < data.fixed[c]:
        return 0.0
    kept.used[0] = 0
    overlap = was >= 0 and data.round[was] == data.round[c] and data.mask[was] & data.mask[c]
    if overlap:
        _keep(data, state, kept, was, proposal)
        _leave(data, state, kept, z)
    left, full = _try(data, state, z, c, budget, kept.spot[0])
    if left >= 0.0 and full < 0:
        if not overlap:
            _leave(data, state, kept, z)
        _put(data, state, kept, z, c, kept.spot[0])
        return heat - left
    if left >= 0.0 and state.count[full] > 0:
        y = state.who[full, _below(state.random, state.count[full])]
        lacking = state.doors[full] + data.own[z, 0] - data.spare[full] - data.own[y, 0]
        if lacking <= 0.0:
            y_was = state.column[y]
            _keep(data, state, kept, was, proposal)
            _leave(data, state, kept, z)
            budget = heat + gain + _gain(data, state, y)
            _keep(data, state, kept, y_was, proposal)
            _leave(data, state, kept, y)
            left, full = _try(data, state, z, c, budget, kept.spot[0])
            if left >= 0.0 and full < 0:
                _keep(data, state, kept, c, proposal)
                _put(data, state, kept, z, c, kept.spot[0])
                left = _anywhere(data, state, kept, y, y_was, left)
                if left >= 0.0:
                    return heat - left
            _go_back(state, kept)
            state.column[z], state.column[y] = was, y_was
            return 0.0
    if overlap:
        _go_back(state, kept)
        state.column[z] = was
    return 0.0


def _anywhere(data: Any, state: Any, kept: Any, z: int, was: int, budget: float) -> Any:
    """Put somebody who was ejected on the first of a few columns within budget, or on none."""
    start, end = data.start[z], data.start[z + 1]
    for _ in range(EJECT_TRIES):
        c = start + np.int64((end - start) * _unit(state.random) ** 2.2)
        if c == was:
            continue
        left, full = _try(data, state, z, c, budget, kept.spot[1])
        if left >= 0.0 and full < 0:
            _put(data, state, kept, z, c, kept.spot[1])
            return left
    return budget - data.unserved[z]


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
        heat = -hot * np.exp(falling * step / total) * np.log(_unit(state.random))
        z = _below(state.random, residents)
        if _below(state.random, UNPLACED_EVERY) == 0:
            from_ = _below(state.random, residents)
            for i in range(residents):
                y = from_ + i if from_ + i < residents else from_ + i - residents
                if state.column[y] < 0 and data.start[y] < data.start[y + 1]:
                    z = y
                    break
        if data.start[z] == data.start[z + 1]:
            continue
        c = _column(data, state, z)
        change = _propose(data, state, kept, z, c, heat, step + 1)
        costs[0] += change
        if costs[0] < costs[1] - 1e-6:
            _save(state, best, kept, costs)


def _fill(data: Any, state: Any, kept: Any, order: Any, first: Any) -> None:
    """Put each in turn on the column named first (−1: none) or on their first that has room.

    Those with a column named come before all others.
    """
    for named in (True, False):
        for z in order:
            start, end = data.start[z], data.start[z + 1]
            if named:
                start, end = first[z], first[z] + 1
            if state.column[z] >= 0 or start < 0:
                continue
            for c in range(start, end):
                left, full = _try(data, state, z, c, data.unserved[z], kept.spot[0])
                if left >= 0.0 and full < 0:
                    _put(data, state, kept, z, c, kept.spot[0])
                    break


def _save(state: Any, best: Any, kept: Any, costs: Any) -> None:
    """Copy what has changed to the best plan."""
    costs[1] = costs[0]
    best.column[:] = state.column
    for u in range(kept.changes[0]):
        d = kept.changed[u]
        kept.is_changed[d] = False
        n = state.count[d]
        best.count[d], best.travel[d], best.doors[d] = n, state.travel[d], state.doors[d]
        for i in range(n):
            best.who[d, i], best.gap[d, i] = state.who[d, i], state.gap[d, i]
            for part in range(ROW):
                best.row[d, i, part] = state.row[d, i, part]
    kept.changes[0] = 0


_next = njit(cache=True, inline="always")(_next)
_below = njit(cache=True, inline="always")(_below)
_unit = njit(cache=True, inline="always")(_unit)
_settle = njit(cache=True)(_settle)
_spot = njit(cache=True)(_spot)
_mark_changed = njit(cache=True)(_mark_changed)
_insert = njit(cache=True)(_insert)
_position = njit(cache=True)(_position)
_take_out = njit(cache=True)(_take_out)
_load_cost = njit(cache=True)(_load_cost)
_day_cost = njit(cache=True)(_day_cost)
_own_cost = njit(cache=True)(_own_cost)
_freed = njit(cache=True)(_freed)
_gain = njit(cache=True)(_gain)
_try = njit(cache=True)(_try)
_put = njit(cache=True)(_put)
_leave = njit(cache=True)(_leave)
_keep = njit(cache=True)(_keep)
_go_back = njit(cache=True)(_go_back)
_column = njit(cache=True)(_column)
_anywhere = njit(cache=True)(_anywhere)
_propose = njit(cache=True)(_propose)
_save = njit(cache=True)(_save)
anneal = njit(cache=True, nogil=True)(_anneal)  # districts run beside one another
fill = njit(cache=True)(_fill)
