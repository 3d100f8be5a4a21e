"""When a concern must be acknowledged, and who is told until it is: numbers and moments alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from trialogue.accounts.working_days import Calendar
from trialogue.visits import timers

RED, AMBER, REQUEST = "red", "amber", "request"
LEVELS = (RED, AMBER, REQUEST)  # the most urgent first
MOST_DAYS = 60  # a calendar without a working day in so many is a mistake: then any day counts

# Whom a rung tells.
DUTY, DEPUTY, MANAGER, EVERYONE, OWNER = "duty", "deputy", "manager", "everyone", "owner"


@dataclass(frozen=True)
class Desk:
    """The hours in which the desk is at work, on the council's working days."""

    opens: time
    closes: time
    zone: ZoneInfo
    calendar: Calendar

    def after(self, moment: datetime, span: timedelta) -> datetime:
        """Return the moment at which the desk has worked for `span` since `moment`.

        With no span it is `moment` itself while the desk is open, or when it opens next.
        """
        for begins, ends in self._days(moment):
            begins = max(begins, moment)
            if begins + span <= ends and begins < ends:
                return begins + span
            span -= max(ends - begins, timedelta())
        raise AssertionError("the desk opens for ever")

    def end_of(self, moment: datetime, days: int) -> datetime:
        """Return when the desk closes on the day `days` working days after that of `moment`."""
        day = self.calendar.after(moment.astimezone(self.zone).date(), days)
        return self._at(day, self.closes)

    def opens_after(self, moment: datetime) -> datetime:
        """Return when the desk opens on the working day after that of `moment`."""
        day = self.calendar.after(moment.astimezone(self.zone).date(), 1)
        return self._at(day, self.opens)

    def _days(self, moment: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Every time that the desk is open, from the day of `moment` on."""
        day, off = moment.astimezone(self.zone).date(), 0
        night = timedelta(days=self.closes <= self.opens)  # it closes on the day after
        while True:
            off = 0 if self.calendar.is_working(day) else off + 1
            if not off or off > MOST_DAYS:
                yield self._at(day, self.opens), self._at(day + night, self.closes)
            day += timedelta(days=1)

    def _at(self, day: date, at: time) -> datetime:
        # In UTC: across a change of clocks an hour is an hour.
        return datetime.combine(day, at, tzinfo=self.zone).astimezone(ZoneInfo("UTC"))


# When somebody may say that they look at a concern again.
LOOKS = {
    "15": "In 15 minutes",
    "30": "In half an hour",
    "60": "In an hour",
    "120": "In 2 hours",
    "240": "In 4 hours",
    "next": "When the desk opens on the next working day",
}


def look_at(choice: str, desk: Desk, *, now: datetime) -> datetime | None:
    """Return the moment of a choice of `LOOKS`; None for no such choice."""
    if choice == "next":
        return desk.opens_after(now)
    return now + timedelta(minutes=int(choice)) if choice in LOOKS else None


@dataclass(frozen=True)
class Clock:
    """What the times of one concern follow from."""

    level: str
    received_at: datetime
    clock_from: datetime  # receipt, or when this turn began
    acknowledged: bool
    no_answer: bool = False
    high_priority: bool = False
    steps_done: frozenset[str] = frozenset()  # of the ladder of a no answer
    look_again_at: datetime | None = None


@dataclass(frozen=True, order=True)
class Rung:
    """Something that must happen by itself at a moment: whom to tell, and what it is called."""

    due_at: datetime
    name: str
    tells: str
    missed: bool = False  # the deadline has passed
    waiting: bool = False  # climbed only until somebody acknowledges


@dataclass(frozen=True)
class Step:
    """A step of the desk where nobody came to the door, and when it is due."""

    key: str
    words: str
    due_at: datetime
    done: bool


def deadline(level: str, start: datetime, desk: Desk, settings: dict[str, Any]) -> datetime:
    """Return by when somebody must acknowledge a concern whose clock began at `start`."""
    if level == RED:
        return start + timers.RED.span(settings)
    if level == AMBER:
        return desk.after(start, timers.AMBER.span(settings))
    return desk.end_of(start, timers.REQUEST.of(settings))


def rungs(clock: Clock, desk: Desk, settings: dict[str, Any], *, now: datetime) -> list[Rung]:
    """Return every rung of the ladder that is due by `now`, the earliest first.

    Of those that repeat, only the newest: after a stop nobody is told the same twelve times.
    """
    found = []
    if not clock.acknowledged:
        found = [*ladder(clock, desk, settings), *_again(clock, desk, settings, now)]
    if clock.acknowledged and clock.look_again_at:
        moment = f"{clock.look_again_at:%Y-%m-%d %H:%M}"
        found.append(Rung(clock.look_again_at, f"look again {moment}", OWNER))
    found += [Rung(step.due_at, f"step {step.key}", OWNER) for step in next_steps(clock, settings)]
    found += _not_closed(clock, desk, settings, now)
    return sorted(rung for rung in found if rung.due_at <= now)


def next_steps(clock: Clock, settings: dict[str, Any]) -> list[Step]:
    """Return the desk's steps that are still to be done where nobody came to the door."""
    return [step for step in desk_steps(clock, settings) if not step.done]


def desk_steps(clock: Clock, settings: dict[str, Any]) -> list[Step]:
    """Return all that the desk does where nobody came to the door, in order."""
    if not clock.no_answer:
        return []
    goes = timers.SOMEBODY_GOES_HIGH if clock.high_priority else timers.SOMEBODY_GOES
    ladder = (
        (timers.DESK_RINGS, "Away or in hospital? Telephone the resident"),
        (timers.FIRST_CONTACT, "Telephone the first contact"),
        (timers.NEXT_CONTACT, "Telephone the next contact or key-holder"),
        (goes, "Somebody goes to the home; the police if nobody can"),
    )
    keys = (timers.DESK_RINGS, timers.FIRST_CONTACT, timers.NEXT_CONTACT, timers.SOMEBODY_GOES)
    return [
        Step(
            key.key,
            words,
            clock.received_at + timer.span(settings),
            done=key.key in clock.steps_done,
        )
        for key, (timer, words) in zip(keys, ladder, strict=True)
    ]


def ladder(clock: Clock, desk: Desk, settings: dict[str, Any]) -> list[Rung]:
    """Return the rungs that a concern climbs until somebody acknowledges it, each once."""
    level, start = clock.level, clock.clock_from

    def rung(name: str, tells: str, due_at: datetime, *, missed: bool = False) -> Rung:
        return Rung(due_at, f"{level} {name}", tells, missed=missed, waiting=True)

    by = deadline(level, start, desk, settings)
    if level == REQUEST:
        first = desk.after(start, timedelta())
        return [rung("duty", DUTY, first), rung("missed", MANAGER, by, missed=True)]
    if level == RED:
        first = start
        deputy = start + timers.RED_DEPUTY.span(settings)
        manager = start + timers.RED_MANAGER.span(settings)
    else:
        first = desk.after(start, timedelta())
        deputy = desk.after(start, timers.AMBER_DEPUTY.span(settings))
        manager = desk.after(start, timers.AMBER_MANAGER.span(settings))
    return [
        rung("duty", DUTY, first),
        rung("deputy", DEPUTY, deputy),
        rung("manager", MANAGER, manager),
        rung("missed", EVERYONE, by, missed=True),
    ]


def _again(clock: Clock, desk: Desk, settings: dict[str, Any], now: datetime) -> list[Rung]:
    """The newest time that everyone is told again after a missed deadline, if there was one."""
    if clock.level == REQUEST:
        return []
    by = deadline(clock.level, clock.clock_from, desk, settings)
    if clock.level == RED:
        every = timers.RED_AGAIN.span(settings)
        times = (now - by) // every
        due = by + max(times, 0) * every
    else:
        every = timers.AMBER_AGAIN.span(settings)
        times = _times_in_hours(by, every, desk, now)
        due = desk.after(by, times * every) if times else by
    if times < 1:
        return []
    name = f"{clock.level} missed, again {times}"
    return [Rung(due, name, EVERYONE, missed=True, waiting=True)]


def _times_in_hours(start: datetime, again: timedelta, desk: Desk, now: datetime) -> int:
    """Return how often a time of desk hours has passed by `now`."""
    least, most = 0, max((now - start) // again, 0)
    while least < most:
        middle = (least + most + 1) // 2
        if desk.after(start, middle * again) <= now:
            least = middle
        else:
            most = middle - 1
    return least


def _not_closed(clock: Clock, desk: Desk, settings: dict[str, Any], now: datetime) -> list[Rung]:
    """What is not closed comes back to the duty manager: again after each such time."""
    due = comes_back(clock, desk, settings)
    if due is None or due > now:
        return []
    day = timedelta(days=1)
    times = (now - due) // day
    return [Rung(due + times * day, f"not closed {times + 1}", MANAGER)]


def comes_back(clock: Clock, desk: Desk, settings: dict[str, Any]) -> datetime | None:
    """Return when a concern that is not closed comes back to the duty manager; requests never."""
    if clock.level == RED:
        return clock.received_at + timers.RED_OPEN.span(settings)
    if clock.level == AMBER:
        return desk.end_of(clock.received_at, timers.AMBER_OPEN.of(settings))
    return None
