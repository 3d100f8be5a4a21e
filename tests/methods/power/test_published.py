import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.integrate import dblquad
from scipy.special import ndtr, stdtr
from scipy.stats import chi, nct, norm

from trialogue.methods.power import Plan, overall_power, power, power_curve
from trialogue.methods.power.comparison import two_sided_power
from trialogue.methods.power.dunnett import equicoordinate_point

PUBLISHED = json.loads((Path(__file__).parents[1] / "published/power.json").read_text())
STREETS = Plan(kind="continuous", effect=0.25, clusters_per_arm=(34,), cluster_size=20, icc=0.05)


@pytest.mark.parametrize("case", PUBLISHED["independent"]["cases"], ids=lambda case: case["name"])
def test_power_agrees_with_independent_software(case):
    given = dict(case["plan"])
    if "clusters_per_arm" in given:
        given["clusters_per_arm"] = tuple(given["clusters_per_arm"])

    answer = power(Plan(**given))

    # uniroot stopped its search at 1e-10; the powers carry 14 digits.
    tolerance = 1e-10 if case["answer"] == "clusters_per_arm_exact" else 1e-11
    assert getattr(answer, case["answer"]) == pytest.approx(case["value"], rel=tolerance)


def test_34_streets_of_20_give_the_published_power_and_detectable_effect():
    answer = power(STREETS)

    assert answer.power == pytest.approx(0.90195, abs=5e-6)
    assert answer.detectable_effect == pytest.approx(0.2153, abs=5e-5)
    assert answer.df == 66
    assert answer.design_effect == pytest.approx(1.95)


def test_normal_quantiles_would_promise_more_than_t_keeps():
    delta = 0.25 / power(STREETS).se

    by_z = norm.sf(norm.isf(0.025) - delta) + norm.cdf(norm.ppf(0.025) - delta)
    assert by_z == pytest.approx(0.910, abs=5e-4)
    assert power(STREETS).power == pytest.approx(0.902, abs=5e-4)


def test_unequal_streets_cost_power_and_optimal_weights_promise_some_back():
    unequal = replace(STREETS, cluster_size_cv=0.6)

    assert power(unequal).power == pytest.approx(0.848, abs=5e-4)
    optimal = power(replace(unequal, weighting="optimal"))
    assert optimal.power == pytest.approx(0.873, abs=5e-4)


def test_power_agrees_with_the_noncentral_t_of_scipy_stats():
    for df, delta in [(3, 0.5), (10, 2.8), (66, 3.3), (468, 4.0), (2.5, 1.0)]:
        point = float(nct.isf(0.025, df, 0))

        direct = nct.sf(point, df, delta) + nct.cdf(-point, df, delta)

        assert float(two_sided_power(delta, point, df)) == pytest.approx(direct, rel=1e-8)


def test_the_far_tail_is_certain_and_not_unknown():
    assert float(two_sided_power(20.0, 1.965, 468)) == 1
    assert float(two_sided_power(1e6, 1.965, 468)) == 1


@pytest.mark.parametrize(
    ("comparisons", "df", "point"),
    [(2, 10, 2.57), (3, 10, 2.76), (4, 10, 2.89), (2, 20, 2.38), (3, 20, 2.54), (4, np.inf, 2.44)],
)
def test_dunnetts_points_are_those_of_his_table(comparisons, df, point):
    """Dunnett (1964), Biometrics 20(3), 482-491: two-sided 5%, equal arms, two decimals."""
    loadings = (np.sqrt(0.5),) * comparisons

    assert equicoordinate_point(0.05, df, loadings) == pytest.approx(point, abs=0.0051)


def test_dunnetts_point_for_unequal_arms_solves_the_plain_double_integral():
    loadings, df = (0.6, 0.8), 22

    def within(z, s):
        inside = 1.0
        for b in loadings:
            rest = np.sqrt(1 - b * b)
            inside *= ndtr((point * s - b * z) / rest) - ndtr((-point * s - b * z) / rest)
        return inside * norm.pdf(z) * chi.pdf(s * np.sqrt(df), df) * np.sqrt(df)

    point = equicoordinate_point(0.05, df, loadings)

    chance, _ = dblquad(within, 0.05, 3.0, -9.0, 9.0, epsabs=1e-10)
    assert chance == pytest.approx(0.95, abs=1e-8)


def test_dunnetts_point_for_two_arms_is_students():
    point = equicoordinate_point(0.05, 22, (0.7,))

    assert 2 * stdtr(22, -point) == pytest.approx(0.05, rel=1e-12)


def test_the_page_example_of_34_streets():
    homes = Plan(
        kind="binary",
        baseline=0.2,
        effect=0.1,
        clusters_per_arm=(34,),
        cluster_size=25,
        icc=0.05,
    )

    assert power(homes).power == pytest.approx(0.89, abs=0.005)
    assert power(replace(homes, cluster_size=7)).power == pytest.approx(0.59, abs=0.005)


def test_the_overall_test_of_two_arms_is_the_t_test():
    both = overall_power(means=np.array([0.0, 0.4]), clusters=np.array([90.0, 90.0]))

    plan = Plan(kind="continuous", effect=0.4, clusters_per_arm=(90,))
    assert both == pytest.approx(power(plan).power, rel=1e-8)


def test_the_overall_test_of_three_arms_is_what_drawn_trials_give():
    means, people = np.array([0.0, 0.3, 0.5]), 40
    rng = np.random.default_rng(20270203)
    drawn = rng.standard_normal((20_000, 3, people)) + means[:, None]
    centres = drawn.mean(axis=2)
    between = people * centres.var(axis=1, ddof=1)
    within = drawn.var(axis=2, ddof=1).mean(axis=1)

    closed = overall_power(means=means, clusters=np.full(3, people))

    share = (between / within > 3.0737629).mean()  # F at 5% with 2 and 117
    assert share == pytest.approx(closed, abs=4 * np.sqrt(closed * (1 - closed) / 20_000))


def test_a_curve_is_the_power_of_each_of_its_effects():
    effects = np.array([-0.3, -0.1, 0.0, 0.05, 0.25, 0.6])

    curve = power_curve(STREETS, effects)

    one_by_one = [power(replace(STREETS, effect=effect)).power for effect in effects]
    np.testing.assert_allclose(curve, one_by_one, rtol=1e-12)
