from dataclasses import replace
from math import isfinite

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats

from trialogue.methods.power import (
    Plan,
    baseline_r2,
    cluster_size_needed,
    fixes,
    people_to_recruit,
    power,
    repeated_measures_factor,
)
from trialogue.methods.power.comparison import comparison_power
from trialogue.methods.problems import InputError

few = settings(max_examples=60, deadline=None)

shares = st.floats(0.05, 0.95)
clusters = st.integers(3, 60)
sizes = st.floats(1, 60)
iccs = st.floats(0, 0.3)
spreads = st.floats(0, 1)


@st.composite
def continuous(draw, arms=2):
    return Plan(
        kind="continuous",
        effect=draw(st.floats(0.05, 0.8)),
        sd=1.0,
        arms=arms,
        clusters_per_arm=(float(draw(clusters)),),
        cluster_size=draw(sizes),
        cluster_size_cv=draw(spreads),
        icc=draw(iccs),
    )


def power_of(plan):
    return min(comparison_power(plan, plan.clusters, arm) for arm in range(1, plan.arms))


@few
@given(continuous())
def test_power_rises_with_all_that_helps(plan):
    here = power_of(plan)

    assert power_of(replace(plan, effect=1.1 * plan.effect)) >= here - 1e-12
    more = (plan.clusters_per_arm[0] + 1,)
    assert power_of(replace(plan, clusters_per_arm=more)) >= here - 1e-12
    assert power_of(replace(plan, cluster_size=1.1 * plan.cluster_size)) >= here - 1e-12
    assert power_of(replace(plan, alpha=0.06)) >= here - 1e-12


@few
@given(continuous())
def test_power_falls_with_all_that_blurs(plan):
    assume(plan.cluster_size > 1)
    here = power_of(plan)

    assert power_of(replace(plan, icc=plan.icc + 0.05)) <= here + 1e-12
    assert power_of(replace(plan, cluster_size_cv=plan.cluster_size_cv + 0.1)) <= here + 1e-12
    assert power_of(replace(plan, sd=1.1)) <= here + 1e-12
    assert power_of(replace(plan, arms=3, correction="holm")) <= here + 1e-12


@few
@given(continuous(), st.floats(0.1, 1000), st.floats(-50, 50))
def test_power_does_not_depend_on_direction_or_unit(plan, factor, baseline):
    here = power_of(plan)

    assert power_of(replace(plan, effect=-plan.effect)) == pytest.approx(here, rel=1e-9)
    other_unit = replace(
        plan, baseline=factor * baseline, effect=factor * plan.effect, sd=factor * plan.sd
    )
    assert power_of(other_unit) == pytest.approx(here, rel=1e-9)


@few
@given(st.integers(3, 60), st.integers(3, 60), sizes, iccs)
def test_arms_may_change_places(first, second, size, icc):
    plan = Plan(
        kind="continuous",
        effect=0.3,
        clusters_per_arm=(first, second),
        cluster_size=size,
        icc=icc,
    )

    swapped = replace(plan, clusters_per_arm=(second, first))

    assert power_of(swapped) == pytest.approx(power_of(plan), rel=1e-12)


@few
@given(shares, shares, clusters, sizes, iccs)
def test_a_rise_in_yes_is_a_fall_in_no(before, after, number, size, icc):
    yes = Plan(
        kind="binary",
        baseline=before,
        effect=after - before,
        clusters_per_arm=(number,),
        cluster_size=size,
        icc=icc,
    )

    no = replace(yes, baseline=1 - before, effect=before - after)

    assert power_of(no) == pytest.approx(power_of(yes), rel=1e-7)


@few
@given(continuous(), shares, st.integers(2, 5), st.sampled_from(["none", "holm", "dunnett"]))
def test_without_an_effect_power_is_the_level_of_the_test(plan, baseline, arms, correction):
    for kind in ("continuous", "binary"):
        null = replace(
            plan, kind=kind, baseline=baseline, effect=0.0, arms=arms, correction=correction
        )

        answer = power(null)

        assert answer.power == pytest.approx(answer.alpha_used, abs=1e-9)
        assert answer.clusters_per_arm_needed is None


