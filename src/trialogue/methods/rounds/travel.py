"""Seconds from one place to another: straight line × a factor, or the council's own figures.

Places are named `ROUND/0` for a round's depot, `ROUND/1` … for its stops, and by their id for
residents.
"""

import csv
import io
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import hypot

import numpy as np

from trialogue.methods.problems import InputError, Problem, refuse
from trialogue.methods.rounds.instance import FloatArray, Instance, Resident, Round

WEEK_S = 604_800  # no way within a council takes longer
Pairs = Mapping[tuple[str, str], float]
NamedPoint = tuple[str, tuple[float, float]]


@dataclass(frozen=True)
class Travel:
    """Travel times. `known`: seconds (from, to) that replace the straight line's."""

    seconds_per_metre: float
    known: Pairs = field(default_factory=dict)

    def one(self, from_: NamedPoint, to: NamedPoint) -> float:
        """Return the seconds between two places, each its name and its point."""
        (a, p), (b, q) = from_, to
        straight = hypot(p[0] - q[0], p[1] - q[1]) * self.seconds_per_metre
        return self.known.get((a, b), straight)

    def along(self, one: Round) -> FloatArray:
        """Return the seconds of each gap's direct leg, (gaps,)."""
        legs = self.straight(one.points[:-1], one.points[1:])
        for gap in range(one.gaps) if self.known else ():
            pair = (_place(one, gap), _place(one, gap + 1))
            legs[gap] = self.known.get(pair, legs[gap])
        return legs

    def at(self, residents: Sequence[Resident], one: Round) -> tuple[FloatArray, FloatArray]:
        """Return seconds from each point of a round to each resident, and back.

        Both are (residents, points).
        """
        xy = np.array([resident.xy for resident in residents]).reshape(-1, 1, 2)
        to = self.straight(one.points[None], xy)
        back = to.copy() if self.known else to
        for i, resident in enumerate(residents) if self.known else ():
            for other, seconds in self._from[resident.id].items():
                back[i, _points(one, other)] = seconds
            for other, seconds in self._to[resident.id].items():
                to[i, _points(one, other)] = seconds
        return to, back

    def between(self, instance: Instance) -> FloatArray:
        """Return the seconds from each resident to each, (residents, residents)."""
        xy = np.array([one.xy for one in instance.residents]).reshape(-1, 2)
        seconds = self.straight(xy[:, None], xy[None])
        index = instance.resident_index
        for (a, b), known in self.known.items():
            if a in index and b in index:
                seconds[index[a], index[b]] = known
        return seconds

    def straight(self, a: FloatArray, b: FloatArray) -> FloatArray:
        """Return the seconds between points, (…, 2) each, as the crow flies."""
        metres: FloatArray = np.hypot(a[..., 0] - b[..., 0], a[..., 1] - b[..., 1])
        return metres * self.seconds_per_metre

    @cached_property
    def _from(self) -> dict[str, dict[str, float]]:
        found: dict[str, dict[str, float]] = defaultdict(dict)
        for (a, b), seconds in self.known.items():
            found[a][b] = seconds
        return found

    @cached_property
    def _to(self) -> dict[str, dict[str, float]]:
        found: dict[str, dict[str, float]] = defaultdict(dict)
        for (a, b), seconds in self.known.items():
            found[b][a] = seconds
        return found


def _place(one: Round, point: int) -> str:
    return f"{one.id}/{point % one.gaps}"  # the last point is the depot again


def _points(one: Round, place: str) -> list[int]:
    """Return which points of a round a place is: two for its depot, none for another round's."""
    round_id, _, number = place.rpartition("/")
    if round_id != one.id:
        return []
    return [0, one.gaps] if number == "0" else [int(number)]


def read_matrix(data: bytes, instance: Instance, *, file: str) -> dict[tuple[str, str], float]:
    """Read `from,to,seconds`, a row a pair. Raises InputError with every row that is wrong."""
    try:
        table = csv.DictReader(io.StringIO(data.decode("utf-8-sig")), restval="")
        rows, columns = list(table), set(table.fieldnames or ())
    except (UnicodeDecodeError, csv.Error):
        raise InputError(Problem("This is not a CSV file in UTF-8", file=file)) from None
    if not {"from", "to", "seconds"} <= columns:
        raise InputError(Problem("It needs the columns from, to and seconds", file=file, row=1))
    if not rows:
        raise InputError(Problem("It has headings but no rows", "Add a row a pair", file=file))
    places = set(instance.resident_index)
    for one in instance.rounds:
        places.update(_place(one, point) for point in range(one.gaps))
    found: dict[tuple[str, str], float] = {}
    first: dict[tuple[str, str], int] = {}
    wrong = []
    for number, row in enumerate(rows, 2):
        pair = (row["from"], row["to"])
        problems = _wrong(row, places)
        if first.setdefault(pair, number) != number:
            what = f"from {pair[0]} to {pair[1]} is already in row {first[pair]}"
            problems.append(Problem(what, "Keep one of them", column="to"))
        wrong += [problem.at(file=file, row=number) for problem in problems]
        if not problems:
            found[pair] = float(row["seconds"])
    refuse(wrong)
    return found


def _wrong(row: Mapping[str, str], places: set[str]) -> list[Problem]:
    problems = []
    for column in ("from", "to"):
        if row[column] not in places:
            mend = "Name a resident, or a round's stop as ROUND/1, its depot as ROUND/0"
            problems.append(Problem(f'There is no place "{row[column]}"', mend, column=column))
    try:
        seconds = float(row["seconds"])
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds <= WEEK_S:
        what = f'"{row["seconds"]}" is not a number of seconds'
        problems.append(Problem(what, "Give 0 or more, a week at most", column="seconds"))
    return problems
