"""PyVRP's side of `bench_rounds`, in a process of its own: a day's problem in, routes out (JSON).

A vehicle is a round with a profile of its own: from one visit to the next it goes by the round's
stops in between, each visit in its cheapest gap of that round. Costs are doubled to stay whole.
"""

import json
import sys

from pyvrp import Model
from pyvrp.stop import MaxRuntime

KEPT_ABOVE_0 = 10_000  # on every way onward, and so on every prize


def main() -> None:
    asked = json.load(sys.stdin)
    model = Model()
    homes = [model.add_location(*one["xy"]) for one in asked["clients"]]
    for one, home in zip(asked["clients"], homes, strict=True):
        model.add_client(
            home,
            service_duration=one["service"],
            tw_early=one["window"][0],
            tw_late=one["window"][1],
            prize=one["prize"] + KEPT_ABOVE_0,
            required=False,
        )
    for vehicle in asked["vehicles"]:
        profile = model.add_profile()
        start = model.add_location(*vehicle["xy"])
        depot = model.add_depot(start)
        model.add_vehicle_type(
            start_depot=depot,
            end_depot=depot,
            profile=profile,
            tw_early=vehicle["start"],
            start_late=vehicle["start"],
            shift_duration=vehicle["usual"],
            max_overtime=vehicle["overtime"],
            unit_overtime_cost=1,
        )
        places = [start, *homes]
        for i, j, distance, duration in vehicle["ways"]:
            onward = KEPT_ABOVE_0 if i else 0
            model.add_edge(places[i], places[j], distance + onward, duration, profile)
    best = model.solve(MaxRuntime(asked["seconds"]), seed=1, display=False).best
    routes = [
        [route.vehicle_type(), [visit.idx for visit in route if visit.is_client()]]
        for route in best.routes()
    ]
    json.dump(routes, sys.stdout)


if __name__ == "__main__":
    main()
