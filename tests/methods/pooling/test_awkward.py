"""Few trials, moderators that cannot be used, trials not reported, and what is refused."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.methods.pooling.trials import pool, studies
from trialogue.methods import pooling
from trialogue.methods.pooling import Rule
from trialogue.methods.problems import InputError

QUICK = settings(max_examples=60, deadline=None)
Y = [0.1, 0.5, 0.3, 0.9, -0.2, 0.4]
V = [0.04, 0.05, 0.03, 0.06, 0.02, 0.05]


def refused(*given, **more):
    with pytest.raises(InputError) as raised:
        pool(*given, **more)
    return [str(problem) for problem in raised.value.problems]


def test_two_trials_have_tau2_in_closed_form_where_they_are_alike():
    assert pool([0.1, 0.9], [0.05, 0.05]).tau2 == pytest.approx((0.8**2 - 0.1) / 2, rel=1e-12)
    assert pool([0.1, 0.2], [0.05, 0.05]).tau2 == 0


def test_three_trials_give_a_range_for_a_new_place_and_say_that_tests_are_not_usable():
    pooled = pool(Y[:3], V[:3], prediction="k-2")

    assert pooled.pi_low < pooled.ci_low < pooled.ci_high < pooled.pi_high
    assert not pooled.egger.usable
    assert "Fewer than 10 trials: do not rely on the test of small trials" in pooled.notes


def test_no_subgroups_of_fewer_than_five_trials():
    group = ["a", "b", "a", "b", "a", "b"]

    few = pool(Y[:4], V[:4], moderators={"group": group[:4]})
    more = pool(Y, V, moderators={"group": group})

    assert [row.name for row in few.coefficients] == ["intercept"]
    assert few.moderator_test is None
    assert "group: no subgroups of fewer than 5 trials" in few.notes
    assert [row.name for row in more.coefficients] == ["intercept", "group=b"]
    assert not more.moderator_test.usable


def test_a_moderator_of_categories_is_the_difference_from_the_first():
    """Two groups of the same size and variance, so that means are plain means."""
    y, v = [1.0, 2.0, 3.0, 5.0, 6.0, 8.5], [0.5] * 6

    pooled = pool(y, v, moderators={"site": ["b", "a", "b", "a", "b", "a"]})

    intercept, site = pooled.coefficients
    assert site.name == "site=b"
    assert intercept.estimate == pytest.approx((2 + 5 + 8.5) / 3)
    assert site.estimate == pytest.approx((1 + 3 + 6) / 3 - (2 + 5 + 8.5) / 3)


def test_trials_that_lack_a_moderator_are_left_out_and_counted():
    pooled = pool(Y, V, moderators={"dose": [1, 2, np.nan, 3, 5, 4]}, names=tuple("ABCDEF"))

    assert (pooled.k, pooled.left_out) == (5, ("C",))
    assert [study.name for study in pooled.studies] == list("ABDEF")
    assert "1 trial lacks a moderator and was left out" in pooled.notes
    same = pool(np.delete(Y, 2), np.delete(V, 2), moderators={"dose": [1, 2, 3, 5, 4]})
    assert pooled.estimate == pytest.approx(same.estimate, rel=1e-12)


def test_moderators_that_say_nothing_new_are_left_out_with_a_note():
    dose = [1, 2, 3, 4, 5, 7]

    plain = pool(Y, V, moderators={"dose": dose})
    more = pool(Y, V, moderators={"dose": dose, "twice": [2 * d for d in dose], "one": [1] * 6})

    assert more.estimate == pytest.approx(plain.estimate, rel=1e-12)
    assert more.coefficients == plain.coefficients
    assert "twice depends on the columns before it and was left out" in more.notes
    assert "one is the same in every trial and was left out" in more.notes


def test_r2_is_unknown_where_nothing_varies():
    pooled = pool([0.3, 0.31, 0.29, 0.3], [0.5] * 4, moderators={"dose": [1, 2, 3, 5]})

    assert (pooled.tau2, pooled.r2) == (0, None)


def test_leave_one_out_has_nulls_where_the_moderators_no_longer_fit():
    pooled = pool(Y[:4], V[:4], moderators={"a": [1, 2, 3, 5], "b": [1, 0, 0, 1]},
                  leave_one_out=True)  # fmt: skip

    assert [row.estimate for row in pooled.leave_one_out] == [None] * 4
    assert "k" not in pooled.to_dict()["leave_one_out"][0]


def test_the_normal_range_is_given_where_trials_agree_better_than_by_chance():
    pooled = pool([0.30, 0.31, 0.29, 0.30], [0.5] * 4)
    normal = pool([0.30, 0.31, 0.29, 0.30], [0.5] * 4, test="z")

    assert pooled.se < normal.se
    (note,) = [note for note in pooled.notes if "by z" in note]
    assert f"{normal.ci_low:.4g} to {normal.ci_high:.4g}, wider" in note


def test_small_trials_cannot_be_told_from_large_ones_where_all_are_alike():
    pooled = pool(Y, [0.05] * 6)

    assert pooled.egger is None
    assert any(note.startswith("No test of small trials") for note in pooled.notes)


def test_the_answer_reads_as_a_line():
    assert repr(pool(Y, V)).startswith("Pooled(0.3")
    assert "new place unknown" in repr(pool([0.1], [0.2]))


def test_ratios_are_turned_back_and_nothing_else_is():
    ratio = pool(Y, V, measure="RR").to_dict()["exp"]

    assert ratio["estimate"] == pytest.approx(np.exp(pool(Y, V).estimate))
    assert set(ratio) == {"estimate", "ci_low", "ci_high", "pi_low", "pi_high"}
    assert pool(Y, V, measure="RD").to_dict()["exp"] is None
    assert pool([0.2], [0.1], measure="OR").to_dict()["exp"]["pi_low"] is None


# Registered, and not reported.


def test_unreported_trials_count_at_nothing_and_at_harm_with_the_median_variance():
    found = pooling.with_unreported(studies(Y, V), count=2, smallest_change=0.25)

    middle = float(np.median(V))
    nothing = pool([*Y, 0, 0], [*V, middle, middle])
    harm = pool([*Y, -0.25, -0.25], [*V, middle, middle])
    assert found.count == 2
    assert found.if_nothing.estimate == pytest.approx(nothing.estimate, rel=1e-12)
    assert found.if_harm.estimate == pytest.approx(harm.estimate, rel=1e-12)
    assert found.if_harm.estimate < found.if_nothing.estimate < pool(Y, V).estimate
    assert found.if_nothing.studies[-1].name == "not reported 2"


def test_unreported_trials_must_be_some_and_have_no_moderators():
    with pytest.raises(InputError, match="0 unreported trials"):
        pooling.with_unreported(studies(Y, V), count=0, smallest_change=0.1)
    with pytest.raises(InputError, match="nobody knows"):
        pooling.with_unreported(
            studies(Y, V, moderators={"dose": Y}), count=1, smallest_change=0.1
        )


# What is refused.


def test_every_wrong_cell_is_named():
    given = studies([0.1, np.nan, np.inf, 0.2], [0.0, 0.1, 0.1, np.nan],
                    columns={"variance": "vi", "estimate": "yi"})  # fmt: skip

    with pytest.raises(InputError) as raised:
        pooling.pool(given)

    assert {str(problem) for problem in raised.value.problems} == {
        "row 2, column vi: 0; a variance must be above 0",
        "row 3, column yi: empty; every trial needs its estimate",
        "row 4, column yi: not a finite number",
        "row 5, column vi: empty; every trial needs its variance",
    }


def test_no_trial_is_refused():
    assert refused([], []) == ["there is no trial to pool; give one that tells something"]
    assert refused([np.nan], [np.nan]) == [
        "there is no trial to pool; give one that tells something"
    ]
    (what,) = refused(Y, V, moderators={"dose": [np.nan] * 6})
    assert what == "--moderators: no trial has all of them; fill them in, or drop some"


def test_a_trial_without_its_place_in_the_order_is_refused():
    assert refused(Y[:2], V[:2], order=["2019", ""]) == [
        "row 3, column order: empty; every trial needs its place"
    ]


@pytest.mark.parametrize("alpha", [0, 0.5, -1])
def test_alpha_has_bounds(alpha):
    assert refused(Y, V, alpha=alpha) == [f"--alpha {alpha}: must be above 0 and below 0.5"]


def test_as_many_moderators_as_trials_but_one_are_refused():
    ward = ["a", "b", "c", "d", "e", "f"]

    assert refused(Y, V, moderators={"ward": ward}) == [
        "--moderators: 5 columns for 6 trials; drop some"
    ]
    assert refused(Y[:3], V[:3], moderators={"a": [1, 2, 4], "b": [1, 0, 5]}) == [
        "--moderators: 2 columns for 3 trials; drop some"
    ]


def test_a_moderator_of_too_many_values_is_refused():
    k = 500

    (what,) = refused([0.0] * k, [1.0] * k, moderators={"ward": [str(i) for i in range(k)]})

    assert what == "ward has 500 values; put some together"


def test_rule_of_defaults():
    assert Rule() == Rule("REML", "knha", None, 0.05, "", False)
    assert pool(Y, V).pi_method == "k-1"
    assert pool(Y, V, test="z").pi_method == "z"


def test_variances_of_which_one_is_all_there_is_are_refused():
    assert refused([0.1, 0.5, 0.3], [1e-12, 0.1, 0.1]) == [
        "the variances are too far apart to be added up; look for a slip in one of them"
    ]
    assert refused(Y, [1e-13, *V[1:]], moderators={"dose": [1, 2, 3, 4, 5, 7]}) == [
        "the variances are too far apart to be added up; look for a slip in one of them"
    ]
    with pytest.raises(InputError):
        pooling.reml_batch(np.array([[0.1, 0.5, 0.3]]), np.array([[1e-12, 0.1, 0.1]]))


def test_a_trial_left_out_leaves_nulls_where_only_one_of_the_others_counts():
    rows = pool([0.1, 0.2, 0.5], [1e-12, 1e-12, 0.1], leave_one_out=True).leave_one_out

    assert [row.estimate is None for row in rows] == [True, True, False]


def test_numbers_without_room_are_refused():
    assert refused([1e70, 0.1], [0.1, 1e-70]) == [
        "row 2, column estimate: 1e+70: too large or too small to be added up; "
        "give it in another unit",
        "row 3, column variance: 1e-70: too large or too small to be added up; "
        "give it in another unit",
    ]


@QUICK
@given(
    st.integers(0, 2**32 - 1), st.floats(0, 30), st.floats(0, 30), st.sampled_from(pooling.METHODS)
)
def test_numbers_far_apart_are_refused_or_answered_but_break_nothing(seed, apart, wide, method):
    rng = np.random.default_rng(seed)
    k = int(rng.integers(1, 8))
    v = 10 ** rng.uniform(-apart / 2, apart / 2, k)
    y = rng.normal(size=k) * 10 ** rng.uniform(-wide / 2, wide / 2, k)
    dose = {"dose": list(rng.integers(0, 3, k).astype(float))} if k > 4 else {}
    try:
        pooled = pool(y, v, moderators=dose, method=method, leave_one_out=True)
    except InputError:
        return

    json.dumps(pooled.to_dict(), allow_nan=False)
    assert pooled.se >= 0
    assert dose or y.min() - 1e-9 <= pooled.estimate <= y.max() + 1e-9 * np.abs(y).max()


def test_a_rule_of_unknown_words_names_those_there_are():
    assert refused(Y, V, method="reml", test="t", prediction="k") == [
        "--method reml: use REML, DL, PM, ML, EB, HE, HS, SJ or FE",
        "--test t: use knha or z",
        "--prediction k: use k-1, k-2 or z",
    ]
