"""How a month went, each measure with its counts. Measures describe; they do not show effect.

No measure is by visitor: minutes at a door are not a performance target. Counts under five are
not told, nor what would let them be worked out from the other areas, or the other rounds.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from statistics import median, quantiles

from django.db.models import Count, Max, Q

from trialogue.visits.models import Concern, Device, Scheme, Visit
from trialogue.visits.queries.rounds import agreements
from trialogue.visits.queries.visits import Shown, minutes_at_door, show
from trialogue.visits.states import ATTEMPTED, State

FEWEST = 5  # a count below it may tell of somebody
FEW_IN_ALL = 20
NOT_DUE = frozenset({State.SUSPENDED, State.MOVED})
JERSEY_PENCE = 675


@dataclass(frozen=True)
class Share:
    """So many of so many, with its definition. `n` and `of` are None where they are protected."""

    name: str
    meaning: str
    n: int | None
    of: int | None
    beside_few: bool = False  # it would let the one share that is protected be worked out

    @property
    def words(self) -> str:
        """The counts in words."""
        if self.beside_few:
            return "Not told, so that nobody can work out a few"
        if self.of is None:
            return f"Fewer than {FEWEST}, not told"
        if self.of == 0:
            return "None"
        if self.n is None:
            return f"Of {self.of:,}; the count is not told"
        return f"{self.n:,} of {self.of:,} ({round(100 * self.n / self.of)}%)"


@dataclass(frozen=True)
class Figure:
    """One figure of the month, with its definition."""

    name: str
    meaning: str
    words: str


@dataclass(frozen=True)
class Row:
    """An area or a round: visits kept, as a share."""

    name: str
    kept: Share
    attempted: Share


@dataclass(frozen=True)
class Report:
    """A month in figures."""

    month: date
    shares: list[Share]
    figures: list[Figure]
    by_area: list[Row]
    by_round: list[Row]
    trial: str


def share(name: str, meaning: str, n: int, of: int) -> Share:
    """Return a share that tells nothing of a few people.

    A count from one to four is not told; of less than twenty, neither is one that leaves so few.
    """
    if 0 < of < FEWEST:
        return Share(name, meaning, None, None)
    few = 0 < n < FEWEST or (of < FEW_IN_ALL and 0 < of - n < FEWEST)
    return Share(name, meaning, None if few else n, of)


def report(scheme: Scheme, month: date, *, now_day: date) -> Report:
    """Return the figures of a month, up to yesterday. Seven queries."""
    first = month.replace(day=1)
    last = min((first + timedelta(days=32)).replace(day=1), now_day) - timedelta(days=1)
    rows = Visit.objects.filter(scheme=scheme, day__range=(first, last))
    joined = rows.select_related("resident__area", "round", "visitor")
    shown = show(joined, scheme=scheme, now=_end_of(last))
    due = [one for one in shown if one.state not in NOT_DUE]
    done = [one for one in due if one.state == State.DONE]
    closed = list(Concern.objects.filter(scheme=scheme, closed_at__date__range=(first, last)))
    attempted = [one for one in due if one.state in ATTEMPTED]
    shares = [
        share("Visits kept", "done, of those due; a pause is not due", len(done), len(due)),
        share(
            "Attempted",
            "done, declined, no answer or could not get there, of those due",
            len(attempted),
            len(due),
        ),
        share(
            "Same face",
            "done by the visitor who calls on the resident most, of those done",
            _same_face(done),
            len(done),
        ),
        *_in_time(scheme, first, last),
        _needed_nothing(closed),
    ]
    return Report(
        first,
        shares,
        _figures(scheme, first, last, done, closed),
        _rows(due, lambda one: one.visit.resident.area.name if one.visit.resident.area else ""),
        _rows(due, lambda one: one.visit.round.code if one.visit.round else ""),
        scheme.trial,
    )


def _end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(0), tzinfo=UTC)


def _same_face(done: Sequence[Shown]) -> int:
    faces: dict[int, Counter[int]] = defaultdict(Counter)
    for one in done:
        if one.visit.visitor_id is not None:
            faces[one.visit.resident_id][one.visit.visitor_id] += 1
    return sum(max(counts.values()) for counts in faces.values())


def _in_time(scheme: Scheme, first: date, last: date) -> list[Share]:
    concerns = Concern.objects.filter(
        scheme=scheme, received_at__date__range=(first, last)
    ).prefetch_related("acknowledgements")
    by_level: dict[str, list[bool]] = {level: [] for level in Concern.Level.values}
    for one in concerns:
        by_level[one.level].append(acknowledged_in_time(one))
    return [
        share(
            f"{Concern.Level(level).label.partition(':')[0]} concerns in time",
            "acknowledged by a person before the deadline, of those received",
            sum(in_time),
            len(in_time),
        )
        for level, in_time in by_level.items()
    ]


def _needed_nothing(closed: Sequence[Concern]) -> Share:
    """Return how many reds closed in the month needed nothing, safeguarding ones among them."""
    reds = [one for one in closed if one.level == Concern.Level.RED]
    nothing = sum(one.outcome == Concern.Outcome.NOTHING for one in reds)
    meaning = (
        "closed as “no action needed”, of the reds closed; where most need nothing, a red that "
        "matters is overlooked"
    )
    return share("Red concerns that needed nothing", meaning, nothing, len(reds))


def acknowledged_in_time(concern: Concern) -> bool:
    """Whether a person acknowledged a concern, as it now stands, before its deadline."""
    return any(
        said.turn == concern.turn and said.at <= concern.deadline
        for said in concern.acknowledgements.all()
    )


def _figures(
    scheme: Scheme, first: date, last: date, done: Sequence[Shown], closed: Sequence[Concern]
) -> list[Figure]:
    minutes = [m for one in done if (m := minutes_at_door(one.happened)) is not None]
    found = [
        Figure(
            "Minutes at doors",
            "from the beginning of a visit to its record, where both are known",
            _spread(minutes, "minutes"),
        ),
        Figure("Cost a visit", *_cost(scheme, first, last, len(done))),
        Figure(
            "Recorded and not received",
            "records that phones numbered and that have not come; the target is 0",
            str(_missing(scheme)),
        ),
    ]
    waited = [
        (one.closed_at - one.received_at).total_seconds() / 60
        for one in closed
        if one.kind == "no answer" and one.closed_at
    ]
    meaning = "minutes until it was known where the resident was"
    found.insert(1, Figure("When nobody answered", meaning, _spread(waited, "minutes")))
    return found


def _spread(values: Sequence[float], unit: str) -> str:
    if not values:
        return "None"
    if len(values) < FEWEST:
        return f"Fewer than {FEWEST}, not told"
    tenth = quantiles(values, n=10)[-1]
    return f"half under {median(values):.0f} {unit}, nine in ten under {tenth:.0f}"


def _cost(scheme: Scheme, first: date, last: date, done: int) -> tuple[str, str]:
    """Return what the cost is made of, and the cost of a visit done beside Jersey's."""
    costs = scheme.settings.get("costs", {})
    weeks = ((last - first).days + 1) / 7
    prices = [one.pence_a_visit for one in agreements(scheme) if one.pence_a_visit]
    price = max(prices, default=0)
    pence = (
        done * price
        + weeks * costs.get("desk_hours_a_week", 0) * costs.get("desk_pence_an_hour", 0)
        + weeks * costs.get("software_pence_a_week", 0)
    )
    meaning = "the partner’s price, the desk’s hours and the software, by visits done"
    if done < FEWEST or not pence:
        return meaning, "Not known"
    words = f"£{pence / done / 100:.2f}; Jersey’s price is £{JERSEY_PENCE / 100:.2f}"
    return meaning, words


