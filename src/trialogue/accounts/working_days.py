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
class Nation:
    """Whose bank holidays count: in words, and as GOV.UK's list calls it."""

    words: str
    division: str


ENGLAND_AND_WALES = Nation("England and Wales", BankHolidays.ENGLAND_AND_WALES)
# By the first letter of a council's GSS code.
NATIONS = {
    "S": Nation("Scotland", BankHolidays.SCOTLAND),
    "N": Nation("Northern Ireland", BankHolidays.NORTHERN_IRELAND),
}


@dataclass(frozen=True)
class Calendar:
    """The council's working days. `closed` are days of its own, `worked` bank holidays it works.

    The bank holidays are those of its nation.
    """

    closed: dict[date, str]
    worked: frozenset[date]
    nation: Nation = ENGLAND_AND_WALES

    @classmethod
    def of(cls, settings: dict[str, Any], gss_code: str = "") -> "Calendar":
        """Return the calendar that a council's settings say; its code tells the nation."""
        closed = {date.fromisoformat(one["day"]): one["why"] for one in settings.get("closed", ())}
        worked = frozenset(map(date.fromisoformat, settings.get("worked", ())))
        return cls(closed, worked, NATIONS.get(gss_code[:1].upper(), ENGLAND_AND_WALES))

    @property
    def bank_holidays(self) -> dict[date, str]:
        """The bank holidays of its nation, and what each is called."""
        return _bank_holidays(self.nation.division)

    def is_working(self, day: date) -> bool:
        """Whether the council works on a day."""
        if day.weekday() >= 5 or day in self.closed:
            return False
        return day not in self.bank_holidays or day in self.worked

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
            for day, why in self.bank_holidays.items()
            if day not in self.worked and day not in self.closed
        ]
        return sorted((one for one in found if one.day >= first), key=lambda one: one.day)


@cache
def _bank_holidays(division: str) -> dict[date, str]:
    """Return the bank holidays of a division of GOV.UK's list, as it came with the package."""
    # Nothing here waits for the network.
    known = BankHolidays(use_cached_holidays=True)
    return {one["date"]: one["title"] for one in known.get_holidays(division)}
