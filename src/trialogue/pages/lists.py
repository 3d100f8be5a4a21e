"""The list: filters, a count in words, sort, pages of 25, and the same rows as a CSV file."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.core.paginator import Page, Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse

from trialogue.tables import write_for_spreadsheet

Row = TypeVar("Row", bound=Model)
PAGE = 25


@dataclass(frozen=True)
class Column(Generic[Row]):
    """A column of a list: its heading, what a row shows, and what it sorts by, if it does."""

    heading: str
    value: Callable[[Row], Any]
    sort: str = ""


@dataclass(frozen=True)
class Listing(Generic[Row]):
    """One page of a list, ready for `pages/list.html`."""

    page: Page[Row]
    columns: Sequence[Column[Row]]
    sort: str
    query: str

    @property
    def count(self) -> int:
        """How many rows there are on all pages."""
        return self.page.paginator.count

    @property
    def headings(self) -> list[dict[str, str]]:
        """Each column's heading, the address that sorts by it and how it is sorted now."""
        return [
            {
                "text": column.heading,
                "href": f"?{self.query}sort={_turned(self.sort, column.sort)}"
                if column.sort
                else "",
                "state": {column.sort: "ascending", f"-{column.sort}": "descending"}.get(
                    self.sort, "none"
                )
                if column.sort
                else "",
            }
            for column in self.columns
        ]


def _turned(now: str, sort: str) -> str:
    return f"-{sort}" if now == sort else sort


def listing(
    request: HttpRequest, rows: QuerySet[Row], columns: Sequence[Column[Row]], *, sort: str
) -> Listing[Row]:
    """Sort and page `rows` as the address says; `sort` is the order when it says nothing."""
    allowed = {column.sort for column in columns if column.sort}
    asked = request.GET.get("sort", "")
    chosen = asked if asked.lstrip("-") in allowed else sort
    page = Paginator(rows.order_by(chosen, "pk"), PAGE).get_page(request.GET.get("page"))
    kept = request.GET.copy()
    for name in ("page", "sort", "format"):
        kept.pop(name, None)
    query = f"{kept.urlencode()}&" if kept else ""
    return Listing(page=page, columns=columns, sort=chosen, query=query)


def as_csv(rows: QuerySet[Row], columns: Sequence[Column[Row]], *, filename: str) -> HttpResponse:
    """Return all rows as a file for a spreadsheet, formulas neutralised."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    write_for_spreadsheet(
        response,
        [column.heading for column in columns],
        ([column.value(row) for column in columns] for row in rows.iterator(chunk_size=500)),
    )
    return response
