"""Sizes of clusters, and totals of clusters drawn by chance."""

import numpy as np

from trialogue.methods import special
from trialogue.methods.power.plan import Plan
from trialogue.methods.power.variance import FloatArray


def cluster_sizes(clusters: int, mean: float, cv: float) -> FloatArray:
    """Sizes with this mean: equal without spread, else the gamma's quantiles, made whole.

    Quantiles (i - 1/2) / J are scaled to J times the mean and floored, to 1 at least; what is then
    missing from the total goes to the largest fractions, ties by order.
    """
    if cv == 0:
        shape = np.full(clusters, mean)
    else:
        quantile = (np.arange(clusters) + 0.5) / clusters
        shape = special.gammaincinv(1 / cv**2, quantile)
    if cv == 0 and mean == int(mean):
        return shape
    total = round(clusters * mean)
    scaled = shape * total / shape.sum()
    whole: FloatArray = np.maximum(np.floor(scaled), 1.0)
    missing = max(0, total - int(whole.sum()))
    whole[np.argsort(whole - scaled, kind="stable")[:missing]] += 1
    return whole


def draw_totals(
    plan: Plan, *, mean: float, sizes: FloatArray, draws: int, rng: np.random.Generator
) -> FloatArray:
    """Totals of the outcome in each cluster (columns) of `draws` trials, exactly: formula (7)."""
    shape = (draws, sizes.size)
    rho = plan.correlation
    if plan.kind == "continuous":
        spread = plan.sd**2 * (1 - plan.r2) * (sizes**2 * rho + sizes * (1 - rho))
        return sizes * mean + np.sqrt(spread) * rng.standard_normal(shape)
    if plan.kind == "binary":
        people = sizes.astype(np.int64)
        if rho == 0:
            return rng.binomial(people, mean, shape).astype(float)
        kappa = (1 - rho) / rho
        risks = rng.beta(mean * kappa, (1 - mean) * kappa, shape)
        return rng.binomial(people, risks).astype(float)
    k2 = plan.between_variance
    rates = rng.gamma(1 / k2, mean * k2, shape) if k2 > 0 else np.full(shape, mean)
    return rng.poisson(sizes * rates).astype(float)
