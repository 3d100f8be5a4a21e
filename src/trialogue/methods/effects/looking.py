"""Looks for harm while a trial runs: an answer without numbers, and what looking costs.

Formulas and sources: docs/methods/looking-early.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from typing import Literal

import numpy as np

from trialogue.methods import special
from trialogue.methods.effects.analysis import analyse
from trialogue.methods.effects.data import Data, FloatArray, Rule, code
from trialogue.methods.effects.planned import ArmEffect
from trialogue.methods.problems import InputError, Problem, refuse
from trialogue.methods.results import Result
from trialogue.methods.special import tails

BOUNDARY = 0.001
LEAST_DF = 4
MOST_LOOKS = 2
THIRDS = (1 / 3, 2 / 3)  # of the outcomes: where the looks are, unless registered otherwise
BATCH = 50_000
POINTS = 200
APART = 0.0499  # looks nearer than a twentieth of the outcomes

Answer = Literal["go on", "stop and look", "cannot say"]
Direction = Literal["higher", "lower"]


@dataclass(frozen=True, repr=False)
class HarmLook(Result):
    """What one look says of one harm watched: of each arm, and of all together. No numbers."""

    answer: Answer
    arms: dict[str, Answer]


def look_for_harm(data: Data, rule: Rule, *, worse: Direction) -> HarmLook:
    """Look once whether an arm does harm, by the planned analysis of an outcome that is watched.

    Parameters
    ----------
    data, rule
        As in `analyse`, with the outcome that is watched for harm; labels are not drawn again.
    worse : str
        Which way is harm: `higher` or `lower` than control.

    Returns
    -------
    HarmLook
        *stop and look* where the one-sided p in the harmful direction, by t with ν, is below
        0.001; *cannot say* where ν < 4, or there are no outcomes or no range yet; else *go on*.
        All together: the first of *stop and look*, *cannot say* that an arm has.

    Raises
    ------
    InputError
        As `analyse`.

    References
    ----------
    Haybittle (1971), British Journal of Radiology 44, 793-797; Peto et al. (1976), British Journal
    of Cancer 34(6), 585-612.
    """
    coded = code(replace(data, outcome=np.zeros_like(data.outcome)), rule)
    arms: dict[str, Answer] = dict.fromkeys(coded.arms[1:], "cannot say")
    if not np.isnan(data.outcome[coded.arm == 0]).all():
        found = analyse(data, replace(rule, permutations=0, correction="none"), seed=0)
        sign = 1.0 if worse == "higher" else -1.0
        rows = found.effects if found else ()
        arms |= {row.arm: _answer(row.effect, sign) for row in rows}
    first: tuple[Answer, ...] = ("stop and look", "cannot say")
    return HarmLook(
        answer=next((each for each in first if each in arms.values()), "go on"), arms=arms
    )


def _answer(effect: ArmEffect, sign: float) -> Answer:
    if effect.estimate is None or not effect.se or not effect.df or effect.df < LEAST_DF:
        return "cannot say"
    harm = sign * effect.estimate / effect.se
    return "stop and look" if tails.below(-harm, effect.df) < BOUNDARY else "go on"


@dataclass(frozen=True, repr=False)
class Crossing(Result):
    """How often a trial without any effect crosses the boundary, and says anything false in all.

    `crossed`: at a look. `false_claim`: at a look, or by the final range at `alpha`.
    """

    crossed: float
    false_claim: float


def crossing(fractions: Sequence[float] = THIRDS, *, alpha: float = 0.05) -> Crossing:
    """Return both rates where many units are placed, so that t is normal.

    `fractions`: the share of all outcomes that are in at each look. The sum of all so far is a
    walk with independent steps; its density, of those that have not crossed, is carried from look
    to look.

    References
    ----------
    Armitage, McPherson and Rowe (1969), JRSS A 132(2), 235-244.
    """
    _refuse_fractions(fractions)
    z = -float(special.ndtri(BOUNDARY))
    end = -float(special.ndtri(alpha / 2))
    point, weight = _points()
    crossed, at, mass, seen = 0.0, np.zeros(1), np.ones(1), 0.0
    for fraction in fractions:
        step = np.sqrt(fraction - seen)
        limit = z * np.sqrt(fraction)
        crossed += float(mass @ special.ndtr((at - limit) / step))
        low = -9 * np.sqrt(fraction)
        next_at = low + (limit - low) * (point + 1) / 2
        density = np.exp(-(((next_at[:, None] - at) / step) ** 2) / 2) / np.sqrt(2 * np.pi) / step
        mass = (density @ mass) * weight * (limit - low) / 2
        at, seen = next_at, fraction
    step = np.sqrt(1 - seen)
    beyond = special.ndtr((at - end) / step) + special.ndtr((-end - at) / step)
    return Crossing(crossed=crossed, false_claim=crossed + float(mass @ beyond))


@cache
def _points() -> tuple[FloatArray, FloatArray]:
    """Points between −1 and 1 and their weights."""
    point, weight = np.polynomial.legendre.leggauss(POINTS)
    return point, weight


@dataclass(frozen=True, repr=False)
class SimulatedCrossing(Crossing):
    """The same counted in simulated trials, with the Monte Carlo error of both rates."""

    crossed_mcse: float
    false_claim_mcse: float
    trials: int


def simulate_crossing(
    per_arm: int,
    *,
    fractions: Sequence[float] = THIRDS,
    alpha: float = 0.05,
    trials: int = 100_000,
    seed: int,
) -> SimulatedCrossing:
    """Count crossings in trials of two arms without effect, looked at as they fill.

    Each arm has `per_arm` units of allocation of one size when all are in; an outcome is normal.
    Of every stage its mean and sum of squares are drawn exactly, and at every look the planned
    analysis is made of all so far: with equal arms its variance is Welch's and ν is 2n − 2.

    Raises InputError when fewer than two units an arm are in at the first look.
    """
    _refuse_fractions(fractions)
    sizes = np.floor(per_arm * np.array([*fractions, 1.0]) + 1e-9).astype(np.int64)
    steps = np.diff(sizes, prepend=0)
    if sizes[0] < 2 or steps.min() < 1:
        raise InputError(
            Problem(f"{per_arm} units an arm are too few for these looks", "Plan more")
        )
    random = np.random.Generator(np.random.Philox(key=seed))
    crossed = false = 0
    for first in range(0, trials, BATCH):
        t = _walks(random, steps, min(BATCH, trials - first))
        df = 2 * sizes - 2
        limits = [
            tails.quantile(1 - BOUNDARY, float(df[k])) if df[k] >= LEAST_DF else np.inf
            for k in range(len(fractions))
        ]
        over = (t[:, :-1] > limits).any(axis=1)
        end = np.abs(t[:, -1]) > tails.quantile(1 - alpha / 2, float(df[-1]))
        crossed += int(over.sum())
        false += int((over | end).sum())
    rates = np.array([crossed, false]) / trials
    errors = np.sqrt(rates * (1 - rates) / trials)
    return SimulatedCrossing(
        crossed=float(rates[0]),
        false_claim=float(rates[1]),
        crossed_mcse=float(errors[0]),
        false_claim_mcse=float(errors[1]),
        trials=trials,
    )


def _walks(random: np.random.Generator, steps: FloatArray, trials: int) -> FloatArray:
    """Return t at every look and at the end, (trials, stages)."""
    totals, squares = [], []
    for _ in range(2):
        mean = random.normal(size=(trials, steps.size)) / np.sqrt(steps)
        within = np.where(steps > 1, random.chisquare(np.maximum(steps - 1, 1), mean.shape), 0.0)
        totals.append(np.cumsum(steps * mean, axis=1))
        squares.append(np.cumsum(within + steps * mean**2, axis=1))
    n = np.cumsum(steps)
    variance = sum(
        (square - total**2 / n) / (n - 1) / n
        for total, square in zip(totals, squares, strict=True)
    )
    t: FloatArray = (totals[1] - totals[0]) / n / np.sqrt(variance)
    return t


def _refuse_fractions(fractions: Sequence[float]) -> None:
    each = [0.0, *fractions, 1.0]
    problems = []
    if len(fractions) > MOST_LOOKS:
        problems.append(Problem(f"{len(fractions)} looks", f"Register {MOST_LOOKS} at most"))
    if any(there - here < APART for here, there in pairwise(each)):
        problems.append(
            Problem("looks are out of order, or too near", "Give shares a twentieth apart or more")
        )
    refuse(problems)
