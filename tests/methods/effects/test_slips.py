"""Slips that published software makes: each with the wrong answer, and the right one as ours."""

from fractions import Fraction

import numpy as np
import pytest
from scipy import stats

from tests.methods.effects.test_published import EXPECTED, read
from tests.methods.effects.trials import data, run
from trialogue.methods import effects

FEW_OF_30 = [
    13, 8, 8, 8, 10, 11, 11, 11, 8, 9, 10, 9, 8, 14, 9, 7, 8, 8, 6, 10, 12, 7, 10, 10, 12,
    11, 15, 11, 10, 10,
]  # fmt: skip


def test_arms_drawn_with_replacement_find_what_is_not_there():
    """5 of 30 were placed in the arm; a coin for each unit puts 15 there, and they vary less."""
    y, arm = np.array(FEW_OF_30, dtype=float), np.repeat([0, 1], [25, 5])
    random = np.random.default_rng(1)
    coins = random.random((50_000, 30)) < 0.5
    n = coins.sum(axis=1)
    away = np.abs((coins @ y) / n - (~coins @ y) / (30 - n))
    wrong = (away >= y[25:].mean() - y[:25].mean() - 1e-9).mean()

    right = effects.rerandomise(
        sums=y, sizes=np.ones(30), arm=arm, group=np.zeros(30, dtype=np.int64), arms=2,
        statistic="difference", draws=100, seed=1,
    )  # fmt: skip

    permuted = stats.permutation_test(
        (y[25:], y[:25]), lambda a, b, axis: np.abs(a.mean(axis) - b.mean(axis)),
        vectorized=True, n_resamples=np.inf, batch=20_000, alternative="greater",
    )  # fmt: skip
    assert wrong == pytest.approx(0.011, abs=0.002)
    assert right.p[0] == pytest.approx(permuted.pvalue, abs=1e-12)
    assert right.p[0] == pytest.approx(0.0768, abs=5e-5)


def test_a_draw_never_counts_for_less_than_the_real_one():
    """Without it a p of 0 is possible, however few are drawn."""
    y = np.r_[np.arange(30.0), 100 + np.arange(30.0)]

    analysis = run(data(y, np.repeat(["control", "letter"], 30)), permutations=99)

    assert analysis.effects[0].p_permutation == pytest.approx(1 / 100)


@pytest.fixture
def pairs():
    """8 pairs of schools, a column each: every school has leverage 1 in some direction."""
    return run(read("pairs", "y", cluster="school", strata=("pair",)), "control").effects[0].effect


def test_z_is_not_t(pairs):
    z = 2 * stats.norm.sf(abs(pairs.estimate / pairs.se))

    assert z == pytest.approx(0.00342, abs=5e-6)
    assert pairs.p == pytest.approx(EXPECTED["pairs"]["p"], rel=1e-8)
    assert pairs.p == pytest.approx(0.02328, abs=5e-6)


def test_clusters_less_one_are_not_the_degrees_of_freedom(pairs):
    with_15 = 2 * stats.t.sf(abs(pairs.estimate / pairs.se), 16 - 1)

    assert with_15 == pytest.approx(0.01041, abs=5e-6)
    assert pairs.df == pytest.approx(6.69229317918384, rel=1e-8)


def test_leverage_one_takes_a_generalised_inverse(pairs):
    """1 − d is 0 but for rounding: its inverse root would be anything up to 10⁸."""
    assert pairs.se == pytest.approx(EXPECTED["pairs"]["se"], rel=1e-8)


def test_cr1_is_too_sure_where_clusters_are_unequal():
    wrong, right = EXPECTED["streets_score"]["CR1"]["se"], EXPECTED["streets_score"]["CR2"]["se"]

    analysis = run(read("streets", "score", cluster="street"))

    found = [row.effect.se for row in analysis.effects]
    assert found == pytest.approx(right, rel=1e-8)
    assert (np.array(wrong) < np.array(right)).any()


def test_a_sum_of_squares_at_mean_a_million_loses_what_ours_keeps():
    random = np.random.default_rng(9)
    y = 1e6 + random.normal(size=4000)
    arm = np.where(np.arange(4000) % 2 == 0, "control", "letter")

    effect = run(data(y, arm)).effects[0].effect

    variance = Fraction(0)
    means = []
    for name in ("letter", "control"):
        exact = [Fraction(float(value)) for value in y[arm == name]]
        mean = sum(exact) / len(exact)
        means.append(mean)
        variance += sum((value - mean) ** 2 for value in exact) / (len(exact) - 1) / len(exact)
    single = y.astype(np.float32)
    naive = (single**2).mean() - single.mean() ** 2
    assert not 0.9 < naive < 1.1
    assert effect.estimate == pytest.approx(float(means[0] - means[1]), rel=1e-8)
    assert effect.se == pytest.approx(float(variance) ** 0.5, rel=1e-10)
