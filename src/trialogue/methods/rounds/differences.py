"""What a new plan changes, and why: each resident is put back as before, all else being new."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from trialogue.methods.results import Result
from trialogue.methods.rounds.checking import Parts
from trialogue.methods.rounds.instance import Resident
from trialogue.methods.rounds.offers import Offer, offers, person, present
from trialogue.methods.rounds.plan import Place
from trialogue.methods.rounds.reasons import Reason, blocked
from trialogue.methods.rounds.standing import Standing

NEAR_ROUNDS = 16  # where another visitor for the old days is looked for


@dataclass(frozen=True, repr=False)
class Difference(Result):
    """A resident whose place changed, why, and what it would cost to keep the old place.

    `reason.code`: visitor_off, no_room, window, skill, preferred, familiar, less_travel,
    shares_stop, made_room_for, suspended, new, ended; or no_gain, where the old place is free and
    costs no more. `saves`: the old place's parts less the new one's. `made_room_for`: who took the
    room, told to the desk alone. `instead`: another visitor's place on the old days.
    """

    resident: str
    before: Place | None
    after: Place | None
    reason: Reason
    saves: Parts | None = None
    made_room_for: str | None = None
    instead: Offer | None = None


def differences(
    old: Standing, new: Standing, *, suspended: Collection[str] = ()
) -> tuple[Difference, ...]:
    """Return a line for each resident who moved, in the order of the new week, then the old."""
    here = [one.id for one in new.instance.residents]
    gone = [one.id for one in old.instance.residents if one.id not in new.instance.resident_index]
    found = []
    for resident in (*here, *gone):
        before, after = old.places.get(resident), new.places.get(resident)
        if before != after:
            found.append(_difference(old, new, resident, before, after, suspended))
    return tuple(found)


def settled(old: Standing, new: Standing) -> Standing:
    """Return the new plan with everyone back at their old place whom nothing keeps from it.

    The cost never rises, so a week that is made anew changes nothing for nothing.
    """
    while back := [each for each in differences(old, new) if each.reason.code == "no_gain"]:
        one = person(new.instance, back[0].resident)
        rest = new.without(one.id) if back[0].after else new
        new = rest.with_resident(one, old.places[one.id])
    return new


def _difference(
    old: Standing,
    new: Standing,
    resident: str,
    before: Place | None,
    after: Place | None,
    suspended: Collection[str],
) -> Difference:
    if resident not in new.instance.resident_index or resident in suspended:
        code = "suspended" if resident in suspended else "ended"
        return Difference(resident, before, after, Reason(code))
    if before is None:
        return Difference(resident, before, after, Reason("new"))
    one = person(new.instance, resident)
    rest = new.without(resident) if after else new
    reason = blocked(rest, one, before)
    if reason is None:
        return _dearer(rest, new, one, before, after)
    taken_by = _newcomer(old, rest, one, before) if reason.code == "no_room" else None
    if taken_by:
        reason = replace(reason, code="made_room_for")
    instead = None
    if after is None or before.days != after.days:
        near = rest.nearest(one, rest.able(one), NEAR_ROUNDS)
        others = offers(rest, one, near, [p for p in one.patterns if p == before.days])
        instead = next((each for each in others if each.place not in (before, after)), None)
    return Difference(resident, before, after, reason, made_room_for=taken_by, instead=instead)


def _newcomer(old: Standing, rest: Standing, one: Resident, place: Place) -> str | None:
    """Return who is new on the round-days of a place and without whom it would have room."""
    for cell in rest.at(place):
        for _, other in rest.visits.get(int(cell), ()):
            stood = old.places.get(other.id)
            was_here = stood and stood.round == place.round and set(stood.days) & set(place.days)
            if not was_here and blocked(rest.without(other.id), one, place) is None:
                return other.id
    return None


def _dearer(
    rest: Standing, new: Standing, one: Resident, before: Place, after: Place | None
) -> Difference:
    """Return the part that the old place costs most more in; it is free in the new plan."""
    back = present(rest.with_resident(one, before), one)
    now = present(new, one) if after else None
    weights, unserved = new.instance.weights, new.instance.weights.unserved_visit_s
    paid = now.parts if now else Parts(M=one.visits_per_week)
    saves = Parts(
        T=back.parts.T - paid.T,
        U=back.parts.U - paid.U,
        N=back.parts.N - paid.N,
        O=back.parts.O - paid.O,
        M=back.parts.M - paid.M,
    )
    worth = {
        "less_travel": saves.T,
        "familiar": weights.unfamiliar_visit_s * saves.U,
        "preferred": weights.nonpreferred_day_s * saves.N,
        "no_room": weights.over80_per_s * saves.O,
    }
    cost = sum(worth.values()) + unserved * saves.M
    code = max(worth, key=lambda each: worth[each]) if cost > 0 else "no_gain"
    reason = Reason(code, before.round, cost_s=cost)
    if code == "no_room":
        fullest = max(back.loads, key=lambda load: load.after_s - 0.8 * load.spare_s)
        left = 0.8 * fullest.spare_s - fullest.before_s
        needs = fullest.after_s - fullest.before_s
        reason = replace(reason, day=fullest.day, needs_s=needs, left_s=max(0.0, left))
    elif code == "less_travel" and _shares(new, one.id):
        reason = replace(reason, code="shares_stop")
    return Difference(one.id, before, after, reason, saves=saves)


def _shares(plan: Standing, resident: str) -> bool:
    """Say whether somebody is visited in one gap with somebody else on any day."""
    for cell in plan.at(plan.places[resident]) if resident in plan.places else ():
        there = plan.visits[int(cell)]
        gap = next(gap for gap, one in there if one.id == resident)
        if any(other == gap and one.id != resident for other, one in there):
            return True
    return False
