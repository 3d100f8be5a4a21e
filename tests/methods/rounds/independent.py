#!/usr/bin/env python3
"""Check a plan of welfare visits against its instance. Python's standard library only.

    python3 check.py INSTANCE.json[.gz] PLAN.json[.gz]

Prints one JSON object. Exit code 0: the plan is valid. 1: it breaks a rule (see "errors").
2: a file cannot be read or is not an instance or a plan (one line on standard error).
The rules and the formats are in README.md. Nothing here is shared with any planner: it recomputes
every arrival, detour and penalty from the coordinates.
"""

import math

TOLERANCE = 1e-6  # seconds


def whole(value):
    return isinstance(value, int) and not isinstance(value, bool)


def check(instance, plan):
    """Cost and broken rules of `plan` (see README.md). Times and costs are in seconds."""
    speed = instance["seconds_per_metre"]
    weights = instance["weights"]
    rounds = {r["id"]: r for r in instance["rounds"]}
    residents = {z["id"]: z for z in instance["residents"]}
    errors = []
    served = {z: {} for z in residents}  # resident -> day -> round
    used = set()  # (round, day) already described
    extra_travel = over_80 = 0.0
    unfamiliar = nonpreferred = 0

    def seconds(a, b):
        return math.hypot(a[0] - b[0], a[1] - b[1]) * speed

    for entry in plan["visits"]:
        name, day = entry["round"], entry["day"]
        round_ = rounds.get(name)
        if round_ is None:
            errors.append(f"round {name}: not in the instance")
            continue
        if not whole(day) or not 0 <= day < len(instance["days"]):
            errors.append(f"round {name}: day {day!r} is not 0 to {len(instance['days']) - 1}")
            continue
        if (name, day) in used:
            errors.append(f"round {name} day {day}: described twice")
            continue
        used.add((name, day))
        points = [round_["depot"], *round_["stops"], round_["depot"]]
        last_gap = len(points) - 2
        gaps = {}
        for gap, names in entry["seq"]:
            if not whole(gap) or not 0 <= gap <= last_gap:
                errors.append(f"round {name} day {day}: gap {gap!r} is not 0 to {last_gap}")
            elif gap in gaps:
                errors.append(f"round {name} day {day}: gap {gap} given twice")
            else:
                gaps[gap] = names
        clock = float(round_["start_s"])
        travel = service = 0.0
        for gap in range(last_gap + 1):
            if gap:
                clock += round_["stop_service_s"]
            here, there = points[gap], points[gap + 1]
            path = 0.0
            for name_z in gaps.get(gap, ()):
                z = residents.get(name_z)
                if z is None:
                    errors.append(f"round {name} day {day}: {name_z!r} not in the instance")
                    continue
                leg = seconds(here, z["xy"])
                path += leg
                clock += leg
                opens, closes = z["window"]
                if clock < opens - TOLERANCE or clock > closes + TOLERANCE:
                    errors.append(
                        f"{name_z} day {day}: arrival {clock:.0f} is outside {opens} to {closes}"
                    )
                if not set(z["skills"]) <= set(round_["skills"]):
                    errors.append(f"{name_z}: round {name} lacks skills")
                if day in served[name_z]:
                    errors.append(f"{name_z}: visited twice on day {day}")
                served[name_z][day] = name
                unfamiliar += bool(z["familiar"]) and name not in z["familiar"]
                nonpreferred += bool(z["preferred_days"]) and day not in z["preferred_days"]
                clock += z["service_s"]
                service += z["service_s"]
                here = z["xy"]
            leg = seconds(here, there)
            path += leg
            clock += leg
            if gaps.get(gap):
                travel += max(0.0, path - seconds(points[gap], there))
        load, spare = travel + service, round_["spare_s"][day]
        if load > spare + TOLERANCE:
            errors.append(f"round {name} day {day}: needs {load:.0f} s, has {spare} s to spare")
        extra_travel += travel
        over_80 += max(0.0, load - 0.8 * spare)

    unserved = 0
    for name_z, z in residents.items():
        days = served[name_z]
        if not days:
            unserved += z["visits_per_week"]
            continue
        if len(set(days.values())) > 1:
            errors.append(
                f"{name_z}: visited by more than one round: {sorted(set(days.values()))}"
            )
        if sorted(days) not in z["patterns"]:
            errors.append(f"{name_z}: days {sorted(days)} are not one of the allowed patterns")
    objective = (
        extra_travel
        + weights["unfamiliar_visit_s"] * unfamiliar
        + weights["nonpreferred_day_s"] * nonpreferred
        + weights["over80_per_s"] * over_80
        + weights["unserved_visit_s"] * unserved
    )
    return {
        "ok": not errors,
        "errors": errors[:20],
        "n_err": len(errors),
        "objective_s": round(objective, 1),
        "extra_travel_s": round(extra_travel, 1),
        "unfamiliar": unfamiliar,
        "nonpreferred": nonpreferred,
        "over80_s": round(over_80, 1),
        "unserved_visits": unserved,
    }
