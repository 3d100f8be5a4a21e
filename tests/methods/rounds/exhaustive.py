"""The best plan there is of a very small week: every one is tried."""

from itertools import permutations, product
from typing import Any

from tests.methods.rounds import independent


def least_cost(instance: dict[str, Any]) -> float:
    """Return the cost of the best of all plans. Only for a handful of visits."""
    choices = [
        [None, *product(range(len(instance["rounds"])), one["patterns"])]
        for one in instance["residents"]
    ]
    return min(
        _best_order(instance, dict(zip(names(instance), chosen, strict=True)))
        for chosen in product(*choices)
    )


def names(instance: dict[str, Any]) -> list[str]:
    """Return the ids of the residents."""
    return [one["id"] for one in instance["residents"]]


def _best_order(instance: dict[str, Any], chosen: dict[str, Any]) -> float:
    """Return the least cost of a choice of rounds and days: each round-day on its own."""
    cost = instance["weights"]["unserved_visit_s"] * sum(
        one["visits_per_week"] for one in instance["residents"] if chosen[one["id"]] is None
    )
    for r, one in enumerate(instance["rounds"]):
        for day in range(len(instance["days"])):
            who = [z for z, at in chosen.items() if at and at[0] == r and day in at[1]]
            if who:
                cost += _best_day(instance, one, day, who)
    return cost


def _best_day(instance: dict[str, Any], one: dict[str, Any], day: int, who: list[str]) -> float:
    people = [dict(z) for z in instance["residents"] if z["id"] in who]
    for person in people:
        person["visits_per_week"], person["patterns"] = 1, [[day]]
    alone = {**instance, "rounds": [one], "residents": people}
    best = float("inf")
    gaps = range(len(one["stops"]) + 1)
    for order in permutations(who):
        for spots in product(gaps, repeat=len(order)):
            if list(spots) != sorted(spots):
                continue
            seq = [
                [gap, [z for z, at in zip(order, spots, strict=True) if at == gap]]
                for gap in sorted(set(spots))
            ]
            plan = {"visits": [{"round": one["id"], "day": day, "seq": seq}]}
            report = independent.check(alone, plan)
            if report["ok"]:
                best = min(best, report["objective_s"])
    return best
