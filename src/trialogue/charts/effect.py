"""The effect of each arm: 50 dots, each as likely as the next to be near the truth."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from trialogue.charts.chart import Chart, Table
from trialogue.charts.effect_axis import side, under_axis, unit_words
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
from trialogue.methods import special
from trialogue.methods.verdicts import (
    NOT_KNOWN,
    Amounts,
    Evidence,
    Outcome,
    Wording,
    amount,
    amounts,
    difference_words,
    range_words,
)

DOTS = 50
DRAWN = 4  # arms drawn: as many as have a colour and a shape; the table has all
_TALLEST = 110  # pixels a stack of dots may reach
_WIDEST = 7.0  # radius of a dot


@dataclass(frozen=True)
class EffectRow:
    """One arm: its name, its comparison with control, and the level with usual service."""

    arm: str
    evidence: Evidence
    usual: float


def effect_chart(rows: Sequence[EffectRow], wording: Wording, *, chart_id: str) -> Chart:
    """Draw each arm's effect in the outcome's own unit, with no change and δ marked.

    Dots are the quantiles (i − ½)/50 of the t distribution that gave the range; those on the
    side of harm are hollow. All rows are of one outcome.

    References
    ----------
    Fernandes, Walls, Munson, Hullman and Kay (2018), CHI, paper 144.
    """
    title = f"Change in {wording.outcome}"
    seen = [(row, amounts(row.evidence, usual=row.usual, unit=wording.unit)) for row in rows]
    table = Table(
        ("Group", wording.control.capitalize(), "New", "Difference", "Likely"),
        tuple(_cells(row, found) for row, found in seen),
    )
    drawn = [(row, found, dots(row.evidence)) for row, found in seen if found][:DRAWN]
    drawn = [(row, found, values) for row, found, values in drawn if values]
    if not drawn:
        return Chart(title, "", "There is no likely range to draw.", table)
    text = " ".join(_said(row, values, wording, alone=len(rows) == 1) for row, _, values in drawn)
    if len(rows) > len(drawn):
        text = f"{text} The table has {len(rows) - len(drawn)} more."
    per = max(found.per for _, found, _ in drawn)
    svg = _draw(drawn, per, wording, title=title, text=text, chart_id=chart_id)
    return Chart(title, svg, text, table)


def dots(evidence: Evidence) -> list[float]:
    """Return 50 values of the effect, evenly likely; empty without a range."""
    low, high = evidence.ci_low, evidence.ci_high
    if evidence.estimate is None or low is None or high is None:
        return []
    scale = (high - low) / (2 * _quantile(0.975, evidence.df))
    chances = [(index + 0.5) / DOTS for index in range(DOTS)]
    return [evidence.estimate + scale * _quantile(chance, evidence.df) for chance in chances]


def _quantile(chance: float, df: float | None) -> float:
    return float(special.ndtri(chance) if df is None or df > 1e6 else special.stdtrit(df, chance))


def _said(row: EffectRow, values: list[float], wording: Wording, *, alone: bool) -> str:
    outcome = row.evidence.outcome
    sign = 1 if outcome.direction == "higher" else -1
    good = sum(sign * value > 0 for value in values)
    worth = sum(sign * value >= outcome.smallest_change for value in values)
    how_many = f"All {DOTS}" if good in (0, DOTS) else f"{good} of {DOTS}"
    better = side(outcome, more=(sign > 0) == (good > 0))
    number = {0: "none", DOTS: f"all {DOTS}"}.get(worth, str(worth))
    beyond = f"{number} {'are' if worth > 1 else 'is'} beyond what is worth having"
    said = f"{how_many} dots are on the side of {better} {wording.outcome}; {beyond}."
    return said if alone else f"{row.arm}: {said[0].lower()}{said[1:]}"


def _cells(row: EffectRow, found: Amounts | None) -> tuple[str, ...]:
    if found is None:
        return (row.arm, *(NOT_KNOWN,) * 4)
    return (
        row.arm,
        amount(found.usual, found.unit),
        amount(found.new, found.unit),
        difference_words(found),
        range_words(found) or NOT_KNOWN,
    )


def _draw(
    drawn: Sequence[tuple[EffectRow, Amounts, list[float]]],
    per: int,
    wording: Wording,
    *,
    title: str,
    text: str,
    chart_id: str,
) -> str:
    outcome = drawn[0][0].evidence.outcome
    delta = per * outcome.smallest_change
    scaled = [[per * value for value in values] for _, _, values in drawn]
    ends = [value for values in scaled for value in (values[0], values[-1])]
    room = 0.04 * (max(*ends, delta) - min(*ends, -delta))
    axis = Axis(min(*ends, -delta) - room, max(*ends, delta) + room, 12, WIDTH - 12)

    zero, left, right = axis.at(0), axis.at(-delta), axis.at(delta)
    body: list[str] = []
    y = 0.0
    for index, ((row, found, _), values) in enumerate(zip(drawn, scaled, strict=True), start=1):
        for text_line in wrap(f"{row.arm}: {_difference(found)}", WIDTH - 16):
            y += TYPE + 4
            body.append(write(text_line, 8, y, bold=True))
        for name in ("too small to matter", "no change") if index == 1 else ():
            y += TYPE + 4
            body.append(write(name, zero, y, anchor="middle"))
        stacked, tall = _stack(values, axis, outcome, arm=index)
        top, y = y + 8, y + tall + 20
        body += [
            element(
                "rect",
                x=left,
                y=top,
                width=right - left,
                height=y - top,
                class_="chart-band",
                fill=BAND,
                stroke=EDGE,
            ),
            line(zero, top, zero, y, width=3),
            element("g", *stacked, transform=f"translate(0 {y - 1:.0f})"),
            line(axis.start, y, axis.end, y, width=1),
        ]
        y += 6
    body += under_axis(axis, y - 6, outcome, unit_words(per, outcome, wording))
    return picture(chart_id, title, text, y + 78, body)


def _difference(found: Amounts) -> str:
    return difference_words(found) if found.difference else "about the same"


def _stack(
    values: list[float], axis: Axis, outcome: Outcome, *, arm: int
) -> tuple[list[str], float]:
    """Stack dots upwards from 0, in columns that never straddle no change.

    A column is as wide as a dot. At the peak of a bell of 50 dots about 20 · width / SD share a
    column, so the radius is what keeps that column within its height.
    """
    pixels = [axis.at(value) for value in values]
    spread = (pixels[-1] - pixels[0]) / 4.65  # the outer dots are ± 2.33 SD apart
    r = max(1.6, min(_WIDEST, sqrt(_TALLEST * max(spread, 0.5) / 20) / 2))
    zero = axis.at(0)
    columns: dict[int, int] = {}
    good: list[tuple[float, float]] = []
    harm: list[tuple[float, float]] = []
    better_is_right = outcome.direction == "higher"
    for pixel in pixels:
        column = int((pixel - zero) // (2 * r))
        height = columns[column] = columns.get(column, 0) + 1
        place = (zero + (column + 0.5) * 2 * r, -(height - 0.5) * 2 * r)
        (good if (column >= 0) == better_is_right else harm).append(place)
    tall = max(columns.values()) * 2 * r
    return [
        marks(good, arm=arm, r=r, hollow=False),
        marks(harm, arm=arm, r=r, hollow=True),
    ], tall
