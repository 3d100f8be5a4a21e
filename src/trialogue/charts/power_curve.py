"""The chance of finding a real change, by its size, with your plan as a dot."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import copysign

from trialogue.charts.chart import Chart, Table
from trialogue.charts.svg import (
    ARMS,
    EDGE,
    LETTER,
    WIDTH,
    Axis,
    line,
    marks,
    picture,
    polyline,
    write,
)
from trialogue.methods.power import Plan, power_curve

POINTS = 24
_TOP, _FLOOR, _LEFT = 56.0, 290.0, 40.0
TARGET = 0.8


@dataclass(frozen=True)
class PowerPoint:
    """A size of change, as it is said (5 for 5 in 100), and the chance of finding it."""

    size: float
    power: float


def power_curve_chart(
    curve: Sequence[PowerPoint],
    plan: PowerPoint,
    *,
    smallest_change: float,
    unit: str,
    sentence: str,
    chart_id: str,
    target: float = TARGET,
) -> Chart:
    """Draw how often a trial would find a real change, by the size of the change.

    Sizes are without sign, in the unit that `unit` says ("in 100", "minutes"). `sentence` is the
    power sentence of the plan: it stands for the picture.
    """
    title = "Chance of finding a real change"
    points = sorted(curve, key=lambda point: point.size)
    table = Table(
        (f"Real change {unit}".strip(), "Found, times in 100"),
        tuple((f"{point.size:,.4g}", f"{100 * point.power:.0f}") for point in points),
    )
    if len(points) < 2 or points[0].size == points[-1].size:
        return Chart(title, "", sentence, table)
    across = Axis(0, max(points[-1].size, plan.size, smallest_change), _LEFT, WIDTH - 14)
    up = Axis(0, 1, _FLOOR, _TOP)
    body = [
        *_frame(across, up, unit, target),
        *_worth(across.at(smallest_change)),
        polyline(
            [(across.at(point.size), up.at(point.power)) for point in points], stroke=ARMS[0]
        ),
        *_plan(across.at(plan.size), up.at(plan.power), clear_of=up.at(target)),
    ]
    return Chart(title, picture(chart_id, title, sentence, _FLOOR + 66, body), sentence, table)


def plan_chart(
    plan: Plan, *, reached: float, smallest_change: float, unit: str, sentence: str, chart_id: str
) -> Chart:
    """Draw the curve of a plan, which has clusters; `reached` is its own power.

    Changes up to twice and a half the planned one, as far as there is room. Risks are said in 100.
    """
    scale = 100 if plan.kind == "binary" else 1
    most = 2.5 * abs(plan.effect)
    if plan.kind != "continuous" and plan.effect < 0:
        most = min(most, 0.99 * plan.control)
    elif plan.kind == "binary":
        most = min(most, 0.99 * (1 - plan.control))
    sizes = [most * (step + 1) / POINTS for step in range(POINTS)]
    chances = power_curve(plan, [copysign(size, plan.effect) for size in sizes])
    return power_curve_chart(
        [
            PowerPoint(scale * size, float(chance))
            for size, chance in zip(sizes, chances, strict=True)
        ],
        PowerPoint(scale * abs(plan.effect), reached),
        smallest_change=scale * smallest_change,
        unit=unit,
        sentence=sentence,
        chart_id=chart_id,
    )


def _frame(across: Axis, up: Axis, unit: str, target: float) -> list[str]:
    body = [write("Found, times in 10", 4, 18)]
    for tick in (0.0, 0.2, 0.4, 0.6, 0.8, 1.0):
        y = up.at(tick)
        body.append(write(f"{10 * tick:.0f}", _LEFT - 10, y + 6, anchor="end"))
        body.append(line(_LEFT - 6, y, _LEFT, y))
    body += [line(_LEFT, _TOP, _LEFT, _FLOOR), line(_LEFT, _FLOOR, across.end, _FLOOR)]
    body.append(line(_LEFT, up.at(target), across.end, up.at(target), dash="8 5", stroke=EDGE))
    body.append(write("enough", _LEFT + 6, up.at(target) - 6))
    for tick in across.ticks():
        x = across.at(tick)
        body.append(line(x, _FLOOR, x, _FLOOR + 6))
        body.append(write(f"{tick:,g}", x, _FLOOR + 26, anchor="middle"))
    body.append(write(f"real change {unit}".strip(), WIDTH - 8, _FLOOR + 52, anchor="end"))
    return body


def _worth(x: float) -> list[str]:
    """Mark the smallest change worth having, named above the frame."""
    return [
        line(x, _TOP - 8, x, _FLOOR, dash="2 4"),
        write("worth having", x, _TOP - 14, anchor="middle"),
    ]


def _plan(x: float, y: float, *, clear_of: float) -> list[str]:
    """Mark the plan, named under the curve and clear of the line of enough."""
    label = "your plan"
    below = y + 30
    if clear_of - 8 < below < clear_of + 20:
        below = clear_of + 24
    right = x + 12 + len(label) * LETTER < WIDTH
    place = min(below, _FLOOR - 8)
    return [
        marks([(x, y)], arm=1, r=9, hollow=False),
        write(label, x + 12, place) if right else write(label, WIDTH - 16, place, anchor="end"),
    ]