@few
@given(continuous(arms=4))
def test_no_correction_finds_more_than_dunnett_and_dunnett_more_than_holm(plan):
    none, dunnett, holm = (
        power_of(replace(plan, correction=how)) for how in ("none", "dunnett", "holm")
    )

    assert none >= dunnett - 1e-12
    assert dunnett >= holm - 1e-12


@few
@given(continuous(), st.sampled_from(["people", "optimal"]))
def test_with_equal_clusters_both_weightings_agree(plan, weighting):
    equal = replace(plan, cluster_size_cv=0.0)

    assert power_of(replace(equal, weighting=weighting)) == pytest.approx(power_of(equal))


@few
@given(continuous())
def test_the_clusters_needed_for_a_plans_own_power_are_the_plans(plan):
    reached = power_of(plan)
    assume(0.1 < reached < 0.999)

    answer = power(replace(plan, target_power=reached))

    assert answer.clusters_per_arm_exact == pytest.approx(plan.clusters[0], rel=1e-7)
    assert answer.clusters_per_arm_needed == plan.clusters[0]
    assert answer.detectable_effect == pytest.approx(plan.effect, rel=1e-7)


@few
@given(
    st.integers(3, 40),
    st.floats(1.5, 50),
    st.sampled_from([("binary", 0.4, 0.1), ("binary", 0.4, -0.1), ("count", 2.0, 0.5)]),
    st.sampled_from(["people", "optimal"]),
)
def test_the_fixes_reach_the_target(number, size, outcome, weighting):
    kind, baseline, effect = outcome
    plan = Plan(
        kind=kind,
        baseline=baseline,
        effect=effect,
        clusters_per_arm=(number, number + 4.0),
        cluster_size=size,
        cluster_size_cv=0.4,
        icc=0.02,
        weighting="people" if kind == "count" else weighting,
    )
    found = fixes(plan)
    exact = power(plan).clusters_per_arm_exact

    ratio = plan.clusters[1] / plan.clusters[0]
    assert comparison_power(plan, (exact, exact * ratio), 1) == pytest.approx(0.8, abs=1e-9)
    assert found.clusters_per_arm[0] - 1 < exact <= found.clusters_per_arm[0] or exact < 2
    size_needed = cluster_size_needed(plan)
    if size_needed is not None and size_needed >= 1:
        assert power_of(replace(plan, cluster_size=size_needed)) == pytest.approx(0.8, abs=1e-8)
    if size_needed is None:
        assert power_of(replace(plan, cluster_size=1e9)) < 0.8
    if found.effect is not None:
        assert power_of(replace(plan, effect=found.effect)) == pytest.approx(0.8, abs=1e-8)


@few
@given(
    st.sampled_from(["binary", "count", "continuous"]),
    st.floats(0.001, 0.999),
    st.floats(-0.99, 0.99),
    st.integers(2, 400),
    st.floats(1, 500),
    st.floats(0, 3),
    st.floats(0, 0.99),
    st.integers(2, 6),
    st.sampled_from([None, "none", "holm", "dunnett"]),
)
def test_no_plan_gives_nan_or_infinity(
    kind, baseline, effect, number, size, spread, icc, arms, correction
):
    try:
        plan = Plan(
            kind=kind,
            baseline=baseline,
            effect=effect,
            clusters_per_arm=(number,),
            cluster_size=size,
            cluster_size_cv=spread,
            icc=icc,
            arms=arms,
            correction=correction,
        )
    except InputError:
        return

    answer = power(plan)

    numbers = [value for value in vars(answer).values() if isinstance(value, (int, float))]
    assert all(isfinite(value) for value in numbers)
    assert 0 <= answer.power <= 1


