"""Working days: Monday to Friday, but for bank holidays and the days the council says."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

from govuk_bank_holidays.bank_holidays import BankHolidays


@dataclass(frozen=True)
class DayOff:
    """A day on which the council does not work, and why. `own`: the council's, not the law's."""

    day: date
    why: str
    own: bool


@dataclass(frozen=True)
class Calendar:
    """The council's working days. `closed` are days of its own, `worked` bank holidays it works.

    A council of England or Wales: the bank holidays are theirs.
    """

    closed: dict[date, str]
    worked: frozenset[date]

    @classmethod
    def of(cls, settings: dict[str, Any]) -> "Calendar":
        """Return the calendar that a council's settings say."""
        closed = {date.fromisoformat(one["day"]): one["why"] for one in settings.get("closed", ())}
        return cls(closed, frozenset(map(date.fromisoformat, settings.get("worked", ()))))

    def is_working(self, day: date) -> bool:
        """Whether the council works on a day."""
        if day.weekday() >= 5 or day in self.closed:
            return False
        return day not in bank_holidays() or day in self.worked

    def after(self, day: date, days: int) -> date:
        """Return the day that is `days` working days after `day`."""
        while days:
            day += timedelta(days=1)
            days -= self.is_working(day)
        return day

    def between(self, earlier: date, later: date) -> int:
        """Count the working days after `earlier`, up to and with `later`; none when not later."""
        each = (earlier + timedelta(days=step) for step in range(1, (later - earlier).days + 1))
        return sum(map(self.is_working, each))

    def days_off(self, *, first: date) -> list[DayOff]:
        """Return the days off from `first` on, earliest first: bank holidays and the council's."""
        found = [DayOff(day, why, own=True) for day, why in self.closed.items()]
        found += [
            DayOff(day, why, own=False)
            for day, why in bank_holidays().items()
            if day not in self.worked and day not in self.closed
        ]
        return sorted((one for one in found if one.day >= first), key=lambda one: one.day)


@cache
def bank_holidays() -> dict[date, str]:
    """Return the bank holidays of England and Wales that the list with the package names."""
    # Nothing here waits for the network.
    known = BankHolidays(use_cached_holidays=True)
    found = known.get_holidays(BankHolidays.ENGLAND_AND_WALES)
    return {one["date"]: one["title"] for one in found}
