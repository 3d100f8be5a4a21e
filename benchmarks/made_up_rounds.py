"""Made-up weeks to plan: rounds over scattered streets, residents in clusters, one seed a week."""

from typing import Any

import numpy as np

STOPS = 400
DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
SHARE = 0.7  # of five days' spare time that door time alone takes


def made_up(name: str, *, rounds: int, residents: int, seed: int) -> dict[str, Any]:
    """Return a week in the format of `trialogue rounds`."""
    draw = np.random.default_rng(seed)
    km = 2.0 * np.sqrt(rounds)
    towns = draw.uniform(0, km * 1000, (max(2, rounds // 8), 2))
    count = rounds * STOPS
    near = towns[draw.integers(len(towns), size=count)] + draw.normal(0, 900, (count, 2))
    address = np.where(draw.random((count, 1)) < 0.7, near, draw.uniform(0, km * 1000, (count, 2)))
    stops = [_walked(address[part]) for part in _halved(address, np.arange(count))]
    people = _people(draw, np.concatenate(stops), len(stops), residents)
    due = sum(one["visits_per_week"] * one["service_s"] for one in people)
    spare = draw.lognormal(0, 0.45, len(stops)) * (draw.random(len(stops)) >= 0.15)
    spare *= due / SHARE / 5 / spare.sum()
    return {
        "name": name,
        "days": DAYS,
        "seconds_per_metre": 0.234,
        "weights": {
            "unfamiliar_visit_s": 180,
            "nonpreferred_day_s": 60,
            "over80_per_s": 0.5,
            "unserved_visit_s": 3600,
        },
        "rounds": [
            {
                "id": f"R{r:04}",
                "partner": "post",
                "depot": points[0].round(1).tolist(),
                "stops": points.round(1).tolist(),
                "start_s": 28_800,
                "stop_service_s": 22,
                "spare_s": [
                    0 if day == r % 6 else int(spare[r] * draw.uniform(0.85, 1.15))
                    for day in range(6)
                ],
                "skills": draw.choice(4, size=2, replace=False).tolist(),
            }
            for r, points in enumerate(stops)
        ],
        "residents": people,
    }


def _halved(xy: Any, part: Any) -> list[Any]:
    if len(part) <= STOPS:
        return [part]
    side = int(np.argmax(np.ptp(xy[part], axis=0)))
    order = part[np.argsort(xy[part, side], kind="stable")]
    at = len(part) // STOPS // 2 * STOPS
    return [*_halved(xy, order[:at]), *_halved(xy, order[at:])]


def _walked(xy: Any) -> Any:
    """Order stops by the nearest not yet visited."""
    left, walk = list(range(len(xy))), [int(np.argmin(xy.sum(axis=1)))]
    left.remove(walk[0])
    while left:
        away = np.hypot(*(xy[left] - xy[walk[-1]]).T)
        walk.append(left.pop(int(np.argmin(away))))
    return xy[walk]


def _people(draw: Any, stops: Any, rounds: int, count: int) -> list[dict[str, Any]]:
    at = draw.integers(len(stops), size=count)
    off = np.where(draw.random((count, 1)) < 0.18, draw.uniform(-280, 280, (count, 2)), 0.0)
    xy = stops[at] + off
    people = []
    for z in range(count):
        visits = int(draw.choice([1, 2, 3, 5], p=[0.3, 0.5, 0.15, 0.05]))
        every = {tuple(sorted(draw.choice(6, visits, replace=False).tolist())) for _ in range(8)}
        kind, knows = draw.random(), draw.random() < 0.4
        people.append(
            {
                "id": f"P{z:05}",
                "xy": xy[z].round(1).tolist(),
                "visits_per_week": visits,
                "patterns": [list(pattern) for pattern in sorted(every)],
                "service_s": int(draw.integers(180, 481)),
                "window": [0, 86_400]
                if kind < 0.6
                else [0, 43_200]
                if kind < 0.85
                else [34_200, 86_400],
                "preferred_days": sorted(draw.choice(6, 3, replace=False).tolist())
                if draw.random() < 0.35
                else [],
                "familiar": [f"R{min(at[z] // STOPS, rounds - 1):04}"] if knows else [],
                "skills": [int(draw.integers(4))] if draw.random() < 0.1 else [],
            }
        )
    return people