def test_more_than_a_million_clusters_are_not_a_plan():
    answer = power(Plan(kind="continuous", effect=0.001))

    assert answer.clusters_per_arm_needed is None
    assert answer.people_per_arm_needed is None
    assert answer.notes == ("More than a million clusters in each arm would be needed.",)


def test_unequal_arms_list_every_arms_need_at_the_given_ratio():
    plan = Plan(
        kind="continuous",
        effect=0.3,
        arms=3,
        clusters_per_arm=(10, 20, 15),
        cluster_size=20,
        icc=0.03,
    )

    answer = power(plan)

    exact = answer.clusters_per_arm_exact
    assert answer.clusters_per_arm_needed == answer.clusters_needed[0]
    for needed, ratio in zip(answer.clusters_needed, (1, 2, 1.5), strict=True):
        assert needed - 1 < exact * ratio <= needed
    assert answer.power == min(answer.power_by_arm) == answer.power_by_arm[1]


def test_pairs_leave_as_many_degrees_of_freedom_as_pairs_less_one():
    pairs = Plan(kind="continuous", effect=0.5, clusters_per_arm=(8,), strata=8, r2=0.4)

    answer = power(pairs)

    assert answer.df == 7
    assert answer.se == pytest.approx((0.6 * 2 / 8) ** 0.5)


def test_an_icc_for_counts_becomes_the_spread_of_their_rates():
    by_icc = Plan(
        kind="count", baseline=2, effect=0.8, clusters_per_arm=(20,), cluster_size=10, icc=0.1
    )

    by_cv = replace(by_icc, icc=None, between_cv=(0.1 / (0.9 * 2)) ** 0.5)

    assert power(by_icc).power == pytest.approx(power(by_cv).power, rel=1e-12)


def test_a_baseline_of_the_same_people_explains_the_square_of_its_correlation():
    alone = baseline_r2(
        cluster_size=1, icc=0, cluster_autocorrelation=1, individual_autocorrelation=0.6
    )
    others = baseline_r2(
        cluster_size=20, icc=0.05, cluster_autocorrelation=0.8, individual_autocorrelation=0
    )

    assert alone == pytest.approx(0.36)
    assert others == pytest.approx((20 * 0.05 * 0.8 / 1.95) ** 2)


def test_repeated_measures_shrink_the_variance_as_frison_and_pocock_say():
    assert repeated_measures_factor(after=1, before=0, correlation=0.5) == 1
    assert repeated_measures_factor(after=1, before=1, correlation=0.5) == pytest.approx(0.75)
    assert repeated_measures_factor(after=2, before=2, correlation=0.5) == pytest.approx(
        0.75 - 2 * 0.25 / 1.5
    )


@few
@given(st.integers(1, 10**6), st.integers(0, 950))
def test_after_the_losses_enough_are_left_and_no_more_than_enough(people, lost_of_1000):
    begin = people_to_recruit(people, share_lost=lost_of_1000 / 1000)

    left = 1000 - lost_of_1000
    assert begin * left >= 1000 * people
    assert (begin - 1) * left < 1000 * people


@few
@given(continuous())
def test_more_pairs_are_pairs(plan):
    """A paired t on J differences, each of variance 2 DE/m, by scipy's own distributions."""
    pairs = replace(plan, strata=int(plan.clusters_per_arm[0]))
    assert power(pairs).df == plan.clusters_per_arm[0] - 1
    exact = power(pairs).clusters_per_arm_exact
    assume(exact is not None and exact < 1e5)

    size, rho = plan.cluster_size, plan.icc
    inflation = 1 + ((plan.cluster_size_cv**2 + 1) * size - 1) * rho
    noncentrality = plan.effect / (2 * inflation / size / exact) ** 0.5
    point = stats.t.isf(plan.alpha / 2, exact - 1)
    reached = stats.nct.sf(point, exact - 1, noncentrality)
    assert reached == pytest.approx(0.8, abs=1e-4) or exact == pytest.approx(1.01)
