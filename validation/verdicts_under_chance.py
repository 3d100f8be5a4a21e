"""Whole trials, a row a person, analysed and judged as the product does it.

With no effect, how often is a change found by the range, by re-randomisation, and in the verdict?
And with the effect that closed-form power finds 8 times in 10?
"""

from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context

import numpy as np
from numpy.typing import NDArray

from trialogue.methods import effects, verdicts
from trialogue.methods.power import Plan, power

TRIALS = 2_000
ICC, SIZE = 0.1, 20
DRAWS = 999  # of labels, where there are too many allocations to look at each
OUTCOME = verdicts.Outcome("continuous", "higher", smallest_change=1e-6)


@dataclass(frozen=True)
class Scenario:
    """A kind of trial: clusters in each arm, how unequal, and what is unusual about it."""

    name: str
    clusters: tuple[int, ...]
    unequal: bool = False
    kind: str = "score"  # or skewed, or 10%
    wards: int = 1
    covariate: bool = False


@dataclass(frozen=True)
class Rates:
    """Shares of trials. `found_*`: of those with an effect."""

    scenario: Scenario
    false_by_range: float
    false_by_redraw: float
    false_by_verdict: float
    found_by_range: float
    found_by_verdict: float


FEW = tuple(
    Scenario(f"{each} an arm{', very unequal sizes' if unequal else ''}", (each, each), unequal)
    for unequal in (False, True)
    for each in (2, 3, 4, 5, 6, 8, 12, 15)
)
UNUSUAL = (
    Scenario("6 and 12", (6, 12)),
    Scenario("6 and 12, very unequal sizes", (6, 12), unequal=True),
    Scenario("6 an arm, a skewed outcome (pounds)", (6, 6), kind="skewed"),
    Scenario("15 an arm, a skewed outcome (pounds)", (15, 15), kind="skewed"),
    Scenario("6 an arm, a risk of 10%", (6, 6), kind="10%"),
    Scenario("6 an arm in 3 wards, a covariate", (6, 6), wards=3, covariate=True),
    Scenario("4 arms of 6, Holm", (6, 6, 6, 6)),
)


def rates() -> list[Rates]:
    """Play every scenario, on all cores."""
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as cores:
        return list(cores.map(play, (*FEW, *UNUSUAL)))


def play(scenario: Scenario) -> Rates:
    """Play a scenario without an effect and with one."""
    false_by_range, false_by_redraw, false_by_verdict = _shares(scenario, effect=0.0)
    found_by_range, _, found_by_verdict = _shares(scenario, effect=_worth_finding(scenario))
    return Rates(
        scenario,
        false_by_range=false_by_range,
        false_by_redraw=false_by_redraw,
        false_by_verdict=false_by_verdict,
        found_by_range=found_by_range,
        found_by_verdict=found_by_verdict,
    )


def _shares(scenario: Scenario, *, effect: float) -> tuple[float, float, float]:
    """Return the shares of trials that find a change: by range, by redraw, in the verdict."""
    rng = np.random.default_rng(20270203)
    rule = effects.Rule("usual", permutations=DRAWS)
    found = np.zeros(3)
    for seed in range(TRIALS):
        analysis = effects.analyse(_draw(scenario, effect, rng), rule, seed=seed)
        found += _found(analysis)
    by_range, by_redraw, by_verdict = (float(share) for share in found / TRIALS)
    return by_range, by_redraw, by_verdict


def _found(analysis: effects.Analysis) -> NDArray[np.int_]:
    """Whether any arm's range leaves out no change; its redraw; its verdict says so."""
    rows = analysis.effects
    by_range = any(row.effect.p is not None and _adjusted(row) < 0.05 for row in rows)
    by_redraw = any(_redrawn(row) < 0.05 for row in rows)
    compared = verdicts.comparisons(analysis, OUTCOME)
    judged = [verdicts.verdict(evidence).code for _, evidence in compared]
    said = {
        verdicts.VerdictCode.WORKED,
        verdicts.VerdictCode.HELPED,
        verdicts.VerdictCode.WORSE,
    }
    return np.array([by_range, by_redraw, any(code in said for code in judged)], dtype=int)


def _adjusted(row: effects.Comparison) -> float:
    return 1.0 if row.p_adjusted is None else row.p_adjusted


def _redrawn(row: effects.Comparison) -> float:
    return 1.0 if row.p_permutation is None else row.p_permutation


def _draw(scenario: Scenario, effect: float, rng: np.random.Generator) -> effects.Data:
    """Draw a trial: sizes and wards first, arms by lot within wards, then outcomes."""
    total = sum(scenario.clusters)
    arms = np.repeat(np.arange(len(scenario.clusters)), scenario.clusters)
    ward = np.arange(total) % scenario.wards
    if scenario.wards == 1:
        arms = rng.permutation(arms)
    else:
        for here in (ward == each for each in range(scenario.wards)):
            arms[here] = rng.permutation(np.arange(here.sum()) % len(scenario.clusters))
    sizes = np.full(total, SIZE)
    if scenario.unequal:
        sizes = np.maximum(1, rng.gamma(1.0, SIZE, total).astype(int))
    cluster = np.repeat(np.arange(total), sizes)
    before = rng.normal(size=cluster.size)
    outcome = _outcome(scenario, rng, cluster, arms, effect)
    if scenario.covariate:
        outcome = outcome + 0.5 * before + 0.5 * ward[cluster]
    names = np.array(["usual", "new", "newer", "newest"])
    return effects.Data(
        outcome=outcome,
        arm=names[arms][cluster],
        cluster=np.char.add("S", cluster.astype(str)),
        strata=(np.char.add("W", ward[cluster].astype(str)),) if scenario.wards > 1 else (),
        covariates={"before": before} if scenario.covariate else {},
    )


def _outcome(
    scenario: Scenario,
    rng: np.random.Generator,
    cluster: NDArray[np.int_],
    arms: NDArray[np.int_],
    effect: float,
) -> NDArray[np.float64]:
    """Draw outcomes whose clusters share a tenth of the spread; pounds and risks likewise."""
    lift = effect * (arms > 0)[cluster]
    if scenario.kind == "10%":
        kappa = (1 - ICC) / ICC
        means = 0.1 + effect * (arms > 0)
        risk = rng.beta(means * kappa, (1 - means) * kappa)
        return (rng.random(cluster.size) < risk[cluster]).astype(float)
    shared = rng.normal(0, np.sqrt(ICC), arms.size)[cluster]
    own = rng.normal(0, np.sqrt(1 - ICC), cluster.size)
    if scenario.kind == "skewed":
        return np.exp(shared + own) + lift * np.sqrt((np.e - 1) * np.e)
    return shared + own + lift


def _worth_finding(scenario: Scenario) -> float:
    """The effect that closed-form power finds 8 times in 10 with these clusters."""
    plan = Plan(
        kind="continuous",
        effect=1.0,
        arms=len(scenario.clusters),
        clusters_per_arm=tuple(float(each) for each in scenario.clusters),
        cluster_size=SIZE,
        cluster_size_cv=1.0 if scenario.unequal else 0.0,
        icc=ICC,
    )
    if scenario.kind == "10%":
        plan = replace(plan, kind="binary", baseline=0.1, effect=0.1)
    return float(power(plan).detectable_effect or 0.0)
