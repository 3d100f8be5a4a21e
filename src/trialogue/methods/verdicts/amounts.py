"""Two levels and their difference as a page says them: rounded, and still adding up."""

from dataclasses import dataclass
from decimal import Decimal
from math import floor, log10

from trialogue.methods.results import Result
from trialogue.methods.verdicts.evidence import Evidence, Kind
from trialogue.methods.verdicts.numbers import number, rounded

POUNDS = "£"
_SCALES = (100, 1_000, 10_000, 100_000)


@dataclass(frozen=True, repr=False)
class Amounts(Result):
    """Levels with usual service and with the new one, and the difference with its range.

    `per` is how many people they are out of (100, or 1,000 below 1%); 1 for an average. `usual`
    plus `difference` is `new`, exactly, and the range contains the difference. `low` and `high`
    are None without a range. `unit` is £, minutes, points; empty for people and things counted.
    """

    per: int
    usual: Decimal
    new: Decimal
    difference: Decimal
    low: Decimal | None
    high: Decimal | None
    more: str
    fewer: str
    unit: str = ""


def amounts(evidence: Evidence, *, usual: float, unit: str = "") -> Amounts | None:
    """Round a comparison for the page, `usual` being the level with usual service.

    Whole numbers where they add up, one decimal in all three where they do not. An average, or
    a count for each, has as many decimals as its range deserves. None where there is no estimate.
    """
    if evidence.estimate is None:
        return None
    kind = evidence.outcome.kind
    per = scale(kind, usual, usual + evidence.estimate)
    places = _places(evidence, unit) if per == 1 else 0
    found = _rounded(evidence, evidence.estimate, usual=usual, per=per, places=places, unit=unit)
    if found.usual + rounded(per * evidence.estimate, places) == found.new:
        return found
    finer = 2 if unit == POUNDS else places + 1
    return _rounded(evidence, evidence.estimate, usual=usual, per=per, places=finer, unit=unit)


def scale(kind: Kind, *levels: float) -> int:
    """Out of how many to say it: 100, or as many more as make the smallest at least 1."""
    if kind == "continuous":
        return 1
    sizes = [abs(level) for level in levels if level]
    smallest = min(sizes, default=1.0)
    if kind == "count" and smallest >= 1:
        return 1
    return next((per for per in _SCALES if per * smallest >= 1 - 1e-9), _SCALES[-1])


def _rounded(
    evidence: Evidence, estimate: float, *, usual: float, per: int, places: int, unit: str
) -> Amounts:
    before = rounded(per * usual, places)
    after = rounded(per * (usual + estimate), places)
    difference = after - before
    low = high = None
    if evidence.ci_low is not None and evidence.ci_high is not None:
        # The difference of two rounded levels may be one last digit off: the range takes it in.
        low = min(rounded(per * evidence.ci_low, places), difference)
        high = max(rounded(per * evidence.ci_high, places), difference)
    people = evidence.outcome.kind != "continuous"
    return Amounts(
        per=per,
        usual=before,
        new=after,
        difference=difference,
        low=low,
        high=high,
        more="more",
        fewer="fewer" if people else "less",
        unit="" if people else unit,
    )


def _places(evidence: Evidence, unit: str) -> int:
    """Decimals that leave two figures to the width of the range; pounds have pence or not."""
    width = abs(evidence.estimate or 0.0)
    if evidence.ci_low is not None and evidence.ci_high is not None:
        width = evidence.ci_high - evidence.ci_low or width
    if width == 0:
        return 0
    places = min(max(0, 1 - floor(log10(width))), 6)
    return 2 if unit == POUNDS and places else places


def amount(value: Decimal, unit: str) -> str:
    """Write a level with its unit: 33, 4.8 points, £12.50."""
    if unit == POUNDS:
        return f"{'−' if value < 0 else ''}£{abs(value):,}"
    return f"{number(value)} {unit}" if unit else number(value)


def difference_words(found: Amounts) -> str:
    """Say the difference: 9 fewer; 0.6 points less."""
    return _signed(found.difference, found)


def range_words(found: Amounts) -> str:
    """Say the range: between 3 and 15 fewer; between 13 fewer and 28 more. Empty without one."""
    low, high = found.low, found.high
    if low is None or high is None:
        return ""
    if low == high:
        return _signed(low, found)
    if low < 0 < high:
        return f"between {_signed(low, found)} and {_signed(high, found)}"
    near, far = sorted((abs(low), abs(high)))
    word = found.more if high > 0 else found.fewer
    first = amount(near, found.unit if found.unit == POUNDS else "")
    return f"between {first} and {amount(far, found.unit)} {word}"


def _signed(value: Decimal, found: Amounts) -> str:
    size = amount(abs(value), found.unit)
    if value == 0:
        return size
    return f"{size} {found.more if value > 0 else found.fewer}"
