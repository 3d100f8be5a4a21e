"""What all trials of a network say of each pair of arms."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt

import numpy as np

from trialogue.methods import special
from trialogue.methods.pooling.network.direct import DirectIndirect, direct_and_indirect
from trialogue.methods.pooling.network.heterogeneity import Q, spread_of, tau2_dl, tau2_reml
from trialogue.methods.pooling.network.model import fit
from trialogue.methods.pooling.network.trials import FloatArray, Trials
from trialogue.methods.problems import Problem, refuse
from trialogue.methods.results import Result

METHODS = {
    "REML": "τ² by restricted likelihood",
    "DL": "τ² by generalised DerSimonian–Laird",
    "FE": "one common effect",
}
APART, LARGEST = 1e12, 1e100  # beyond them a double holds too few digits, or none


@dataclass(frozen=True, repr=False)
class Network(Result):
    """What a network of trials says. `league[i][j]` is arm i minus arm j, ratios on the log scale.

    `i2` is in per cent. `q_het` is of trials with the same arms, `q_inc` of those that differ.
    `tau`, `tau2` and `i2` are None when there are no comparisons to spare.
    """

    arms: tuple[str, ...]
    reference: str
    league: tuple[tuple[float, ...], ...]
    league_se: tuple[tuple[float, ...], ...]
    tau: float | None
    tau2: float | None
    i2: float | None
    q: float
    q_het: float
    q_inc: float
    q_df: int
    q_het_df: int
    q_inc_df: int
    p_scores: dict[str, float]
    direct_indirect: tuple[DirectIndirect, ...]
    trials: int
    comparisons: int
    method: str
    notes: tuple[str, ...]

    def __repr__(self) -> str:
        place = self.arms.index(self.reference)
        lines = [
            f"Network of {len(self.arms)} arms, {self.trials} trials",
            f"tau {_brief(self.tau)}, I2 {_brief(self.i2)}, Q {self.q:.4g} on {self.q_df}",
        ]
        for i, arm in enumerate(self.arms):
            if i != place:
                estimate, se = self.league[i][place], self.league_se[i][place]
                lines.append(f"{arm} against {self.reference}: {estimate:.4g} (se {se:.4g})")
        return "\n".join(lines)


def pool_network(
    trials: Trials, *, method: str = "REML", reference: str | None = None, good: str = "high"
) -> Network:
    """Pool a network of trials: each arm against each other, from direct and indirect evidence.

    Parameters
    ----------
    trials : Trials
        From `trials_from_comparisons`, `trials_from_counts` or `trials_from_means`.
    method : str
        REML, DL, or FE for one common effect.
    reference : str, optional
        The arm that others are shown against; the first in byte order. No number depends on it.
    good : str
        Whether a `high` or a `low` outcome is good, for the P-scores.

    Raises
    ------
    InputError
        The trials fall apart, or an option is none of those there are.

    References
    ----------
    Rücker and Schwarzer (2015), BMC Medical Research Methodology 15:58, for the P-score; the rest
    in docs/methods/networks.md.
    """
    reference = trials.arms[0] if reference is None else reference
    refuse(_problems(trials, method=method, reference=reference, good=good))
    q = spread_of(trials)
    tau2 = _tau2(trials, method, q)
    found = fit(trials, tau2 or 0.0)
    se = np.sqrt(found.variances)
    notes = trials.notes
    if tau2 is None:
        notes = (*notes, "How much trials vary cannot be told: there is no comparison to spare.")
    return Network(
        arms=trials.arms,
        reference=reference,
        league=_rows(found.differences),
        league_se=_rows(se),
        tau=None if tau2 is None else sqrt(tau2),
        tau2=tau2,
        i2=q.i2,
        q=q.total,
        q_het=q.within,
        q_inc=q.between,
        q_df=q.df,
        q_het_df=q.df_within,
        q_inc_df=q.df - q.df_within,
        p_scores=p_scores(trials.arms, found.differences, se, good=good),
        direct_indirect=tuple(direct_and_indirect(trials, found, tau2 or 0.0)),
        trials=len(trials.names),
        comparisons=int((trials.sizes * (trials.sizes - 1)).sum()) // 2,
        method=f"Network of contrasts by generalised least squares; {METHODS[method]}.",
        notes=notes,
    )


def p_scores(
    arms: tuple[str, ...], differences: FloatArray, se: FloatArray, *, good: str
) -> dict[str, float]:
    """Return how surely each arm is better than another, on average over the others."""
    sign = 1 if good == "high" else -1
    z = sign * differences / np.where(se > 0, se, 1.0)
    better = special.ndtr(z)
    np.fill_diagonal(better, 0.0)
    return dict(zip(arms, (better.sum(axis=1) / (len(arms) - 1)).tolist(), strict=True))


def _tau2(trials: Trials, method: str, q: Q) -> float | None:
    if method == "FE":
        return 0.0
    if not q.df:
        return None
    return tau2_reml(trials, q) if method == "REML" else tau2_dl(trials, q)


def _problems(trials: Trials, *, method: str, reference: str, good: str) -> Iterable[Problem]:
    if method not in METHODS:
        yield Problem("a network takes REML, DL or FE", column=f"--method {method}")
    if reference not in trials.arms:
        arms = ", ".join(trials.arms)
        yield Problem(f"the arms are {arms}", column=f"--reference {reference}")
    if good not in ("high", "low"):
        yield Problem("use high or low", column=f"--good {good}")
    largest, smallest = np.nanmax(trials.variance), np.nanmin(trials.variance)
    if largest > APART * smallest or np.nanmax(np.abs(trials.effect)) > LARGEST:
        what = "the numbers are too far apart to be added up"
        yield Problem(what, "Look for a slip in an estimate or a variance")
    parts = _parts(trials)
    if len(parts) > 1:
        *others, last = (f"{{{', '.join(part)}}}" for part in parts)
        what = f"the trials fall apart into {', '.join(others)} and {last}: no trial links them"
        yield Problem(what)


def _parts(trials: Trials) -> list[list[str]]:
    """Return the sets of arms that trials link, in byte order."""
    present = trials.present
    left, parts = set(range(len(trials.arms))), []
    while left:
        reached = np.zeros(len(trials.arms), dtype=bool)
        reached[min(left)] = True
        while (wider := reached | present[present[:, reached].any(axis=1)].any(axis=0)).sum() > (
            reached.sum()
        ):
            reached = wider
        part = np.flatnonzero(reached).tolist()
        left -= set(part)
        parts.append([trials.arms[i] for i in part])
    return parts


def _rows(table: FloatArray) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(row) for row in table.tolist())


def _brief(value: float | None) -> str:
    return "not known" if value is None else f"{value:.4g}"
