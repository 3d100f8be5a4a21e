"""The list: filters, a count in words, sort, pages of 25, and the same rows as a CSV file."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.core.paginator import Page, Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse

from trialogue.pages.downloads import download
from trialogue.tables import write_for_spreadsheet

Row = TypeVar("Row", bound=Model)
PAGE = 25


@dataclass(frozen=True)
class Column(Generic[Row]):
    """A column: its heading, what a row shows, what it sorts by and where it leads, if it does.

    `value` returns text, a number or a `Tag`.
    """

    heading: str
    value: Callable[[Row], Any]
    sort: str = ""
    link: Callable[[Row], str] | None = None


@dataclass(frozen=True)
class Tag:
    """Words in a coloured box; the words alone say everything."""

    words: str
    colour: str = "grey"

    def __str__(self) -> str:
        return self.words


@dataclass(frozen=True)
class Cell:
    """What one cell of a list shows."""

    heading: str
    value: Any
    href: str

    @property
    def tag(self) -> Tag | None:
        """The tag, when the cell is one."""
        return self.value if isinstance(self.value, Tag) else None


@dataclass(frozen=True)
class Heading:
    """A column's heading, the address that sorts by it and how it is sorted now."""

    text: str
    href: str
    state: str


@dataclass(frozen=True)
class Listing(Generic[Row]):
    """One page of a list, ready for `pages/list.html`."""

    page: Page[Row]
    columns: Sequence[Column[Row]]
    sort: str
    query: str
    one: str
    many: str

    @property
    def count(self) -> str:
        """How many rows there are on all pages, in words."""
        found = self.page.paginator.count
        return f"{found:,} {self.one if found == 1 else self.many}"

    @property
    def headings(self) -> list[Heading]:
        """The headings of the columns."""
        return [self._heading(column) for column in self.columns]

    def _heading(self, column: Column[Row]) -> Heading:
        if not column.sort:
            return Heading(column.heading, "", "")
        turned = f"-{column.sort}" if self.sort == column.sort else column.sort
        states = {column.sort: "ascending", f"-{column.sort}": "descending"}
        state = states.get(self.sort, "none")
        return Heading(column.heading, f"?{self.query}sort={turned}", state)

    @property
    def rows(self) -> list[list[Cell]]:
        """The cells of this page, row by row."""
        return [
            [Cell(c.heading, c.value(row), c.link(row) if c.link else "") for c in self.columns]
            for row in self.page
        ]

    @property
    def pages(self) -> list[int | None]:
        """The numbers of the pages to offer; None stands for those left out."""
        offered = self.page.paginator.get_elided_page_range(self.page.number, on_each_side=1)
        return [number if isinstance(number, int) else None for number in offered]

    @property
    def page_query(self) -> str:
        """The query of another page of the same list, up to its number."""
        return f"?{self.query}sort={self.sort}&page="

    @property
    def csv_query(self) -> str:
        """The query of the same rows as a file."""
        return f"?{self.query}sort={self.sort}&format=csv"


def listing(
    request: HttpRequest,
    rows: QuerySet[Row],
    columns: Sequence[Column[Row]],
    *,
    sort: str,
    one: str,
    many: str,
) -> Listing[Row]:
    """Sort and page `rows` as the address says; `sort` is the order when it says nothing.

    `one` and `many` name what a row is: "trial", "trials".
    """
    chosen = _chosen_sort(request, columns, sort)
    page = Paginator(rows.order_by(chosen, "pk"), PAGE).get_page(request.GET.get("page"))
    kept = request.GET.copy()
    for name in ("page", "sort", "format"):
        kept.pop(name, None)
    query = f"{kept.urlencode()}&" if kept else ""
    return Listing(page, columns, chosen, query, one, many)


def as_csv(
    request: HttpRequest,
    rows: QuerySet[Row],
    columns: Sequence[Column[Row]],
    *,
    sort: str,
    filename: str,
) -> HttpResponse:
    """Return all rows, sorted as the page is, as a file for a spreadsheet."""
    response = download(filename)
    ordered = rows.order_by(_chosen_sort(request, columns, sort), "pk")
    write_for_spreadsheet(
        response,
        [column.heading for column in columns],
        (
            [str(value) if isinstance(value := c.value(row), Tag) else value for c in columns]
            for row in ordered.iterator(chunk_size=500)
        ),
    )
    return response


def wants_csv(request: HttpRequest) -> bool:
    """Whether the address asks for the rows as a file."""
    return request.GET.get("format") == "csv"


def _chosen_sort(request: HttpRequest, columns: Sequence[Column[Row]], sort: str) -> str:
    allowed = {column.sort for column in columns if column.sort}
    asked = request.GET.get("sort", "")
    return asked if asked.removeprefix("-") in allowed else sort
