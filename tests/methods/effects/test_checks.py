"""Checks before the effect, and what the missing outcomes could hide."""

from itertools import product
from math import factorial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.methods.effects.test_published import EXPECTED, read
from tests.methods.effects.trials import data, run
from trialogue.methods import effects


@given(st.lists(st.integers(0, 5), min_size=2, max_size=4), st.data())
@settings(max_examples=60, deadline=None)
def test_few_units_are_checked_by_every_way_they_could_have_fallen(counts, choose):
    shares = [choose.draw(st.integers(1, 3)) for _ in counts]
    n, total = sum(counts), sum(shares)

    def chance(ways):
        answer = factorial(n)
        for count, share in zip(ways, shares, strict=True):
            answer = answer / factorial(count) * (share / total) ** count
        return answer

    every = [w for w in product(range(n + 1), repeat=len(counts)) if sum(w) == n]
    expected = [n * share / total for share in shares]
    p = effects.sample_ratio(counts, shares)

    if min(expected) < 5:
        likely = chance(counts) * (1 + 1e-9)
        assert p == pytest.approx(sum(c for c in map(chance, every) if c <= likely), rel=1e-9)
    assert 0 < p <= 1 + 1e-12


def test_many_arms_and_units_do_not_run_for_ever():
    counts = [30] * 19 + [1]

    assert 0 < effects.sample_ratio(counts, [10] * 19 + [1]) < 1


def test_units_of_allocation_are_counted_not_people():
    cluster = ["a"] * 6 + ["b", "c", "d"]
    arm = ["control"] * 6 + ["letter", "control", "letter"]

    analysis = run(data(range(9), arm, cluster=cluster))

    assert analysis.sample_ratio_p == pytest.approx(1.0)


def test_shares_are_heard():
    trial = data(np.arange(80), ["control"] * 20 + ["letter"] * 60)

    assert run(trial).sample_ratio_p < 1e-4
    assert run(trial, shares={"control": 1, "letter": 3}).sample_ratio_p == pytest.approx(1.0)


def test_starting_points_are_compared_in_standard_deviations():
    arm = np.array(["control"] * 4 + ["letter"] * 4)
    age = np.array([20.0, 30, 40, 50, 30, 40, 50, np.nan])
    tenure = np.array(["own", "own", "rent", "rent", "own", "rent", "rent", ""])

    rows = effects.balance({"age": age, "tenure": tenure}, arm, "control")

    difference = {row.covariate: row.standardised_difference for row in rows}
    spread = np.sqrt((np.var(age[:4], ddof=1) + np.var(age[4:7], ddof=1)) / 2)
    assert set(difference) == {"age", "age missing", "tenure=own", "tenure=rent"}
    assert difference["age"] == pytest.approx(5 / spread)
    assert difference["tenure=rent"] == pytest.approx(0.0)


def test_balance_counts_everyone_allocated_and_knows_nothing_of_constants():
    trial = data(
        [1, 2, 3, np.nan], ["control", "control", "letter", "letter"],
        covariates={"x": np.array([0.0, 1, 2, 9]), "one": np.ones(4)},
    )  # fmt: skip

    x, one = run(trial).balance

    assert x.standardised_difference == pytest.approx(5 / np.sqrt((0.5 + 24.5) / 2))
    assert one.standardised_difference is None


def test_icc_without_arms_for_a_trial_that_runs():
    """Donner's example form: 3 clusters of 2, by the table of squares by hand."""
    y, cluster = np.array([1.0, 2, 4, 5, 9, 8]), np.array(list("aabbcc"))

    msb, msw = ((1.5 - 29 / 6) ** 2 + (4.5 - 29 / 6) ** 2 + (8.5 - 29 / 6) ** 2) * 2 / 2, 0.5
    assert effects.icc(y, cluster) == pytest.approx((msb - msw) / (msb + msw))
    assert effects.icc(y, np.arange(6)) is None


def test_icc_may_be_below_nought():
    assert effects.icc(np.array([0.0, 9, 1, 8, 0, 9]), np.array(list("aabbcc"))) < 0


def test_lee_bounds_of_streets_trim_nobody():
    trial = read("streets", "score", cluster="street")
    bounds = effects.lee_bounds(trial.outcome, trial.arm == "visit", trial.arm == "control")
    expected = EXPECTED["streets_lee"]

    assert bounds.k == expected["k"]
    assert bounds.trim == pytest.approx(expected["trim"], rel=1e-8)
    assert [bounds.low, bounds.high] == pytest.approx(expected["bounds"], rel=1e-8)


def test_trimming_counts_in_whole_numbers():
    """7 of 10 against 3 of 10: q = 4/7 of 7 is 4, which a rounded share makes 3."""
    outcome = np.array([*range(7), *[np.nan] * 3, 1, 2, 3, *[np.nan] * 7], dtype=float)
    arm = np.arange(20) < 10

    bounds = effects.lee_bounds(outcome, arm, ~arm)

    assert bounds.k == 4
    assert (bounds.low, bounds.high) == (pytest.approx(-1.0), pytest.approx(3.0))


def test_extreme_cases_of_a_yes_no_outcome():
    trial = data([1, 0, np.nan, 0, 1, 1, np.nan, np.nan], ["control"] * 4 + ["letter"] * 4)

    row = run(trial).to_dict()["sensitivity"][0]

    assert run(trial).missing == {"control": 1, "letter": 2}
    assert row["extreme_low"] == pytest.approx(2 / 4 - 2 / 4)
    assert row["extreme_high"] == pytest.approx(4 / 4 - 1 / 4)
    assert row["tips_at"] is None


def test_how_far_the_missing_would_have_to_differ():
    """Letter is 2 higher and half of it is missing: 4 lower on average would undo it."""
    trial = data([1.0, 3, 1, 3, 3, 5, np.nan, np.nan], ["control"] * 4 + ["letter"] * 4)

    row = run(trial).to_dict()["sensitivity"][0]

    assert row["tips_at"] == pytest.approx(-4.0)
    assert row["extreme_low"] is None
