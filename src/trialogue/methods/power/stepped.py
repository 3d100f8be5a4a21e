"""The power of a stepped start, whose planned analysis has a term for each cluster and period."""

from dataclasses import dataclass, replace
from math import factorial, sqrt

import numpy as np
from numpy.typing import NDArray

from trialogue.methods.effects.columns import Columns
from trialogue.methods.effects.model import fit_model
from trialogue.methods.power.comparison import two_sided_power
from trialogue.methods.power.dunnett import t_point
from trialogue.methods.power.plan import Plan
from trialogue.methods.power.roots import above, root
from trialogue.methods.power.sentences import (
    Words,
    change_words,
    count_words,
    guesses_of,
    settle_words,
    times_in_10,
)
from trialogue.methods.power.solving import direction
from trialogue.methods.power.variance import FloatArray, person_variance
from trialogue.methods.problems import InputError, Problem
from trialogue.methods.results import Result

# What clusters have in common stays from period to period, but for this share of it.
AUTOCORRELATION = 0.8
MOST_CLUSTERS = 300  # the analysis has a term for each, and 400 in all
FEWEST = 8  # clusters, for a result that is as sure as a trial can be


@dataclass(frozen=True, kw_only=True)
class Steps:
    """When the clusters of each step have started.

    `started`: (steps, periods), each row false, then true. `clusters`: how many start at a step;
    `Plan.cluster_size` people are measured in each, in every period.
    """

    started: NDArray[np.bool_]
    clusters: int

    def __post_init__(self) -> None:
        steps, periods = self.started.shape
        if self.clusters < 1 or steps * self.clusters < 2 or periods < 2:
            raise InputError(Problem("a stepped start needs two clusters and two periods"))
        if (self.started[:, :-1] & ~self.started[:, 1:]).any():
            raise InputError(Problem("what has started stays started"))

    @property
    def in_all(self) -> int:
        """How many clusters there are."""
        return len(self.started) * self.clusters

    @property
    def orders(self) -> int:
        """In how many orders they could start."""
        together: int = factorial(self.clusters) ** len(self.started)
        return factorial(self.in_all) // together


@dataclass(frozen=True, repr=False)
class SteppedPower(Result):
    """What a stepped start can find. `clusters_needed`: at each step, for the target; None: many.

    `detectable_effect` is above 0 whichever way is better; None where there is none. `df` and `se`
    are None where time alone could explain any effect.
    """

    power: float
    detectable_effect: float | None
    clusters_needed: int | None
    df: float | None
    se: float | None


def stepped_power(
    plan: Plan, steps: Steps, *, autocorrelation: float = AUTOCORRELATION
) -> SteppedPower:
    """Power of a stepped start, analysed by `effects.analyse_stepped`.

    Formula (10) of docs/methods/power.md: noncentral t with Satterthwaite's degrees of freedom of
    the design. People are taken to be others in each period, which asks for more than if they are
    the same. `autocorrelation`: of a cluster with itself a period later. Of `plan`, its arms,
    clusters, strata and `r2` are not looked at.

    References
    ----------
    Hussey and Hughes (2007), Contemporary Clinical Trials 28(2), 182-191, with fixed clusters;
    Hooper, Teerenstra, de Hoop and Eldridge (2016), Statistics in Medicine 35(26), 4718-4728: the
    cluster autocorrelation.
    """
    df = _df_uneven(plan, steps)
    if df <= 0:
        return SteppedPower(0.0, None, None, None, None)
    return SteppedPower(
        power=_power(plan, steps, autocorrelation, plan.effect, df),
        detectable_effect=_detectable(plan, steps, autocorrelation, df),
        clusters_needed=_clusters_needed(plan, steps, autocorrelation),
        df=df,
        se=sqrt(_variance(plan, steps, autocorrelation, plan.effect)),
    )


def stepped_sentences(
    plan: Plan, steps: Steps, found: SteppedPower, words: Words
) -> tuple[str, ...]:
    """Say what the plan can find, what would mend it, and what that rests on, in this order."""
    groups = (
        f"With {steps.in_all} {words.clusters} that start in {len(steps.started)} steps, and "
        f"{count_words(plan.cluster_size)} {words.people} measured in each, "
        f"{steps.started.shape[1]} times"
    )
    enough = found.power >= plan.target_power
    how = times_in_10(found.power if enough else 1 - found.power)
    said = [
        f"{groups}, you would {'find' if enough else 'miss'} a real {change_words(plan)} {how}."
    ]
    if not enough and (ways := _ways(plan, found, words)):
        said.append(f"What would fix it: {' · '.join(ways)}.")
    if steps.in_all < FEWEST:
        said.append(
            f"With fewer than {FEWEST} {words.clusters} the strength of the result goes one step "
            "down."
        )
    if steps.orders * plan.alpha < 1:
        said.append(
            f"So few {words.clusters} can start in {steps.orders} orders only: drawing again can "
            f"never say that chance is rarer than 1 in {steps.orders}. Use more steps."
        )
    guesses = " and ".join(guesses_of(plan, words))
    said.append(
        f"This rests on your guess {guesses}, and on a fifth of what {words.clusters} have in "
        "common changing from time to time."
    )
    return tuple(said)


