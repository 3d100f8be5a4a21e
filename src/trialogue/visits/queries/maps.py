"""Maps of rounds: what is drawn, and the list that says the same."""

from collections import defaultdict
from collections.abc import Iterable

from trialogue.charts.chart import Chart
from trialogue.charts.round_map import Line, Stop, round_map
from trialogue.methods.verdicts import clock_time
from trialogue.visits.models import Plan, PlannedVisit, Resident, RoundVersion, Scheme
from trialogue.visits.packing import unpack

HEADER = ("Round", "Visit", "Resident", "After stop", "About")


def map_of(
    scheme: Scheme,
    versions: Iterable[RoundVersion | None],
    plan: Plan | None,
    *,
    weekday: int,
    named: bool,
    unplaced: Iterable[Resident] = (),
    chart_id: str = "rounds",
) -> Chart:
    """Draw rounds, each by its version, with the visits of a weekday, numbered in order.

    `named` gives the names of residents in the list; without, it says only which visit it is.
    """
    listed = [one for one in versions if one is not None]
    visits: dict[int, list[PlannedVisit]] = defaultdict(list)
    for visit in plan.visits.all() if plan else ():
        if visit.weekday == weekday:
            visits[visit.round_id].append(visit)
    lines = [
        Line(
            one.round.code,
            _way(one),
            [
                _stop(visit, number, named)
                for number, visit in enumerate(visits[one.round_id], start=1)
            ],
            bold=bool(visits[one.round_id]),
        )
        for one in listed
    ]
    backdrop = scheme.backdrops.first() if listed else None
    return round_map(
        lines,
        outlines=backdrop.outlines if backdrop else (),
        names=backdrop.names if backdrop else (),
        unplaced=[(one.x, one.y) for one in unplaced if one.x is not None and one.y is not None],
        title="Rounds and visits",
        header=HEADER,
        chart_id=chart_id,
    )


def _way(version: RoundVersion) -> list[tuple[float, float]]:
    places = unpack(version.points)
    return [*places, places[0]]


def _stop(visit: PlannedVisit, number: int, named: bool) -> Stop:
    one = visit.resident
    who = one.preferred_name if named else f"{one.minutes} minutes"
    return Stop(
        (one.x or 0.0, one.y or 0.0),
        number,
        (who, f"{visit.gap}", clock_time(visit.arrives)),
    )
