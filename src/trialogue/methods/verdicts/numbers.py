"""How numbers, money and dates are written on every page."""

from dataclasses import dataclass
from datetime import date, time
from decimal import ROUND_HALF_UP, Decimal

NOT_KNOWN = "not known"


@dataclass(frozen=True)
class Share:
    """A part of a whole, in whole numbers: 12 of 40."""

    part: int
    whole: int

    @property
    def value(self) -> float:
        """The share as a number from 0 to 1. The whole must not be 0."""
        return self.part / self.whole


def rounded(value: float, places: int = 0) -> Decimal:
    """Round as people do, a half away from 0, and never to minus 0.

    Nine digits first, or 28.499999999999996, which is 100 × 0.285, would round down.
    """
    exact = Decimal(f"{value:.9f}")
    return exact.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP) + 0


def figures(value: float, places: int) -> str:
    """Write a number to so many figures, never as a power of ten: 0.00001, not 1e-05."""
    return f"{Decimal(f'{value:.{places}g}'):,f}"


def number(value: Decimal) -> str:
    """Write a rounded number: 1,250 or −3.3."""
    return f"{value:,}".replace("-", "−")


def share(count: Share) -> str:
    """Write a share with its counts: 30% (12 of 40).

    No decimals under 1,000 people; under 1% it is said per 1,000; never a share of fewer than 10.
    """
    counts = f"{count.part:,} of {count.whole:,}"
    if count.whole == 0:
        return NOT_KNOWN
    if count.whole < 10:
        return counts
    if 0 < 100 * count.part < count.whole:
        per_1000 = 1000 * count.value
        return (
            f"{rounded(per_1000) if per_1000 >= 1 else figures(per_1000, 1)} per 1,000 ({counts})"
        )
    if count.part < count.whole and rounded(100 * count.value) == 100:
        return f"over 99% ({counts})"
    return f"{_trimmed(100 * count.value, 0 if count.whole < 1000 else 1)}% ({counts})"


def protected_share(count: Share) -> str:
    """Write a share made of counts that were rounded to protect small numbers."""
    if count.whole == 0:
        return NOT_KNOWN
    percent = rounded(100 * count.value)
    return f"about {percent}% (small numbers protected, counts to the nearest 5)"


def money(pounds: float) -> str:
    """Write pounds: £6.75, £1,250, £1.2 million."""
    sign = "−" if rounded(pounds, 2) < 0 else ""
    size = abs(pounds)
    if rounded(size) >= 1_000_000:
        return f"{sign}£{_trimmed(size / 1e6, 1)} million"
    whole = size >= 100 or rounded(size, 2) == rounded(size)
    return f"{sign}£{rounded(size, 0 if whole else 2):,}"


def long_date(day: date) -> str:
    """Write a day on a page: 3 February 2027."""
    return f"{day.day} {day:%B %Y}"


def short_date(day: date) -> str:
    """Write a day in a table: 3 Feb 2027."""
    return f"{day.day} {day:%b %Y}"


def date_range(first: date, last: date) -> str:
    """Write days from one to another: 3 to 9 February 2027."""
    if first == last:
        return long_date(first)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day} to {long_date(last)}"
    if first.year == last.year:
        return f"{first.day} {first:%B} to {long_date(last)}"
    return f"{long_date(first)} to {long_date(last)}"


def due_date(day: date, *, today: date) -> str:
    """Write when something is due; within a week the day is named: Thursday 4 February 2027."""
    near = 0 <= (day - today).days <= 7
    return f"{day:%A} {long_date(day)}" if near else long_date(day)


def clock_time(moment: time) -> str:
    """Write a time of day: 2:15pm, 2pm, midday."""
    if (moment.hour, moment.minute) == (12, 0):
        return "midday"
    if (moment.hour, moment.minute) == (0, 0):
        return "midnight"
    minutes = f":{moment:%M}" if moment.minute else ""
    return f"{moment.hour % 12 or 12}{minutes}{'am' if moment.hour < 12 else 'pm'}"


def length_of_time(minutes: int) -> str:
    """Write a length of time: 1 hour 20 minutes."""
    hours, rest = divmod(minutes, 60)
    parts = [_counted(hours, "hour")] if hours else []
    if rest or not hours:
        parts.append(_counted(rest, "minute"))
    return " ".join(parts)


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _trimmed(value: float, places: int) -> str:
    text = f"{rounded(value, places):,}"
    return text.rstrip("0").rstrip(".") if "." in text else text