def _missing(scheme: Scheme) -> int:
    """Return how many records phones have numbered and the server has not got."""
    rows = Device.objects.filter(visitor__scheme=scheme).annotate(
        highest=Max("events__seq"), got=Count("events", filter=Q(events__seq__isnull=False))
    )
    return sum(one.highest - one.got for one in rows if one.highest is not None)


def _rows(due: Iterable[Shown], name_of: Callable[[Shown], str]) -> list[Row]:
    by_name: dict[str, list[Shown]] = defaultdict(list)
    for one in due:
        by_name[name_of(one)].append(one)
    names = sorted(by_name, key=as_counted)
    rows = [by_name[name] for name in names]
    kept = [share("", "", sum(one.state == State.DONE for one in row), len(row)) for row in rows]
    tried = [share("", "", sum(one.state in ATTEMPTED for one in row), len(row)) for row in rows]
    return [
        Row(name or "None", *shares)
        for name, *shares in zip(names, _two_or_none(kept), _two_or_none(tried), strict=True)
    ]


def as_counted(name: str) -> list[tuple[str, int]]:
    """Return what sorts round 7 before round 16."""
    return [(word, int(part or 0)) for word, part in re.findall(r"(\D*)(\d*)", name)]


def _two_or_none(shares: list[Share]) -> list[Share]:
    """Return shares with the smallest of the others left out where one alone is protected.

    All shares together are told: what is missing of them would be that one.
    """
    told = [one for one in shares if one.n is not None and one.of is not None]
    if len(told) != len(shares) - 1 or not told:
        return shares
    least = min(told, key=lambda one: one.of or 0)
    return [replace(one, beside_few=True) if one is least else one for one in shares]
