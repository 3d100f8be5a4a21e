"""Deadlines and rungs, by a slow and obvious count of the minutes that the desk works."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialogue.accounts.working_days import Calendar
from trialogue.visits import deadlines
from trialogue.visits.deadlines import Clock, Desk

LONDON = ZoneInfo("Europe/London")
CALENDAR = Calendar({date(2027, 3, 5): "Moving house"}, frozenset({date(2027, 3, 26)}))
DESK = Desk(time(8), time(18), LONDON, CALENDAR)
MINUTE = timedelta(minutes=1)
# Over Good Friday (which this council works), Easter Monday, and the change of clocks of 28 March.
moments = st.integers(0, 40 * 24 * 60).map(
    lambda minutes: datetime(2027, 3, 1, tzinfo=UTC) + minutes * MINUTE
)
levels = st.sampled_from(deadlines.LEVELS)


def is_open(moment, desk=DESK):
    here = moment.astimezone(desk.zone)
    return desk.calendar.is_working(here.date()) and desk.opens <= here.time() < desk.closes


def counted(start, minutes):
    """The moment by which the desk has worked for so many minutes, minute by minute."""
    at = start
    while minutes:
        minutes -= is_open(at)
        at += MINUTE
    return at


@given(moments, st.integers(1, 700))
def test_time_passes_only_while_the_desk_is_at_work(start, minutes):
    assert DESK.after(start, minutes * MINUTE) == counted(start, minutes)


@given(moments)
def test_a_red_has_fifteen_minutes_at_any_hour(start):
    assert deadlines.deadline("red", start, DESK, {}) == start + 15 * MINUTE


@given(moments)
def test_a_request_waits_until_the_end_of_the_next_working_day(start):
    by = deadlines.deadline("request", start, DESK, {}).astimezone(LONDON)

    assert CALENDAR.is_working(by.date())
    assert by.time() == time(18)
    assert CALENDAR.between(start.astimezone(LONDON).date(), by.date()) == 1


@given(moments, levels)
def test_the_ladder_never_goes_back_and_ends_with_the_deadline(start, level):
    clock = Clock(level, start, start, acknowledged=False)

    rungs = deadlines.ladder(clock, DESK, {})

    due = [rung.due_at for rung in rungs]
    assert due == sorted(due)
    assert due[0] >= start
    assert due[-1] == deadlines.deadline(level, start, DESK, {})
    assert [rung.missed for rung in rungs] == [False] * (len(rungs) - 1) + [True]


@given(moments, levels, st.integers(0, 20_000), st.integers(1, 5_000))
def test_what_was_due_once_stays_due_until_somebody_acknowledges(start, level, later, more):
    clock = Clock(level, start, start, acknowledged=False)
    base = {rung.name for rung in deadlines.ladder(clock, DESK, {})}

    def names(minutes):
        rungs = deadlines.rungs(clock, DESK, {}, now=start + minutes * MINUTE)
        assert all(rung.due_at <= start + minutes * MINUTE for rung in rungs)
        return {rung.name for rung in rungs} & base

    assert names(later) <= names(later + more)


def test_a_missed_red_tells_everyone_again_every_five_minutes():
    start = datetime(2027, 3, 2, 3, 0, tzinfo=UTC)
    clock = Clock("red", start, start, acknowledged=False)
    told = []
    for minute in range(40):
        for rung in deadlines.rungs(clock, DESK, {}, now=start + minute * MINUTE):
            if rung.name not in (name for _, name in told):
                told.append((minute, rung.name))

    assert told == [
        (0, "red duty"),
        (5, "red deputy"),
        (10, "red manager"),
        (15, "red missed"),
        (20, "red missed, again 1"),
        (25, "red missed, again 2"),
        (30, "red missed, again 3"),
        (35, "red missed, again 4"),
    ]


def test_a_missed_amber_tells_everyone_again_each_hour_of_the_desk():
    start = datetime(2027, 3, 2, 13, 30, tzinfo=UTC)  # its deadline is at 5.30pm
    clock = Clock("amber", start, start, acknowledged=False)

    def newest(hours):
        return deadlines.rungs(clock, DESK, {}, now=start + timedelta(hours=hours))[-1]

    assert newest(4).name == "amber missed"
    assert newest(16).name == "amber missed"  # at night nobody is told again
    again = newest(19)
    assert again.name == "amber missed, again 1"
    assert again.due_at == datetime(2027, 3, 3, 8, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("level", "comes_back"),
    [
        ("red", datetime(2027, 3, 3, 9, 0, tzinfo=UTC)),
        ("amber", datetime(2027, 3, 10, 18, 0, tzinfo=UTC)),  # the 5th was a day off
        ("request", None),
    ],
)
def test_what_is_not_closed_comes_back_to_the_manager(level, comes_back):
    start = datetime(2027, 3, 2, 9, 0, tzinfo=UTC)
    clock = Clock(level, start, start, acknowledged=True)

    assert deadlines.comes_back(clock, DESK, {}) == comes_back
    if comes_back:
        rungs = deadlines.rungs(clock, DESK, {}, now=comes_back)
        assert [(rung.name, rung.tells) for rung in rungs] == [("not closed 1", "manager")]


def test_a_scheme_sets_its_own_times():
    start = datetime(2027, 3, 2, 9, 0, tzinfo=UTC)
    settings = {"timers": {"red": 30, "red_deputy": 7, "amber": 60, "request": 2}}

    assert deadlines.deadline("red", start, DESK, settings) == start + 30 * MINUTE
    assert deadlines.deadline("amber", start, DESK, settings) == start + 60 * MINUTE
    ladder = deadlines.ladder(Clock("red", start, start, acknowledged=False), DESK, settings)
    assert ladder[1].due_at == start + 7 * MINUTE


def test_a_desk_that_is_open_all_night_counts_each_hour():
    night = Desk(time(20), time(8), LONDON, CALENDAR)
    start = datetime(2027, 3, 2, 23, 0, tzinfo=UTC)

    assert night.after(start, timedelta(hours=4)) == start + timedelta(hours=4)


def test_a_calendar_without_a_working_day_does_not_stop_the_clock():
    closed = {date(2027, 1, 1) + timedelta(days=day): "Closed" for day in range(400)}
    desk = Desk(time(8), time(18), LONDON, Calendar(closed, frozenset()))

    assert desk.after(datetime(2027, 3, 2, 9, 0, tzinfo=UTC), timedelta(hours=4))
