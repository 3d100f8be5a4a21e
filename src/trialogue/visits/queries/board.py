"""The duty desk's board: everything of today that somebody must see, the most urgent first."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum

from trialogue.accounts import queries as councils
from trialogue.accounts.models import Notification, Person
from trialogue.visits import timers
from trialogue.visits.models import (
    Answer,
    Concern,
    Device,
    QuestionSet,
    Resident,
    Scheme,
    Visit,
    VisitEvent,
    Watch,
)
from trialogue.visits.queries import watch
from trialogue.visits.queries.called_off import CALLED_OFF, CalledOff, not_known, with_news
from trialogue.visits.queries.concerns import Timed, open_concerns, seen_by
from trialogue.visits.queries.out import (
    NOT_ENDED,
    Key,
    Told,
    events_of,
    told_by,
)
from trialogue.visits.queries.rota import Gap, gaps, shifts
from trialogue.visits.queries.scheme import question_set, schemes
from trialogue.visits.queries.visits import Shown, show
from trialogue.visits.states import State

NOTICES = frozenset({"L", "R"})
NOTICES_FOR = timedelta(days=2)

# What is counted of each round, in the order it is shown: an address, words, and what belongs.
NOT_HEARD = "not-heard"
COUNTED = {
    "due": "Due",
    "done": "Done",
    "declined": "Declined",
    "no-answer": "No answer",
    "could-not-reach": "Could not get there",
    "paused": "Paused",
    "moved": "Moved",
    NOT_HEARD: "Not heard",
}
_STATES = {
    "done": State.DONE,
    "declined": State.DECLINED,
    "no-answer": State.NO_ANSWER,
    "could-not-reach": State.COULD_NOT_REACH,
    "paused": State.SUSPENDED,
    "moved": State.MOVED,
}


@dataclass(frozen=True)
class RoundToday:
    """A round and what became of its visits today. `overdue`: it should have ended."""

    code: str
    visitor: str
    counts: dict[str, int]
    begun_at: datetime | None
    ended_at: datetime | None
    overdue: bool
    key: UUID | None  # of the round's page

    @property
    def figures(self) -> list[tuple[str, str, int]]:
        """Each count with its address and words."""
        return [(key, words, self.counts[key]) for key, words in COUNTED.items()]


@dataclass(frozen=True)
class Silent:
    """A phone that was not heard of since its round began."""

    visitor: str
    label: str
    seen_at: datetime | None


@dataclass(frozen=True)
class NotGone:
    """A notice that did not go: to whom, how, why; and about which concern, if one may know."""

    who: str
    channel: str
    problem: str
    at: datetime
    about: str


@dataclass(frozen=True)
class Board:
    """All that the board shows."""

    now: datetime
    looked_at: datetime | None
    stale: bool
    concerns: list[Timed]
    no_answers: list[Timed]
    not_heard: list[Shown]
    called_off: list[CalledOff]
    silent: list[Silent]
    not_gone: list[NotGone]
    gaps: list[Gap]
    not_asked: int
    rounds: list[RoundToday]
    totals: RoundToday

    @property
    def reds(self) -> list[str]:
        """The codes of reds that wait, by which a page knows a new one."""
        every = [*self.concerns, *self.no_answers]
        return [one.concern.code for one in every if one.waits and one.concern.level == "red"]

    @property
    def last_ended(self) -> datetime | None:
        """When the last round of today ended, once all have."""
        ended = [one.ended_at for one in self.rounds]
        return max((at for at in ended if at), default=None) if all(ended) else None


def scheme_of_board() -> Scheme | None:
    """Return the open scheme with what the board reads beside it: `looked_at` and `asks`."""
    newest = QuestionSet.objects.filter(scheme=OuterRef("pk")).order_by("-number")
    return (
        schemes()
        .annotate(
            looked_at=Subquery(Watch.objects.values("looked_at")[:1]),
            asks=Subquery(newest.values("questions")[:1]),
        )
        .first()
    )


def board(scheme: Scheme, person: Person, *, today: date, now: datetime) -> Board:
    """Return the board of a day. It works out by itself what is late, whatever the worker does.

    `scheme` is of `scheme_of_board`. Six queries, however many visits and concerns.
    """
    events = list(events_of(scheme, today))
    shown = _visits(scheme, today, now, events)
    told = told_by(events)
    everything = open_concerns(person, now=now)
    doors = [one for one in everything if one.concern.kind == Concern.Kind.NO_ANSWER]
    rota = shifts(scheme, now=now)
    looked_at: datetime | None = scheme.looked_at  # type: ignore[attr-defined]
    return Board(
        now=now,
        looked_at=looked_at,
        stale=looked_at is None or now - looked_at > watch.STALE,
        concerns=[one for one in everything if one not in doors],
        no_answers=doors,
        not_heard=[one for one in shown if one.not_heard],
        called_off=not_known(shown, told),
        silent=_silent(scheme, shown, now),
        not_gone=_not_gone(everything, now),
        gaps=gaps(rota, now=now),
        not_asked=_count_not_asked(scheme, today=today),
        rounds=_rounds(scheme, shown, told, now),
        totals=_round("All rounds", shown, {}, now, scheme),
    )


def _visits(scheme: Scheme, today: date, now: datetime, events: list[VisitEvent]) -> list[Shown]:
    """Return the visits of a day with no more than the board says of each: there may be 500."""
    phones = Device.objects.filter(visitor=OuterRef("visitor"), revoked_at=None)
    phones = phones.exclude(public_key="").order_by(F("seen_at").desc(nulls_last=True))
    rows = Visit.objects.filter(scheme=scheme, day=today).annotate(
        phone=Subquery(phones.values("label")[:1]), heard_at=Subquery(phones.values("seen_at")[:1])
    )
    joined = (
        with_news(rows)
        .select_related("resident", "round", "visitor__person")
        .only(
            *("day", "expected_at", "moved", "account"),
            *("resident__preferred_name", "resident__ended_on", "round__code", "round__public_id"),
            "visitor__person__name",
        )
    )
    ordered = joined.order_by("round__code", "place", "pk")
    return show(ordered, scheme=scheme, now=now, events=events)


def belongs(one: Shown, to: str) -> bool:
    """Whether a visit is counted under a name of `COUNTED`. Due is all but those not due today."""
    if to == NOT_HEARD:
        return one.not_heard
    if to == "due":
        return one.state not in (State.SUSPENDED, State.MOVED)
    return one.state == _STATES[to]


def newest(person: Person, *, now: datetime) -> tuple[list[str], bool]:
    """Return the codes of reds that wait, and whether the timers stand still. Few queries."""
    rows = seen_by(person).filter(state=Concern.State.RAISED, level="red", joined_to=None)
    return [one.code for one in rows.only("pk")], watch.not_looked_at(now)


def _rounds(
    scheme: Scheme, shown: list[Shown], told: dict[Key, Told], now: datetime
) -> list[RoundToday]:
    by_round: dict[str, list[Shown]] = {}
    for one in shown:
        code = one.visit.round.code if one.visit.round else "No round"
        by_round.setdefault(code, []).append(one)
    return [_round(code, of_it, told, now, scheme) for code, of_it in by_round.items()]


def _round(
    code: str,
    shown: list[Shown],
    told: dict[Key, Told],
    now: datetime,
    scheme: Scheme,
) -> RoundToday:
    counts = Counter(key for one in shown for key in COUNTED if belongs(one, key))
    visitors = {one.visit.visitor.person.name for one in shown if one.visit.visitor}
    last: dict[Key, datetime] = {}
    for one in shown:
        key = (one.visit.visitor_id or 0, one.visit.day)
        last[key] = max(last.get(key, one.visit.expected_at), one.visit.expected_at)
    days = {key: told.get(key, Told()) for key in last}
    ended = [one.ended_at for one in days.values()]
    begun = [one.begun_at for one in days.values() if one.begun_at]
    late = now - timers.SHIFT_OVER.span(scheme.settings)
    of = shown[0].visit.round if shown else None
    return RoundToday(
        code,
        " and ".join(sorted(visitors)),
        {key: counts[key] for key in COUNTED},
        begun_at=min(begun, default=None),
        ended_at=max((at for at in ended if at), default=None) if all(ended) else None,
        overdue=any(
            one.ended_at is None and one.over_at(last[key]) < late for key, one in days.items()
        ),
        key=of.public_id if of else None,
    )


def _silent(scheme: Scheme, shown: Iterable[Shown], now: datetime) -> list[Silent]:
    """Phones of visitors whose round should be under way and that nobody heard of since."""
    since = now - timers.NOT_HEARD.span(scheme.settings)
    found = {}
    for one in shown:
        waits = one.visit.expected_at < since and one.state in (State.DUE, State.BEGUN)
        label: str | None = one.visit.phone  # type: ignore[attr-defined]
        heard_at: datetime | None = one.visit.heard_at  # type: ignore[attr-defined]
        if waits and one.visit.visitor and label is not None:
            found[one.visit.visitor_id] = Silent(one.visit.visitor.person.name, label, heard_at)
    return [one for one in found.values() if one.seen_at is None or one.seen_at < since]


def _not_gone(concerns: list[Timed], now: datetime) -> list[NotGone]:
    """Notices with a problem; which concern each is about, where it is open and one may see it."""
    mine = {one.concern.pk: one.concern.code for one in concerns}
    return [
        NotGone(
            row.person.name if row.person else row.to_email,
            row.get_channel_display(),
            row.problem,
            row.created_at,
            mine.get(key, "") if (key := _concern_of(row)) else _about(row),
        )
        for row in councils.did_not_go(NOTICES, since=now - NOTICES_FOR)
    ]


def _about(row: Notification) -> str:
    """What a notice is about that is about no concern."""
    if row.key.startswith(NOT_ENDED):
        return "a round not ended"
    return "a visit called off" if row.key.startswith(CALLED_OFF) else "weekly test"


def _concern_of(row: Notification) -> int | None:
    """The key of the concern that a notice is about: `concern 5.1 red duty …`."""
    kind, _, rest = row.key.partition(" ")
    number = rest.partition(".")[0]
    return int(number) if kind == "concern" and number.isdigit() else None


@dataclass(frozen=True)
class NotAsked:
    """A question that a resident was not asked for a long time."""

    resident: Resident
    question: str


def not_asked(scheme: Scheme, *, today: date) -> list[NotAsked]:
    """Return what nobody asked a resident for 14 days, though they were visited before that."""
    asked = question_set(scheme)
    if asked is None:
        return []
    since = _asked_since(scheme, today)
    answers = Answer.objects.filter(visit__scheme=scheme, visit__day__gt=since)
    given = set(
        answers.exclude(answer=Answer.Value.NOT_ASKED)
        .order_by()
        .values_list("visit__resident", "question")
    )
    return [
        NotAsked(one, question["key"])
        for one in _called_on_before(scheme, since)
        for question in asked.questions
        if (one.pk, question["key"]) not in given
    ]


def _asked_since(scheme: Scheme, today: date) -> date:
    return today - timers.NOT_ASKED.span(scheme.settings)


def _called_on_before(scheme: Scheme, since: date) -> QuerySet[Resident]:
    before = Visit.objects.filter(resident=OuterRef("pk"), day__lte=since)
    residents = Resident.objects.filter(scheme=scheme, state=Resident.State.ACTIVE)
    return residents.filter(Exists(before))


def _count_not_asked(scheme: Scheme, *, today: date) -> int:
    """Return how many `not_asked` lists. One query."""
    since = _asked_since(scheme, today)
    keys = [question["key"] for question in scheme.asks or ()]  # type: ignore[attr-defined]
    asked = Q(
        visits__day__gt=since,
        visits__answers__question__in=keys,
        visits__answers__answer__in=(Answer.Value.YES, Answer.Value.NO),
    )
    given = Count("visits__answers__question", filter=asked, distinct=True)
    rows = _called_on_before(scheme, since).annotate(never=len(keys) - given)
    return rows.aggregate(total=Sum("never"))["total"] or 0
