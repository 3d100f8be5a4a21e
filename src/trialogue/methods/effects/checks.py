"""Checks before the effect: numbers per arm, starting points, how alike neighbours are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import comb

import numpy as np

from trialogue.methods import arrays
from trialogue.methods.effects.columns import covariate_columns
from trialogue.methods.effects.data import FloatArray, IntArray, numbered
from trialogue.methods.problems import refuse
from trialogue.methods.results import Result
from trialogue.methods.special import tails

SMALL_EXPECTED = 5
MOST_OUTCOMES = 2_000_000  # ways to share units among arms that are looked at one by one


@dataclass(frozen=True, repr=False)
class Balance(Result):
    """How far an arm's start is from control's, in standard deviations. None: nothing varies."""

    arm: str
    covariate: str
    standardised_difference: float | None


@dataclass(frozen=True)
class Measured:
    """Of how many something is known, its mean (0 of nobody) and n − 1 deviation."""

    n: int
    mean: float
    sd: float | None


def sample_ratio(counts: Sequence[int], shares: Sequence[int]) -> float:
    """Return the p of the numbers per arm against their shares.

    Pearson's χ² without continuity correction; exact multinomial when fewer than 5 are expected
    in an arm, unless there are over two million ways to share the units. Below 0.001 something
    is wrong with how people were enrolled. `counts` and `shares` have one whole number an arm.
    """
    observed, weights = np.array(counts, dtype=float), np.array(shares, dtype=float)
    expected = observed.sum() * weights / weights.sum()
    ways = comb(sum(counts) + len(counts) - 1, len(counts) - 1)
    if (expected < SMALL_EXPECTED).any() and ways <= MOST_OUTCOMES:
        return _exact_multinomial(observed, weights / weights.sum())
    return tails.chi2_above(float(((observed - expected) ** 2 / expected).sum()), len(counts) - 1)


def _exact_multinomial(observed: FloatArray, shares: FloatArray) -> float:
    """Add the chances of all outcomes that are no likelier than this one."""
    n = int(observed.sum())
    constant = float(tails.log_factorial(n))
    logs = np.log(shares)
    left, chance = np.array([n]), np.array([constant])
    for log in logs[:-1]:
        # Every outcome so far, continued by every number that its remaining units allow.
        repeats = left + 1
        start = np.repeat(np.cumsum(repeats) - repeats, repeats)
        number = np.arange(repeats.sum()) - start
        chance = np.repeat(chance, repeats) + number * log - tails.log_factorial(number)
        left = np.repeat(left, repeats) - number
    chance = chance + left * logs[-1] - tails.log_factorial(left)
    seen = constant + float((observed * logs - tails.log_factorial(observed)).sum())
    return min(1.0, float(np.exp(chance[chance <= seen + 1e-9]).sum()))


def balance(
    covariates: Mapping[str, arrays.Column], arm: arrays.Column, control: str
) -> tuple[Balance, ...]:
    """Compare every arm's start with control's, on all rows allocated.

    (x̄_a − x̄_0) / sqrt((s_a² + s_0²)/2), with n − 1 variances, of those measured; a category as
    dummies, the first in byte order left out. Never a reason to add a covariate. Columns are
    (n,), of any library. Raises InputError when they differ in length.
    """
    arm = arrays.text(arm, name="arm")
    covariates = {
        name: arrays.numbers_or_text(column, name=name) for name, column in covariates.items()
    }
    refuse(arrays.same_length({"arm": arm, **covariates}))
    columns = [
        (label, np.where(np.isnan(values), np.nan, column) if label == name else column)
        if values.dtype.kind == "f"
        else (label, column)
        for name, values in covariates.items()
        for label, column in covariate_columns(name, values)
    ]
    others = [str(name) for name in numbered(arm)[0] if name != control]
    return tuple(
        Balance(
            name,
            label,
            standardised_difference(
                _measured(column[arm == name]), _measured(column[arm == control])
            ),
        )
        for name in others
        for label, column in columns
    )


def standardised_difference(here: Measured, control: Measured) -> float | None:
    """(x̄_a − x̄_0) / sqrt((s_a² + s_0²)/2); None when nothing varies or was measured."""
    if here.sd is None or control.sd is None:
        return None
    spread = float(np.sqrt((here.sd**2 + control.sd**2) / 2))
    return (here.mean - control.mean) / spread if spread > 0 else None


def _measured(values: FloatArray) -> Measured:
    known = values[~np.isnan(values)]
    return Measured(
        n=known.size,
        mean=float(known.mean()) if known.size else 0.0,
        sd=float(known.std(ddof=1)) if known.size > 1 else None,
    )


def icc(
    outcome: arrays.Column, cluster: arrays.Column, arm: arrays.Column | None = None
) -> float | None:
    """Return the intra-cluster correlation by one-way analysis of variance within arms.

    Not truncated at 0 (Donner's n₀). Rows without an outcome do not count. None when there is
    one row a cluster, or nothing varies. Without `arm`, for a trial that is still running.
    Columns are (n,), of any library. Raises InputError when they differ in length.

    References
    ----------
    Donner (1986), International Statistical Review 54(1), 67-82.
    """
    outcome = arrays.numbers(outcome, name="outcome")
    cluster = arrays.numbers_or_text(cluster, name="cluster")
    arm = None if arm is None else arrays.numbers_or_text(arm, name="arm")
    refuse(arrays.same_length({"outcome": outcome, "cluster": cluster, "arm": arm}))
    known = ~np.isnan(outcome)
    y = outcome[known] - (outcome[known].mean() if known.any() else 0.0)
    index = numbered(cluster[known])[1]
    arm_of_row = np.zeros(y.size, dtype=np.int64) if arm is None else numbered(arm[known])[1]
    groups = int(index.max(initial=-1)) + 1
    sizes = np.bincount(index).astype(float)
    means = np.bincount(index, y) / sizes
    arm_of = np.zeros(groups, dtype=np.int64)
    arm_of[index] = arm_of_row
    return icc_of_clusters(sizes, means, arm_of, within=float(((y - means[index]) ** 2).sum()))


def icc_of_clusters(
    sizes: FloatArray, means: FloatArray, arm: IntArray, *, within: float
) -> float | None:
    """Return the same from each cluster's people, mean and arm, all (G,), and Σ(y − its mean)²."""
    people, groups, arms = float(sizes.sum()), sizes.size, int(arm.max(initial=-1)) + 1
    if groups <= arms or people <= groups:
        return None
    totals = np.bincount(arm, sizes, minlength=arms)
    arm_means = np.bincount(arm, sizes * means, minlength=arms) / totals
    between = float((sizes * (means - arm_means[arm]) ** 2).sum())
    msb, msw = between / (groups - arms), within / (people - groups)
    n0 = (people - float((sizes**2 / totals[arm]).sum())) / (groups - arms)
    bottom = msb + (n0 - 1) * msw
    return (msb - msw) / bottom if bottom > 0 else None
