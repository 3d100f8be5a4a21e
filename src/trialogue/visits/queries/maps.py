"""Maps of rounds: what is drawn, and the list that says the same."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from trialogue.charts.chart import Chart
from trialogue.charts.round_map import Line, Stop, round_map
from trialogue.methods.verdicts import clock_time
from trialogue.visits.models import Plan, PlannedVisit, Resident, Scheme
from trialogue.visits.packing import unpack
from trialogue.visits.queries.rounds import RoundSeen

HEADER = ("Round", "Visit", "Resident", "After stop", "About")


def map_of(
    rounds: Iterable[RoundSeen],
    plan: Plan | None,
    *,
    weekday: int,
    named: bool,
    unplaced: Iterable[Resident] = (),
    chart_id: str = "rounds",
) -> Chart:
    """Draw rounds with the visits of a weekday, numbered in order.

    `named` gives the names of residents in the list; without, it says only which visit it is.
    """
    listed = [one for one in rounds if one.version is not None]
    visits: dict[int, list[PlannedVisit]] = defaultdict(list)
    rows = plan.visits.filter(weekday=weekday) if plan else PlannedVisit.objects.none()
    for visit in rows.select_related("resident").order_by("gap", "order"):
        visits[visit.round_id].append(visit)
    lines = [
        Line(
            one.round.code,
            _way(one),
            [
                _stop(visit, number, named)
                for number, visit in enumerate(visits[one.round.pk], start=1)
            ],
            bold=bool(visits[one.round.pk]),
        )
        for one in listed
    ]
    backdrop = listed[0].round.scheme.backdrops.first() if listed else None
    return round_map(
        lines,
        outlines=backdrop.outlines if backdrop else (),
        names=backdrop.names if backdrop else (),
        unplaced=[(one.x, one.y) for one in unplaced if one.x is not None and one.y is not None],
        title="Rounds and visits",
        header=HEADER,
        chart_id=chart_id,
    )


def _way(one: RoundSeen) -> list[tuple[float, float]]:
    assert one.version is not None  # noqa: S101  for the type
    places = unpack(one.version.points)
    return [*places, places[0]]


def _stop(visit: PlannedVisit, number: int, named: bool) -> Stop:
    one = visit.resident
    who = one.preferred_name if named else f"{one.minutes} minutes"
    return Stop(
        (one.x or 0.0, one.y or 0.0),
        number,
        (who, f"{visit.gap}", clock_time(visit.arrives)),
    )


def waiting(scheme: Scheme, *, day: date) -> list[Resident]:
    """Return who agreed and has no place in the plan that stands, by name."""
    placed = PlannedVisit.objects.filter(plan__scheme=scheme, plan__state="current")
    rows = Resident.objects.filter(scheme=scheme, state__in=("agreed", "active", "paused"))
    return list(
        rows.exclude(pk__in=placed.values("resident_id"))
        .select_related("area")
        .order_by("full_name")
    )


def unplaced_in(plan: Plan | None, waiting: list[Resident]) -> list[Resident]:
    """Return who of those that wait has no place in this plan: a draft may have one for them."""
    if plan is None:
        return waiting
    placed = set(plan.visits.values_list("resident_id", flat=True))
    return [one for one in waiting if one.pk not in placed]
