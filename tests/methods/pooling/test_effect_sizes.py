"""From tables to effects, and from scale to scale."""

from math import exp, log, pi, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.methods.pooling.trials import arm
from trialogue.methods import pooling
from trialogue.methods.problems import InputError

QUICK = settings(max_examples=60, deadline=None)


def effect(measure, treated, control):
    found = pooling.effect_sizes(
        measure, arm(*([x] for x in treated)), arm(*([x] for x in control))
    )
    return float(found.estimate[0]), float(found.variance[0])


def problems(measure, treated, control):
    with pytest.raises(InputError) as raised:
        pooling.effect_sizes(measure, treated, control)
    return [str(problem) for problem in raised.value.problems]


def test_rates_and_means_by_hand():
    assert effect("IRR", (12, 400), (20, 410)) == pytest.approx(
        (log(12 / 400) - log(20 / 410), 1 / 12 + 1 / 20)
    )
    assert effect("MD", (10.2, 3, 24), (8.9, 2.7, 26)) == pytest.approx(
        (1.3, 9 / 24 + 2.7**2 / 26)
    )


def test_half_an_event_is_added_to_both_counts_of_a_rate_ratio_with_none():
    assert effect("IRR", (0, 100), (4, 100)) == pytest.approx((log(0.5 / 4.5), 1 / 0.5 + 1 / 4.5))


@pytest.mark.parametrize("measure", ["RR", "OR", "PETO"])
@pytest.mark.parametrize("tables", [((0, 10), (0, 12)), ((10, 10), (12, 12))])
def test_a_ratio_of_none_to_none_or_all_to_all_tells_nothing(measure, tables):
    assert np.isnan(effect(measure, *tables)).all()


def test_a_rate_ratio_of_no_events_at_all_tells_nothing():
    assert np.isnan(effect("IRR", (0, 100), (0, 90))).all()


@pytest.mark.parametrize("tables", [((0, 10), (0, 12)), ((10, 10), (12, 12))])
def test_a_risk_difference_of_none_to_none_still_tells_how_exact_it_is(tables):
    estimate, variance = effect("RD", *tables)

    assert abs(estimate) < 0.02
    assert 0 < variance < 0.02


@QUICK
@given(st.integers(0, 30), st.integers(30, 90), st.integers(0, 30), st.integers(30, 90))
def test_arms_swapped_turn_the_sign(a, n1, c, n0):
    for measure in ("RD", "RR", "OR", "AS", "PETO"):
        one, other = effect(measure, (a, n1), (c, n0)), effect(measure, (c, n0), (a, n1))

        assert one[0] == pytest.approx(-other[0], abs=1e-12, nan_ok=True)
        assert one[1] == pytest.approx(other[1], rel=1e-12, nan_ok=True)


@QUICK
@given(st.integers(0, 30), st.integers(30, 90), st.integers(0, 30), st.integers(30, 90))
def test_events_and_those_without_swapped_turn_differences_and_odds(a, n1, c, n0):
    for measure in ("RD", "OR", "AS", "PETO"):
        one = effect(measure, (a, n1), (c, n0))
        other = effect(measure, (n1 - a, n1), (n0 - c, n0))

        assert one[0] == pytest.approx(-other[0], abs=1e-12, nan_ok=True)


def test_every_cell_that_cannot_be_is_named_by_its_row_and_column():
    treated = arm([12, 3.5, -1], [10, 20, 0], names={"events": "events_new", "n": "n_new"})
    control = arm([1, 2, 3], [10, np.inf, 20], rows=np.array([2, 4, 5]))

    found = problems("OR", treated, control)

    assert found == [
        "row 2, column events_new: 12 events among 10 people",
        "row 3, column events_new: 3.5 is not a whole number of 0 or more",
        "row 4, column events_new: -1 is not a whole number of 0 or more",
        "row 4, column n_new: 0 people; an arm must have 1 or more, 2 where there is a spread, "
        "and whole ones",
        "row 4, column n: not a finite number",
    ]


@pytest.mark.parametrize(
    ("measure", "treated", "message"),
    [
        ("IRR", ([3], [0]), "0 must be above 0"),
        ("MD", ([3], [0], [20]), "0 must be above 0"),
        ("SMD", ([3], [1], [1]), "1 people"),
        ("MD", ([np.nan], [1], [10]), "empty; every trial needs its table"),
    ],
)
def test_time_spread_and_people_must_be_there(measure, treated, message):
    control = arm([3], [2]) if measure == "IRR" else arm([3], [2], [20])

    (found,) = problems(measure, arm(*treated), control)

    assert message in found


def test_an_unknown_measure_names_those_there_are():
    assert "use RD, RR" in problems("XX", arm([1], [2]), arm([1], [2]))[0]


# From scale to scale.


@QUICK
@given(st.floats(0.01, 0.99), st.floats(0.01, 0.99))
def test_a_risk_comes_back_from_its_odds_ratio(usual, new):
    odds_ratio = new / (1 - new) / (usual / (1 - usual))

    assert pooling.risk_from_odds_ratio(odds_ratio, usual_risk=usual) == pytest.approx(new)


def test_a_log_odds_ratio_is_a_difference_in_logistic_deviations():
    assert pooling.log_odds_ratio_from_smd(0.5) == pytest.approx(0.5 * pi / sqrt(3))


def test_a_cluster_trial_analysed_as_people_gets_its_design_effect():
    """Cochrane Handbook 23.1.4: mean size 28.3, ICC 0.02, design effect 1.546."""
    assert pooling.cluster_se(0.1, 1 + 27.3 * 0.02) == pytest.approx(0.1 * sqrt(1.546))


@QUICK
@given(st.floats(-5, 5), st.floats(0.01, 3))
def test_a_standard_error_comes_back_from_its_range(estimate, se):
    low, high = estimate - 1.959963984540054 * se, estimate + 1.959963984540054 * se

    assert pooling.se_from_range(low, high) == pytest.approx(se, rel=1e-9)
    assert pooling.se_from_range(exp(low), exp(high), ratio=True) == pytest.approx(se, rel=1e-9)


def test_a_range_by_t_is_wider_for_the_same_standard_error():
    assert pooling.se_from_range(-2.228138851964939, 2.228138851964939, df=10) == pytest.approx(1)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: pooling.risk_from_odds_ratio(-1, usual_risk=0.2),
        lambda: pooling.risk_from_odds_ratio(2, usual_risk=1.0),
        lambda: pooling.cluster_se(0.1, 0),
        lambda: pooling.se_from_range(2, 1),
        lambda: pooling.se_from_range(-1, 1, ratio=True),
    ],
)
def test_what_no_paper_can_have_printed_is_refused(wrong):
    with pytest.raises(InputError):
        wrong()
