"""Weeks of visits planned: against cheapest insertion, two routers and the best plans known.

Every plan, ours and the peer's, is priced by the checker of the tests, which shares nothing with
either. Weeks are made up here from a seed; with a folder of others (`ROUNDS=folder`: NAME.json.gz
and best/NAME.json) those are planned too. The compiled search is loaded before the clock starts.
"""

import gzip
import json
import os
import subprocess
import sys
from importlib.metadata import version
from math import ceil
from pathlib import Path
from time import process_time

import numpy as np
from made_up_rounds import made_up
from results import row

sys.path.insert(0, str(Path(__file__).parents[1]))
from tests.methods.rounds import independent
from trialogue.methods import rounds
from trialogue.methods.rounds.search import search

QUICK_S, STANDARD_S = 10.0, 180.0
ROUTERS = {"PyVRP": "rounds_by_pyvrp.py", "OR-Tools": "rounds_by_ortools.py"}
WEEKS = (("a parish, seed 1", 8, 100, 1, 1.6), ("an island, seed 2", 80, 1_000, 2, 3.0))


def main() -> None:
    rounds.compile_search()
    for name, count, residents, seed, wanted in WEEKS:
        against_insertion(
            made_up(name, rounds=count, residents=residents, seed=seed), name, wanted=wanted
        )
    against_routers(made_up("parish", rounds=8, residents=100, seed=1), "a parish, seed 1")
    folder = os.environ.get("ROUNDS")
    for path in sorted(Path(folder).glob("*.json.gz")) if folder else ():
        against_best(path)
        content = json.loads(gzip.decompress(path.read_bytes()))
        if len(content["rounds"]) > 3:
            wanted = 3.0 if len(content["rounds"]) > 8 else 1.6
            against_insertion(content, content["name"], wanted=wanted)
        if len(content["rounds"]) == 8:
            against_routers(content, content["name"])


def against_insertion(content: dict, name: str, *, wanted: float) -> None:
    """Plan at standard effort; the peer inserts residents by regret, each where it costs least."""
    start = process_time()
    week = read(content)
    peer = cheapest_insertion(week)
    theirs = process_time() - start
    start = process_time()
    found = search(week, rounds.Travel(week.seconds_per_metre), seed=1)
    own = process_time() - start
    ratio = cost(content, peer) / cost(content, found.plan)
    row(
        f"rounds, {name}: a plan at standard effort",
        "cheapest insertion by regret",
        f"{ratio:.1f} times lower cost, in {own:.1f} s of CPU ({theirs:.1f} s)",
        f"≥ {wanted} times lower, ≤ {STANDARD_S:.0f} s",
        ratio >= wanted and own <= STANDARD_S,
    )


def cheapest_insertion(week: rounds.Instance) -> rounds.Plan:
    """Insert residents by regret: second-cheapest detour less the cheapest, × visits a week."""
    travel = rounds.Travel(week.seconds_per_metre)
    standing = rounds.stand(week, rounds.Plan(week.name, ()), travel)
    detours = np.sort(rounds.candidates.nearest_detours(week, travel), axis=1)
    able = np.isfinite(detours)
    second = detours[:, 1] if detours.shape[1] > 1 else detours[:, 0]
    regret = np.where(able.sum(axis=1) > 1, second - detours[:, 0], np.inf)
    visits = np.array([one.visits_per_week for one in week.residents])
    for z in np.argsort(-np.nan_to_num(regret, nan=0.0, posinf=1e9) * visits, kind="stable"):
        one = week.residents[z]
        found = rounds.best_places(standing, one, most=1)
        if found:
            standing = standing.with_resident(one, found[0].place)
    return standing.plan()


def against_routers(content: dict, name: str) -> None:
    """Plan at standard effort; solvers of vehicle routing have 60 s a week, a day at a time.

    They are excused from one visitor a resident: each visit may go to another round. Which days
    is given to them: for each the pattern that leaves the days of the week fullest at their least.
    """
    start = process_time()
    found = search(read(content), rounds.Travel(content["seconds_per_metre"]), seed=1)
    own = process_time() - start
    week = visit_by_visit(content)
    for peer, script in ROUTERS.items():
        visits = [e for day in range(len(week["days"])) for e in day_by(script, week, day)]
        theirs = independent.check(week, kept_to_rules(week, {"visits": visits}))
        ratio = theirs["objective_s"] / cost(content, found.plan)
        row(
            f"rounds, {name}: a plan at standard effort",
            f"{peer} {version(peer.replace('-', ''))}, a day at a time, excused from one visitor",
            f"{ratio:.1f} times lower cost, in {own:.1f} s of CPU (60 s); it left out "
            f"{theirs['unserved_visits']} visits",
            "≥ 2.5 times lower",
            ratio >= 2.5,
        )


def visit_by_visit(content: dict) -> dict:
    """Return the week with each visit a resident of its own on a day chosen for it."""
    spare = [sum(one["spare_s"][day] for one in content["rounds"]) for day in range(6)]
    used, people = [0.0] * 6, []
    for one in content["residents"]:
        likes = one["preferred_days"] or range(6)
        pattern = min(
            one["patterns"],
            key=lambda days, likes=likes: (
                sum(day not in likes for day in days),
                max(used[day] / spare[day] for day in days),
            ),
        )
        for day in pattern:
            used[day] += one["service_s"]
            alone = {"id": f"{one['id']}/{day}", "visits_per_week": 1, "patterns": [[day]]}
            people.append({**one, **alone})
    return {**content, "residents": people}


