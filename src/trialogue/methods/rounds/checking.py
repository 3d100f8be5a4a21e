"""Does a plan keep the rules, and what does it cost? Nothing here is shared with the search.

Every arrival, detour and penalty is worked out anew from the coordinates.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from trialogue.methods.results import Result
from trialogue.methods.rounds.instance import Instance, Resident, Round
from trialogue.methods.rounds.plan import Plan, RoundDay
from trialogue.methods.rounds.travel import NamedPoint, Travel

TOLERANCE = 1e-6  # seconds


@dataclass(frozen=True, repr=False)
class Parts(Result):
    """What a plan costs: T, O in seconds a week; U, N, M in visits a week."""

    T: float = 0.0
    U: int = 0
    N: int = 0
    O: float = 0.0  # noqa: E741  the specification's letter
    M: int = 0

    def cost(self, instance: Instance) -> float:
        """Return the cost in seconds a week."""
        weights = instance.weights
        return (
            self.T
            + weights.unfamiliar_visit_s * self.U
            + weights.nonpreferred_day_s * self.N
            + weights.over80_per_s * self.O
            + weights.unserved_visit_s * self.M
        )


@dataclass(frozen=True)
class Walk:
    """A round on a day as it would be walked. Seconds; arrivals by resident, after midnight."""

    arrivals: dict[str, float]
    travel_s: float
    doors_s: float

    @property
    def load_s(self) -> float:
        """What the visits add to the round."""
        return self.travel_s + self.doors_s


@dataclass(frozen=True, repr=False)
class Checked(Result):
    """What a plan costs, and which rules it breaks, each in words."""

    parts: Parts
    broken: tuple[str, ...]


@dataclass
class _Seen:
    """What the visits of a plan add up to so far."""

    days: dict[str, dict[int, str]]  # resident → day → round
    broken: list[str] = field(default_factory=list)
    travel: float = 0.0
    over: float = 0.0
    strange: int = 0
    unwanted: int = 0


def check(instance: Instance, plan: Plan, travel: Travel) -> Checked:
    """Hold a plan against the five rules, and price it."""
    seen = _Seen({one.id: {} for one in instance.residents})
    if plan.instance not in ("", instance.name):
        seen.broken.append(f'the plan is of "{plan.instance}", not of "{instance.name}"')
    described: set[tuple[str, int]] = set()
    for entry in plan.visits:
        where = f"round {entry.round} day {entry.day}"
        problem = _unknown(instance, entry)
        if problem or (entry.round, entry.day) in described:
            seen.broken.append(f"{where}: {problem or 'described twice'}")
            continue
        described.add((entry.round, entry.day))
        seen.broken += _visit(instance, entry, travel, seen)
    unserved = 0
    for one in instance.residents:
        unserved += 0 if seen.days[one.id] else one.visits_per_week
        seen.broken += _wrong_week(one, seen.days[one.id])
    parts = Parts(seen.travel, seen.strange, seen.unwanted, seen.over, unserved)
    return Checked(parts, tuple(seen.broken))


def walk(instance: Instance, entry: RoundDay, travel: Travel) -> Walk:
    """Walk a round on a day, from its depot back to it: who is reached when, and what it adds."""
    one = instance.rounds[instance.round_index[entry.round]]
    visits = dict(entry.seq)
    clock, added, doors = one.start_s, 0.0, 0.0
    arrivals: dict[str, float] = {}
    for gap in range(one.gaps):
        clock += one.stop_service_s if gap else 0.0
        here, there = _point(one, gap), _point(one, gap + 1)
        direct, path = travel.one(here, there), 0.0
        for name in visits.get(gap, ()):
            resident = instance.residents[instance.resident_index[name]]
            leg = travel.one(here, (name, resident.xy))
            path += leg
            arrivals[name] = clock + leg
            clock += leg + resident.service_s
            doors += resident.service_s
            here = (name, resident.xy)
        leg = travel.one(here, there)
        clock += leg
        if gap in visits:
            added += max(0.0, path + leg - direct)
    return Walk(arrivals, added, doors)


def _point(one: Round, point: int) -> NamedPoint:
    x, y = one.points[point]
    return f"{one.id}/{point % one.gaps}", (float(x), float(y))


def _unknown(instance: Instance, entry: RoundDay) -> str:
    """Say what in an entry is not in the instance at all; nothing when all of it is."""
    if entry.round not in instance.round_index:
        return "there is no such round"
    if not 0 <= entry.day < len(instance.days):
        return "there is no such day"
    gaps = [gap for gap, _ in entry.seq]
    if gaps != sorted(set(gaps)):
        return "its gaps are not in order, each once"
    last = instance.rounds[instance.round_index[entry.round]].gaps - 1
    if gaps and not (gaps[0] >= 0 and gaps[-1] <= last):
        return f"its gaps go from 0 to {last}"
    strangers = [name for name in entry.residents if name not in instance.resident_index]
    return f"there is no resident {strangers[0]}" if strangers else ""


def _visit(instance: Instance, entry: RoundDay, travel: Travel, seen: _Seen) -> Iterator[str]:
    """Add a round-day to what has been seen; yield what it breaks."""
    one = instance.rounds[instance.round_index[entry.round]]
    where = f"round {entry.round} day {entry.day}"
    walked = walk(instance, entry, travel)
    for name in entry.residents:
        resident = instance.residents[instance.resident_index[name]]
        opens, closes = resident.window
        if not opens - TOLERANCE <= walked.arrivals[name] <= closes + TOLERANCE:
            yield f"{where}: {name} is reached outside their hours"
        if not resident.skills <= one.skills:
            yield f"{where}: {name} needs a skill that it lacks"
        if entry.day in seen.days[name]:
            yield f"{where}: {name} is visited twice that day"
        seen.days[name][entry.day] = entry.round
        seen.strange += bool(resident.familiar) and entry.round not in resident.familiar
        preferred = resident.preferred_days
        seen.unwanted += bool(preferred) and entry.day not in preferred
    spare = one.spare_s[entry.day]
    if walked.load_s > spare + TOLERANCE:
        yield f"{where}: it needs {walked.load_s:.0f} s and has {spare:.0f} s to spare"
    seen.travel += walked.travel_s
    seen.over += max(0.0, walked.load_s - 0.8 * spare)


def _wrong_week(one: Resident, days: dict[int, str]) -> Iterator[str]:
    if days and len(set(days.values())) > 1:
        yield f"{one.id} is visited by more than one round"
    if days and tuple(sorted(days)) not in one.patterns:
        yield f"the days of {one.id} are not one of the patterns allowed"
