"""Were the groups alike at the start, and whom did each lose?"""

from collections.abc import Sequence
from dataclasses import dataclass

from trialogue.charts.chart import Chart, Table
from trialogue.charts.svg import (
    BAND,
    EDGE,
    TYPE,
    WIDTH,
    Axis,
    element,
    line,
    marks,
    picture,
    wrap,
    write,
)
from trialogue.methods.verdicts import NOT_KNOWN, Share, share

ALIKE = 0.25  # standard deviations within which a starting point is alike
_APART = 16.0  # pixels from one arm's mark to the next, so that none covers another
_FARTHEST = 2.0  # further out is drawn at the edge; the table has the number


@dataclass(frozen=True)
class StartingPoint:
    """How far each arm was from control on one measure, in standard deviations.

    `differences` are in the order of the arms; None where it is not known.
    """

    measure: str
    differences: tuple[float | None, ...]


def starting_chart(
    points: Sequence[StartingPoint],
    lost: Sequence[tuple[str, Share]],
    *,
    arms: Sequence[str],
    chart_id: str,
) -> Chart:
    """Draw a dot for each arm on each measure, over a zone in which groups are alike.

    `arms` names the arms without control, in order. `lost` is said, and has its place in the
    table, but is not drawn: two shares are read faster than seen.
    """
    title = "Starting points"
    text = _said(points, lost)
    rows = [
        (point.measure, *(NOT_KNOWN if d is None else f"{d:.2f}" for d in point.differences))
        for point in points
    ]
    table = Table(("Starting point", *arms), tuple(rows))
    dots = sum(d is not None for point in points for d in point.differences)
    if dots < 2:
        return Chart(title, "", text, table)
    svg = _draw(points, arms, title=title, text=text, chart_id=chart_id)
    return Chart(title, svg, text, table)


def _said(points: Sequence[StartingPoint], lost: Sequence[tuple[str, Share]]) -> str:
    apart = [
        point.measure
        for point in points
        if any(d is not None and abs(d) > ALIKE for d in point.differences)
    ]
    if not points:
        said = "No starting points were measured"
    elif not apart:
        said = (
            f"All {len(points)} starting points are alike"
            if len(points) > 1
            else ("The starting point is alike")
        )
    else:
        verb = "differs" if len(apart) == 1 else "differ"
        said = f"{len(apart)} of {len(points)} starting points {verb}: {', '.join(apart)}"
    if not lost:
        return f"{said}."
    losses = " and ".join(f"{share(count)} with {arm}" for arm, count in lost)
    return f"{said}; losses {losses}."


def _draw(
    points: Sequence[StartingPoint],
    arms: Sequence[str],
    *,
    title: str,
    text: str,
    chart_id: str,
) -> str:
    known = [abs(d) for point in points for d in point.differences if d is not None]
    reach = min(max(0.55, 1.1 * max(known)), _FARTHEST)
    axis = Axis(-reach, reach, 16, WIDTH - 16)
    body, y = _key(arms)
    y += TYPE + 8
    body.append(write("alike", axis.at(0), y, anchor="middle"))
    for point in points:
        for text_line in wrap(point.measure, WIDTH - 16):
            y += TYPE + 6
            body.append(write(text_line, 8, y))
        y += 8
        body += _lane(point, axis, y)
        y += _lane_height(point) + 4
    body.append(line(axis.start, y + 2, axis.end, y + 2, width=1))
    for tick in axis.ticks(4):
        x = axis.at(tick)
        label = f"{abs(tick):g}"
        body += [line(x, y + 2, x, y + 8), write(label, x, y + 28, anchor="middle")]
    body.append(write("← lower than usual", 8, y + 52))
    body.append(write("higher →", WIDTH - 8, y + 52, anchor="end"))
    body.append(write("in standard deviations", 8, y + 74))
    return picture(chart_id, title, text, y + 84, body)


def _key(arms: Sequence[str]) -> tuple[list[str], float]:
    """Name each arm beside its mark."""
    body, y = [], 0.0
    for index, arm in enumerate(arms, start=1):
        lines = wrap(arm, WIDTH - 44)
        body.append(marks([(16, y + 14)], arm=index, r=7, hollow=False))
        for text_line in lines:
            y += TYPE + 4
            body.append(write(text_line, 34, y - 2))
    return body, y


def _lane_height(point: StartingPoint) -> float:
    return 8 + _APART * len(point.differences)


def _lane(point: StartingPoint, axis: Axis, y: float) -> list[str]:
    left, right, tall = axis.at(-ALIKE), axis.at(ALIKE), _lane_height(point)
    zone = element(
        "rect",
        x=left,
        y=y,
        width=right - left,
        height=tall,
        class_="chart-band",
        fill=BAND,
        stroke=EDGE,
    )
    drawn = [zone, line(axis.at(0), y, axis.at(0), y + tall, width=2)]
    for index, difference in enumerate(point.differences, start=1):
        if difference is not None:
            inside = min(max(difference, axis.low), axis.high)
            place = (axis.at(inside), y + 4 + _APART * (index - 0.5))
            drawn.append(marks([place], arm=index, r=7, hollow=False))
    return drawn
