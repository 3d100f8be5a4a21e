"""The network's likelihood at one τ², arm by arm.

The contrasts of a trial to its first arm have covariance S + τ² (I + 11′)/2. That is what
differences of independent arms have when arm j varies by s_j + τ²/2, so everything here is
written with weights of arms, w = 1/(s + τ²/2): no arm is first, and no arm is the reference.
Formulas (3) to (6) of docs/methods/networks.md.
"""

from dataclasses import dataclass

import numpy as np

from trialogue.methods.pooling.network.trials import FloatArray, Trials


@dataclass(frozen=True)
class Fit:
    """A network fitted at one τ².

    `effect` (A,): the arms' effects, whose sum is 0. `inverse` (A, A): of the information, on
    differences. `weight`, `share`, `residual` (trials, A): w, w over its sum in the trial, and
    w times what is left of an arm's effect. `q`: the weighted sum of squares left.
    """

    effect: FloatArray
    inverse: FloatArray
    weight: FloatArray
    share: FloatArray
    residual: FloatArray
    q: float
    log_information: float

    @property
    def differences(self) -> FloatArray:
        """Each arm against each other: (A, A), row minus column."""
        return self.effect[:, None] - self.effect[None, :]

    @property
    def variances(self) -> FloatArray:
        """The variances of `differences`, 0 on the diagonal."""
        own = np.diag(self.inverse)
        return np.maximum(own[:, None] + own[None, :] - 2 * self.inverse, 0)

    @property
    def log_likelihood(self) -> float:
        """The restricted log-likelihood, but for a constant."""
        weight = self.weight[self.weight > 0]
        # The determinant of a trial's contrasts: the product of its arms' variances times Σ w.
        trials = float(np.log(self.weight.sum(axis=1)).sum() - np.log(weight).sum())
        return -(trials + self.log_information + self.q) / 2

    @property
    def trace(self) -> float:
        """tr PG, where G = (I + 11′)/2 is what τ² multiplies: formula (5)."""
        w, share = self.weight, self.share
        squares = (w**2).sum(axis=1, keepdims=True)
        twice = np.diag((w**2).sum(axis=0)) - (w**2).T @ share - share.T @ w**2
        twice += (share * squares).T @ share
        trials = float((w - w * share).sum())
        return (trials - float((self.inverse * twice).sum())) / 2

    @property
    def score(self) -> float:
        """y′PGPy − tr PG: above 0 where a larger τ² is likelier."""
        return float((self.residual**2).sum()) / 2 - self.trace


def fit(trials: Trials, tau2: float) -> Fit:
    """Fit a connected network at `tau2` by generalised least squares: formulas (3) and (4)."""
    present = trials.present
    weight = np.where(present, 1 / (trials.variance + tau2 / 2), 0.0)
    effect = np.where(present, trials.effect, 0.0)
    share = weight / weight.sum(axis=1, keepdims=True)
    # Its rows add up to 0. Made of what is off the diagonal, it loses no digits of a small arm
    # beside a large one.
    information = -(weight.T @ share)
    np.fill_diagonal(information, 0.0)
    np.fill_diagonal(information, -information.sum(axis=1))
    # The information knows no common level: the matrix of ones is added, and taken off again.
    arms = len(trials.arms)
    level = np.trace(information) / arms
    filled = information + level / arms
    inverse = np.linalg.inv(filled) - 1 / (level * arms)
    inverse = (inverse + inverse.T) / 2

    found = inverse @ (weight * (effect - _mean(share, effect))).sum(axis=0)
    gap = effect - found
    gap = gap - _mean(share, gap)
    residual = weight * gap
    return Fit(
        effect=found,
        inverse=inverse,
        weight=weight,
        share=share,
        residual=residual,
        q=float((residual * gap).sum()),
        log_information=float(np.linalg.slogdet(filled)[1] - np.log(level)),
    )


def _mean(share: FloatArray, values: FloatArray) -> FloatArray:
    return np.asarray((share * values).sum(axis=1, keepdims=True))
