"""OR-Tools for `bench_rounds`, in a process of its own: a day's problem in, routes out (JSON).

A vehicle is a round with matrices of its own: from one visit to the next it goes by the round's
stops in between, each visit in its cheapest gap of that round. It leaves on time and never waits.
Costs are doubled to stay whole. Guided local search from an empty plan, which leaves out fewest
here: from cheapest insertion or with tabu search or annealing it left out more.
"""

import json
import sys

from ortools.constraint_solver.pywrapcp import (
    DefaultRoutingSearchParameters,
    RoutingIndexManager,
    RoutingModel,
)
from ortools.constraint_solver.routing_enums_pb2 import (
    FirstSolutionStrategy,
    LocalSearchMetaheuristic,
)

NO_WAY = 200_000  # seconds; more than a day, so the clock forbids it


def main() -> None:
    asked = json.load(sys.stdin)
    clients, vehicles = asked["clients"], asked["vehicles"]
    places = len(clients) + 1
    manager = RoutingIndexManager(places, len(vehicles), 0)
    model = RoutingModel(manager)
    clocks = []
    for v, vehicle in enumerate(vehicles):
        cost = [[NO_WAY] * places for _ in range(places)]
        clock = [[NO_WAY] * places for _ in range(places)]
        cost[0][0] = clock[0][0] = 0
        for i, j, dearer, seconds in vehicle["ways"]:
            cost[i][j] = dearer
            clock[i][j] = seconds + (clients[i - 1]["service"] if i else 0)
        model.SetArcCostEvaluatorOfVehicle(model.RegisterTransitMatrix(cost), v)
        clocks.append(model.RegisterTransitMatrix(clock))
    model.AddDimensionWithVehicleTransits(clocks, 0, NO_WAY, False, "clock")
    clock = model.GetDimensionOrDie("clock")
    for v, vehicle in enumerate(vehicles):
        clock.CumulVar(model.Start(v)).SetValue(vehicle["start"])
        usual = vehicle["start"] + vehicle["usual"]
        clock.CumulVar(model.End(v)).SetMax(usual + vehicle["overtime"])
        clock.SetCumulVarSoftUpperBound(model.End(v), usual, 1)
    for k, client in enumerate(clients, start=1):
        index = manager.NodeToIndex(k)
        clock.CumulVar(index).SetRange(*client["window"])
        model.AddDisjunction([index], client["prize"])
    how = DefaultRoutingSearchParameters()
    how.first_solution_strategy = FirstSolutionStrategy.ALL_UNPERFORMED
    how.local_search_metaheuristic = LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    how.time_limit.FromMilliseconds(1000 * asked["seconds"])
    best = model.SolveWithParameters(how)
    routes = []
    for v in range(len(vehicles)) if best else ():
        at, route = best.Value(model.NextVar(model.Start(v))), []
        while not model.IsEnd(at):
            route.append(manager.IndexToNode(at) - 1)
            at = best.Value(model.NextVar(at))
        routes.append([v, route])
    json.dump(routes, sys.stdout)


if __name__ == "__main__":
    main()
