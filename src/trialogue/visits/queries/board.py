"""The duty desk's board: everything of today that somebody must see, the most urgent first."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Exists, Max, OuterRef

from trialogue.accounts import queries as councils
from trialogue.accounts.models import Notification, Person
from trialogue.visits import timers
from trialogue.visits.models import (
    Answer,
    Concern,
    Device,
    Resident,
    Scheme,
    Visit,
)
from trialogue.visits.queries import watch
from trialogue.visits.queries.concerns import Timed, open_concerns, seen_by
from trialogue.visits.queries.out import NOT_ENDED, Told, told_of
from trialogue.visits.queries.rota import Gap, gaps, shifts
from trialogue.visits.queries.scheme import question_set
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


def board(scheme: Scheme, person: Person, *, today: date, now: datetime) -> Board:
    """Return the board of a day. It works out by itself what is late, whatever the worker does."""
    shown = _visits(scheme, today, now)
    everything = open_concerns(person, now=now)
    doors = [one for one in everything if one.concern.kind == Concern.Kind.NO_ANSWER]
    rota = shifts(scheme, now=now)
    looked_at = watch.looked_at()
    return Board(
        now=now,
        looked_at=looked_at,
        stale=looked_at is None or now - looked_at > watch.STALE,
        concerns=[one for one in everything if one not in doors],
        no_answers=doors,
        not_heard=[one for one in shown if one.not_heard],
        silent=_silent(scheme, shown, now),
        not_gone=_not_gone(person, now),
        gaps=gaps(rota, now=now),
        not_asked=len(not_asked(scheme, today=today)),
        rounds=_rounds(scheme, shown, now),
        totals=_round("All rounds", shown, Told(), now, scheme),
    )


def _visits(scheme: Scheme, today: date, now: datetime) -> list[Shown]:
    """Return the visits of a day with no more than the board says of each: there may be 500."""
    rows = Visit.objects.filter(scheme=scheme, day=today)
    joined = rows.select_related("resident", "round", "visitor__person").only(
        *("day", "expected_at", "moved", "account"),
        *("resident__preferred_name", "resident__ended_on", "round__code", "round__public_id"),
        "visitor__person__name",
    )
    return show(joined.order_by("round__code", "place", "pk"), scheme=scheme, now=now)


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


def _rounds(scheme: Scheme, shown: list[Shown], now: datetime) -> list[RoundToday]:
    by_round: dict[str, list[Shown]] = {}
    for one in shown:
        code = one.visit.round.code if one.visit.round else "No round"
        by_round.setdefault(code, []).append(one)
    rounds = {one.visit.round_id for one in shown if one.visit.round_id}
    told = told_of(rounds, shown[0].visit.day) if rounds else {}
    return [
        _round(code, of_it, told.get(of_it[0].visit.round_id or 0, Told()), now, scheme)
        for code, of_it in by_round.items()
    ]


def _round(
    code: str,
    shown: list[Shown],
    told: Told,
    now: datetime,
    scheme: Scheme,
) -> RoundToday:
    counts = Counter(key for one in shown for key in COUNTED if belongs(one, key))
    visitors = {one.visit.visitor.person.name for one in shown if one.visit.visitor}
    over = told.over_at(max((one.visit.expected_at for one in shown), default=now))
    over += timers.SHIFT_OVER.span(scheme.settings)
    of = shown[0].visit.round if shown else None
    return RoundToday(
        code,
        " and ".join(sorted(visitors)),
        {key: counts[key] for key in COUNTED},
        begun_at=told.begun_at,
        ended_at=told.ended_at,
        overdue=bool(shown) and told.ended_at is None and over < now,
        key=of.public_id if of else None,
    )


def _silent(scheme: Scheme, shown: Iterable[Shown], now: datetime) -> list[Silent]:
    """Phones of visitors whose round should be under way and that nobody heard of since."""
    since = now - timers.NOT_HEARD.span(scheme.settings)
    walking = {
        one.visit.visitor_id
        for one in shown
        if one.visit.expected_at < since and one.state in (State.DUE, State.BEGUN)
    }
    rows = Device.objects.filter(visitor__in=walking, revoked_at=None).exclude(public_key="")
    newest = rows.values("visitor__person__name").annotate(seen=Max("seen_at"), of=Max("label"))
    return [
        Silent(one["visitor__person__name"], one["of"], one["seen"])
        for one in newest
        if one["seen"] is None or one["seen"] < since
    ]


def _not_gone(person: Person, now: datetime) -> list[NotGone]:
    """Notices with a problem. Which concern it is about only who may see that one is told."""
    rows = councils.did_not_go(NOTICES, since=now - NOTICES_FOR)
    keys = {row.pk: _concern_of(row) for row in rows}
    named = {key for key in keys.values() if key}
    mine = {one.pk: one.code for one in seen_by(person).filter(pk__in=named)} if named else {}
    return [
        NotGone(
            row.person.name if row.person else row.to_email,
            row.get_channel_display(),
            row.problem,
            row.created_at,
            mine.get(keys[row.pk] or 0, "") if keys[row.pk] else _about(row),
        )
        for row in rows
    ]


def _about(row: Notification) -> str:
    """What a notice is about that is about no concern."""
    return "a round not ended" if row.key.startswith(NOT_ENDED) else "weekly test"


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
    since = today - timers.NOT_ASKED.span(scheme.settings)
    before = Visit.objects.filter(resident=OuterRef("pk"), day__lte=since)
    residents = Resident.objects.filter(scheme=scheme, state=Resident.State.ACTIVE)
    answers = Answer.objects.filter(visit__scheme=scheme, visit__day__gt=since)
    given = set(
        answers.exclude(answer=Answer.Value.NOT_ASKED)
        .order_by()
        .values_list("visit__resident", "question")
    )
    return [
        NotAsked(one, question["key"])
        for one in residents.filter(Exists(before))
        for question in asked.questions
        if (one.pk, question["key"]) not in given
    ]
