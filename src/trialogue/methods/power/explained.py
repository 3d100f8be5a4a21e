"""What a baseline or repeated measures take off the variance."""


def baseline_r2(
    *,
    cluster_size: float,
    icc: float,
    cluster_autocorrelation: float,
    individual_autocorrelation: float,
) -> float:
    """Share of the variance of cluster means that the same outcome before explains: `r2`.

    `individual_autocorrelation` is 0 when different people are asked before and after. Teerenstra,
    Eldridge, Graff, de Hoop and Borm (2012), Statistics in Medicine 31(20), 2169-2178.
    """
    between = cluster_size * icc * cluster_autocorrelation
    within = (1 - icc) * individual_autocorrelation
    return ((between + within) / (1 + (cluster_size - 1) * icc)) ** 2


def repeated_measures_factor(*, after: int, before: int, correlation: float) -> float:
    """What the variance is multiplied by when each person is measured several times.

    Means of `after` measures, with the mean of `before` as a covariate, any two of them equally
    correlated. Frison and Pocock (1992), Statistics in Medicine 11(13), 1685-1704.
    """
    later = (1 + (after - 1) * correlation) / after
    return later - before * correlation**2 / (1 + (before - 1) * correlation)
