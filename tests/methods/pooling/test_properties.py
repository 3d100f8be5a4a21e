"""What must hold whatever the trials found."""

import json
from math import isfinite

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.methods.pooling.trials import lists, numbers, pool, studies
from trialogue.methods import pooling
from trialogue.methods.pooling import METHODS, Rule
from trialogue.methods.problems import InputError

QUICK = settings(max_examples=40, deadline=None)

KEYS = ("estimate", "se", "df", "ci_low", "ci_high", "p", "pi_low", "pi_high", "tau2", "tau2_low",
        "tau2_high", "se_tau2", "i2", "i2_low", "i2_high", "h2", "q", "q_df", "q_p")  # fmt: skip
rules = st.builds(
    Rule,
    method=st.sampled_from(METHODS),
    test=st.sampled_from(["knha", "z"]),
    prediction=st.sampled_from([None, "k-1", "k-2", "z"]),
)


def same(one, other, *, rel=1e-7, but=()):
    for key in KEYS:
        if key not in but:
            here, there = getattr(one, key), getattr(other, key)
            close = pytest.approx(there, rel=rel, abs=1e-9) if there is not None else None
            assert here == close, key


def dense(y, v, x, tau2):
    """P as it is written, k by k, at a τ²."""
    w = np.diag(1 / (v + tau2))
    return w - w @ x @ np.linalg.inv(x.T @ w @ x) @ x.T @ w


@QUICK
@given(lists(), rules, st.randoms(use_true_random=False))
def test_order_of_trials_does_not_count(trials, rule, random):
    y, v = trials
    order = list(range(len(y)))
    random.shuffle(order)

    shuffled = studies([y[i] for i in order], [v[i] for i in order])

    same(pooling.pool(shuffled, rule), pooling.pool(studies(y, v), rule))


@QUICK
@given(lists(), rules, numbers)
def test_adding_a_number_to_every_effect_moves_the_answer_by_it(trials, rule, shift):
    y, v = trials
    assume(np.ptp(y) > 0.01)

    moved, plain = (pooling.pool(studies(np.array(y) + c, v), rule) for c in (shift, 0.0))

    assert moved.estimate == pytest.approx(plain.estimate + shift, abs=1e-8)
    same(moved, plain, but=("estimate", "ci_low", "ci_high", "p", "pi_low", "pi_high"))


@QUICK
@given(lists(), rules, st.sampled_from([1e-3, 0.5, 7.0, 1e4]))
def test_another_unit_changes_only_the_unit(trials, rule, b):
    y, v = trials
    assume(np.ptp(y) > 0.01)

    scaled = pooling.pool(studies(np.array(y) * b, np.array(v) * b**2), rule)
    plain = pooling.pool(studies(y, v), rule)

    assert scaled.estimate == pytest.approx(b * plain.estimate, rel=1e-7, abs=1e-9 * b)
    for key, power in (("se", b), ("tau2", b**2), ("i2", 1), ("p", 1), ("q", 1)):
        found, wanted = getattr(scaled, key), getattr(plain, key)
        assert found == pytest.approx(wanted * power, rel=1e-6, abs=1e-10 * power), key


@QUICK
@given(numbers, st.lists(st.floats(0.01, 4), min_size=2, max_size=8), st.sampled_from(METHODS))
def test_trials_that_found_the_same_do_not_vary(value, variance, method):
    pooled = pool([value] * len(variance), variance, method=method)

    assert (pooled.tau2, pooled.i2) == (0, 0)
    assert pooled.estimate == pytest.approx(value, abs=1e-12)
    if method != "FE":
        assert (pooled.se, pooled.ci_low, pooled.p) == (0, None, None)
        assert any("there is no range by t" in note for note in pooled.notes)


@QUICK
@given(numbers, st.floats(0.01, 4), rules)
def test_one_trial_is_its_own_answer(y, v, rule):
    pooled = pooling.pool(studies([y], [v]), rule)

    assert (pooled.estimate, pooled.se) == pytest.approx((y, v**0.5))
    assert pooled.ci_high - pooled.ci_low == pytest.approx(2 * 1.959963984540054 * v**0.5)
    unknown = ("df", "tau2", "tau2_low", "se_tau2", "i2", "i2_high", "h2", "q", "q_df", "q_p",
               "pi_low", "pi_method", "egger")  # fmt: skip
    assert [key for key in unknown if getattr(pooled, key) is not None] == []


@QUICK
@given(lists())
def test_a_common_effect_is_what_reml_gives_where_results_do_not_vary(trials):
    y, v = [value / 10 for value in trials[0]], trials[1]
    reml = pool(y, v, test="z")
    assume(reml.tau2 == 0)

    common = pool(y, v, method="FE")

    same(reml, common, but=("i2", "h2", "se_tau2", "tau2_low", "tau2_high", "i2_low", "i2_high",
                            "pi_low", "pi_high"))  # fmt: skip


