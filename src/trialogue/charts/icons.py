"""Two groups of 100 people, side by side, with the difference ringed."""

from trialogue.charts.chart import Chart, Table
from trialogue.charts.svg import (
    INK,
    TYPE,
    USUAL,
    WIDTH,
    element,
    marks,
    picture,
    wrap,
    write,
)
from trialogue.methods.verdicts import Evidence, Wording, amounts
from trialogue.methods.verdicts.numbers import rounded

_CELL = 20.0
_SIDE = 10
_LEFT, _RIGHT = 8.0, WIDTH / 2 + 12


def icon_arrays(
    evidence: Evidence, wording: Wording, *, usual: float, chart_id: str, arm: int = 1
) -> Chart:
    """Draw 100 people with usual service and 100 with the new one, of a binary outcome.

    `arm` gives the colour and shape: the same as in the drawing of the effects.

    Nothing is drawn where it is said out of 1,000, or where there is no estimate: whole people
    out of 100 would hide it.
    """
    title = f"Out of 100 {wording.people}"
    found = amounts(evidence, usual=usual)
    if found is None or found.per != 100 or evidence.outcome.kind != "binary":
        return Chart(title, "", "Too few out of 100 to draw.", Table(("Group", "Number"), ()))
    before = int(rounded(100 * usual))
    after = int(rounded(100 * (usual + (evidence.estimate or 0.0))))
    ringed = abs(after - before)
    more = "more" if after > before else "fewer"
    rings = f"The difference, {ringed} {more}, is ringed." if ringed else "There is no difference."
    text = (
        f"Of 100 {wording.people}, about {before} {wording.happened} with {wording.control} and "
        f"about {after} with {wording.short}. {rings}"
    )
    table = Table(
        ("Group", f"{wording.happened.capitalize()}, of 100"),
        ((wording.control.capitalize(), str(before)), (wording.short.capitalize(), str(after))),
    )
    svg = _draw(before, after, wording, arm=arm, title=title, text=text, chart_id=chart_id)
    return Chart(title, svg, text, table)


def _draw(
    before: int, after: int, wording: Wording, *, arm: int, title: str, text: str, chart_id: str
) -> str:
    width = WIDTH / 2 - 16
    labels = [
        [*wrap(wording.control.capitalize(), width), *wrap(_count(before, wording), width)],
        [*wrap(f"With {wording.short}", width), *wrap(_count(after, wording), width)],
    ]
    deepest = max(len(lines) for lines in labels)
    body = []
    for x, lines in zip((_LEFT, _RIGHT), labels, strict=True):
        body += [
            write(text_line, x, TYPE + index * (TYPE + 4), bold=index == 0)
            for index, text_line in enumerate(lines)
        ]
    top = deepest * (TYPE + 4) + 8
    body += _usual(_LEFT, top, before)
    body += _new(_RIGHT, top, after, arm=arm)
    differ = range(min(before, after), max(before, after))
    rings = "".join(_ring(*_place(_RIGHT, top, index)) for index in differ)
    if rings:
        body.append(element("path", d=rings, fill="none", stroke=INK, stroke_width=2))
    return picture(chart_id, title, text, top + _SIDE * _CELL + 8, body)


def _count(people: int, wording: Wording) -> str:
    return f"about {people} of 100 {wording.happened}"


def _usual(left: float, top: float, filled: int) -> list[str]:
    """Draw 100 people with usual service: those it happened to filled, the others a thin ring."""
    places = [_place(left, top, index) for index in range(100)]
    full = "".join(_dot(x, y, 6) for x, y in places[:filled])
    hollow = "".join(_dot(x, y, 5) for x, y in places[filled:])
    drawn = []
    if full:
        drawn.append(element("path", d=full, fill=USUAL))
    if hollow:
        drawn.append(element("path", d=hollow, fill="none", stroke=USUAL, stroke_width=1))
    return drawn


def _new(left: float, top: float, filled: int, *, arm: int) -> list[str]:
    """Draw 100 people of an arm, in its colour and shape."""
    places = [_place(left, top, index) for index in range(100)]
    drawn = [
        marks(places[:filled], arm=arm, r=6.5, hollow=False, stroke=1),
        marks(places[filled:], arm=arm, r=5.5, hollow=True, stroke=1),
    ]
    return [path for path in drawn if path]


def _place(left: float, top: float, index: int) -> tuple[float, float]:
    row, column = divmod(index, _SIDE)
    return left + (column + 0.5) * _CELL, top + (row + 0.5) * _CELL


def _dot(x: float, y: float, r: int) -> str:
    return f"M{x - r:g} {y:g}a{r} {r} 0 1 0 {2 * r} 0a{r} {r} 0 1 0 {-2 * r} 0"


def _ring(x: float, y: float) -> str:
    return _dot(x, y, 9)
