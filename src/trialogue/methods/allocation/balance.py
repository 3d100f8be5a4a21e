"""For analysts: how many allocations there are, and chance balance (no option, no page)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, comb
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from trialogue.methods import special
from trialogue.methods.allocation.draw import Unit, draw
from trialogue.methods.design import Design
from trialogue.methods.problems import InputError, Problem, refuse

FloatArray = NDArray[np.float64]
# Draws tried are this many for each that should be accepted.
TRIES = 50


def count_allocations(sizes: Sequence[Mapping[str, int]]) -> int:
    """Return the exact number of distinct allocations.

    `sizes`: for each stratum (or block) how many units each arm has. The product over strata of
    n! / Π n_a!.
    """
    total = 1
    for stratum in sizes:
        left = sum(stratum.values())
        for number in stratum.values():
            total *= comb(left, number)
            left -= number
    return total


def mahalanobis_balance(treated: NDArray[np.bool_], covariates: FloatArray) -> float:
    """Return M, the distance between the covariate means of two arms.

    `treated` is (n,), `covariates` (n, k), one row a unit; both arms have units, and no covariate
    follows from the others.

    References
    ----------
    Morgan and Rubin (2012), Annals of Statistics 40(2), 1263-1282, equation (1).
    """
    n1, n0 = int(treated.sum()), int((~treated).sum())
    difference = covariates[treated].mean(axis=0) - covariates[~treated].mean(axis=0)
    spread = np.atleast_2d(np.cov(covariates, rowvar=False, ddof=1))
    return float(n1 * n0 / (n1 + n0) * difference @ np.linalg.solve(spread, difference))


@dataclass(frozen=True)
class Balanced:
    """The rule that accepts an allocation to two arms: its M is at most `limit`.

    Called with (B, n) arms, 0 and 1, it returns (B,) which are accepted. What draws again for a
    test takes the same rule: `effects.rerandomise(…, accepted=…)`.
    """

    covariates: FloatArray
    limit: float

    @classmethod
    def share(cls, covariates: FloatArray, accept: float) -> "Balanced":
        """Return the rule that accepts this share of draws, by χ². `covariates`: (n, k)."""
        return cls(covariates, float(special.chdtri(covariates.shape[1], 1 - accept)))

    def __call__(self, arms: NDArray[np.integer[Any]]) -> NDArray[np.bool_]:
        """Return which allocations are accepted."""
        treated = arms == 1
        n1 = treated.sum(axis=1)[:, None]
        n0 = treated.shape[1] - n1
        centred = self.covariates - self.covariates.mean(axis=0)
        sums = treated @ centred  # what is left of it in the other arm is the same, with a minus
        difference = sums / n1 + sums / n0
        spread = np.atleast_2d(np.cov(centred, rowvar=False, ddof=1))
        solved = np.linalg.solve(spread, difference.T).T
        distance = (n1 * n0 / (n1 + n0))[:, 0] * (difference * solved).sum(axis=1)
        return np.asarray(distance <= self.limit * (1 + 1e-9), dtype=np.bool_)


def rerandomise(
    units: Sequence[Unit], design: Design, seed: int, covariates: FloatArray, *, accept: float
) -> tuple[list[str], int]:
    """Draw until two arms are balanced; return the arms and the seed that gave them.

    `accept` is the share of draws that are accepted. Seeds are tried in order from `seed`, so
    that the answer can be derived again. A test must redraw by the same rule, `Balanced.share`.
    `covariates` is (n, k), a row a unit, in the order of `units`. Raises InputError when balance
    cannot be reckoned, or none of very many draws has it.

    References
    ----------
    Morgan and Rubin (2012), Annals of Statistics 40(2), 1263-1282.
    """
    _can_be_balanced(design, covariates, accept)
    balanced = Balanced.share(covariates, accept)
    for tried in range(seed, seed + ceil(TRIES / accept)):
        arms = draw(units, design, tried)
        if balanced(np.array([[arm == design.arms[1].name for arm in arms]], dtype=np.int8))[0]:
            return arms, tried
    raise InputError(Problem("no draw was balanced enough", "Accept a larger share of draws"))


def _can_be_balanced(design: Design, covariates: FloatArray, accept: float) -> None:
    problems = []
    if len(design.arms) != 2:
        problems.append(Problem(f"{len(design.arms)} arms", "Balance is reckoned for two"))
    if not 0 < accept <= 1:
        problems.append(Problem(f"{accept} is no share of draws", "Use above 0, at most 1"))
    if np.linalg.matrix_rank(covariates - covariates.mean(axis=0)) < covariates.shape[1]:
        what = "a covariate is alike for all, or follows from the others"
        problems.append(Problem(what, "Leave it out"))
    refuse(problems)


def pocock_simon(
    counts: Sequence[Sequence[Sequence[int]]],
    levels: Sequence[int],
    *,
    measure: Literal["range", "variance", "sd"] = "range",
) -> list[float]:
    """Return each arm's imbalance if the new unit joined it, to check other people's minimisation.

    `counts[factor][level][arm]` is how many units each arm has so far, `levels` the new unit's
    level of each factor.

    References
    ----------
    Pocock and Simon (1975), Biometrics 31(1), 103-115.
    """
    scores = []
    for arm in range(len(counts[0][0])):
        total = 0.0
        for factor, level in zip(counts, levels, strict=True):
            joined = np.array(factor[level], dtype=float)
            joined[arm] += 1
            total += _spread(joined, measure)
        scores.append(total)
    return scores


def _spread(counts: FloatArray, measure: str) -> float:
    if measure == "range":
        return float(counts.max() - counts.min())
    variance = float(counts.var(ddof=1))
    return variance if measure == "variance" else variance**0.5
