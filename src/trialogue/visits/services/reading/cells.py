"""What people write in the cells of a list: days, times, numbers, positions."""

from collections.abc import Iterator
from datetime import date, datetime, time

from trialogue.methods.problems import InputError, Problem
from trialogue.tables import Table
from trialogue.visits.positions import grid, looks_like_degrees, to_metres
from trialogue.visits.weekdays import WEEKDAYS

_DAYS = {day[:2].casefold(): number for number, day in enumerate(WEEKDAYS)}


class Cells:
    """One row of a list by its columns, and the problems found in it so far."""

    def __init__(self, columns: dict[str, list[str]], index: int, row: int) -> None:
        self._columns, self._index = columns, index
        self.row = row
        self.problems: list[Problem] = []

    def has(self, column: str) -> bool:
        """Whether the list has such a column."""
        return column in self._columns

    def text(self, column: str) -> str:
        """Return a cell as written; empty when there is no such column."""
        cells = self._columns.get(column)
        return cells[self._index] if cells else ""

    def wrong(self, column: str, what: str, mend: str = "") -> None:
        """Note what is wrong with a cell."""
        self.problems.append(Problem(what, mend, row=self.row, column=column))

    def number(self, column: str, usual: float | None = None) -> float | None:
        """Return a cell as a number, or `usual` when it is empty."""
        written = self.text(column)
        if not written:
            return usual
        try:
            found = float(written)
        except ValueError:
            found = float("nan")
        if found != found or abs(found) == float("inf"):
            self.wrong(column, f'"{written}" is not a number', "Write it like 12 or 7.5")
            return usual
        return found

    def whole(self, column: str, usual: int) -> int:
        """Return a cell as a whole number, or `usual` when it is empty."""
        found = self.number(column, usual)
        if found is None or found != int(found):
            self.wrong(column, f'"{self.text(column)}" is not a whole number', "Write it like 2")
            return usual
        return int(found)

    def time(self, column: str) -> time | None:
        """Return a cell as a time of day: `09:30`."""
        written = self.text(column)
        if not written:
            return None
        for form in ("%H:%M", "%H:%M:%S", "%H.%M"):
            try:
                return datetime.strptime(written, form).time()  # noqa: DTZ007  a time of any day
            except ValueError:
                continue
        self.wrong(column, f'"{written}" is not a time', "Write it like 09:30")
        return None

    def day(self, column: str) -> date | None:
        """Return a cell as a date: `2027-03-02`, or as a British spreadsheet writes it."""
        written = self.text(column).removesuffix(" 00:00:00")
        if not written:
            return None
        for form in ("%Y-%m-%d", "%d/%m/%Y", "%d %B %Y"):
            try:
                return datetime.strptime(written, form).date()  # noqa: DTZ007  a day is a day
            except ValueError:
                continue
        self.wrong(column, f'"{written}" is not a date', "Write it like 2027-03-02")
        return None

    def days(self, column: str) -> list[int]:
        """Return the weekdays of a cell: `Mon,Thu` or `Mo Th`."""
        return self._days(column, self.text(column))

    def patterns(self, column: str) -> list[list[int]]:
        """Return the sets of weekdays of a cell: `Mon,Thu; Tue,Fri`."""
        parts = [part for part in self.text(column).split(";") if part.strip()]
        return [days for part in parts if (days := self._days(column, part))]

    def _days(self, column: str, written: str) -> list[int]:
        found = set()
        for word in written.replace(",", " ").split():
            day = _DAYS.get(word[:2].casefold())
            if day is None:
                self.wrong(column, f'"{word}" is not a day of the round', "Write it like Mon,Thu")
                continue
            found.add(day)
        return sorted(found)

    def numbers(self, column: str) -> list[int]:
        """Return the numbers of a cell, written with commas or spaces: skills."""
        written = self.text(column).replace(",", " ").replace(";", " ").split()
        if not all(word.isdecimal() for word in written):
            self.wrong(column, f'"{self.text(column)}" are not numbers', "Write it like 1,3")
            return []
        return sorted({int(word) for word in written})

    def tick(self, column: str) -> bool:
        """Return whether a cell says yes."""
        return self.text(column).casefold() in {"yes", "y", "1", "true", "x"}

    def position(self, epsg: int, x: str = "x", y: str = "y") -> tuple[float, float] | None:
        """Return where the row is, metres on the grid, from x and y or from lat and lon."""
        if self.text("lat") or self.text("lon"):
            latitude, longitude = self.number("lat"), self.number("lon")
            if latitude is None or longitude is None:
                self._missing("lat" if latitude is None else "lon")
                return None
            if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
                self.wrong("lat", f"{latitude:g}, {longitude:g} are no latitude and longitude")
                return None
            return self._on(epsg, to_metres(latitude, longitude, epsg), "lat")
        east, north = self.number(x), self.number(y)
        if east is None or north is None:
            self._missing(x if east is None else y)
            return None
        if looks_like_degrees(east, north):
            what = f"x {east:g}, y {north:g} look like degrees"
            self.wrong(x, what, "Use the lat and lon columns")
            return None
        return self._on(epsg, (east, north), x)

    def _missing(self, column: str) -> None:
        if not any(problem.column == column for problem in self.problems):
            self.wrong(column, "empty", "Say where it is: x and y, or lat and lon")

    def _on(
        self, epsg: int, place: tuple[float, float], column: str
    ) -> tuple[float, float] | None:
        found = grid(epsg)
        east, north = place
        if found.x[0] <= east <= found.x[1] and found.y[0] <= north <= found.y[1]:
            return place
        swapped = found.x[0] <= north <= found.x[1] and found.y[0] <= east <= found.y[1]
        mend = "Are x and y swapped?" if swapped else "Check the position, or choose another grid"
        self.wrong(column, f"{east:.0f}, {north:.0f} lies outside the {found.name}", mend)
        return None


def rows_of(table: Table) -> Iterator[Cells]:
    """Return each row of a table by its columns. Headings are read whatever their capitals."""
    columns: dict[str, list[str]] = {}
    for name in table.columns:
        key = name.strip().casefold().replace(" ", "_")
        if key in columns:
            what = f'The column "{key}" is there twice'
            raise InputError(Problem(what, "Leave one of them out", file=table.name))
        columns[key] = table.text(name)
    for index in range(table.rows):
        yield Cells(columns, index, table.row(index))


def need(table: Table, columns: tuple[str, ...]) -> None:
    """Refuse a list without the columns that it must have."""
    there = {name.strip().casefold().replace(" ", "_") for name in table.columns}
    missing = [name for name in columns if name not in there]
    if missing:
        what = f"There is no column {' or '.join(missing)}"
        mend = "Add it to the row of headings"
        raise InputError(Problem(what, mend, file=table.name, column=missing[0]))
