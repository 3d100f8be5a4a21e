"""What the missing outcomes could hide."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trialogue.methods.effects.data import FloatArray


@dataclass(frozen=True)
class LeeBounds:
    """Bounds on a difference of means; `trim` the share trimmed, `k` how many values."""

    low: float | None
    high: float | None
    trim: float
    k: int


def extreme_cases(
    outcome: FloatArray, treated: NDArray[np.bool_], control: NDArray[np.bool_]
) -> tuple[float, float]:
    """Return the lowest and the highest difference in shares that the missing allow.

    Lowest: everyone missing of the arm counts 0 and of control 1; highest the reverse.
    """
    low = (
        np.nan_to_num(outcome[treated], nan=0.0).mean()
        - np.nan_to_num(outcome[control], nan=1.0).mean()
    )
    high = (
        np.nan_to_num(outcome[treated], nan=1.0).mean()
        - np.nan_to_num(outcome[control], nan=0.0).mean()
    )
    return float(low), float(high)


def lee_bounds(
    outcome: FloatArray, treated: NDArray[np.bool_], control: NDArray[np.bool_]
) -> LeeBounds:
    """Trim the arm that was measured more, from the top and from the bottom.

    References
    ----------
    Lee (2009), Review of Economic Studies 76(3), 1071-1102.
    """
    arm = np.sort(outcome[treated & ~np.isnan(outcome)])
    usual = np.sort(outcome[control & ~np.isnan(outcome)])
    share, usual_share = arm.size / treated.sum(), usual.size / control.sum()
    if not arm.size or not usual.size:
        return LeeBounds(None, None, 0.0, 0)
    larger, smaller = max(share, usual_share), min(share, usual_share)
    trim = float((larger - smaller) / larger)
    if share >= usual_share:
        k = int(np.floor(trim * arm.size + 1e-9))
        low = arm[: arm.size - k].mean() - usual.mean()
        high = arm[k:].mean() - usual.mean()
    else:
        k = int(np.floor(trim * usual.size + 1e-9))
        low = arm.mean() - usual[k:].mean()
        high = arm.mean() - usual[: usual.size - k].mean()
    return LeeBounds(float(low), float(high), trim, k)
