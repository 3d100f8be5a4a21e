"""Where a function crosses zero. Brent's own routine costs half a second to import."""

from collections.abc import Callable
from math import inf

Function = Callable[[float], float]


def root(function: Function, low: float, high: float, *, tolerance: float = 1e-12) -> float:
    """Find where `function`, below zero at `low` and not below it at `high`, crosses zero.

    Brent's idea in the form of Chandrupatla (1997), Advances in Engineering Software 28(3):
    a parabola through three points where that is safe, else the middle.
    """
    newest, other = low, high
    at_newest, at_other = function(low), function(high)
    older, at_older = newest, at_newest
    step = 0.5
    for _ in range(200):
        point = newest + step * (other - newest)
        at_point = function(point)
        if (at_point < 0) == (at_newest < 0):
            older, at_older = newest, at_newest
        else:
            older, at_older = other, at_other
            other, at_other = newest, at_newest
        newest, at_newest = point, at_point
        best, width = (newest if abs(at_newest) < abs(at_other) else other), abs(other - newest)
        allowed = tolerance * max(abs(best), tolerance)
        if width <= 2 * allowed or at_newest == 0 or at_other == 0:
            return best
        step = _parabola(newest, other, older, at_newest, at_other, at_older)
        step = min(max(step, allowed / width), 1 - allowed / width)
    return best


def _parabola(a: float, b: float, c: float, fa: float, fb: float, fc: float) -> float:
    """Step from a towards b, as a share, by the inverse parabola through three points."""
    if c in (a, b) or fc in (fa, fb):
        return 0.5
    place, height = (a - b) / (c - b), (fa - fb) / (fc - fb)
    if not (height**2 < place and (1 - height) ** 2 < 1 - place):
        return 0.5
    slope = (c - a) / (b - a)
    return fa / (fb - fa) * fc / (fb - fc) + slope * fa / (fc - fa) * fb / (fc - fb)


def above(function: Function, start: float, limit: float = inf) -> float | None:
    """Double from `start` until `function` is not below zero; None when it still is at `limit`."""
    point = start
    while not function(point) >= 0:
        if point >= limit:
            return None
        point = min(2 * point, limit)
    return point
