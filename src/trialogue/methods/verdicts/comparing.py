"""From an analysis to what the verdict of each arm rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trialogue.methods.verdicts.evidence import Evidence, Outcome, Validity
from trialogue.methods.verdicts.numbers import Share

if TYPE_CHECKING:  # a page that only shows a stored verdict needs no analysis
    from trialogue.methods.effects import Analysis


def comparisons(
    analysis: Analysis, outcome: Outcome, *, alpha: float = 0.05
) -> tuple[tuple[str, Evidence], ...]:
    """Return each arm and its comparison with control, as `decide` and the sentences take them.

    What the analysis knows of whether it is a fair comparison, missing outcomes and clusters,
    goes with it; groups that mixed or a trial that stopped does not: `replace` its `validity`.
    """
    missing = sum(analysis.missing.values())
    measured = sum(arm.n for arm in analysis.arms)
    clusters = [arm.clusters for arm in analysis.arms if arm.clusters is not None]
    validity = Validity(
        missing=Share(missing, missing + measured), clusters=sum(clusters) if clusters else None
    )
    return tuple(
        (
            row.arm,
            Evidence(
                outcome=outcome,
                estimate=row.effect.estimate,
                ci_low=row.effect.ci_low,
                ci_high=row.effect.ci_high,
                p=row.effect.p,
                p_adjusted=row.p_adjusted,
                p_permutation=row.p_permutation,
                df=row.effect.df,
                alpha=alpha,
                arms=len(analysis.arms),
                validity=validity,
            ),
        )
        for row in analysis.effects
    )
