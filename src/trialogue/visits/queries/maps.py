"""Maps of rounds: what is drawn, and the list that says the same."""

from collections import defaultdict
from collections.abc import Iterable

from trialogue.charts.chart import Chart
from trialogue.charts.round_map import Line, Stop, round_map
from trialogue.methods.verdicts import clock_time
from trialogue.visits.models import PlannedVisit, Resident, RoundVersion, Scheme
from trialogue.visits.packing import unpack
from trialogue.visits.queries.rounds import as_counted

HEADER = ("Round", "Visit", "Resident", "After stop", "About")


def map_of(
    scheme: Scheme,
    versions: Iterable[RoundVersion | None],
    visits: Iterable[PlannedVisit],
    *,
    weekday: int,
    named: bool,
    unplaced: Iterable[Resident] = (),
    chart_id: str = "rounds",
) -> Chart:
    """Draw rounds by their versions, with those of the visits that are on a weekday, numbered.

    `named` gives the names of residents in the list; without, it says only which visit it is.
    """
    found = (one for one in versions if one is not None)
    listed = sorted(found, key=lambda one: as_counted(one.round))
    on_the_day: dict[int, list[PlannedVisit]] = defaultdict(list)
    for visit in visits:
        if visit.weekday == weekday:
            on_the_day[visit.round_id].append(visit)
    lines = [
        Line(
            one.round.code,
            _way(one),
            [
                _stop(visit, number, named)
                for number, visit in enumerate(on_the_day[one.round_id], start=1)
            ],
            bold=bool(on_the_day[one.round_id]),
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
