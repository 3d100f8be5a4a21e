"""A list of residents: one row each, with up to three contacts."""

from dataclasses import dataclass, fields, replace
from datetime import date

import numpy as np

from trialogue.methods.arrays import FloatArray
from trialogue.methods.problems import Problem
from trialogue.methods.rounds.reading import FAR_M
from trialogue.tables import Table
from trialogue.visits.models import Agreement, Resident
from trialogue.visits.services.reading.cells import Cells, need, rows_of
from trialogue.visits.services.residents import (
    LONGEST_NAME,
    SEES,
    ContactGiven,
    ResidentGiven,
    contact_problems,
    problems_of,
)

CONTACTS = 3
COLUMNS = (
    *("reference", "full_name", "preferred_name", "address_1", "address_2", "postcode", "uprn"),
    *("x", "y", "lat", "lon", "area", "telephone", "language", "door_notes", "at_the_address"),
    *("agreed_word", "priority", "visits_per_week", "days_ok", "days_preferred", "not_before"),
    *("not_after", "minutes", "skills"),
    *(
        f"contact_{number}_{part}"
        for number in range(1, CONTACTS + 1)
        for part in ("name", "telephone", "email", "relation", "may_see")
    ),
    *("agreed_on", "agreed_how", "agreed_by"),
)


@dataclass(frozen=True)
class Row:
    """A row of the list that can be taken. Without `agreed_on` the resident is only proposed.

    `given`: the fields that the list has columns for. It says nothing of any other.
    """

    row: int
    resident: ResidentGiven
    given: frozenset[str]
    contacts: tuple[ContactGiven, ...]
    agreed_on: date | None
    agreed_how: str
    agreed_by: str


def read(table: Table, *, epsg: int, stops: FloatArray) -> tuple[list[Row], list[Problem]]:
    """Return the rows that can be taken and every problem of the others.

    `stops`: x and y of the stops of the rounds that run, a row each. Who lives far from all of
    them is written down wrongly.
    """
    need(table, ("full_name", "address_1"))
    good: list[Row] = []
    problems: list[Problem] = []
    seen: dict[tuple[str, ...], int] = {}
    for cells in rows_of(table):
        row = _row(cells, epsg)
        if row is not None and (twice := _twice(row, seen)):
            cells.wrong(*twice)
        if row is not None and (far := _far(row.resident, stops)):
            cells.wrong(*far)
        if row is None or cells.problems:
            problems += cells.problems
        else:
            good.append(row)
    return good, problems


def _row(cells: Cells, epsg: int) -> Row | None:
    place = cells.position(epsg)
    address = ", ".join(
        part for part in (cells.text("address_1"), cells.text("address_2")) if part
    )
    priority = cells.text("priority").casefold() or Resident.Priority.ORDINARY
    if priority not in Resident.Priority.values:
        cells.wrong("priority", f'"{priority}" is not a priority', "Write ordinary or high")
    given = ResidentGiven(
        full_name=cells.text("full_name"),
        preferred_name=cells.text("preferred_name"),
        reference=cells.text("reference"),
        address=address,
        postcode=cells.text("postcode"),
        uprn=cells.text("uprn"),
        x=place[0] if place else None,
        y=place[1] if place else None,
        area=cells.text("area"),
        telephone=cells.text("telephone"),
        language=cells.text("language") or "en",
        door_notes=cells.text("door_notes"),
        at_the_address=cells.text("at_the_address"),
        agreed_word=cells.text("agreed_word"),
        priority=priority,
        visits_per_week=cells.whole("visits_per_week", 1),
        days_ok=cells.patterns("days_ok"),
        days_preferred=cells.days("days_preferred"),
        not_before=cells.time("not_before"),
        not_after=cells.time("not_after"),
        minutes=cells.whole("minutes", 5),
        skills=cells.numbers("skills"),
    )
    named = {"address": "address_1"}
    cells.problems += [
        Problem(one.what, one.mend, row=cells.row, column=named.get(one.column, one.column))
        for one in problems_of(given)
        if not any(before.column == one.column for before in cells.problems)
    ]
    contacts = tuple(
        contact
        for number in range(1, CONTACTS + 1)
        if (contact := _contact(cells, f"contact_{number}_")) is not None
    )
    agreed_on = cells.day("agreed_on")
    how = cells.text("agreed_how").casefold() or Agreement.How.FORM
    if agreed_on and how not in Agreement.How.values:
        mend = f"Write one of: {', '.join(Agreement.How.values)}"
        cells.wrong("agreed_how", f'"{how}" is not a way to agree', mend)
    written = cells.text("agreed_by")
    if len(written) > LONGEST_NAME:
        cells.wrong("agreed_by", f"{len(written)} characters", f"Use {LONGEST_NAME} at most")
    if place is None:
        return None
    given = replace(given, postcode=given.postcode.upper())
    by = written or given.full_name
    return Row(cells.row, given, _columns_of(cells), contacts, agreed_on, how, by)


