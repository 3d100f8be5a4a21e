"""Dunnett's test: several arms against one control, people allocated one by one, one variance.

For comparison with other software; the planned analysis gives each arm its own variance.
"""

from dataclasses import dataclass

import numpy as np

from trialogue.methods.effects.data import Data, FloatArray, Rule, code
from trialogue.methods.problems import InputError, Problem
from trialogue.methods.results import Result
from trialogue.methods.special.dunnett import all_within


@dataclass(frozen=True, repr=False)
class Dunnett(Result):
    """An arm against control. `p` is single-step, `p_stepped` step-down."""

    arm: str
    estimate: float
    t: float
    df: int
    p: float
    p_stepped: float


def dunnett(data: Data, rule: Rule) -> tuple[Dunnett, ...]:
    """Compare every arm with control by the pooled variance, on N − K degrees of freedom.

    p is the chance that the largest |t| reaches this one; stepped down, the largest of it and of
    those smaller. Rows without an outcome are left out, and an arm without any. Raises InputError
    as `analyse`, when clusters were allocated, and when nothing varies or too few are left.

    References
    ----------
    Dunnett (1955), JASA 50(272), 1096-1121; Dunnett and Tamhane (1991), Statistics in Medicine
    10(6), 939-947.
    """
    if data.cluster is not None:
        raise InputError(
            Problem("clusters were allocated", "Use analyse", column=data.name("cluster"))
        )
    coded = code(data, rule)
    known = ~np.isnan(data.outcome)
    samples = [data.outcome[known & (coded.arm == a)] for a in range(len(coded.arms))]
    present = [a for a in range(1, len(coded.arms)) if samples[a].size]
    n = np.array([samples[a].size for a in (0, *present)])
    mean = np.array([samples[a].mean() for a in (0, *present)])
    left = float(sum(((samples[a] - samples[a].mean()) ** 2).sum() for a in (0, *present)))
    df = int(n.sum()) - n.size
    if df < 1 or left == 0:
        raise InputError(
            Problem("nothing varies, or too few are left", column=data.name("outcome"))
        )
    t = (mean[1:] - mean[0]) / np.sqrt(left / df * (1 / n[1:] + 1 / n[0]))
    loadings = np.sqrt(n[1:] / (n[1:] + n[0]))
    stepped = _stepped_down(np.abs(t), df, loadings)
    return tuple(
        Dunnett(
            arm=coded.arms[a],
            estimate=float(mean[i + 1] - mean[0]),
            t=float(t[i]),
            df=df,
            p=_largest_above(float(abs(t[i])), df, loadings),
            p_stepped=float(stepped[i]),
        )
        for i, a in enumerate(present)
    )


def _stepped_down(t: FloatArray, df: int, loadings: FloatArray) -> FloatArray:
    """From the largest |t|, each among those no larger; a p is at least the one before it."""
    order = np.argsort(-t, kind="stable")
    p = [_largest_above(float(t[i]), df, loadings[order[at:]]) for at, i in enumerate(order)]
    stepped = np.empty(t.size)
    stepped[order] = np.maximum.accumulate(p)
    return stepped


def _largest_above(t: float, df: int, loadings: FloatArray) -> float:
    """P(max |T| > t)."""
    return max(0.0, 1 - all_within(t, df, tuple(float(each) for each in loadings)))