def day_by(script: str, content: dict, day: int) -> list[dict]:
    """Ask a solver for a day; return its round-days."""
    people = [one for one in content["residents"] if one["patterns"] == [[day]]]
    week = read({**content, "residents": people})
    travel = rounds.Travel(week.seconds_per_metre)
    found = rounds.candidates.candidates(week, travel, keep=len(week.rounds))
    between = travel.between(week)
    vehicles, gap_of, open_ = [], [], []
    for r, one in enumerate(week.rounds):
        if one.spare_s[day] == 0:
            continue
        open_.append(one.id)
        who, slot = np.nonzero(found.rounds == r)
        gap = {int(z): int(found.gap[z, s, 0]) for z, s in zip(who, slot, strict=True)}
        legs = {int(z): found.legs[z, s, 0] for z, s in zip(who, slot, strict=True)}
        ends = rounds.candidates.leaving_times(one, travel)[-1] + travel.along(one)[-1]
        gap_of.append(gap)
        ways = []
        for j, (to, back, direct, leaves) in legs.items():
            strange = 180 * (bool(people[j]["familiar"]) and one.id not in people[j]["familiar"])
            ways.append((0, j + 1, to + strange, leaves - one.start_s + to))
            ways.append((j + 1, 0, back - direct, back + ends - leaves - direct))
            for i, (_, back_i, direct_i, leaves_i) in legs.items():
                if i != j and gap[i] == gap[j]:
                    ways.append((i + 1, j + 1, between[i, j] + strange, between[i, j]))
                elif gap[i] < gap[j]:
                    stops = leaves - leaves_i - direct_i
                    ways.append(
                        (i + 1, j + 1, back_i - direct_i + to + strange, back_i + stops + to)
                    )
        usual, spare = ends - one.start_s, one.spare_s[day]
        vehicles.append(
            {
                "xy": one.points[0].tolist(),
                "start": int(one.start_s),
                "usual": int(usual + 0.8 * spare),
                "overtime": int(0.2 * spare),
                "ways": [(i, j, round(2 * cost), ceil(s)) for i, j, cost, s in ways],
            }
        )
    clients = [
        {
            "xy": one["xy"],
            "service": one["service_s"],
            "window": one["window"],
            "prize": 7200,
        }
        for one in people
    ]
    asked = {"clients": clients, "vehicles": vehicles, "seconds": 10}
    said = subprocess.run(
        [sys.executable, str(Path(__file__).parent / script)],
        input=json.dumps(asked), capture_output=True, text=True,
    )  # fmt: skip
    if said.returncode:
        raise SystemExit(said.stderr)
    return [
        {
            "round": open_[r],
            "day": day,
            "seq": [
                [gap, [people[z]["id"] for z in route if gap_of[r][z] == gap]]
                for gap in sorted({gap_of[r][z] for z in route})
            ],
        }
        for r, route in json.loads(said.stdout)
        if route
    ]


def kept_to_rules(content: dict, plan: dict) -> dict:
    """Take visits out until every rule is kept: PyVRP waits where a visitor may not."""
    while errors := independent.check(content, plan)["errors"]:
        first = errors[0].split()
        for entry in plan["visits"]:
            here = first[0] == "round" and [entry["round"], str(entry["day"])] == [
                first[1],
                first[3].rstrip(":"),
            ]
            last = entry["seq"][-1][1][-1] if here else first[0].rstrip(":")
            entry["seq"] = [
                [gap, left]
                for gap, who in entry["seq"]
                if (left := [name for name in who if name != last])
            ]
        plan["visits"] = [entry for entry in plan["visits"] if entry["seq"]]
    return plan


def against_best(path: Path) -> None:
    """Plan at quick and at standard effort, beside the best plan known."""
    name = path.name.removesuffix(".json.gz")
    content = json.loads(gzip.decompress(path.read_bytes()))
    known = json.loads((path.parent / "best" / f"{name}.json").read_text())
    best = independent.check(content, known)["objective_s"]
    week = read(content)
    for effort, within, seconds in (("quick", 1.25, QUICK_S), ("standard", 1.1, STANDARD_S)):
        start = process_time()
        found = search(week, rounds.Travel(week.seconds_per_metre), seed=1, effort=effort)
        own = process_time() - start
        ratio = cost(content, found.plan) / best
        row(
            f"rounds, {name} at {effort} effort",
            "the best plan known",
            f"{ratio:.3f} times its cost, in {own:.1f} s of CPU",
            f"≤ {within}, ≤ {seconds:.0f} s",
            ratio <= within and own <= seconds,
        )


def read(content: dict) -> rounds.Instance:
    return rounds.read_instance(json.dumps(content).encode(), file=content["name"])


def cost(content: dict, plan: rounds.Plan) -> float:
    seen = independent.check(content, json.loads(plan.as_json()))
    assert seen["errors"] == [], seen["errors"]
    return seen["objective_s"]


if __name__ == "__main__":
    main()
