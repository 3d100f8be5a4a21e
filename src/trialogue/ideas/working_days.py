"""Working days: Monday to Friday, but for the bank holidays of England and Wales."""

from datetime import date, timedelta
from functools import cache
from itertools import islice

from govuk_bank_holidays.bank_holidays import BankHolidays


@cache
def _calendar() -> BankHolidays:
    # The list that comes with the package: nothing here waits for the network.
    return BankHolidays(use_cached_holidays=True)


def after(day: date, days: int) -> date:
    """Return the day that is `days` working days after `day`."""
    following = _calendar().work_days_after(BankHolidays.ENGLAND_AND_WALES, day)
    last: date = next(islice(following, days - 1, None))
    return last


def between(earlier: date, later: date) -> int:
    """Count the working days after `earlier`, up to and with `later`; none when not later."""
    calendar = _calendar()
    return sum(
        calendar.is_work_day(earlier + timedelta(days=step), BankHolidays.ENGLAND_AND_WALES)
        for step in range(1, (later - earlier).days + 1)
    )
