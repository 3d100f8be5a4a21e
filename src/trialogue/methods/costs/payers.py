"""Who pays and who gains: the cost of an arm, shared out among those who bear it."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from trialogue.methods.arrays import Column
from trialogue.methods.costs.found import Amount, amount, column_beside, fitted_arms
from trialogue.methods.effects import Data, Rule
from trialogue.methods.problems import InputError, Problem
from trialogue.methods.results import Result


@dataclass(frozen=True, repr=False)
class WhoPays(Result):
    """What an arm costs each payer beside control, a row; below 0: the payer gains.

    The payers' estimates add up to that of `total`, whose range is its own: what one payer
    spends another may spare. `left_out`: rows with an outcome where a payer's cost is missing.
    """

    arm: str
    payers: Mapping[str, Amount]
    total: Amount
    left_out: int


def who_pays(data: Data, rule: Rule, costs: Mapping[str, Column]) -> tuple[WhoPays, ...]:
    """Return what an arm costs each payer, by the planned model on each one's cost.

    All on the rows that have an outcome and every payer's cost, so that they add up.

    Parameters
    ----------
    data : Data
        Its own cost is not read.
    rule : Rule
        The registered analysis rule.
    costs : mapping
        Payer -> pounds, (n,).

    Raises
    ------
    InputError
        There is no payer, a cost is no number, or a column is not as long as the outcome.
    """
    if not costs:
        raise InputError(Problem("needed", "Name at least one payer", column="costs"))
    columns = {payer: column_beside(data, column, payer) for payer, column in costs.items()}
    total = np.column_stack(list(columns.values())).sum(axis=1)
    left_out = int((np.isnan(total) & ~np.isnan(data.outcome)).sum())
    clustered, alpha = data.cluster is not None, rule.alpha
    found = []
    for name, fit, column in fitted_arms(data, rule, total, *columns.values()):
        if column is None:
            continue
        whole, *each = (
            amount(fit, column, i, clustered=clustered, alpha=alpha)
            for i in range(1 + len(columns))
        )
        payers = dict(zip(columns, each, strict=True))
        found.append(WhoPays(name, payers, whole, left_out))
    return tuple(found)
