"""What every chart gives: a drawing, the same in words, and the numbers behind it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Table:
    """The numbers of a chart, as they are read: a heading a column, then the rows."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Chart:
    """A drawing with its text equivalent. `svg` is empty where there are too few points to draw.

    The page shows `text` above the drawing for everyone, and `table` under "See the numbers".
    """

    title: str
    svg: str
    text: str
    table: Table
