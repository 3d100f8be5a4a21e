"""Joining over time: people enrolled against the plan, and those lost below."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from math import ceil

from trialogue.charts.chart import Chart, Table
from trialogue.charts.svg import (
    ARMS,
    INK,
    USUAL,
    WIDTH,
    Axis,
    element,
    line,
    picture,
    polyline,
    write,
)
from trialogue.methods.verdicts import short_date

Point = tuple[date, int]
_TOP, _FLOOR = 40.0, 260.0
_LONGEST = timedelta(days=3653)  # a pace slower than ten years is not worth a date


@dataclass(frozen=True)
class Joining:
    """How many had joined, and how many were lost, by each day; the plan for the same.

    Each is a running total in the order of days, none after `today` but the plan's.
    """

    joined: tuple[Point, ...]
    plan: tuple[Point, ...]
    lost: tuple[Point, ...]
    target: int
    today: date
    ends_on: date


def joining_chart(found: Joining, *, chart_id: str) -> Chart:
    """Draw who joined as steps, the plan dashed, the lost below, and the day it ends."""
    title = "Joining over time"
    text = _said(found)
    days = sorted({day for series in (found.joined, found.plan, found.lost) for day, _ in series})
    rows = tuple(
        (
            short_date(day),
            str(_by(found.joined, day)) if day <= found.today else "",
            f"{_planned(found.plan, day):.0f}",
            str(_by(found.lost, day)) if day <= found.today else "",
        )
        for day in days
    )
    table = Table(("Day", "Joined", "Plan", "Lost"), rows)
    if len(found.joined) < 2:
        return Chart(title, "", text, table)
    return Chart(title, _draw(found, title=title, text=text, chart_id=chart_id), text, table)


def _by(series: Sequence[Point], day: date) -> int:
    """Return the running total on a day."""
    return max((total for at, total in series if at <= day), default=0)


def _planned(plan: Sequence[Point], day: date) -> float:
    """Return the plan for a day, evenly between the days it names."""
    before = [point for point in plan if point[0] <= day]
    after = [point for point in plan if point[0] > day]
    if not before:
        return 0.0
    if not after:
        return float(before[-1][1])
    (first, low), (last, high) = before[-1], after[0]
    return low + (high - low) * ((day - first) / (last - first))


def _said(found: Joining) -> str:
    joined = _by(found.joined, found.today)
    said = f"{joined:,} of {found.target:,} joined"
    if found.plan:
        said += f"; the plan was {_planned(found.plan, found.today):,.0f} by now"
    said += _pace(found, joined) + "."
    lost = _by(found.lost, found.today)
    return f"{said} {lost:,} lost since." if lost else said


def _pace(found: Joining, joined: int) -> str:
    starts = [series[0][0] for series in (found.plan, found.joined) if series]
    if not starts or joined >= found.target or joined == 0 or min(starts) >= found.today:
        return ""
    elapsed = found.today - min(starts)
    needed = timedelta(days=ceil(elapsed.days * found.target / joined))
    if needed > _LONGEST:
        return "; at this pace it takes over ten years"
    reached = min(starts) + needed
    year = "" if reached.year == found.today.year else f" {reached.year}"
    return f"; at this pace {found.target:,} on {reached.day} {reached:%B}{year}"


def _draw(found: Joining, *, title: str, text: str, chart_id: str) -> str:
    start = min(found.joined[0][0], *(day for day, _ in found.plan[:1]))
    stop = max(found.ends_on, found.today, *(day for day, _ in found.plan[-1:]))
    across = Axis(start.toordinal(), max(stop.toordinal(), start.toordinal() + 1), 52, WIDTH - 12)
    joined, lost = _by(found.joined, found.today), _by(found.lost, found.today)
    most = max(found.target, joined, *(total for _, total in found.plan), 1)
    up = Axis(0, most, _FLOOR, _TOP)
    x_of = {day: across.at(day.toordinal()) for day in (start, found.today, found.ends_on)}

    body = []
    for tick in up.ticks(4):
        y = up.at(tick)
        body += [line(46, y, 52, y), write(f"{tick:,.0f}", 42, y + 6, anchor="end")]
    body += [line(52, _TOP, 52, _FLOOR), line(52, _FLOOR, WIDTH - 12, _FLOOR)]
    ends = x_of[found.ends_on]
    body += [
        line(ends, _TOP, ends, _FLOOR, dash="2 4"),
        write("end", ends, _TOP - 8, anchor="middle"),
    ]
    if len(found.plan) > 1:
        plan = [(across.at(day.toordinal()), up.at(total)) for day, total in found.plan]
        body.append(polyline(plan, dash="8 5", stroke=USUAL))
        # On the rising line, at its own two thirds: to the left there is nothing to run into.
        x, y = _two_thirds(plan)
        body.append(write("plan", max(x - 10, 100), y - 8, anchor="end"))
    steps = _steps(found.joined, found.today, across, up)
    body.append(polyline(steps, width=4, stroke=ARMS[0]))
    x, y = steps[-1]
    if x > WIDTH - 130:
        body.append(write(f"{joined:,} joined", x - 10, min(y + 44, _FLOOR - 8), anchor="end"))
    else:
        body.append(write(f"{joined:,} joined", x + 8, min(y + 18, _FLOOR - 8)))
    floor = _FLOOR
    if lost:
        down = Axis(0, most, _FLOOR, 2 * _FLOOR - _TOP)
        fallen = _steps(found.lost, found.today, across, down)
        corners = [(fallen[0][0], _FLOOR), *fallen, (fallen[-1][0], _FLOOR)]
        body += _hatched(corners, chart_id)
        x, floor = fallen[-1][0], down.at(lost)
        label = f"{lost:,} lost"
        if x > WIDTH - 100:
            floor += 22
            body.append(write(label, x, floor, anchor="end"))
        else:
            body.append(write(label, x + 8, _FLOOR + 20))
            floor = max(floor, _FLOOR + 22)
    floor += 24
    body.append(write(short_date(start), 52, floor))
    if ends > 250:
        body.append(write(short_date(found.ends_on), WIDTH - 8, floor, anchor="end"))
    return picture(chart_id, title, text, floor + 12, body)


def _steps(
    series: Sequence[Point], today: date, across: Axis, up: Axis
) -> list[tuple[float, float]]:
    """Turn running totals into corners: a total holds until the next day that changes it."""
    corners: list[tuple[float, float]] = []
    for day, total in series:
        x, y = across.at(day.toordinal()), up.at(total)
        if corners:
            corners.append((x, corners[-1][1]))
        corners.append((x, y))
    return [*corners, (across.at(today.toordinal()), corners[-1][1])]


def _two_thirds(points: Sequence[tuple[float, float]]) -> tuple[float, float]:
    last = points[-1]
    want = points[0][1] + (last[1] - points[0][1]) * 2 / 3
    for (ax, ay), (bx, by) in pairwise(points):
        if by <= want <= ay and ay != by:
            return ax + (bx - ax) * (want - ay) / (by - ay), want
    return last


def _hatched(corners: Sequence[tuple[float, float]], chart_id: str) -> list[str]:
    pattern = element(
        "pattern",
        element("path", d="M0 6L6 0", stroke=INK, stroke_width=1.5),
        id=f"{chart_id}-hatch",
        width=6,
        height=6,
        patternUnits="userSpaceOnUse",
    )
    d = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in corners) + "z"
    area = element("path", d=d, fill=f"url(#{chart_id}-hatch)", stroke=INK, stroke_width=1.5)
    return [element("defs", pattern), area]
