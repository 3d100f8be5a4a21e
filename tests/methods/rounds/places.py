"""Instances to plan on: those that are kept, and small ones made up."""

import gzip
import json
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from trialogue.methods.rounds import Instance, read_instance

FOLDER = Path(__file__).parent / "instances"
# The best plan known of each; tiny and micro are proved to be the best there are.
BEST = {
    "tiny": 290.6,
    "micro_2": 15_152.6,
    "micro_6": 40_177.2,
    "micro_14": 22_026.2,
    "parish_1": 6_891.9,
}
WEIGHTS = {
    "unfamiliar_visit_s": 180,
    "nonpreferred_day_s": 60,
    "over80_per_s": 0.5,
    "unserved_visit_s": 3600,
}


def document(name: str) -> dict[str, Any]:
    """Return a kept instance as it stands in its file."""
    path = next(FOLDER.glob(f"{name}.json*"))
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    found: dict[str, Any] = json.loads(data)
    return found


def instance(content: dict[str, Any]) -> Instance:
    """Read an instance from its document."""
    return read_instance(json.dumps(content).encode(), file="instance.json")


def best(name: str) -> dict[str, Any]:
    """Return the best plan known of a kept instance."""
    found: dict[str, Any] = json.loads((FOLDER / "best" / f"{name}.json").read_text())
    return found


@st.composite
def small(draw: st.DrawFn, *, residents: int = 5) -> dict[str, Any]:
    """A week of up to three days, two short rounds and a few residents, some impossible."""
    days = draw(st.integers(1, 3))
    place = st.integers(0, 1_000)
    spare = st.sampled_from([0, 400, 900])
    point = st.tuples(place, place).map(list)
    rounds = [
        {
            "id": f"R{i}",
            "partner": "post",
            "depot": draw(point),
            "stops": draw(st.lists(point, min_size=1, max_size=4)),
            "start_s": 28_800,
            "stop_service_s": 20,
            "spare_s": draw(st.lists(spare, min_size=days, max_size=days)),
            "skills": draw(st.sampled_from([[], [1]])),
        }
        for i in range(draw(st.integers(1, 2)))
    ]
    return {
        "name": "small",
        "days": ["Mon", "Tue", "Wed"][:days],
        "seconds_per_metre": 0.25,
        "xy_unit": "metres",
        "weights": WEIGHTS,
        "rounds": rounds,
        "residents": [
            draw(_resident(f"P{i}", point, days)) for i in range(draw(st.integers(0, residents)))
        ],
    }


@st.composite
def _resident(draw: st.DrawFn, name: str, point: Any, days: int) -> dict[str, Any]:
    visits = draw(st.integers(1, days))
    pattern = st.lists(
        st.integers(0, days - 1), min_size=visits, max_size=visits, unique=True
    ).map(sorted)
    opens = draw(st.sampled_from([0, 28_900, 29_100]))
    return {
        "id": name,
        "xy": draw(point),
        "visits_per_week": visits,
        "patterns": draw(st.lists(pattern, min_size=1, max_size=3, unique_by=tuple)),
        "service_s": draw(st.sampled_from([120, 200, 300])),
        "window": [opens, draw(st.sampled_from([86_400, opens + 300]))],
        "preferred_days": draw(st.sampled_from([[], [0]])),
        "familiar": draw(st.sampled_from([[], ["R0"]])),
        "skills": draw(st.sampled_from([[], [], [1], [2]])),
    }
