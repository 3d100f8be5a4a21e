"""τ²: how much true effects vary from trial to trial, with its standard error."""

from dataclasses import dataclass
from math import sqrt

import numpy as np

from trialogue.methods.pooling.likelihood import Likelihood, highest
from trialogue.methods.pooling.studies import FloatArray, Method
from trialogue.methods.pooling.weighting import LOST, ROUNDING, Weighting, at

STEPS = 500


@dataclass(frozen=True)
class Tau2:
    """τ² and its standard error; None where the method has none."""

    value: float
    se: float | None


def between(method: Method, y: FloatArray, v: FloatArray, x: FloatArray) -> Tau2:
    """Estimate τ² from estimates y and variances v, (k,), given columns x, (k, p), k > p.

    Standard errors are those of the method at its own τ²; for the methods of moments
    √(2 tr PΣPΣ) over what the statistic was divided by, with Σ = V + τ²I.

    References
    ----------
    Viechtbauer (2005), Journal of Educational and Behavioral Statistics 30(3), 261-293;
    Paule and Mandel (1982); DerSimonian and Laird (1986); Hedges (1983); Hunter and Schmidt
    (1990); Sidik and Jonkman (2005). docs/methods/pooling.md, formulas (2) to (8).
    """
    match method:
        case "REML" | "ML":
            return _by_likelihood(y, v, x, restricted=method == "REML")
        case "PM" | "EB":
            return _by_generalised_q(y, v, x)
        case "DL":
            start = at(x, v, 0.0)
            return _by_moments(y, v, start, spare=_spare(x), unit=float(start.trace()))
        case "HS":
            start = at(x, v, 0.0)
            return _by_moments(y, v, start, spare=float(y.size), unit=float(start.w.sum()))
        case "HE":
            plain = Weighting(x, np.ones_like(v))
            return _by_moments(y, v, plain, spare=float(plain.trace(v)), unit=_spare(x))
        case "SJ":
            return _by_rough_start(y, v, x)
        case "FE":
            return Tau2(0.0, None)


def generalised_q(
    y: FloatArray, v: FloatArray, x: FloatArray, target: float, *, start: float = 0.0
) -> float:
    """Return the τ² at which Σ w r² falls to `target`; 0 when it is no more at 0.

    The sum is convex and falls with τ², so Newton's steps from the left never pass the root.
    """
    tau2 = start
    for _ in range(STEPS):
        here = at(x, v, tau2)
        r = here.residual(y)
        excess = float((here.w * r**2).sum()) - target
        if excess <= 0:
            return tau2
        step = excess / float((here.w**2 * r**2).sum())
        if step <= 1e-16 * tau2:
            return tau2
        tau2 += step
    return tau2


def _spare(x: FloatArray) -> float:
    return float(x.shape[0] - x.shape[1])


def _by_likelihood(y: FloatArray, v: FloatArray, x: FloatArray, *, restricted: bool) -> Tau2:
    value = highest(Likelihood(y, v, x, restricted=restricted))
    here = at(x, v, value)
    squares = float((here.w**2).sum())
    information = float(here.trace2()) if restricted else squares
    return Tau2(value, sqrt(2 / information) if information > LOST * squares else None)


def _by_generalised_q(y: FloatArray, v: FloatArray, x: FloatArray) -> Tau2:
    value = generalised_q(y, v, x, _spare(x))
    return Tau2(value, y.size * sqrt(2 / _spare(x)) / float((1 / (v + value)).sum()))


def _by_moments(
    y: FloatArray, v: FloatArray, weighting: Weighting, *, spare: float, unit: float
) -> Tau2:
    """(Σ w r² − what chance alone would give) / unit, not below 0."""
    q = float((weighting.w * weighting.residual(y) ** 2).sum())
    value = max(0.0, (q - spare) / unit)
    return Tau2(value, _moment_se(weighting, v + value, unit))


def _by_rough_start(y: FloatArray, v: FloatArray, x: FloatArray) -> Tau2:
    rough = float(y.var())
    if rough == 0 or np.ptp(y) <= ROUNDING * np.abs(y).max():
        return Tau2(0.0, 0.0)
    here = at(x, v, rough)
    share = rough / _spare(x)
    value = share * float((here.w * here.residual(y) ** 2).sum())
    return Tau2(value, _moment_se(here, v + value, 1 / share))


def _moment_se(weighting: Weighting, total: FloatArray, unit: float) -> float | None:
    """Return √(2 tr PΣPΣ) / unit; None where it is lost in rounding."""
    product = float(weighting.trace2(total))
    kept = product > LOST * float(((weighting.w * total) ** 2).sum())
    return sqrt(2 * product) / unit if kept else None
