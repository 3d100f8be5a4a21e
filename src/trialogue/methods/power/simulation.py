"""Power by simulating the planned analysis: arm means, CR2, Satterthwaite, the correction."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from math import inf, sqrt

import numpy as np
from numpy.typing import NDArray

from trialogue.methods import special
from trialogue.methods.power.closed_form import Power, power
from trialogue.methods.power.drawing import cluster_sizes, draw_totals
from trialogue.methods.power.dunnett import equicoordinate_point
from trialogue.methods.power.plan import Plan
from trialogue.methods.power.variance import FloatArray
from trialogue.methods.problems import InputError, Problem, refuse
from trialogue.methods.results import Result

BATCH = 5_000
LARGEST_BATCH = 5_000_000  # totals held at once: 40 MB an array
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class _Arm:
    """Sizes of an arm's clusters, and what the analysis takes from them alone."""

    sizes: FloatArray
    mean: float

    @property
    def people(self) -> float:
        return float(self.sizes.sum())

    @property
    def weight(self) -> FloatArray:
        """What each cluster's squared sum of residuals adds to the variance: formula (8)."""
        return 1 / (1 - self.sizes / self.people) / self.people**2

    @property
    def noise(self) -> float:
        """This arm's part of tr P²: formula (9)."""
        share = self.sizes / self.people
        pull = share**2 / (1 - share)
        return float((share**2).sum() + pull.sum() ** 2 - (pull**2).sum()) / self.people**2


def simulate(plan: Plan, *, draws: int, seed: int, progress: Progress | None = None) -> Power:
    """Power of the planned analysis over `draws` trials drawn by `seed`.

    Totals of clusters are drawn, never people. All arms carry the effect: `power` is the mean
    share of comparisons found, `power_any` and `power_all` the shares of trials that found one and
    found all. The needed numbers stay in closed form. The answer does not depend on the machine's
    cores. `progress` is told trials done and in all after each batch; to stop, it raises.

    Raises InputError where the plan has no whole numbers of clusters, or asks what only the
    closed form can answer. Formulas (8) and (9) of docs/methods/power.md.
    """
    found = []
    for batch in drawn_trials(plan, draws=draws, seed=seed):
        found.append(_found(plan, batch))
        if progress:
            progress(sum(map(len, found)), draws)
    answer = _with_shares(power(plan), np.concatenate(found))
    if plan.weighting == "people":
        return answer
    return replace(answer, notes=(*answer.notes, "The analysis simulated weighs people alike."))


@dataclass(frozen=True, repr=False)
class SimulatedCurve(Result):
    """Power by simulation at each of some effects, and its Monte-Carlo error: both (effects,)."""

    power: FloatArray
    power_mcse: FloatArray


def simulated_curve(
    plan: Plan,
    effects: FloatArray,
    *,
    draws: int,
    seed: int,
    progress: Progress | None = None,
) -> SimulatedCurve:
    """Power of the planned analysis at each of `effects`, from one run; means alone.

    An effect moves every estimate by as much and leaves its standard error, so trials are drawn
    once, without one. Each point is what `simulate` gives by the same seed.
    """
    if plan.kind != "continuous":
        what = "one run gives a whole curve of means alone"
        raise InputError(Problem(what, "Use the closed form", column=f"--kind {plan.kind}"))
    effects = np.asarray(effects, dtype=float)
    found, done = np.zeros(effects.size), 0
    for batch in drawn_trials(replace(plan, effect=0.0), draws=draws, seed=seed):
        for point, effect in enumerate(effects):
            moved = replace(batch, estimate=batch.estimate + effect)
            found[point] += _found(plan, moved).mean(axis=1).sum()
        done += len(batch.estimate)
        if progress:
            progress(done, draws)
    share = found / draws
    return SimulatedCurve(share, np.sqrt(share * (1 - share) / draws))


@dataclass(frozen=True, repr=False)
class DrawnTrials(Result):
    """Trials drawn by chance, analysed as planned: a row a trial, a column a comparison.

    `estimate` is the arm's mean less control's, `se` its CR2 standard error, both (trials, K - 1)
    in the outcome's unit; `df` (K - 1,) its degrees of freedom, the same in every trial.
    """

    estimate: FloatArray
    se: FloatArray
    df: FloatArray

    @property
    def t(self) -> FloatArray:
        """|t| of each comparison in each trial; 0 where nothing varies."""
        return np.abs(self.estimate) / np.where(self.se > 0, self.se, inf)


