"""Do small trials tell another story? Each trial by its effect and how exact it is."""

from trialogue.charts.chart import Chart, Table
from trialogue.charts.svg import EDGE, WIDTH, Axis, line, marks, picture, polyline, write
from trialogue.methods.pooling import Pooled

NORMAL = 1.959963984540054
DOUBTFUL = 0.05  # Egger's p below which small trials tell another story
_TOP, _FLOOR, _LEFT, _RIGHT = 40.0, 300.0, 20.0, WIDTH - 20.0


def funnel_chart(pooled: Pooled, *, per: float, unit: str, chart_id: str) -> Chart:
    """Draw trials by effect and standard error, with the funnel that chance alone would fill.

    Large trials stand at the top. Effects are written `per` so many, in `unit` ("in 100"). Under
    two trials nothing is drawn.
    """
    title = "Small trials beside large ones"
    centre = per * pooled.estimate
    points = [(s.name, per * s.estimate, per * s.variance**0.5) for s in pooled.studies]
    table = Table(
        ("Trial", f"Effect {unit}".strip(), "Standard error"),
        tuple((name, f"{y:,.3g}", f"{se:,.3g}") for name, y, se in points),
    )
    inside = sum(abs(y - centre) <= NORMAL * se for _, y, se in points)
    text = _said(pooled, inside)
    if len(points) < 2:
        return Chart(title, "", text, table)
    widest = 1.08 * max(se for _, _, se in points)
    reach = max(NORMAL * widest, *(abs(y - centre) for _, y, _ in points)) * 1.05
    across, down = (
        Axis(centre - reach, centre + reach, _LEFT, _RIGHT),
        Axis(0, widest, _TOP, _FLOOR),
    )
    edges = (across.at(centre + way * NORMAL * widest) for way in (-1, 1))
    body = [
        write("more exact", 8, 20),
        write("all together", across.at(centre), 20, anchor="middle"),
        line(across.at(centre), _TOP, across.at(centre), _FLOOR, dash="8 5"),
        *(
            polyline([(across.at(centre), _TOP), (edge, _FLOOR)], width=2, stroke=EDGE)
            for edge in edges
        ),
        line(_LEFT, _FLOOR, _RIGHT, _FLOOR),
        marks([(across.at(y), down.at(se)) for _, y, se in points], arm=1, r=6, hollow=False),
        *_numbers(across, unit),
    ]
    return Chart(title, picture(chart_id, title, text, _FLOOR + 66, body), text, table)


def _said(pooled: Pooled, inside: int) -> str:
    trials = "1 trial" if pooled.k == 1 else f"{pooled.k} trials"
    lie = "lies" if inside == 1 else "lie"
    said = f"{inside} of {trials} {lie} where chance alone puts 95 in 100"
    if pooled.egger is None or not pooled.egger.usable:
        return f"{said}. There are too few trials to tell whether small ones differ."
    if pooled.egger.p < DOUBTFUL:
        return f"{said}. Small trials tell another story than large ones."
    return f"{said}. Small trials tell much the same story as large ones."


def _numbers(across: Axis, unit: str) -> list[str]:
    body = [write("less exact", 8, _FLOOR + 52)]
    for tick in across.ticks():
        x = across.at(tick)
        body += [line(x, _FLOOR, x, _FLOOR + 6)]
        body += [write(f"{tick:,g}".replace("-", "−"), x, _FLOOR + 26, anchor="middle")]
    body.append(write(f"effect {unit}".strip(), WIDTH - 8, _FLOOR + 52, anchor="end"))
    return body
