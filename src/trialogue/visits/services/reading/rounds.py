"""Rounds as two lists: a row a stop in walking order, and a row a round."""

from collections import defaultdict
from dataclasses import dataclass

from trialogue.methods.problems import InputError, Problem
from trialogue.tables import Table
from trialogue.visits.packing import Place
from trialogue.visits.services.reading.cells import Cells, need, rows_of
from trialogue.visits.services.rounds import RoundGiven, seconds_per_metre
from trialogue.visits.weekdays import SHORT

DAY_S = 86_400
DAYS = tuple(day.casefold() for day in SHORT)


@dataclass(frozen=True)
class Row:
    """A row of the list of rounds, with the stops of the other list."""

    row: int
    round: RoundGiven


def read(
    stops: Table, rounds: Table, *, epsg: int, usual_speed: float
) -> tuple[list[Row], list[Problem]]:
    """Return the rounds that can be taken, and every problem of the others and of their stops."""
    need(stops, ("round", "sequence"))
    need(rounds, ("round", "partner", "start", "weekdays", "seconds_per_stop"))
    places, problems = _stops(stops, epsg)
    spoilt = {problem.file for problem in problems}
    good: list[Row] = []
    first: dict[str, int] = {}
    for cells in rows_of(rounds):
        given = _round(cells, places, epsg)
        code = cells.text("round")
        if code in first:
            cells.wrong("round", f'"{code}" is already in row {first[code]}', "Leave one out")
        first.setdefault(code, cells.row)
        if given is not None and not cells.problems:
            try:
                seconds_per_metre(given, usual_speed)
            except InputError as error:
                cells.problems += error.problems
        if given is None or cells.problems:
            problems += [problem.at(file=rounds.name, row=cells.row) for problem in cells.problems]
        else:
            good.append(Row(cells.row, given))
    for code in sorted(set(places) - set(first)):
        what = f'the round "{code}" has stops and no row of its own'
        problems.append(Problem(what, f"Add it to {rounds.name}", file=stops.name, column="round"))
    return (good if not spoilt else []), problems


def _stops(table: Table, epsg: int) -> tuple[dict[str, list[Place]], list[Problem]]:
    by_round: dict[str, dict[float, tuple[Place, int]]] = defaultdict(dict)
    problems: list[Problem] = []
    for cells in rows_of(table):
        code, place = cells.text("round"), cells.position(epsg)
        number = cells.number("sequence")
        if not code:
            cells.wrong("round", "empty", "Say which round the stop is on")
        if number is None and not cells.problems:
            cells.wrong("sequence", "empty", "Number the stops of a round from 1")
        if place and number is not None and not cells.problems:
            before = by_round[code].get(number)
            if before:
                what = f"stop {number:g} of {code} is already row {before[1]}"
                cells.wrong("sequence", what, "Give each stop a number of its own")
            else:
                by_round[code][number] = (place, cells.row)
        problems += [problem.at(file=table.name) for problem in cells.problems]
    ordered = {
        code: [place for _, (place, _) in sorted(numbered.items())]
        for code, numbered in by_round.items()
    }
    return ordered, problems


def _round(cells: Cells, places: dict[str, list[Place]], epsg: int) -> RoundGiven | None:
    code = cells.text("round")
    if not code:
        cells.wrong("round", "empty", "Give the round a name")
    stops = places.get(code, [])
    depot: Place | None = stops[0] if stops else None
    if cells.text("depot_x") or cells.text("depot_y") or not stops:
        depot = cells.position(epsg, "depot_x", "depot_y")
    start, weekdays = cells.time("start"), cells.days("weekdays")
    if start is None and not cells.text("start"):
        cells.wrong("start", "empty", "Write when the round leaves, like 09:00")
    if not weekdays and not cells.text("weekdays"):
        cells.wrong("weekdays", "empty", "Write the days it runs, like Mon,Tue,Wed")
    seconds = cells.number("seconds_per_stop")
    if seconds is None and not cells.text("seconds_per_stop"):
        cells.wrong("seconds_per_stop", "empty", "Write how long a stop takes, like 30")
    spare = [60 * (cells.number(f"spare_{day}", 0) or 0) for day in DAYS]
    for day, amount in zip(DAYS, spare, strict=True):
        if amount < 0:
            what = f"{amount / 60:g}: spare minutes cannot be below 0"
            cells.wrong(f"spare_{day}", what, "Write 0 where there are none")
        elif amount > DAY_S:
            cells.wrong(f"spare_{day}", f"{amount / 60:g} minutes are more than a day")
    if seconds is not None and not 0 <= seconds <= DAY_S:
        what = "cannot be below 0" if seconds < 0 else "are more than a day"
        cells.wrong("seconds_per_stop", f"{seconds:g} seconds {what}")
    minutes = cells.number("duration_minutes")
    if minutes is not None and 60 * minutes > DAY_S:
        cells.wrong("duration_minutes", f"{minutes:g} minutes are more than a day")
    if depot is None or start is None or seconds is None or cells.problems:
        return None
    return RoundGiven(
        code=code,
        partner=cells.text("partner"),
        area=cells.text("area"),
        points=(depot, *stops),
        start=start,
        weekdays=tuple(weekdays),
        seconds_a_stop=seconds,
        spare=tuple(amount if day in weekdays else 0.0 for day, amount in enumerate(spare)),
        skills=tuple(cells.numbers("skills")),
        duration=60 * minutes if minutes is not None else None,
    )
