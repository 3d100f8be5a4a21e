"""Pounds and hours that an arm releases a month."""

from dataclasses import dataclass

import numpy as np

from trialogue.methods.arrays import Column
from trialogue.methods.costs.found import Amount, amount, column_beside, fitted_arms
from trialogue.methods.effects import Data, Rule
from trialogue.methods.problems import InputError, Problem, refuse
from trialogue.methods.results import Result


@dataclass(frozen=True, repr=False)
class Released(Result):
    """What an arm releases a month, beside control: below 0 where it takes more.

    `hours` is None without hours; `together` in pounds, None without a price of an hour.
    """

    arm: str
    pounds: Amount
    hours: Amount | None = None
    together: Amount | None = None


def released(
    data: Data,
    rule: Rule,
    *,
    rows_a_month: float,
    hours: Column | None = None,
    price_of_hour: float | None = None,
) -> tuple[Released, ...]:
    """Return −ΔC times the rows a month, and the same of hours, an arm each.

    By the planned model, on the rows that have an outcome, a cost and hours. Pounds and hours are
    put together only at a price of an hour that was registered: then the model is fitted to
    their sum, since they may rise and fall as one, and both are given apart as well.

    Parameters
    ----------
    data : Data
        With a cost in pounds, (n,).
    rule : Rule
        The registered analysis rule.
    rows_a_month : float
        How many people or streets the service sees in a month, above 0.
    hours : (n,)
        Hours of work spent on each row.
    price_of_hour : float
        Pounds, above 0.

    Raises
    ------
    InputError
        There is no cost, a price without hours, or a number that is not above 0.
    """
    if data.cost is None:
        raise InputError(Problem("needed", "Give what each row cost", column="cost"))
    refuse(_problems(rows_a_month, hours, price_of_hour))
    spent = [data.cost]
    if hours is not None:
        worked = column_beside(data, hours, "hours")
        spent.append(worked)
        if price_of_hour is not None:
            spent.append(data.cost + price_of_hour * worked)
    found = []
    for name, fit, column in fitted_arms(data, rule, *spent):
        if column is None:
            continue
        each = (
            amount(fit, column, i, clustered=data.cluster is not None, alpha=rule.alpha)
            for i in range(len(spent))
        )
        found.append(Released(name, *(one.times(-rows_a_month) for one in each)))
    return tuple(found)


def _problems(
    rows_a_month: float, hours: Column | None, price_of_hour: float | None
) -> list[Problem]:
    problems = []
    if price_of_hour is not None and hours is None:
        problems.append(Problem("needs hours", column="price_of_hour"))
    for name, value in (("rows_a_month", rows_a_month), ("price_of_hour", price_of_hour)):
        if value is not None and not 0 < value < np.inf:
            problems.append(Problem(f"{value:g}: must be above 0", column=name))
    return problems
