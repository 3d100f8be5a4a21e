"""What all trials say together, in a sentence."""

from trialogue.methods.verdicts.amounts import (
    POUNDS,
    Amounts,
    amount,
    amounts,
    difference_words,
    range_words,
)
from trialogue.methods.verdicts.evidence import Evidence
from trialogue.methods.verdicts.sentences import Wording


def pooled_sentence(
    together: Evidence,
    new_place: Evidence | None,
    wording: Wording,
    *,
    usual: float,
    trials: int,
    councils: int,
    unreported: int = 0,
) -> str:
    """Say the pooled estimate, what a new council may see, and how many trials kept silent.

    `together` is the pooled estimate with its range, `new_place` the same with the range of a new
    place, None where there is none; `usual` the level with usual service. No figure is said of
    fewer than three trials.
    """
    silent = _silent(unreported)
    if trials < 2:
        return f"One trial so far. Two are needed before they can be added up.{silent}"
    found = amounts(together, usual=usual, unit=wording.unit)
    if trials == 2 or found is None:
        return f"Two trials cannot show how much results vary.{silent}"
    places = "council" if councils == 1 else "councils"
    said = (
        f"{trials} trials in {councils} {places}: about {difference_words(found)}"
        f"{_of_how_many(found, together, wording)} (likely {_between(found)})."
    )
    ahead = amounts(new_place, usual=usual, unit=wording.unit) if new_place else None
    if ahead and (words := range_words(ahead)):
        said += f" In a new council, expect {words}."
    return said + silent


def unreported_sentence(if_nothing: Evidence, wording: Wording, *, usual: float) -> str:
    """Say what would be left if the trials that were not reported had found nothing."""
    found = amounts(if_nothing, usual=usual, unit=wording.unit)
    if found is None:
        return ""
    return (
        f"If the missing trials found nothing, it is about {difference_words(found)}"
        f"{_of_how_many(found, if_nothing, wording)} (likely {_between(found)})."
    )


def _silent(unreported: int) -> str:
    if not unreported:
        return ""
    has = "trial has" if unreported == 1 else "trials have"
    return f" {unreported} more {has} not been reported."


def _of_how_many(found: Amounts, evidence: Evidence, wording: Wording) -> str:
    if evidence.outcome.kind == "continuous":
        return ""
    return f" for each {wording.person}" if found.per == 1 else f" in {found.per:,}"


def _between(found: Amounts) -> str:
    """Say a range without its word where both ends are on the side of the estimate."""
    low, high = found.low, found.high
    if low is None or high is None or low < 0 < high:
        return range_words(found)
    near, far = sorted((abs(low), abs(high)))
    first = amount(near, found.unit if found.unit == POUNDS else "")
    return f"between {first} and {amount(far, found.unit)}"
