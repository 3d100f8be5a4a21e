"""What the missing outcomes could hide."""

from dataclasses import dataclass

import numpy as np

from trialogue.methods.effects.data import BoolArray, FloatArray


@dataclass(frozen=True)
class LeeBounds:
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


def lee_bounds(outcome: FloatArray, treated: BoolArray, control: BoolArray) -> LeeBounds:
    """Trim the arm that was measured more, from the top and from the bottom.

    References
    ----------
    Lee (2009), Review of Economic Studies 76(3), 1071-1102.
    """
    arm = np.sort(outcome[treated & ~np.isnan(outcome)])
    usual = np.sort(outcome[control & ~np.isnan(outcome)])
    if not arm.size or not usual.size:
        return LeeBounds(None, None, None, None)
    # Shares observed are arm.size / treated and usual.size / control; compared and cut down in
    # whole numbers, since a floor of a rounded number can be one too small.
    all_arm, all_usual = int(treated.sum()), int(control.sum())
    here, there = arm.size * all_usual, usual.size * all_arm
    trim = abs(here - there) / max(here, there)
    if here >= there:
        k = (here - there) // all_usual
        low, high = arm[: arm.size - k].mean() - usual.mean(), arm[k:].mean() - usual.mean()
    else:
        k = (there - here) // all_arm
        low = arm.mean() - usual[k:].mean()
        high = arm.mean() - usual[: usual.size - k].mean()
    return LeeBounds(float(low), float(high), trim, k)


def tipping_difference(
    estimate: float, outcome: FloatArray, treated: BoolArray, control: BoolArray
) -> float | None:
    """Return how far the missing would have to differ from the measured for no effect.

    The mean of the missing minus the mean of the measured, in whichever of the two arms lost the
    larger share, that would move the estimate to 0. None when neither lost any.
    """
    missing = np.isnan(outcome)
    lost, lost_control = float(missing[treated].mean()), float(missing[control].mean())
    if max(lost, lost_control) == 0:
        return None
    return -estimate / lost if lost >= lost_control else estimate / lost_control
