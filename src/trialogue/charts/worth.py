"""The chance that it was worth its cost, by what one outcome is worth."""

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
from trialogue.methods.costs import (
    Acceptability,
    Amount,
    acceptability_sentence,
    pounds,
    signed_pounds,
)

_TOP, _FLOOR, _LEFT = 40.0, 290.0, 48.0


def acceptability(
    curve: Acceptability,
    *,
    outcome: str = "outcome",
    unit: str = "person",
    chart_id: str = "worth",
) -> Chart:
    """Draw the acceptability curve of an arm, with the value at which chances are even.

    `outcome` is one of what was gained ("missed collection avoided"), `unit` what a cost is
    counted by (household).
    """
    title = "Chance that it was worth its cost"
    said = acceptability_sentence(curve, outcome=outcome)
    known = [(p.value, p.probability) for p in curve.points if p.probability is not None]
    table = Table(
        (f"One more {outcome} is worth", f"Gain a {unit}", "Likely", "Chance, in 100"),
        tuple(
            (
                pounds(point.value),
                signed_pounds(point.net_benefit.estimate),
                _likely(point.net_benefit),
                "not known" if point.probability is None else f"{100 * point.probability:.0f}",
            )
            for point in curve.points
        ),
    )
    if len(known) < 2:
        return Chart(title, "", said, table)
    across = Axis(known[0][0], known[-1][0], _LEFT, WIDTH - 14)
    up = Axis(0, 1, _FLOOR, _TOP)
    body = [
        *_frame(across, up, outcome),
        polyline([(across.at(value), up.at(chance)) for value, chance in known], stroke=ARMS[0]),
    ]
    if curve.even is not None and across.low <= curve.even <= across.high:
        x, y = across.at(curve.even), up.at(0.5)
        body += [
            line(x, y, x, _FLOOR, dash="2 4"),
            marks([(x, y)], arm=1, r=7, hollow=False),
            _even(f"even at {pounds(curve.even)}", x, y),
        ]
        said = f"{said} Chances are even at {pounds(curve.even)}."
    return Chart(title, picture(chart_id, title, said, _FLOOR + 66, body), said, table)


def _even(label: str, x: float, y: float) -> str:
    """Name the point off the curve, which rises there: right and below it, or left and above."""
    if x + 12 + len(label) * LETTER < WIDTH:
        return write(label, x + 12, y + 24)
    return write(label, x - 12, y - 12, anchor="end")


def _frame(across: Axis, up: Axis, outcome: str) -> list[str]:
    body = [write("Chance, in 100", 4, 18)]
    for tick in (0.0, 0.25, 0.5, 0.75, 1.0):
        y = up.at(tick)
        body.append(write(f"{100 * tick:.0f}", _LEFT - 10, y + 6, anchor="end"))
        body.append(line(_LEFT - 6, y, _LEFT, y))
    body += [line(_LEFT, _TOP, _LEFT, _FLOOR), line(_LEFT, _FLOOR, across.end, _FLOOR)]
    body.append(line(_LEFT, up.at(0.5), across.end, up.at(0.5), dash="8 5", stroke=EDGE))
    for tick in across.ticks():
        x = across.at(tick)
        body.append(line(x, _FLOOR, x, _FLOOR + 6))
        body.append(write(pounds(tick), x, _FLOOR + 26, anchor="middle"))
    words = f"what one more {outcome} is worth"
    fits = words if len(words) < 48 else "what one more outcome is worth"
    return [*body, write(fits, WIDTH - 8, _FLOOR + 52, anchor="end")]


def _likely(net: Amount) -> str:
    if net.low is None or net.high is None:
        return "not known"
    return f"{signed_pounds(net.low)} to {signed_pounds(net.high)}"
