"""Small pieces of SVG: elements, a linear axis, marks of several shapes.

Nothing carries a style attribute, which the content security policy forbids: colours are
presentation attributes, type is the page's own, and lines and words take `currentColor` so that
forced colours reach them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, floor, log10

WIDTH = 440  # narrow on purpose: 18 units of type are still 12 pixels on the smallest phone
TYPE = 18
LETTER = 8.9  # mean width of a letter of 18 units
INK = "currentColor"
USUAL = "#484949"
ARMS = ("#1d70b8", "#b7592a", "#54319f", "#0f7a52")
BAND = "#f3f3f3"
EDGE = "#858686"


def element(name: str, *inside: str, **attributes: str | float) -> str:
    """Write one element; `stroke_width` becomes `stroke-width`, `class_` `class`.

    `inside` is markup already: words go through `words` first.
    """
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{_value(value)}"'
        for key, value in attributes.items()
    )
    return f"<{name}{written}>{''.join(inside)}</{name}>" if inside else f"<{name}{written}/>"


def picture(
    chart_id: str, title: str, description: str, height: float, body: Sequence[str]
) -> str:
    """Wrap a drawing so that it is one image with a name and a description."""
    return element(
        "svg",
        element("title", words(title), id=f"{chart_id}-title"),
        element("desc", words(description), id=f"{chart_id}-desc"),
        *body,
        xmlns="http://www.w3.org/2000/svg",
        class_="chart",
        role="img",
        aria_labelledby=f"{chart_id}-title {chart_id}-desc",
        viewBox=f"0 0 {WIDTH} {ceil(height)}",
        width="100%",
        font_size=TYPE,
    )


def words(text: str) -> str:
    """Make plain text safe inside an element."""
    return escape(text, quote=False)


def write(text: str, x: float, y: float, *, anchor: str = "start", bold: bool = False) -> str:
    """Put words at a place; those centred or at the end are kept inside the picture."""
    half = len(text) * LETTER / 2
    if anchor == "middle":
        x = min(max(x, half + 2), WIDTH - half - 2)
    weight: dict[str, str | float] = {"font_weight": "bold"} if bold else {}
    place: dict[str, str | float] = {} if anchor == "start" else {"text_anchor": anchor}
    return element("text", words(text), x=x, y=y, fill=INK, **place, **weight)


def wrap(text: str, width: float) -> list[str]:
    """Break words into lines no wider than `width`, a long word having a line of its own."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if len(longer) * LETTER <= width or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def line(
    x1: float,
    y1: float,
    x2: float,
    y2: float,
    *,
    dash: str = "",
    width: float = 2,
    stroke: str = INK,
) -> str:
    """Draw a straight line."""
    dashes: dict[str, str | float] = {"stroke_dasharray": dash} if dash else {}
    return element(
        "path",
        d=f"M{_n(x1)} {_n(y1)}L{_n(x2)} {_n(y2)}",
        stroke=stroke,
        stroke_width=width,
        **dashes,
    )


def polyline(
    points: Sequence[tuple[float, float]], *, dash: str = "", width: float = 3, stroke: str = INK
) -> str:
    """Draw a line through points."""
    dashes: dict[str, str | float] = {"stroke_dasharray": dash} if dash else {}
    d = "M" + "L".join(f"{_n(x)} {_n(y)}" for x, y in points)
    return element("path", d=d, fill="none", stroke=stroke, stroke_width=width, **dashes)


def marks(
    places: Sequence[tuple[float, float]],
    *,
    arm: int,
    r: float,
    hollow: bool,
    stroke: float = 2.0,
) -> str:
    """Draw the marks of one arm, each of its own shape: 0 is control, always hollow."""
    if not places:
        return ""
    colour = USUAL if arm == 0 else ARMS[(arm - 1) % len(ARMS)]
    stroke = min(stroke, r / 2)
    shape = _SHAPES[0 if arm == 0 else (arm - 1) % len(_SHAPES)]
    return element(
        "path",
        d="".join(shape(x, y, r - stroke / 2) for x, y in places),
        fill="none" if hollow or arm == 0 else colour,
        stroke=colour,
        stroke_width=stroke,
    )


def _circle(x: float, y: float, r: float) -> str:
    arc = f"a{_n(r)} {_n(r)} 0 1 0 "
    return f"M{_n(x - r)} {_n(y)}{arc}{_n(2 * r)} 0{arc}{_n(-2 * r)} 0"


def _square(x: float, y: float, r: float) -> str:
    side = 1.8 * r
    return f"M{_n(x - side / 2)} {_n(y - side / 2)}h{_n(side)}v{_n(side)}h{_n(-side)}z"


def _triangle(x: float, y: float, r: float) -> str:
    return f"M{_n(x - r)} {_n(y + r)}h{_n(2 * r)}l{_n(-r)} {_n(-2 * r)}z"


def _diamond(x: float, y: float, r: float) -> str:
    step = f"{_n(r)} {_n(r)}"
    return f"M{_n(x)} {_n(y - r)}l{step}l{_n(-r)} {_n(r)}l{_n(-r)} {_n(-r)}z"


_SHAPES = (_circle, _square, _triangle, _diamond)


@dataclass(frozen=True)
class Axis:
    """Numbers from `low` to `high` laid out from pixel `start` to pixel `end`."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        """Return the pixel of a number."""
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)

    def ticks(self, most: int = 5) -> list[float]:
        """Return round numbers along the axis, at most `most` steps apart."""
        rough = (self.high - self.low) / most
        power = 10.0 ** floor(log10(rough))
        step = next(power * size for size in (1, 2, 5, 10) if power * size >= rough * (1 - 1e-9))
        first, last = ceil(self.low / step - 1e-9), floor(self.high / step + 1e-9)
        return [round(step * index, 10) for index in range(first, last + 1)]


def _value(value: str | float) -> str:
    return escape(value) if isinstance(value, str) else _n(value)


def _n(value: float) -> str:
    """Write a number with one decimal at most: a tenth of a pixel is enough."""
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text
