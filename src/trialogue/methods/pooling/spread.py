"""How much results vary, beyond chance: Q, I², H², and the range of τ²."""

from dataclasses import dataclass

from trialogue.methods.pooling.between import generalised_q
from trialogue.methods.pooling.studies import FloatArray
from trialogue.methods.pooling.weighting import at
from trialogue.methods.special import tails


@dataclass(frozen=True)
class Heterogeneity:
    """τ² and what follows from it. `i2` is in per cent."""

    q: float
    q_df: int
    q_p: float
    i2: float
    h2: float
    tau2_low: float | None
    tau2_high: float | None
    i2_low: float | None
    i2_high: float | None


def heterogeneity(
    y: FloatArray, v: FloatArray, x: FloatArray, *, tau2: float, common: bool, alpha: float
) -> Heterogeneity:
    """Describe how much estimates y, (k,), vary beyond their variances v, given columns x.

    I² and H² compare τ² with the typical variance (k − p)/tr P₀ (Higgins and Thompson 2002); in
    a common-effect model they come from Q alone, and τ² has no range. The range of τ² is where
    Q(τ²) meets the quantiles of χ² (Viechtbauer 2007).
    """
    df = x.shape[0] - x.shape[1]
    start = at(x, v, 0.0)
    q = float((start.w * start.residual(y) ** 2).sum())
    q_p = tails.chi2_above(q, df)
    if common:
        i2 = 100 * max(0.0, (q - df) / q) if q > 0 else 0.0
        return Heterogeneity(q, df, q_p, i2, q / df, None, None, None, None)
    typical = df / float(start.trace())
    low, high = (
        generalised_q(y, v, x, tails.chi2_quantile(chance, df))
        for chance in (1 - alpha / 2, alpha / 2)
    )
    i2, i2_low, i2_high = (100 * value / (value + typical) for value in (tau2, low, high))
    return Heterogeneity(q, df, q_p, i2, 1 + tau2 / typical, low, high, i2_low, i2_high)


def typical_variance(v: FloatArray) -> float:
    """Return (k − 1)/tr P₀ of variances v, (k,), without moderators."""
    w = 1 / v
    return float((v.size - 1) / (w.sum() - (w**2).sum() / w.sum()))
