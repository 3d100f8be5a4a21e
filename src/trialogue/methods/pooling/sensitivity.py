"""How much the answer hangs on single trials, and on their order."""

import numpy as np

from trialogue.methods.pooling.batch import reml_batch
from trialogue.methods.pooling.model import estimate_of, fit
from trialogue.methods.pooling.results import Estimate, Refit
from trialogue.methods.pooling.spread import typical_variance
from trialogue.methods.pooling.studies import IntArray, Rule, Studies
from trialogue.methods.pooling.weighting import LOST
from trialogue.methods.problems import InputError


def leave_one_out(studies: Studies, rule: Rule) -> tuple[Refit, ...]:
    """Pool again without each trial in turn, in the order of the trials."""
    k = studies.estimate.size
    every = np.arange(k)
    without = {i: np.delete(every, i) for i in range(k)} if k > 1 else {}
    return _refits(studies, rule, without)


def cumulative(studies: Studies, rule: Rule) -> tuple[Refit, ...]:
    """Pool the first two trials in `studies.order`, the first three, and so on."""
    if studies.order is None:
        return ()
    order = np.argsort(studies.order, kind="stable")
    first = {int(order[k - 1]): order[:k] for k in range(2, order.size + 1)}
    return _refits(studies, rule, first)


def _refits(studies: Studies, rule: Rule, sets: dict[int, IntArray]) -> tuple[Refit, ...]:
    """Pool several sets of trials, each under the name of one: by REML all at once."""
    alike = bool((studies.variance.max() * LOST < studies.variance).all())
    if rule.method == "REML" and not studies.moderators and studies.estimate.size > 2 and alike:
        return _batched(studies, rule, sets)
    return tuple(
        _refit(studies.name(name), studies.chosen(index), rule) for name, index in sets.items()
    )


def _refit(name: str, studies: Studies, rule: Rule) -> Refit:
    k = studies.estimate.size
    try:
        model = fit(studies, rule)
    except InputError:  # what is left cannot bear the moderators, or hangs on one trial
        return Refit(name, k, None, None, None, None, None, None)
    spread = model.spread
    tau2, i2 = (model.tau2.value, spread.i2) if spread else (None, None)
    return _row(name, k, model.pooled, tau2, i2)


def _batched(studies: Studies, rule: Rule, sets: dict[int, IntArray]) -> tuple[Refit, ...]:
    y = np.tile(studies.estimate, (len(sets), 1))
    v = np.full(y.shape, np.inf)
    for row, index in enumerate(sets.values()):
        v[row, index] = studies.variance[index]
    batch = reml_batch(y, v)
    student = rule.test == "knha"
    scale = batch.s2 if student else np.ones(len(sets))
    rows = []
    for row, (name, index) in enumerate(sets.items()):
        df = float(index.size - 1) if student else None
        variance = float(batch.variance[row] * scale[row])
        estimate = estimate_of(float(batch.estimate[row]), variance, df, rule.alpha)
        tau2 = float(batch.tau2[row])
        i2 = 100 * tau2 / (tau2 + typical_variance(studies.variance[index]))
        rows.append(_row(studies.name(name), index.size, estimate, tau2, i2))
    return tuple(rows)


def _row(name: str, k: int, found: Estimate, tau2: float | None, i2: float | None) -> Refit:
    return Refit(
        name=name,
        k=k,
        estimate=found.estimate,
        se=found.se,
        ci_low=found.ci_low,
        ci_high=found.ci_high,
        tau2=tau2,
        i2=i2,
    )
