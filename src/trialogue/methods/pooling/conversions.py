"""From one scale to another, and from what a paper prints to what is pooled."""

from math import log, pi, sqrt

from trialogue.methods.problems import InputError, Problem, refuse
from trialogue.methods.special import tails

LOGISTIC_SD = pi / sqrt(3)  # the standard deviation of the logistic distribution


def risk_from_odds_ratio(odds_ratio: float, *, usual_risk: float) -> float:
    """Return the risk with the new service, p₁ = OR p₀/(1 − p₀ + OR p₀): for "out of 100"."""
    problems = []
    if not odds_ratio > 0:
        problems.append(Problem(f"{odds_ratio:g}: an odds ratio must be above 0"))
    if not 0 < usual_risk < 1:
        problems.append(Problem(f"{usual_risk:g}: a risk must be above 0 and below 1"))
    refuse(problems)
    return odds_ratio * usual_risk / (1 - usual_risk + odds_ratio * usual_risk)


def log_odds_ratio_from_smd(smd: float) -> float:
    """Return the log odds ratio alike a standardised difference; its standard error alike.

    References
    ----------
    Hasselblad and Hedges (1995), Psychological Bulletin 117(1), 167-178.
    """
    return smd * LOGISTIC_SD


def cluster_se(se: float, design_effect: float) -> float:
    """Return the standard error of a cluster trial that was analysed as if people were placed.

    `design_effect` is 1 + ((C² + 1) m − 1) ρ with that trial's own cluster sizes and an ICC whose
    source is named: docs/methods/power.md (Cochrane Handbook, 23.1.4).
    """
    if not design_effect > 0:
        raise InputError(Problem(f"{design_effect:g}: a design effect must be above 0"))
    return se * sqrt(design_effect)


def se_from_range(
    low: float, high: float, *, df: float | None = None, ratio: bool = False, alpha: float = 0.05
) -> float:
    """Return the standard error behind a 95% range; by t where the trial's `df` are given.

    With `ratio` the ends are ratios, and the standard error that of the logarithm.
    """
    if ratio and not low > 0:
        raise InputError(Problem(f"{low:g}: a ratio must be above 0"))
    if not low < high:
        raise InputError(Problem(f"a range from {low:g} to {high:g}", "Give the lower end first"))
    width = log(high / low) if ratio else high - low
    return width / (2 * tails.quantile(1 - alpha / 2, df))