def drawn_trials(plan: Plan, *, draws: int, seed: int) -> Iterator[DrawnTrials]:
    """Draw trials as `simulate` does, and yield their planned analyses a batch at a time.

    Raises InputError as it does.
    """
    refuse(_problems(plan, draws, seed))
    arms = [
        _Arm(
            sizes=cluster_sizes(int(each), plan.cluster_size, plan.cluster_size_cv),
            mean=plan.control + (plan.effect if number else 0),
        )
        for number, each in enumerate(plan.clusters)
    ]
    df = np.array([_satterthwaite(arms[0], arm) - (plan.strata - 1) for arm in arms[1:]])
    if min(df) <= 0:
        what = "clusters this unequal leave no degrees of freedom"
        raise InputError(Problem(what, "Use fewer strata", column=f"--strata {plan.strata}"))
    rng = np.random.Generator(np.random.Philox(key=seed))
    batch = min(BATCH, max(1, LARGEST_BATCH // int(sum(plan.clusters))))
    for done in range(0, draws, batch):
        size = min(batch, draws - done)
        (mean, variance), *others = (_mean_and_variance(plan, arm, rng, size) for arm in arms)
        yield DrawnTrials(
            estimate=np.column_stack([other - mean for other, _ in others]),
            se=np.sqrt(np.column_stack([spread + variance for _, spread in others])),
            df=df,
        )


def _problems(plan: Plan, draws: int, seed: int) -> list[Problem]:
    column = f"--simulate {draws}"
    problems = []
    if draws < 1:
        problems.append(Problem("must be a whole number, 1 or more", column=column))
    if not plan.clusters:
        problems.append(Problem("needs --clusters-per-arm or --people-per-arm", column=column))
    elif any(each != int(each) for each in plan.clusters):
        problems.append(Problem("needs whole numbers of clusters", column=column))
    if plan.kind != "continuous" and (plan.strata > 1 or plan.r2 > 0):
        what = "--strata and --r2 need the closed form here, unless --kind is continuous"
        problems.append(Problem(what, "Leave --simulate out", column=column))
    if not 0 <= seed < 2**128:
        problems.append(Problem("must be 0 or more, and below 2^128", column=f"--seed {seed}"))
    return problems


def _satterthwaite(control: _Arm, arm: _Arm) -> float:
    """Degrees of freedom of the difference, the same in every draw: formula (9)."""
    return (1 / control.people + 1 / arm.people) ** 2 / (control.noise + arm.noise)


def _mean_and_variance(
    plan: Plan, arm: _Arm, rng: np.random.Generator, draws: int
) -> tuple[FloatArray, FloatArray]:
    """The arm's mean in each draw and its CR2 variance: formula (8)."""
    totals = draw_totals(plan, mean=arm.mean, sizes=arm.sizes, draws=draws, rng=rng)
    mean = totals.sum(axis=1) / arm.people
    residuals = totals - mean[:, None] * arm.sizes
    return mean, (residuals**2) @ arm.weight


def _found(plan: Plan, trials: DrawnTrials) -> NDArray[np.bool_]:
    """Which comparisons the planned analysis finds, after the correction."""
    t, df = trials.t, trials.df
    if plan.corrected_by == "dunnett":
        loadings = tuple(sqrt(each / (each + plan.clusters[0])) for each in plan.clusters[1:])
        return t > np.array([equicoordinate_point(plan.alpha, each, loadings) for each in df])
    p = 2 * special.stdtr(df, -t)
    passes: NDArray[np.bool_] = p < plan.alpha
    if plan.corrected_by == "none":
        return passes
    # Holm: the smallest p against alpha / (K - 1), and so on up to the first that does not pass.
    order = np.argsort(p, axis=1)
    steps = plan.alpha / np.arange(p.shape[1], 0, -1)
    passes = np.logical_and.accumulate(np.take_along_axis(p, order, axis=1) < steps, axis=1)
    found = np.empty_like(passes)
    np.put_along_axis(found, order, passes, axis=1)
    return found


def _with_shares(closed: Power, found: NDArray[np.bool_]) -> Power:
    share = float(found.mean())
    return replace(
        closed,
        power=share,
        power_by_arm=tuple(float(each) for each in found.mean(axis=0)),
        power_mcse=sqrt(share * (1 - share) / len(found)),
        power_any=float(found.any(axis=1).mean()),
        power_all=float(found.all(axis=1).mean()),
        method=f"Simulation of the planned analysis (CR2, Satterthwaite), {len(found):,} trials. "
        f"Beside it and for what is needed: {closed.method[0].lower()}{closed.method[1:]}",
    )
