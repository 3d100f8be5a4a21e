"""The council's clocks, its working days, and how long it keeps what it keeps."""

from datetime import date, datetime
from typing import Any

from django.db import transaction

from trialogue.accounts import permissions
from trialogue.accounts.models import Organisation, Person
from trialogue.accounts.periods import ANSWER, REMIND, Period
from trialogue.accounts.services.audit import record
from trialogue.methods.problems import Problem, refuse
from trialogue.methods.verdicts import long_date


@transaction.atomic
def set_days(group: tuple[Period, ...], new: dict[str, int], *, by: Person, at: datetime) -> None:
    """Set how many days each period of a group has, by its key.

    What was told holds: an idea that was sent keeps its day.
    """
    permissions.check(by, "change settings")
    council = _council()
    refuse(_problems(group, new))
    before = {period.key: council.days(period) for period in group}
    after = {period.key: new[period.key] for period in group}
    days = {**council.settings.get("days", {}), **after}
    _keep(council, {"days": days})
    if before != after:
        record(
            by=by,
            action="set how many days",
            on="council",
            thing=council.slug,
            at=at,
            before=before,
            after=after,
        )


def _problems(group: tuple[Period, ...], new: dict[str, int]) -> list[Problem]:
    found = [
        Problem(
            f"{period.words} must be between {period.least} and {period.most}", column=period.key
        )
        for period in group
        if not period.least <= new[period.key] <= period.most
    ]
    if ANSWER in group and new[REMIND.key] >= new[ANSWER.key]:
        words = "The reminder must come after the idea was sent"
        found.append(Problem(words, "Enter fewer days than to answer", column=REMIND.key))
    return found


@transaction.atomic
def close_on(day: date, *, why: str, by: Person, at: datetime) -> None:
    """Say that the council does not work on a day; a bank holiday is one again."""
    permissions.check(by, "change settings")
    council = _council()
    worked = set(council.settings.get("worked", ()))
    if day.isoformat() in worked:
        _change(council, {"worked": sorted(worked - {day.isoformat()})}, "close on", day, by, at)
        return
    problems = []
    if not why.strip():
        problems.append(Problem("Enter why you are closed", column="why"))
    if not council.calendar.is_working(day):
        already = f"{long_date(day)} is no working day already"
        problems.append(Problem(already, "Choose another day", column="day"))
    refuse(problems)
    closed = [*council.settings.get("closed", ()), {"day": day.isoformat(), "why": why.strip()}]
    closed.sort(key=lambda one: one["day"])
    _change(council, {"closed": closed}, "close on", day, by, at)


@transaction.atomic
def work_on(day: date, *, by: Person, at: datetime) -> None:
    """Say that the council works on a bank holiday, or take out a day off of its own."""
    permissions.check(by, "change settings")
    council = _council()
    closed = council.settings.get("closed", [])
    others = [one for one in closed if one["day"] != day.isoformat()]
    worked = set(council.settings.get("worked", ()))
    if others != closed:
        _change(council, {"closed": others}, "work on", day, by, at)
    elif day in council.calendar.bank_holidays and day.isoformat() not in worked:
        kept = sorted(worked | {day.isoformat()})
        _change(council, {"worked": kept}, "work on", day, by, at)


def _council() -> Organisation:
    return Organisation.objects.select_for_update().get(kind=Organisation.Kind.COUNCIL)


def _keep(council: Organisation, changed: dict[str, Any]) -> None:
    council.settings = {**council.settings, **changed}
    council.save(update_fields=["settings"])


def _change(
    council: Organisation,
    changed: dict[str, Any],
    action: str,
    day: date,
    by: Person,
    at: datetime,
) -> None:
    _keep(council, changed)
    after = {"day": day.isoformat()}
    record(by=by, action=action, on="council", thing=council.slug, at=at, after=after)