def _ways(plan: Plan, found: SteppedPower, words: Words) -> list[str]:
    ways = []
    if found.clusters_needed:
        ways.append(f"{found.clusters_needed} {words.clusters} at each step")
    if found.detectable_effect:
        settle = settle_words(plan, direction(plan) * found.detectable_effect)
        ways.append(f"{'or ' if ways else ''}{settle}")
    return ways


def _power(plan: Plan, steps: Steps, autocorrelation: float, effect: float, df: float) -> float:
    away = effect / sqrt(_variance(plan, steps, autocorrelation, effect))
    return float(two_sided_power(away, t_point(plan.alpha, df), df))


def _variance(plan: Plan, steps: Steps, autocorrelation: float, effect: float) -> float:
    """Variance of the difference: that of a cell of one cluster and period over Σ z̃².

    Of uneven sizes the large count more, as they do in what they share and in a period's mean.
    """
    people = plan.cluster_size * (1 - plan.losses)
    levels = (plan.control, plan.control + effect)
    uneven, most = 1 + plan.cluster_size_cv**2, steps.in_all
    of_people = (most - 1) / max(most - uneven, 1.0) / people
    of_cells = (1 - autocorrelation) * uneven
    if plan.kind == "count":
        between = plan.between_variance * of_cells
        cell = sum(level * of_people + between * level**2 for level in levels) / 2
    else:
        own = sum(float(person_variance(plan, level)) for level in levels) / 2
        cell = own * ((1 - plan.correlation) * of_people + plan.correlation * of_cells)
    return cell / (steps.clusters * float((_left(steps.started) ** 2).sum()))


def _left(started: NDArray[np.bool_]) -> FloatArray:
    """Return z̃: what the start has that clusters and periods do not explain."""
    z = started.astype(float)
    left: FloatArray = z - z.mean(axis=1, keepdims=True) - z.mean(axis=0) + z.mean()
    return left


def _df_uneven(plan: Plan, steps: Steps) -> float:
    return _df(steps) / (1 + plan.cluster_size_cv**2 / 2)


def _df(steps: Steps) -> float:
    """Satterthwaite degrees of freedom: of the design alone, whatever the outcomes.

    The clusters' own terms are taken out first, which leaves them as they are (Pustejovsky and
    Tipton 2018, theorem 2): 2 to 20 columns, however many clusters.
    """
    each, periods = steps.in_all, steps.started.shape[1]
    z = np.repeat(steps.started, steps.clusters, axis=0).astype(float)
    period = np.broadcast_to(np.eye(periods)[:, 1:], (each, periods, periods - 1))
    cells = np.concatenate([z[:, :, None], period], axis=2)
    matrix = (cells - cells.mean(axis=1, keepdims=True)).reshape(each * periods, periods)
    if np.linalg.matrix_rank(matrix) < periods:
        return 0.0
    columns = Columns(kept=(), arms=(1,), used=(), notes=(), matrix=matrix)
    return fit_model(columns, z.reshape(-1, 1), np.arange(each).repeat(periods), tested=(0,)).df[0]


def _detectable(plan: Plan, steps: Steps, autocorrelation: float, df: float) -> float | None:
    sign = direction(plan)
    most = {"binary": plan.control if sign < 0 else 1 - plan.control}.get(plan.kind)
    if plan.kind == "count" and sign < 0:
        most = plan.control

    def short(size: float) -> float:
        return _power(plan, steps, autocorrelation, sign * size, df) - plan.target_power

    start = 1e-3 * (most or plan.control or plan.sd)
    high = above(short, start, *(() if most is None else (most * (1 - 1e-9),)))
    return None if high is None else root(short, 0.0, high)


def _clusters_needed(plan: Plan, steps: Steps, autocorrelation: float) -> int | None:
    """Return the fewest clusters a step that reach the target, by halving."""

    def enough(clusters: int) -> bool:
        more = replace(steps, clusters=clusters)
        df = _df_uneven(plan, more)
        return _power(plan, more, autocorrelation, plan.effect, df) >= plan.target_power

    low, high = 1, max(1, MOST_CLUSTERS // len(steps.started))
    if not plan.effect or not enough(high):
        return None
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle + 1, high)
    return low
