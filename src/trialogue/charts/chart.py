"""What every chart gives: a drawing, the same in words, and the numbers behind it."""

from dataclasses import dataclass
from html import escape


@dataclass(frozen=True)
class Table:
    """The numbers of a chart, as they are read: a heading a column, then the rows."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, repr=False)
class Chart:
    """A drawing with its text equivalent. `svg` is empty where there are too few points to draw.

    The page shows `text` above the drawing for everyone, and `table` under "See the numbers".
    """

    title: str
    svg: str
    text: str
    table: Table

    def __repr__(self) -> str:
        return f"Chart({self.title!r}: {self.text})"

    def _repr_html_(self) -> str:
        """Return what a notebook shows: words, drawing, and the numbers under them."""
        words = f"<figcaption><b>{escape(self.title)}</b><br>{escape(self.text)}</figcaption>"
        head = _row("th", self.table.header)
        rows = "".join(_row("td", row) for row in self.table.rows)
        numbers = f"<summary>See the numbers</summary><table>{head}{rows}</table>"
        drawing = f'<div style="max-width: 440px">{self.svg}</div>' if self.svg else ""
        return f"<figure>{words}{drawing}<details>{numbers}</details></figure>"


def _row(cell: str, values: tuple[str, ...]) -> str:
    inside = "".join(f"<{cell}>{escape(value)}</{cell}>" for value in values)
    return f"<tr>{inside}</tr>"
