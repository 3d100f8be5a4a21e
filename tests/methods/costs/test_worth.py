"""Whether it was worth it, what it releases, who pays: against base R, numpy and `analyse`."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm, t

from tests.methods.costs.test_costs import QUICK, with_cost
from tests.methods.effects.test_published import EXPECTED
from tests.methods.effects.trials import clustered_trials, data, run
from trialogue.methods import costs, effects
from trialogue.methods.problems import InputError

RULE = effects.Rule("control")


def found_in(trial, name, rule=RULE):
    return next(each for each in costs.cost_effects(trial, rule) if each.arm == name)


def by_numpy(trial, arm):
    """Effect, cost and their variances from arm means alone: docs/methods/effects.md."""

    def sums(here):
        y = np.column_stack([trial.outcome, trial.cost])[here]
        street = trial.cluster[here]
        residual = y - y.mean(axis=0)
        total = np.zeros((2, 2))
        for name in np.unique(street):
            s = residual[street == name].sum(axis=0)
            total += np.outer(s, s) / (1 - (street == name).sum() / len(y)) / len(y) ** 2
        return y.mean(axis=0), total

    (usual, v0), (new, v1) = sums(trial.arm == "control"), sums(trial.arm == arm)
    return new - usual, v0 + v1


def test_streets_against_base_r_and_numpy():
    trial = with_cost("streets", "score", cluster="street")
    expected = EXPECTED["streets_cost"]
    kept = replace(trial, outcome=np.where(np.isnan(trial.cost), np.nan, trial.outcome))
    known = ~np.isnan(kept.outcome)
    alone = effects.Data(
        kept.outcome[known], kept.arm[known], cluster=kept.cluster[known], cost=kept.cost[known]
    )

    visit = found_in(trial, "visit")

    means, variances = by_numpy(alone, "visit")
    assert (visit.effect, visit.cost) == pytest.approx(tuple(means), rel=1e-10)
    assert visit.var_effect == pytest.approx(variances[0, 0], rel=1e-10)
    assert visit.var_cost == pytest.approx(variances[1, 1], rel=1e-10)
    assert visit.covariance == pytest.approx(variances[0, 1], rel=1e-10)
    assert visit.var_effect == pytest.approx(expected["var_effect"], rel=1e-8)
    assert visit.var_cost == pytest.approx(expected["var_cost"], rel=1e-8)
    assert visit.covariance == pytest.approx(expected["cov"], rel=1e-8)
    assert visit.df == pytest.approx(expected["df"], rel=1e-8)


def test_an_acceptability_curve_against_base_r():
    expected = EXPECTED["anorexia_cost_FT"]
    family = found_in(with_cost("anorexia", "after"), "FT", effects.Rule("Cont"))

    curve = costs.acceptability(family, [40.0, 0.0, 20.0])

    none, at_20, at_40 = curve.points
    assert (none.value, at_40.value) == (0.0, 40.0)
    assert at_20.net_benefit.estimate == pytest.approx(expected["net_benefit"], rel=1e-8)
    assert at_20.probability == pytest.approx(expected["probability"], rel=1e-8)
    half = norm.ppf(0.975) * expected["net_benefit_se"]
    assert at_20.net_benefit.high == pytest.approx(expected["net_benefit"] + half, rel=1e-8)
    assert curve.even == pytest.approx(expected["ratio"], rel=1e-8)


def test_a_curve_of_streets_is_a_curve_of_t():
    expected = EXPECTED["streets_cost"]
    visit = found_in(with_cost("streets", "score", cluster="street"), "visit")

    (at_5,) = costs.acceptability(visit, [5.0]).points

    nb, se = expected["net_benefit_at_5"], expected["net_benefit_se_at_5"]
    assert at_5.probability == pytest.approx(t.cdf(nb / se, expected["df"]), rel=1e-8)
    assert at_5.net_benefit.low == pytest.approx(nb - t.ppf(0.975, expected["df"]) * se, rel=1e-8)


@given(clustered_trials(), st.floats(0.1, 50))
@QUICK
def test_a_curve_agrees_with_the_planned_model_of_each_net_benefit(trial, value):
    for found in costs.cost_effects(trial, RULE):
        (point,) = costs.acceptability(found, [value]).points
        worth = run(replace(trial, outcome=value * trial.outcome - trial.cost, cost=None))
        row = next(each for each in worth.effects if each.arm == found.arm).effect
        slack = 1e-7 * (1 + abs(row.estimate))
        assert point.net_benefit.estimate == pytest.approx(row.estimate, abs=slack)
        assert point.net_benefit.low == pytest.approx(row.ci_low, rel=1e-6, abs=slack)
        assert point.net_benefit.high == pytest.approx(row.ci_high, rel=1e-6, abs=slack)


@given(clustered_trials(), st.floats(0.01, 1000))
@QUICK
def test_another_currency_moves_the_curve_along_and_nothing_else(trial, rate):
    dear = replace(trial, cost=trial.cost * rate)
    pairs = zip(costs.cost_effects(trial, RULE), costs.cost_effects(dear, RULE), strict=True)

    for here, there in pairs:
        one = costs.acceptability(here, [1.0, 7.0])
        two = costs.acceptability(there, [1.0 * rate, 7.0 * rate])
        for p, q in zip(one.points, two.points, strict=True):
            assert q.net_benefit.estimate == pytest.approx(
                p.net_benefit.estimate * rate, rel=1e-6, abs=1e-8 * rate
            )
            assert q.probability == pytest.approx(p.probability, abs=1e-6)
        if one.even is not None and here.effect > 1e-6 and here.cost > 1e-6:
            assert two.even == pytest.approx(one.even * rate, rel=1e-6)


def test_fiellers_range_holds_the_true_ratio_95_times_in_100():
    """ΔE and ΔC drawn with known variances: the effect is never near 0."""
    rng = np.random.default_rng(20270203)
    V = np.array([[1.0, 0.6], [0.6, 4.0]])
    drawn = rng.multivariate_normal([8.0, 12.0], V, size=4000)

    held = 0
    for effect, cost in drawn:
        ratio = costs.fieller(
            effect, cost, var_bottom=V[0, 0], var_top=V[1, 1], covariance=V[0, 1], q=1.959964
        )
        held += ratio.low <= 1.5 <= ratio.high
    assert held / 4000 == pytest.approx(0.95, abs=4 * (0.95 * 0.05 / 4000) ** 0.5)


def test_a_range_of_the_effect_with_nought_in_it_has_no_ratio_and_still_a_curve():
    visit = found_in(with_cost("streets", "score", cluster="street"), "visit")

    assert costs.answers(visit).cost_per_outcome is None
    assert costs.acceptability(visit, [1e9]).points[0].probability == pytest.approx(
        t.cdf(visit.effect / visit.var_effect**0.5, visit.df), abs=1e-6
    )


def test_setting_up_is_shared_and_moves_no_variance():
    family = found_in(with_cost("anorexia", "after"), "FT", effects.Rule("Cont"))

    here, at_scale = (family.with_set_up(2_000, over=n) for n in (17, 1_000))

    assert here.cost == pytest.approx(family.cost + 2_000 / 17)
    assert at_scale.cost == pytest.approx(family.cost + 2)
    assert (here.var_cost, here.covariance) == (family.var_cost, family.covariance)
    assert costs.answers(here).cost_per_outcome > costs.answers(at_scale).cost_per_outcome
    with pytest.raises(InputError, match="over: 0: must be 1 or more"):
        family.with_set_up(10, over=0)


@given(clustered_trials(), st.floats(1, 500), st.floats(5, 40), st.integers(0, 99))
@QUICK
def test_what_is_released_is_the_planned_model_times_rows_a_month(trial, rows, price, seed):
    hours = np.random.default_rng(seed).gamma(2.0, size=trial.outcome.size)
    found = costs.released(trial, RULE, rows_a_month=rows, hours=hours, price_of_hour=price)
    spent = {
        "pounds": trial.cost, "hours": hours, "together": trial.cost + price * hours,
    }  # fmt: skip

    for name, column in spent.items():
        direct = run(replace(trial, outcome=column, cost=None))
        for released, row in zip(found, direct.effects, strict=True):
            amount, effect = getattr(released, name), row.effect
            slack = 1e-7 * rows * (1 + abs(effect.estimate))
            assert released.arm == row.arm
            assert amount.estimate == pytest.approx(-rows * effect.estimate, abs=slack)
            assert amount.low == pytest.approx(-rows * effect.ci_high, rel=1e-6, abs=slack)
            assert amount.high == pytest.approx(-rows * effect.ci_low, rel=1e-6, abs=slack)


def test_without_hours_there_are_none_and_without_a_price_nothing_is_added():
    trial = with_cost("anorexia", "after")
    rule = effects.Rule("Cont")

    (pounds, *_), (both, *_) = (
        costs.released(trial, rule, rows_a_month=10, **more)
        for more in ({}, {"hours": pd.Series(trial.outcome / 50)})
    )

    assert (pounds.hours, pounds.together) == (None, None)
    assert both.hours is not None
    assert both.together is None


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"rows_a_month": 0}, "rows_a_month: 0: must be above 0"),
        ({"rows_a_month": np.inf}, "rows_a_month: inf: must be above 0"),
        ({"price_of_hour": 20}, "price_of_hour: needs hours"),
        ({"hours": [1.0]}, "hours: 1 values, and 4 of outcome"),
        ({"hours": [1, 2, np.inf, 4]}, "row 4, column hours: not a finite number"),
        ({"hours": [1, 2, 3, 4], "price_of_hour": -1}, "price_of_hour: -1: must be above 0"),
    ],
)
def test_what_cannot_be_released_is_refused(more, words):
    trial = data([1, 2, 3, 4], ["control"] * 2 + ["letter"] * 2, cost=np.ones(4))

    with pytest.raises(InputError, match=words):
        costs.released(trial, RULE, **{"rows_a_month": 1, **more})


def test_without_a_cost_there_is_nothing_to_say():
    trial = data([1, 2, 3, 4], ["control"] * 2 + ["letter"] * 2)

    for ask in (costs.cost_effects, lambda *a: costs.released(*a, rows_a_month=1)):
        with pytest.raises(InputError, match="cost: needed"):
            ask(trial, RULE)
    with pytest.raises(InputError, match="costs: needed"):
        costs.who_pays(trial, RULE, {})


@given(clustered_trials(), st.integers(0, 99))
@QUICK
def test_payers_add_up_and_each_is_the_planned_model_of_its_own(trial, seed):
    rng = np.random.default_rng(seed)
    paid = {name: rng.normal(10, 5, trial.outcome.size) for name in ("council", "NHS", "police")}
    every = {**paid, "total": sum(paid.values())}
    direct = {name: run(replace(trial, outcome=cost)) for name, cost in every.items()}

    for i, found in enumerate(costs.who_pays(trial, RULE, paid)):
        amounts = {**found.payers, "total": found.total}
        assert sum(each.estimate for each in found.payers.values()) == pytest.approx(
            found.total.estimate, abs=1e-9
        )
        for name, amount in amounts.items():
            effect = direct[name].effects[i].effect
            assert amount.estimate == pytest.approx(effect.estimate, abs=1e-8)
            assert (amount.low, amount.high) == pytest.approx(
                (effect.ci_low, effect.ci_high), rel=1e-6, abs=1e-7
            )


def test_a_row_without_a_payers_cost_is_left_out_for_all_and_counted():
    trial = data([1.0, 2, 3, 4, 5, np.nan], ["control"] * 3 + ["letter"] * 3)
    paid = {
        "council": [1, 1, 1, 5, None, 9], "NHS": pd.Series([2, 2, 2, 1, 7, 9]),
    }  # fmt: skip

    (letter,) = costs.who_pays(trial, RULE, paid)

    assert letter.left_out == 1
    assert letter.payers["council"] == costs.Amount(pytest.approx(4.0))
    assert letter.payers["NHS"].estimate == pytest.approx(-1.0)
    assert letter.total == costs.Amount(pytest.approx(3.0))


def test_an_arm_of_one_street_has_a_cost_and_no_range():
    trial = data(
        [1.0, 2, 3, 4, 5, 6], ["control"] * 4 + ["letter"] * 2,
        cluster=["a", "a", "b", "b", "c", "c"], cost=np.array([1.0, 1, 1, 1, 4, 4]),
    )  # fmt: skip

    (letter,) = costs.cost_effects(trial, RULE)
    (point,) = costs.acceptability(letter, [2.0]).points

    assert letter.to_dict()["var_effect"] is None
    assert (point.net_benefit, point.probability) == (costs.Amount(pytest.approx(3.0)), None)


def test_an_outcome_may_be_worth_nothing():
    found = costs.CostEffect("letter", 1.0, 2.0, 1.0, 4.0, 0.0, None)

    (point,) = costs.acceptability(found, [0]).points

    assert point.net_benefit.estimate == -2.0
    assert point.probability == pytest.approx(norm.cdf(-1))


@pytest.mark.parametrize("value", [-1.0, np.nan, np.inf])
def test_a_value_that_nothing_can_have_is_refused(value):
    with pytest.raises(InputError, match="must be 0 or more"):
        costs.acceptability(costs.CostEffect("letter", 1.0, 2.0), [1.0, value])


@pytest.mark.parametrize(
    ("effect", "cost", "even"),
    [
        (2.0, 6.0, 3.0),
        (2.0, -6.0, None),
        (-2.0, -6.0, None),
        (-2.0, 6.0, None),
        (0.0, 6.0, None),
        (2.0, 0.0, None),
    ],
)
def test_chances_are_even_where_the_net_benefit_is_nought(effect, cost, even):
    found = costs.CostEffect("letter", effect, cost, 1.0, 1.0, 0.2, None)

    assert costs.acceptability(found, [1.0]).even == even
    if even:
        assert costs.acceptability(found, [even]).points[0].probability == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("amount", "hours", "words"),
    [
        (costs.Amount(1240.4, 300, 2100), False,
         "It releases about £1,240 a month (£300 to £2,100)."),
        (costs.Amount(-12.5, -20, -5), False,
         "It takes about £12.50 more a month (£5 to £20)."),
        (costs.Amount(14.2, 3.04, 25), True,
         "It releases about 14 hours a month (3 to 25 hours)."),
        (costs.Amount(-1.04, -1.5, -0.5), True,
         "It takes about 1 hour more a month (0.5 to 1.5 hours)."),
        (costs.Amount(5, -20, 30), False,
         "We cannot say that it releases money: it may take up to £20 more a month, or release "
         "up to £30."),
        (costs.Amount(5, -1, 30), True,
         "We cannot say that it releases time: it may take up to 1 hour more a month, or release "
         "up to 30 hours."),
        (costs.Amount(5.0), False, "It releases £5 a month."),
        (costs.Amount(5.0, 5.0, 5.0), False, "It releases £5 a month."),
        (costs.Amount(0.0, 0.0, 0.0), True, "It releases no time, and takes no more."),
    ],
)  # fmt: skip
def test_what_is_released_in_words(amount, hours, words):
    assert costs.released_sentence(amount, hours=hours) == words


def test_who_pays_in_words():
    found = costs.WhoPays(
        "letter",
        {
            "the council": costs.Amount(3.2, 1.0, 5.5),
            "the NHS": costs.Amount(-2.0, -3.0, -1.25),
            "schools": costs.Amount(0.4, -1.0, 1.75),
            "the police": costs.Amount(0.0, 0.0, 0.0),
            "charities": costs.Amount(1.0),
        },
        costs.Amount(1.6, -2.0, 5.0),
        0,
    )

    assert costs.payers_sentence(found, unit="household") == (
        "For the council: £3.20 more a household (£1 to £5.50). "
        "For the NHS: £2 less a household (£1.25 to £3). "
        "For schools: up to £1.75 more or up to £1 less a household. "
        "For the police: the same. For charities: £1 more a household. "
        "Together: up to £5 more or up to £2 less a household."
    )


def test_the_chance_that_it_was_worth_it_in_words():
    found = costs.CostEffect("letter", 2.0, 6.0, 0.5, 1.0, 0.1, None)

    assert costs.acceptability_sentence(
        costs.acceptability(found, [0, 2, 50]), outcome="clean street"
    ) == (
        "The chance that it was worth its cost: if one more clean street is worth £0, under 1 in "
        "100; if one more clean street is worth £50, over 99 in 100."
    )
    assert "is worth £2, 11 in 100." in costs.acceptability_sentence(
        costs.acceptability(found, [2]), outcome="clean street"
    )
    unknown = costs.acceptability(costs.CostEffect("letter", 2.0, 6.0), [2])
    assert costs.acceptability_sentence(unknown, outcome="x") == (
        "The chance that it was worth its cost is not known."
    )
