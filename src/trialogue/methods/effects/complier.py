"""What did it do for those who really got it? An additional analysis, never the verdict."""

from dataclasses import dataclass, replace

import numpy as np

from trialogue.methods import arrays
from trialogue.methods.effects.data import Data, Rule, code
from trialogue.methods.effects.fieller import fieller
from trialogue.methods.effects.model import Fit
from trialogue.methods.effects.planned import ArmEffect, arm_effect, plan_model
from trialogue.methods.problems import InputError, Problem
from trialogue.methods.results import Result
from trialogue.methods.special import tails

RESTS_ON = (
    "An additional analysis: it rests on an offer doing nothing for those who did not take it up, "
    "and on nobody doing the opposite of what they were offered"
)


@dataclass(frozen=True, repr=False)
class ComplierEffect(Result):
    """The effect for each one who got the service because of the arm they were in.

    `received`: how much more of the arm got it than of control, with its range. `estimate` is the
    arm's effect on the outcome divided by it; None when the range of `received` includes 0.
    """

    arm: str
    estimate: float | None
    ci_low: float | None
    ci_high: float | None
    received: float | None
    received_low: float | None
    received_high: float | None
    notes: tuple[str, ...]
    kind: str = "additional analysis"


def complier_effects(
    data: Data, rule: Rule, received: arrays.Column
) -> tuple[ComplierEffect, ...]:
    """Divide each arm's effect on the outcome by its effect on who got the service.

    Parameters
    ----------
    data, rule
        As in `analyse`; the same planned model for both, on the rows that have both.
    received : (n,)
        Whether each row got the service, 1 or 0, or how much of it; NaN where nobody knows.

    Returns
    -------
    tuple of ComplierEffect
        One an arm but control. Ranges are Fieller's, with t at the effect's own ν: θ is in the
        range if the planned analysis of y − θ·received finds nothing.

    Raises
    ------
    InputError
        As `analyse`, and when `received` is of another length or infinite.

    References
    ----------
    Imbens and Angrist (1994), Econometrica 62(2), 467-475; Fieller (1954), JRSS B 16(2), 175-185.
    """
    received = arrays.numbers(received, name="received")
    if received.shape != data.outcome.shape or np.isinf(received).any():
        raise InputError(
            Problem(
                "not a number for each row",
                "Give 1 where they got it, 0 where not, nothing where nobody knows",
                column=data.name("received"),
            )
        )
    both = replace(data, outcome=np.where(np.isnan(received), np.nan, data.outcome))
    coded = code(both, rule)
    planned = plan_model(both, coded, rule, ~np.isnan(both.outcome))
    fit = planned.fit(both.outcome, received)
    dropped = int((np.isnan(received) & ~np.isnan(data.outcome)).sum())
    rows = "1 row has" if dropped == 1 else f"{dropped} rows have"
    notes = (f"{rows} an outcome, and nobody knows whether they got it",) if dropped else ()
    return tuple(
        _complier_effect(name, fit, planned.column(arm), rule, (RESTS_ON, *notes))
        for arm, name in enumerate(coded.arms[1:], 1)
    )


def _complier_effect(
    name: str, fit: Fit, column: int | None, rule: Rule, notes: tuple[str, ...]
) -> ComplierEffect:
    effect = (
        ArmEffect() if column is None else arm_effect(fit, column, alpha=rule.alpha, outcome=1)
    )
    ratio = None
    if column is not None and effect.df and effect.estimate:
        covariance = fit.covariance[:, :, column, column]
        ratio = fieller(
            effect.estimate,
            fit.estimate(column),
            var_bottom=float(covariance[1, 1]),
            var_top=float(covariance[0, 0]),
            covariance=float(covariance[0, 1]),
            q=tails.quantile(1 - rule.alpha / 2, effect.df),
        )
    if ratio is None:
        notes = (*notes, f"{name}: it is not certain that more got it there than in control")
    return ComplierEffect(
        arm=name,
        estimate=ratio.ratio if ratio else None,
        ci_low=ratio.low if ratio else None,
        ci_high=ratio.high if ratio else None,
        received=effect.estimate,
        received_low=effect.ci_low,
        received_high=effect.ci_high,
        notes=notes,
    )
