"""Power of the one test of all arms together."""

import numpy as np

from trialogue.methods import special
from trialogue.methods.power.variance import FloatArray


def overall_power(
    *,
    means: FloatArray,
    clusters: FloatArray,
    cluster_size: float = 1.0,
    sd: float = 1.0,
    design_effect: float = 1.0,
    alpha: float = 0.05,
) -> float:
    """Power of F over all arms, of these `means` and `clusters`, (K,) each, an arm a number.

    Noncentrality: the sum over arms of clusters times squared distance from the mean of all, over
    the variance of a cluster mean. With `cluster_size` 1 it is one-way analysis of variance.
    """
    means, clusters = np.asarray(means, dtype=float), np.asarray(clusters, dtype=float)
    centre = (clusters @ means) / clusters.sum()
    cluster_variance = sd**2 * design_effect / cluster_size
    noncentrality = clusters @ (means - centre) ** 2 / cluster_variance
    df1, df2 = means.size - 1, clusters.sum() - means.size
    return float(1 - special.ncfdtr(df1, df2, noncentrality, special.fdtri(df1, df2, 1 - alpha)))