@QUICK
@given(lists(), numbers)
def test_a_trial_that_knows_nothing_changes_nothing(trials, value):
    y, v = trials

    more, plain = pool([*y, value], [*v, 1e11], test="z"), pool(y, v, test="z")

    assert (more.estimate, more.se) == pytest.approx(
        (plain.estimate, plain.se), rel=1e-4, abs=1e-4
    )


@QUICK
@given(lists(least=3), rules)
def test_a_trial_left_out_is_a_trial_that_was_never_there(trials, rule):
    y, v = trials
    every = pooling.pool(
        studies(y, v), Rule(rule.method, rule.test, rule.prediction, leave_one_out=True)
    )

    for i, row in enumerate(every.leave_one_out):
        again = pooling.pool(studies(np.delete(y, i), np.delete(v, i)), rule)
        for key in ("estimate", "se", "ci_low", "ci_high", "tau2", "i2"):
            found, wanted = getattr(row, key), getattr(again, key)
            close = pytest.approx(wanted, rel=1e-9, abs=1e-9) if wanted is not None else None
            assert found == close, key


@QUICK
@given(lists(least=3), rules)
def test_the_last_of_the_cumulative_answers_is_the_answer(trials, rule):
    y, v = trials
    order = np.arange(len(y))[::-1].astype(float)

    pooled = pooling.pool(studies(y, v, order=order), rule)

    last = pooled.cumulative[-1]
    assert (last.name, last.k) == ("1", len(y))
    assert (last.estimate, last.tau2) == pytest.approx((pooled.estimate, pooled.tau2), abs=1e-9)


@QUICK
@given(lists(least=3), rules)
def test_tau2_lies_where_the_k_by_k_matrices_have_it(trials, rule):
    """The definitions, with P written out: docs/methods/pooling.md, formulas (2) to (7)."""
    y, v = map(np.array, trials)
    pooled = pooling.pool(studies(y, v), rule)
    x, k, tau2 = np.ones((len(y), 1)), len(y), pooled.tau2
    start, here = dense(y, v, x, 0.0), dense(y, v, x, tau2)
    q = y @ start @ y
    assert pooled.q == pytest.approx(q, rel=1e-8, abs=1e-9)
    match rule.method:
        case "REML" | "ML":
            traced = here if rule.method == "REML" else np.diag(1 / (v + tau2))
            slope = y @ here @ here @ y - np.trace(traced)
            assert slope == pytest.approx(0, abs=1e-7 * np.trace(traced)) or (
                tau2 == 0 and slope < 0
            )
        case "PM" | "EB":
            assert y @ here @ y == pytest.approx(k - 1, rel=1e-8) or (tau2 == 0 and q <= k - 1)
        case "DL":
            assert tau2 == pytest.approx(max(0, (q - (k - 1)) / np.trace(start)), abs=1e-9)
        case "HE":
            assert tau2 == pytest.approx(max(0, y.var(ddof=1) - v.mean()), abs=1e-9)
        case "HS":
            assert tau2 == pytest.approx(max(0, (q - k) / (1 / v).sum()), abs=1e-9)


@QUICK
@given(lists(least=3), rules, st.data())
def test_no_answer_holds_nan_or_infinity(trials, rule, data):
    y, v = trials
    group = data.draw(st.lists(st.sampled_from(["a", "b", ""]), min_size=len(y), max_size=len(y)))
    dose = data.draw(st.lists(st.integers(0, 2), min_size=len(y), max_size=len(y)))
    given_ = studies(
        y, v, moderators={"group": group, "dose": dose}, order=[float(d) for d in dose]
    )
    try:
        pooled = pooling.pool(given_, rule)
    except InputError:
        assume(False)

    text = json.dumps(pooled.to_dict(), allow_nan=False)

    assert all(isfinite(s.weight) for s in pooled.studies)
    assert sum(s.weight for s in pooled.studies) == pytest.approx(100)
    assert len(json.loads(text)["left_out"]) + pooled.k == len(y)


@QUICK
@given(lists(least=6), st.floats(-50, 50), st.floats(0.1, 40))
def test_another_unit_of_a_moderator_moves_nothing(trials, shift, scale):
    y, v = trials
    dose = np.arange(len(y)) % 4 + np.array(v)
    assume(np.ptp(y) > 0.01)

    plain = pool(y, v, moderators={"dose": list(dose)})
    moved = pool(y, v, moderators={"dose": list(shift + scale * dose)})

    same(moved, plain, rel=1e-6)
    slopes = [pooled.coefficients[1].estimate for pooled in (moved, plain)]
    assert slopes[0] * scale == pytest.approx(slopes[1], rel=1e-6, abs=1e-8)
    assert moved.moderator_test.p == pytest.approx(plain.moderator_test.p, rel=1e-5, abs=1e-9)