def _columns_of(cells: Cells) -> frozenset[str]:
    """Return the fields of a resident that a list has columns for."""
    names = {"address_1": "address", "address_2": "address"}
    written = {names.get(column, column) for column in COLUMNS if cells.has(column)}
    return frozenset({*written, "x", "y"} & {one.name for one in fields(ResidentGiven)})


def _contact(cells: Cells, prefix: str) -> ContactGiven | None:
    name, telephone, email = (
        cells.text(f"{prefix}{part}") for part in ("name", "telephone", "email")
    )
    if not (name or telephone or email):
        return None
    may_see = tuple(cells.text(f"{prefix}may_see").replace(",", " ").replace(";", " ").split())
    given = ContactGiven(name, cells.text(f"{prefix}relation"), telephone, email, may_see=may_see)
    for problem in contact_problems(given):
        cells.wrong(f"{prefix}{problem.column}", problem.what, problem.mend)
    return given


def _twice(row: Row, seen: dict[tuple[str, ...], int]) -> tuple[str, str, str] | None:
    """Note a row, and say when it was there before: one reference, or one name at one address."""
    given = row.resident
    keys = [(given.full_name.casefold(), given.address.casefold())]
    keys += [("reference", given.reference)] if given.reference else []
    for key in keys:
        if key in seen:
            column = "reference" if key[0] == "reference" else "full_name"
            return column, f"the same resident as row {seen[key]}", "Leave one of them out"
    seen.update(dict.fromkeys(keys, row.row))
    return None


def _far(given: ResidentGiven, stops: FloatArray) -> tuple[str, str, str] | None:
    if given.x is None or given.y is None or not len(stops):
        return None
    metres = float(np.hypot(*(stops - (given.x, given.y)).T).min())
    if metres <= FAR_M:
        return None
    return "x", f"{metres / 1000:,.0f} km from the nearest stop", "Are x and y swapped?"


def example() -> dict[str, str]:
    """Return a row of a list, as an example to fill in."""
    return dict.fromkeys(COLUMNS, "") | {
        "reference": "A-104",
        "full_name": "Ada Kent",
        "preferred_name": "Mrs Kent",
        "address_1": "3 Mill Lane",
        "address_2": "Linney",
        "postcode": "SW1A 1AA",
        "x": "400250",
        "y": "300040",
        "telephone": "01632 960001",
        "door_notes": "Wait two minutes",
        "visits_per_week": "2",
        "days_ok": "Mon,Thu; Tue,Fri",
        "days_preferred": "Tue,Fri",
        "not_before": "09:30",
        "minutes": "5",
        "contact_1_name": "Lou Kent",
        "contact_1_relation": "Daughter",
        "contact_1_email": "lou@example.org",
        "contact_1_may_see": " ".join(list(SEES)[:2]),
        "agreed_on": "2027-03-02",
        "agreed_how": "in person",
        "agreed_by": "Ada Kent",
    }
