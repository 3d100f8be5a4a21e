"""Why somebody has no place, in a code and a sentence with its figures."""

from collections.abc import Iterable

import numpy as np

from trialogue.methods.rounds.candidates import nearest_detours
from trialogue.methods.rounds.checking import walk
from trialogue.methods.rounds.instance import FloatArray, Instance, Resident
from trialogue.methods.rounds.plan import Plan, Unplaced
from trialogue.methods.rounds.travel import Travel


def unplaced(instance: Instance, plan: Plan, travel: Travel) -> tuple[Unplaced, ...]:
    """Return everyone whom no round of the plan visits, each with the reason."""
    placed = plan.places()
    left_out = [one for one in instance.residents if one.id not in placed]
    if not left_out:
        return ()
    nearest = nearest_detours(instance, travel, left_out)
    return tuple(
        Unplaced(one.id, one.visits_per_week, *_why(instance, plan, travel, one, detours))
        for one, detours in zip(left_out, nearest, strict=True)
    )


def _why(
    instance: Instance, plan: Plan, travel: Travel, one: Resident, detours: FloatArray
) -> tuple[str, str]:
    if not any(one.skills <= each.skills for each in instance.rounds):
        skills = ", ".join(str(skill) for skill in sorted(one.skills))
        return "skill", f"No round has the skills needed: {skills}."
    can = [r for r in np.argsort(detours, kind="stable") if np.isfinite(detours[r])]
    if not can:
        return "window", "No round with time to spare passes between the hours that suit."
    for r in can:
        each, needs = instance.rounds[r], one.service_s + detours[r]
        days = [p for p in one.patterns if all(each.spare_s[day] >= needs for day in p)]
        if days:
            return "no_room", _no_room(instance, plan, travel, int(r), days[0], needs)
    return "no_room", "On the days that suit, no round that passes has time enough to spare."


def _no_room(
    instance: Instance, plan: Plan, travel: Travel, r: int, days: Iterable[int], needs: float
) -> str:
    """Say it of the nearest round, on the day of the first pattern with the least time left."""
    one = instance.rounds[r]
    used = {
        entry.day: walk(instance, entry, travel).load_s
        for entry in plan.visits
        if entry.round == one.id
    }
    left = {day: one.spare_s[day] - used.get(day, 0.0) for day in days}
    day = min(left, key=lambda each: left[each])
    return (
        f"The nearest round, {one.id}, has {max(0.0, left[day]) / 60:.0f} minutes left on "
        f"{instance.days[day]}; a visit needs {needs / 60:.0f}."
    )
