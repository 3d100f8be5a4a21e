"""Whether a value and a day can be, in the same words for a file, a form and a program."""

from collections.abc import Iterator
from datetime import date

from trialogue.methods.problems import Problem
from trialogue.tables import cell_problem
from trialogue.trials.protocol import Outcome, Wave


def range_problem(outcome: Outcome, value: float) -> Problem | None:
    """Return what is wrong with a number outside what its outcome can be. NaN is missing."""
    name = f'"{outcome.name}"'
    if outcome.highest is not None and value > outcome.highest:
        what = f"{value:g} is above the highest that {name} can be, {outcome.highest:g}"
    elif outcome.lowest is not None and value < outcome.lowest:
        what = f"{value:g} is below the lowest that {name} can be, {outcome.lowest:g}"
    else:
        return None
    return Problem(what, "Check the figure")


def value_problems(outcome: Outcome, value: float) -> Iterator[Problem]:
    """Yield what is wrong with one number that was typed."""
    problem = cell_problem(repr(value).removesuffix(".0"), kind=outcome.kind)
    if problem is None:
        problem = range_problem(outcome, value)
    if problem is not None:
        yield problem.at(column=outcome.code)


def day_problem(wave: Wave, day: date) -> Problem | None:
    """Return what is wrong with a day on which a wave was not open."""
    if day < wave.opens:
        what = f"{_said(day)} is before this wave opened, {_said(wave.opens)}"
    elif day > wave.closes:
        what = f"{_said(day)} is after this wave closed, {_said(wave.closes)}"
    else:
        return None
    return Problem(what, "Check the date, or choose another wave")


def _said(day: date) -> str:
    return f"{day:%-d %b %Y}"
