"""What the missing outcomes could hide."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from trialogue.methods.arrays import Column, numbers
from trialogue.methods.effects.data import BoolArray, FloatArray
from trialogue.methods.results import Result


@dataclass(frozen=True, repr=False)
class LeeBounds(Result):
    """Bounds on a difference of means; `trim` the share trimmed, `k` how many values."""

    low: float | None
    high: float | None
    trim: float | None
    k: int | None


def extreme_outcomes(
    outcome: FloatArray, treated: BoolArray, control: BoolArray
) -> tuple[FloatArray, FloatArray]:
    """Fill a yes/no outcome with the worst and the best that the missing allow.

    Worst: everyone missing of the arm counts 0 and of control 1; best the reverse. Outcomes
    missing elsewhere stay missing.
    """
    missing = np.isnan(outcome)
    low, high = outcome.copy(), outcome.copy()
    low[missing & treated], low[missing & control] = 0.0, 1.0
    high[missing & treated], high[missing & control] = 1.0, 0.0
    return low, high


def lee_bounds(outcome: Column, treated: Column, control: Column) -> LeeBounds:
    """Trim the arm that was measured more, from the top and from the bottom.

    Parameters
    ----------
    outcome : (n,)
        In its own unit; missing where it was not measured.
    treated, control : (n,)
        True for the people of each arm.

    References
    ----------
    Lee (2009), Review of Economic Studies 76(3), 1071-1102.
    """
    outcome = numbers(outcome, name="outcome")
    treated, control = numbers(treated) == 1, numbers(control) == 1
    arm, usual = _sorted(outcome, treated), _sorted(outcome, control)
    return lee_bounds_of(
        Observed(arm.size, int(treated.sum()), _trimmer(arm)),
        Observed(usual.size, int(control.sum()), _trimmer(usual)),
    )


@dataclass(frozen=True)
class Observed:
    """How many of an arm were measured, of how many; `trimmed(k, largest)`: the mean without k."""

    measured: int
    people: int
    trimmed: Callable[[int, bool], float]


def lee_bounds_of(arm: Observed, usual: Observed) -> LeeBounds:
    """Return the bounds of an arm against control."""
    if not arm.measured or not usual.measured:
        return LeeBounds(None, None, None, None)
    # Shares observed are measured / people; compared and cut down in whole numbers, since a floor
    # of a rounded number can be one too small.
    here, there = arm.measured * usual.people, usual.measured * arm.people
    trim = abs(here - there) / max(here, there)
    if here >= there:
        k = (here - there) // usual.people
        mean = usual.trimmed(0, True)
        low, high = arm.trimmed(k, True) - mean, arm.trimmed(k, False) - mean
    else:
        k = (there - here) // arm.people
        mean = arm.trimmed(0, True)
        low, high = mean - usual.trimmed(k, False), mean - usual.trimmed(k, True)
    return LeeBounds(low, high, trim, k)


def _sorted(outcome: FloatArray, here: BoolArray) -> FloatArray:
    return np.sort(outcome[here & ~np.isnan(outcome)])


def _trimmer(values: FloatArray) -> Callable[[int, bool], float]:
    def trimmed(k: int, largest: bool) -> float:
        return float((values[: values.size - k] if largest else values[k:]).mean())

    return trimmed


def tipping_difference(
    estimate: float, outcome: FloatArray, treated: BoolArray, control: BoolArray
) -> float | None:
    """Return how far the missing would have to differ from the measured for no effect.

    The mean of the missing minus the mean of the measured, in whichever of the two arms lost the
    larger share, that would move the estimate to 0. None when neither lost any.
    """
    missing = np.isnan(outcome)
    return tips_at(estimate, float(missing[treated].mean()), float(missing[control].mean()))


def tips_at(estimate: float, lost: float, lost_control: float) -> float | None:
    """Return the same from the shares of both arms that were lost."""
    if max(lost, lost_control) == 0:
        return None
    return -estimate / lost if lost >= lost_control else estimate / lost_control
