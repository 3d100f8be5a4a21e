"""Where each resident could be visited: the nearest rounds, and the cheapest gaps of each.

A detour is what one visit alone adds to a round: to the resident and back, less the direct leg.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trialogue.methods.rounds.instance import FloatArray, Instance, Resident, Round
from trialogue.methods.rounds.travel import Travel

IntArray = NDArray[np.int32]
GAPS = 8
NO = -1


@dataclass(frozen=True, eq=False)
class Candidates:
    """Arrays (residents, rounds kept, gaps kept); `NO` where there are fewer."""

    rounds: IntArray  # (residents, rounds kept), the nearest first
    gap: IntArray
    # (…, 4): seconds from the point before the gap, to the point after it, from the one to the
    # other, and when a visitor without visits leaves the first.
    legs: FloatArray
    nearest_s: FloatArray  # (residents, rounds): the least detour; inf where it cannot be


def candidates(instance: Instance, travel: Travel, *, keep: int) -> Candidates:
    """Return the `keep` nearest rounds of each resident, those they know always among them."""
    nearest = nearest_detours(instance, travel)
    rounds = _kept(instance, nearest, keep)
    count = len(instance.residents)
    shape = (count, rounds.shape[1], GAPS)
    gap = np.full(shape, NO, np.int32)
    legs = np.zeros((*shape, 4))
    for r, one in enumerate(instance.rounds):
        who, slot = np.nonzero(rounds == r)
        if not who.size:
            continue
        detour, to_all, back_all = _detours([instance.residents[z] for z in who], travel, one)
        kept = min(GAPS, one.gaps)
        best = np.argsort(detour, axis=1, kind="stable")[:, :kept]
        row = np.arange(who.size)[:, None]
        spots = (who[:, None], slot[:, None], np.arange(kept)[None])
        possible = np.isfinite(detour[row, best])
        gap[spots] = np.where(possible, best, NO)
        legs[spots] = np.stack(
            [
                to_all[row, best],
                back_all[row, best + 1],
                travel.along(one)[best],
                leaving_times(one, travel)[best],
            ],
            axis=-1,
        )
    return Candidates(rounds, gap, legs, nearest)


def nearest_detours(instance: Instance, travel: Travel) -> FloatArray:
    """Return the least detour of each resident on each round, (residents, rounds).

    inf where the round lacks a skill or time to spare, or passes at no time that suits.
    """
    people = instance.residents
    nearest = np.full((len(people), len(instance.rounds)), np.inf)
    for r, one in enumerate(instance.rounds):
        able = [
            z
            for z, resident in enumerate(people)
            if resident.skills <= one.skills and resident.service_s <= max(one.spare_s)
        ]
        if able:
            detours, _, _ = _detours([people[z] for z in able], travel, one)
            nearest[able, r] = detours.min(axis=1)
    return nearest


def least_detour(one: Resident, travel: Travel, there: Round) -> float:
    """Return the least detour of a resident on a round; inf where its times cannot suit."""
    detours, _, _ = _detours([one], travel, there)
    return float(detours.min())


def leaving_times(one: Round, travel: Travel) -> FloatArray:
    """Return when a visitor without visits leaves the point before each gap, (gaps,)."""
    along = travel.along(one)
    reached = np.concatenate([[0.0], np.cumsum(along[:-1])])
    times: FloatArray = one.start_s + reached + one.stop_service_s * np.arange(one.gaps)
    return times


def _detours(
    people: Sequence[Resident], travel: Travel, one: Round
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return detours (people, gaps), inf at times that cannot suit, and the legs to and back."""
    to, back = travel.at(people, one)
    detour = np.maximum(0.0, to[:, :-1] + back[:, 1:] - travel.along(one))
    arrive = leaving_times(one, travel) + to[:, :-1]
    opens, closes = np.array([person.window for person in people]).T[:, :, None]
    # Visits before it can only delay a visitor, and by no more than the day has to spare.
    suits = (arrive <= closes) & (arrive + max(one.spare_s) >= opens)
    return np.where(suits, detour, np.inf), to, back


def _kept(instance: Instance, nearest: FloatArray, keep: int) -> IntArray:
    """Return the rounds kept for each resident: those they know first, then the nearest."""
    order = nearest.copy()
    for z, resident in enumerate(instance.residents):
        for round_id in resident.familiar:
            r = instance.round_index.get(round_id)
            if r is not None and np.isfinite(order[z, r]):
                order[z, r] = -1.0 / (1.0 + order[z, r])
    kept = np.argsort(order, axis=1, kind="stable")[:, :keep].astype(np.int32)
    kept[~np.isfinite(np.take_along_axis(order, kept, axis=1))] = NO
    return kept
