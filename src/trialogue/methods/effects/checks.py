"""Checks before the effect: numbers per arm, starting points, how alike neighbours are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import lgamma

import numpy as np
from scipy.special import chdtrc

from trialogue.methods.effects.columns import covariate_columns
from trialogue.methods.effects.data import Coded, FloatArray, IntArray, Text

SMALL_EXPECTED = 5


@dataclass(frozen=True)
class Balance:
    """How far an arm's start is from control's, in standard deviations. None: nothing varies."""

    arm: str
    covariate: str
    standardised_difference: float | None


def sample_ratio(counts: Sequence[int], shares: Sequence[int]) -> float:
    """Return the p of the numbers per arm against their shares.

    Pearson's χ² without continuity correction; exact multinomial when fewer than 5 are expected
    in an arm. Below 0.001 something is wrong with how people were enrolled.
    """
    observed, weights = np.array(counts, dtype=float), np.array(shares, dtype=float)
    expected = observed.sum() * weights / weights.sum()
    if (expected < SMALL_EXPECTED).any():
        return _exact_multinomial([int(count) for count in counts], weights / weights.sum())
    chi2 = float(((observed - expected) ** 2 / expected).sum())
    return float(chdtrc(len(counts) - 1, chi2))


def _exact_multinomial(counts: Sequence[int], shares: FloatArray) -> float:
    """Add the chances of all outcomes that are no likelier than this one."""
    n = sum(counts)
    logs = np.log(shares)

    def log_chance(outcome: Sequence[int]) -> float:
        return lgamma(n + 1) + sum(
            count * float(log) - lgamma(count + 1)
            for count, log in zip(outcome, logs, strict=True)
        )

    seen = log_chance(counts) + 1e-9
    total = 0.0
    for first in product(range(n + 1), repeat=len(counts) - 1):
        if sum(first) <= n:
            chance = log_chance((*first, n - sum(first)))
            total += float(np.exp(chance)) if chance <= seen else 0.0
    return min(total, 1.0)


def balance(covariates: Mapping[str, FloatArray | Text], coded: Coded) -> list[Balance]:
    """Compare every arm's start with control's, on all rows allocated.

    (x̄_a − x̄_0) / sqrt((s_a² + s_0²)/2), with n − 1 variances. Never a reason to add a covariate.
    """
    rows = []
    for arm in range(1, len(coded.arms)):
        for name, values in covariates.items():
            for label, column in covariate_columns(name, values):
                here, control = column[coded.arm == arm], column[coded.arm == 0]
                spread = 0.0
                if here.size > 1 and control.size > 1:
                    spread = float(np.sqrt((here.var(ddof=1) + control.var(ddof=1)) / 2))
                difference = float(here.mean() - control.mean()) / spread if spread > 0 else None
                rows.append(Balance(coded.arms[arm], label, difference))
    return rows


def icc(outcome: FloatArray, cluster: IntArray, arm: IntArray) -> float | None:
    """Return the intra-cluster correlation by one-way analysis of variance within arms.

    Not truncated at 0. None when there is one row a cluster, or nothing varies. (Donner's n₀.)
    """
    clusters, index = np.unique(cluster, return_inverse=True)
    arms = np.unique(arm)
    people, groups = outcome.size, clusters.size
    if groups <= arms.size or people <= groups:
        return None
    sizes = np.bincount(index).astype(float)
    means = np.bincount(index, outcome) / sizes
    arm_of = np.empty(groups, dtype=arm.dtype)
    arm_of[index] = arm
    between = harmonic = 0.0
    for a in arms:
        here = arm_of == a
        total = sizes[here].sum()
        mean = (sizes[here] * means[here]).sum() / total
        between += float((sizes[here] * (means[here] - mean) ** 2).sum())
        harmonic += float((sizes[here] ** 2).sum() / total)
    within = float(((outcome - means[index]) ** 2).sum())
    msb, msw = between / (groups - arms.size), within / (people - groups)
    n0 = (people - harmonic) / (groups - arms.size)
    bottom = msb + (n0 - 1) * msw
    return (msb - msw) / bottom if bottom > 0 else None
