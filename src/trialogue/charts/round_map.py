"""Where rounds go and who is visited on them: drawn from the scheme's own positions.

No tiles of a map server: each request for one would tell a stranger where an older person lives.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from trialogue.charts.chart import Chart, Table
from trialogue.charts.svg import (
    ARMS,
    EDGE,
    INK,
    TYPE,
    USUAL,
    WIDTH,
    Axis,
    element,
    line,
    picture,
    polyline,
    write,
)

Place = tuple[float, float]  # metres east and north on a flat grid
MARGIN = 14.0
_MOST_DOTS = 1_500  # stops beyond this many are drawn as the line alone


@dataclass(frozen=True)
class Stop:
    """A visit on a round: where, and what the list says of it. `number` is its order."""

    place: Place
    number: int
    words: tuple[str, ...]


@dataclass(frozen=True)
class Line:
    """A round on the map: its way from the depot and back, and its visits. `bold`: today's."""

    name: str
    way: Sequence[Place]
    visits: Sequence[Stop] = ()
    bold: bool = False


def round_map(
    lines: Sequence[Line],
    *,
    unplaced: Sequence[Place] = (),
    outlines: Sequence[Sequence[Place]] = (),
    names: Sequence[tuple[str, Place]] = (),
    title: str,
    header: tuple[str, ...],
    chart_id: str,
) -> Chart:
    """Draw rounds as lines, stops as dots, visits numbered in order, unplaced as hollow squares.

    `outlines` and `names` come from the council's own file of boundaries and places. The table has
    a row a visit: its round, its number, and `Stop.words` under the rest of `header`.
    """
    rows = tuple((one.name, str(stop.number), *stop.words) for one in lines for stop in one.visits)
    text = _said(lines, unplaced)
    table = Table(header, rows)
    everything = [
        *(place for one in lines for place in one.way),
        *(stop.place for one in lines for stop in one.visits),
        *unplaced,
    ]
    if len(everything) < 2:
        return Chart(title, "", text, table)
    east, north, height = _frame(everything)
    body = [
        *_outlines(outlines, east, north, height),
        *(_line(one, number, east, north) for number, one in enumerate(lines)),
        _dots(lines, east, north),
        *(mark for one in lines for stop in one.visits for mark in _visit(stop, east, north)),
        *(_square(place, east, north) for place in unplaced),
        *(_name(one, east, north) for one in lines if len(one.way) > 2),
        *(
            write(words, east.at(x), north.at(y), anchor="middle")
            for words, (x, y) in names
            if _inside((x, y), east, north, height)
        ),
        *_foot(east, height),
    ]
    return Chart(title, picture(chart_id, title, text, height + 46, body), text, table)


def _said(lines: Sequence[Line], unplaced: Sequence[Place]) -> str:
    visits = sum(len(one.visits) for one in lines)
    said = f"{_count(len(lines), 'round')} and {_count(visits, 'visit')}"
    if unplaced:
        said += f"; {_count(len(unplaced), 'resident')} without a place, drawn as hollow squares"
    return f"{said}."


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _frame(places: Sequence[Place]) -> tuple[Axis, Axis, float]:
    """Return both axes at one scale, north up, and the height of the map."""
    xs, ys = [x for x, _ in places], [y for _, y in places]
    wide = max(max(xs) - min(xs), 1.0)
    high = max(max(ys) - min(ys), 1.0)
    scale = min((WIDTH - 2 * MARGIN) / wide, (1.4 * WIDTH - 2 * MARGIN) / high)
    height = max(high * scale, 60.0) + 2 * MARGIN + TYPE
    left = (WIDTH - wide * scale) / 2
    top = (height + TYPE - high * scale) / 2
    east = Axis(min(xs), min(xs) + wide, left, left + wide * scale)
    north = Axis(min(ys), min(ys) + high, top + high * scale, top)
    return east, north, height


def _outlines(
    outlines: Sequence[Sequence[Place]], east: Axis, north: Axis, height: float
) -> list[str]:
    """Draw boundaries as far as they run inside the map."""
    drawn = []
    for outline in outlines:
        run: list[Place] = []
        for place in [*outline, None]:
            if place is not None and _inside(place, east, north, height):
                run.append((east.at(place[0]), north.at(place[1])))
                continue
            if len(run) > 1:
                drawn.append(polyline(run, width=1, stroke=EDGE))
            run = []
    return drawn


def _inside(place: Place, east: Axis, north: Axis, height: float) -> bool:
    return 0 <= east.at(place[0]) <= WIDTH and 0 <= north.at(place[1]) <= height


def _line(one: Line, number: int, east: Axis, north: Axis) -> str:
    way = [(east.at(x), north.at(y)) for x, y in one.way]
    colour = ARMS[number % len(ARMS)]
    return polyline(
        way, width=3 if one.bold else 1.5, stroke=colour, dash="" if one.bold else "5 3"
    )


def _name(one: Line, east: Axis, north: Axis) -> str:
    """Write a round's name above its northernmost stops."""
    stops = one.way[1:-1]
    middle = sum(x for x, _ in stops) / len(stops)
    top = max(y for _, y in stops)
    return write(one.name, east.at(middle), north.at(top) - 5, anchor="middle", bold=one.bold)


def _dots(lines: Sequence[Line], east: Axis, north: Axis) -> str:
    """Draw every stop as a small dot, in one path."""
    stops = [place for one in lines for place in one.way[1:-1]]
    if not stops or len(stops) > _MOST_DOTS:
        return ""
    d = "".join(f"M{east.at(x):.1f} {north.at(y):.1f}h0" for x, y in stops)
    return element("path", d=d, stroke=USUAL, stroke_width=4, stroke_linecap="round")


def _visit(stop: Stop, east: Axis, north: Axis) -> list[str]:
    x, y = east.at(stop.place[0]), north.at(stop.place[1])
    number = str(stop.number)
    return [
        element("circle", cx=x, cy=y, r=11, fill="#ffffff", stroke=INK, stroke_width=2),
        element("text", number, x=x, y=y + 5, fill="#0b0c0c", text_anchor="middle", font_size=14),
    ]


def _square(place: Place, east: Axis, north: Axis) -> str:
    x, y = east.at(place[0]), north.at(place[1])
    return element(
        "rect", x=x - 6, y=y - 6, width=12, height=12, fill="none", stroke=INK, stroke_width=2
    )


def _foot(east: Axis, height: float) -> list[str]:
    """Draw the scale bar and the arrow that points north."""
    metres_a_pixel = (east.high - east.low) / (east.end - east.start)
    longest = metres_a_pixel * WIDTH / 3
    power = 10.0 ** (len(str(int(max(longest, 1)))) - 1)
    metres = next(size * power for size in (5, 2, 1) if size * power <= max(longest, 1))
    pixels = metres / metres_a_pixel
    y = height + 14
    label = f"{metres / 1000:g} km" if metres >= 1000 else f"{ceil(metres)} m"
    x = WIDTH - 24
    return [
        line(MARGIN, y, MARGIN + pixels, y),
        line(MARGIN, y - 4, MARGIN, y + 4),
        line(MARGIN + pixels, y - 4, MARGIN + pixels, y + 4),
        write(label, MARGIN, y + TYPE + 4),
        line(x, y + 16, x, y - 6),
        polyline([(x - 6, y + 2), (x, y - 8), (x + 6, y + 2)], width=2),
        write("N", x + 10, y + 12),
    ]
