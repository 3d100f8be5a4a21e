"""All trials together: one estimate, its range, and what a new place may see."""

from dataclasses import replace
from math import sqrt

import numpy as np

from trialogue.methods.pooling import words
from trialogue.methods.pooling.model import Model, estimate_of, explained, fit
from trialogue.methods.pooling.moderators import has_moderators
from trialogue.methods.pooling.results import (
    ChiSquaredTest,
    Coefficient,
    FTest,
    Pooled,
    Study,
)
from trialogue.methods.pooling.sensitivity import cumulative, leave_one_out
from trialogue.methods.pooling.small_trials import egger
from trialogue.methods.pooling.studies import FEW, Prediction, Rule, Studies, check
from trialogue.methods.problems import InputError, Problem
from trialogue.methods.special import tails

Range = tuple[float | None, float | None, Prediction | None]


def pool(studies: Studies, rule: Rule | None = None) -> Pooled:
    """Pool trials: a random-effects model by REML with Knapp-Hartung ranges, unless told other.

    Trials whose table tells nothing, and those that lack a moderator, are left out and counted.

    Raises InputError for what `check` and `model_columns` refuse.

    References
    ----------
    Hartung and Knapp (2001), Statistics in Medicine 20, 3875-3889; Viechtbauer (2005), Journal of
    Educational and Behavioral Statistics 30, 261-293; Higgins, Thompson and Spiegelhalter (2009),
    JRSS A 172, 137-159. Formulas: docs/methods/pooling.md.
    """
    rule = rule or Rule()
    check(studies, rule)
    told, known = np.isfinite(studies.estimate), has_moderators(studies)
    used = studies.chosen(np.flatnonzero(told & known))
    if not used.estimate.size:
        what = "no trial has all of them"
        raise InputError(Problem(what, "Fill them in, or drop some", column="--moderators"))
    y, v = used.estimate, used.variance
    model = fit(used, rule)
    spread = model.spread
    pi_low, pi_high, pi_method = _prediction(model, rule)
    pooled = Pooled(
        **vars(model.pooled),
        pi_low=pi_low,
        pi_high=pi_high,
        pi_method=pi_method,
        tau2=model.tau2.value if spread else None,
        tau2_low=spread.tau2_low if spread else None,
        tau2_high=spread.tau2_high if spread else None,
        se_tau2=model.tau2.se,
        i2=spread.i2 if spread else None,
        i2_low=spread.i2_low if spread else None,
        i2_high=spread.i2_high if spread else None,
        h2=spread.h2 if spread else None,
        q=spread.q if spread else None,
        q_df=spread.q_df if spread else None,
        q_p=spread.q_p if spread else None,
        k=y.size,
        egger=egger(y, v),
        coefficients=_coefficients(model) if studies.moderators else None,
        moderator_test=_moderator_test(model),
        r2=explained(y, v, model, rule),
        leave_one_out=leave_one_out(used, rule) if rule.leave_one_out else None,
        cumulative=cumulative(used, rule) if studies.order is not None else None,
        studies=_studies(used, model),
        left_out=tuple(studies.name(int(i)) for i in np.flatnonzero(~(told & known))),
        method=words.method_sentence(rule, model.df, k=y.size, moderators=model.columns.names),
        notes=(),
        measure=rule.measure,
    )
    notes = [
        *words.left_out(untold=int((~told).sum()), lacking=int((told & ~known).sum())),
        *model.columns.notes,
        *words.few_trials(pooled, rule),
        *words.narrow(pooled, model.s2 if model.df is not None else None, model.normal),
    ]
    return replace(pooled, notes=tuple(notes))


def _prediction(model: Model, rule: Rule) -> Range:
    """b ± q √(se² + τ²); none of fewer than three trials, nor where true effects do not vary."""
    k, p = model.columns.matrix.shape
    if k < 3 or rule.method == "FE":
        return None, None, None
    how: Prediction = rule.prediction or ("k-1" if rule.test == "knha" else "z")
    df = {"k-1": float(k - p), "k-2": float(k - p - 1), "z": None}[how]
    variance = model.covariance[0, 0] + model.tau2.value
    if variance <= 0 or df == 0:
        return None, None, how
    reach = tails.quantile(1 - rule.alpha / 2, df) * sqrt(variance)
    return float(model.b[0] - reach), float(model.b[0] + reach), how


def _studies(studies: Studies, model: Model) -> tuple[Study, ...]:
    weights = 100 * model.weighting.w / model.weighting.w.sum()
    rows = zip(studies.names, studies.estimate, studies.variance, weights, strict=True)
    return tuple(Study(name, float(y), float(v), float(weight)) for name, y, v, weight in rows)


def _coefficients(model: Model) -> tuple[Coefficient, ...]:
    """Turn the coefficients back into those of the moderators as they were given."""
    back = model.columns.back
    variances = np.diag(back @ model.covariance @ back.T)
    names = ("intercept", *model.columns.names)
    return tuple(
        Coefficient(name, **vars(estimate_of(b, variance, model.df, model.alpha)))
        for name, b, variance in zip(names, back @ model.b, variances, strict=True)
    )


def _moderator_test(model: Model) -> FTest | ChiSquaredTest | None:
    """Test all coefficients but the intercept at once."""
    k, p = model.columns.matrix.shape
    if p == 1 or model.covariance[0, 0] == 0:
        return None
    slopes = model.b[1:]
    chi2 = float(slopes @ np.linalg.solve(model.covariance[1:, 1:], slopes))
    if model.df is None:
        return ChiSquaredTest(chi2, p - 1, tails.chi2_above(chi2, p - 1), usable=k >= FEW)
    f = chi2 / (p - 1)
    return FTest(f, p - 1, k - p, tails.f_above(f, p - 1, k - p), usable=k >= FEW)
