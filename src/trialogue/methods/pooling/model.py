"""The fitted model: what trials say together, with the moderators given."""

from dataclasses import dataclass
from math import sqrt

import numpy as np

from trialogue.methods.pooling.between import Tau2, between
from trialogue.methods.pooling.moderators import Columns, model_columns
from trialogue.methods.pooling.results import Estimate
from trialogue.methods.pooling.spread import Heterogeneity, heterogeneity
from trialogue.methods.pooling.studies import FloatArray, Rule, Studies
from trialogue.methods.pooling.weighting import Weighting, at, far_apart, too_far_apart
from trialogue.methods.special import tails


@dataclass(frozen=True)
class Model:
    """Coefficients b of centred columns, (p,), and their covariance V_b, (p, p).

    `df` is None where ranges are normal; `spread` is None of a single trial.
    """

    columns: Columns
    weighting: Weighting
    tau2: Tau2
    b: FloatArray
    covariance: FloatArray
    s2: float
    df: float | None
    alpha: float
    spread: Heterogeneity | None

    @property
    def pooled(self) -> Estimate:
        """The first coefficient: the estimate, at the means of moderators where there are any."""
        return estimate_of(self.b[0], self.covariance[0, 0], self.df, self.alpha)

    @property
    def normal(self) -> Estimate:
        """The same with a normal range: V_b = M."""
        return estimate_of(self.b[0], self.weighting.m[0, 0], None, self.alpha)


def fit(studies: Studies, rule: Rule) -> Model:
    """Fit trials of which every one tells something and none lacks a moderator.

    Raises InputError for what `model_columns` refuses, and for variances so far apart that one
    trial is all there is.
    """
    y, v = studies.estimate, studies.variance
    columns = model_columns(studies)
    x = columns.matrix
    spare = x.shape[0] - x.shape[1]
    if spare and far_apart(1 / v, columns=x.shape[1]):
        raise too_far_apart()
    tau2 = between(rule.method, y, v, x) if spare else Tau2(0.0, None)
    weighting = at(x, v, tau2.value)
    s2 = float((weighting.w * weighting.residual(y) ** 2).sum()) / spare if spare else 1.0
    student = rule.test == "knha" and rule.method != "FE" and spare > 0
    return Model(
        columns=columns,
        weighting=weighting,
        tau2=tau2,
        b=weighting.coefficients(y),
        covariance=weighting.m * (s2 if student else 1.0),
        s2=s2,
        df=float(spare) if student else None,
        alpha=rule.alpha,
        spread=heterogeneity(
            y, v, x, tau2=tau2.value, common=rule.method == "FE", alpha=rule.alpha
        )
        if spare
        else None,
    )


def estimate_of(estimate: float, variance: float, df: float | None, alpha: float) -> Estimate:
    """Return an estimate with its range and p; without both where nothing varies."""
    se = sqrt(max(variance, 0.0))
    if se == 0:
        return Estimate(float(estimate), 0.0, df, None, None, None)
    reach = tails.quantile(1 - alpha / 2, df) * se
    low, high = float(estimate - reach), float(estimate + reach)
    return Estimate(float(estimate), se, df, low, high, tails.two_sided(estimate / se, df))


def explained(y: FloatArray, v: FloatArray, model: Model, rule: Rule) -> float | None:
    """Return 100 (1 − τ²/τ²₀), not below 0, with τ²₀ without moderators on the same trials.

    None without moderators, or where nothing varies to be explained.
    """
    if not model.columns.names:
        return None
    without = between(rule.method, y, v, np.ones((y.size, 1))).value
    return 100 * max(0.0, 1 - model.tau2.value / without) if without > 0 else None
