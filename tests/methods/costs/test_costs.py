"""Was it worth it? Against base R, by properties, and in words."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.methods.effects.test_published import EXPECTED, read
from tests.methods.effects.trials import clustered_trials, data, run
from trialogue.methods import costs, effects

QUICK = settings(max_examples=40, deadline=None)


def with_cost(name, outcome, **more):
    return read(name, outcome, cost="cost", **more)


def arm(rows, name):
    return next(row for row in rows if row.arm == name)


def test_streets_whose_effect_may_be_zero_have_no_ratio():
    trial = with_cost("streets", "score", cluster="street")
    expected = EXPECTED["streets_cost"]

    visit = arm(costs.arm_costs(trial, effects.Rule("control", values=(5.0,))), "visit")

    assert visit.effect == pytest.approx(expected["effect"], rel=1e-8)
    assert visit.cost == pytest.approx(expected["cost"], rel=1e-8)
    assert (visit.cost_per_outcome, visit.ratio_low, visit.ratio_high) == (None, None, None)
    net = visit.net_benefit[0]
    assert net.estimate == pytest.approx(expected["net_benefit_at_5"], rel=1e-8)
    assert net.se == pytest.approx(expected["net_benefit_se_at_5"], rel=1e-8)
    assert net.df == pytest.approx(expected["df"], rel=1e-8)


def test_anorexia_family_therapy():
    trial = with_cost("anorexia", "after")
    expected = EXPECTED["anorexia_cost_FT"]

    family = arm(costs.arm_costs(trial, effects.Rule("Cont", values=(20.0,))), "FT")

    assert family.effect == pytest.approx(expected["effect"], rel=1e-8)
    assert family.cost == pytest.approx(expected["cost"], rel=1e-8)
    assert family.cost_per_outcome == pytest.approx(expected["ratio"], rel=1e-8)
    assert family.ratio_low == pytest.approx(expected["ratio_low"], rel=1e-8)
    assert family.ratio_high == pytest.approx(expected["ratio_high"], rel=1e-8)
    net = family.net_benefit[0]
    assert net.estimate == pytest.approx(expected["net_benefit"], rel=1e-8)
    assert net.se == pytest.approx(expected["net_benefit_se"], rel=1e-8)
    assert net.probability == pytest.approx(expected["probability"], rel=1e-8)


@given(clustered_trials(), st.floats(0.01, 1000))
@QUICK
def test_another_currency_scales_every_pound(trial, rate):
    rule = effects.Rule("control", values=(2.0,))
    other = replace(rule, values=(2.0 * rate,))
    here = costs.arm_costs(trial, rule)
    there = costs.arm_costs(replace(trial, cost=trial.cost * rate), other)

    for one, two in zip(here, there, strict=True):
        assert two.cost == pytest.approx(one.cost * rate, rel=1e-6, abs=1e-9 * rate)
        assert two.effect == pytest.approx(one.effect, rel=1e-9, abs=1e-10)
        net, moved = one.net_benefit[0], two.net_benefit[0]
        assert moved.estimate == pytest.approx(net.estimate * rate, rel=1e-6, abs=1e-8 * rate)
        assert moved.se == pytest.approx(net.se * rate, rel=1e-6)
        assert moved.probability == pytest.approx(net.probability, rel=1e-6, abs=1e-9)
        if one.cost_per_outcome is not None:
            assert two.cost_per_outcome == pytest.approx(one.cost_per_outcome * rate, rel=1e-6)


@given(clustered_trials(), st.floats(0, 100))
@QUICK
def test_net_benefit_is_the_planned_model_of_the_net_benefit(trial, value):
    rule = effects.Rule("control", values=(value,))
    worth = run(replace(trial, outcome=value * trial.outcome - trial.cost, cost=None))

    for row, direct in zip(costs.arm_costs(trial, rule), worth.effects, strict=True):
        net = row.net_benefit[0]
        assert net.estimate == pytest.approx(direct.effect.estimate, rel=1e-6, abs=1e-7)
        assert net.se == pytest.approx(direct.effect.se, rel=1e-6, abs=1e-9)
        assert net.df == pytest.approx(direct.effect.df, rel=1e-8)


@given(
    st.floats(-10, 10), st.floats(-10, 10), st.floats(1e-4, 4), st.floats(1e-4, 4),
    st.floats(-0.99, 0.99),
)  # fmt: skip
@QUICK
def test_fiellers_range_holds_the_ratio_and_needs_an_effect(effect, cost, v, w, r):
    answer = costs.fieller(
        effect, cost, var_bottom=v, var_top=w, covariance=r * (v * w) ** 0.5, q=1.96
    )

    if abs(effect) <= 1.96 * v**0.5 * (1 - 1e-9):
        assert answer is None
    if answer:
        slack = 1e-9 * (1 + abs(answer.ratio))
        assert answer.low - slack <= answer.ratio <= answer.high + slack


def test_what_is_never_a_number():
    """An effect below nought, or a saving, has no cost per outcome."""
    y = np.array([0.0, 1, 0, 1, 9, 10, 9, 10])
    arms = ["control"] * 4 + ["letter"] * 4
    dear, cheap = np.array([1.0, 2, 1, 2, 5, 6, 5, 6]), np.array([5.0, 6, 5, 6, 1, 2, 1, 2])

    def ratio(outcome, cost):
        trial = data(outcome, arms, cost=cost)
        return costs.arm_costs(trial, effects.Rule("control"))[0].cost_per_outcome

    assert ratio(y, dear) == pytest.approx(4 / 9)
    assert [ratio(y, cheap), ratio(-y, dear), ratio(-y, cheap)] == [None] * 3


def test_rows_without_a_cost_are_left_out_there_and_said():
    trial = data(
        [1.0, 2, 3, 4, 5, 6], ["control"] * 3 + ["letter"] * 3,
        cost=np.array([1.0, 2, 3, 4, 5, np.nan]),
    )  # fmt: skip
    rule = effects.Rule("control", permutations=0)

    analysis = costs.with_costs(run(trial), trial, rule)

    assert analysis.effects[0].effect.estimate == pytest.approx(3.0)
    assert analysis.costs[0].effect == pytest.approx(2.5)
    assert analysis.notes[-1] == "Costs: 1 row has an outcome and no cost, and do not count there"
    assert costs.with_costs(run(trial), replace(trial, cost=None), rule).costs == ()


def answer(effect, cost, **more):
    ranges = {
        "effect_low": effect - 1, "effect_high": effect + 1,
        "cost_low": cost - 1.58, "cost_high": cost + 1.8,
    }  # fmt: skip
    return effects.ArmCost(arm="letter", effect=effect, cost=cost, **{**ranges, **more})


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (
            answer(0.5, 14.0),
            "We cannot say what one more street clean costs, because we cannot say the trial "
            "produced any. It cost £14 more a street (£12.42 to £15.80). It may cost £14 "
            "a street to get nothing.",
        ),
        (answer(3.0, -2.0), "It did more and cost less."),
        (answer(3.0, 0.0), "It did more and cost the same."),
        (answer(-3.0, 0.0), "It did less and cost the same."),
        (answer(-3.0, 2.0), "It did less and cost more."),
        (answer(-3.0, -2.5), "It saves £2.50 a street and gives up 3 clean streets."),
        (
            answer(3.0, 1250.0, cost_per_outcome=416.67, ratio_low=-20.0, ratio_high=900.5),
            "One more street clean cost about £417 (−£20 to £900). It may pay for itself.",
        ),
        (
            answer(3.0, 6.0, cost_per_outcome=1_234_567.0, ratio_low=1.5, ratio_high=2e6),
            "One more street clean cost about £1.2 million (£1.50 to £2 million).",
        ),
        (effects.ArmCost(arm="letter", effect=1.0, cost=2.0), "We cannot say what it cost."),
    ],
)
def test_costs_in_words(row, words):
    assert (
        costs.cost_sentence(row, unit="street", outcome="street clean", outcomes="clean streets")
        == words
    )
