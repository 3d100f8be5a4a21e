"""Small and awkward trials: what cannot be known is None with a line in the notes."""

import json

import numpy as np
import pytest

from tests.methods.effects.trials import data, numbers, run
from trialogue.methods import effects
from trialogue.methods.problems import InputError

Y = [3.0, 5, 4, 8, 9, 7, 6, 10]
ARM = ["control"] * 4 + ["letter"] * 4


def test_an_arm_without_outcomes_has_no_effect_and_the_others_go_on():
    analysis = run(
        data([*Y, np.nan, np.nan], [*ARM, "visit", "visit"]), permutations=1000
    ).to_dict()
    alone = run(data(Y, ARM), permutations=1000).to_dict()

    letter, visit = analysis["effects"]
    assert letter["p_permutation"] == alone["effects"][0]["p_permutation"]
    assert letter["estimate"] == pytest.approx(3.0)
    assert {value for name, value in visit.items() if name != "arm"} == {None}
    assert analysis["arms"][2] == {
        "arm": "visit", "n": 0, "clusters": None, "mean": None, "sd": None,
    }  # fmt: skip
    assert "visit: no outcomes" in analysis["notes"]


def test_one_cluster_in_an_arm_gives_an_estimate_alone():
    cluster = ["a", "a", "b", "c", "d", "d", "d", "d"]
    trial = data(Y, ARM, cluster=cluster, names={"cluster": "street"})

    row = run(trial).to_dict()["effects"][0]

    assert row["estimate"] == pytest.approx(3.0)
    assert [row[name] for name in ("se", "df", "ci_low", "ci_high", "p", "p_adjusted")] == [
        None
    ] * 6
    assert "letter: one street cannot show how much streets vary" in run(trial).notes


def test_few_degrees_of_freedom_are_said():
    cluster = ["a", "a", "b", "b", "c", "c", "d", "d"]

    analysis = run(data(Y, ARM, cluster=cluster, names={"cluster": "street"}))

    assert analysis.effects[0].effect.df == pytest.approx(2.0)
    assert analysis.effects[0].effect.p is not None
    assert "letter: few streets: rely on the re-randomisation answer" in analysis.notes


def test_outcomes_all_alike_in_one_arm_are_fine():
    effect = run(data([0, 0, 0, 0, 1, 0, 1, 1], ARM)).effects[0].effect

    assert effect.se > 0
    assert effect.p is not None
    assert effect.ratio is None


def test_arms_apart_in_every_outcome_have_an_estimate_and_an_exact_answer_alone():
    """Separation: a logit has no estimate here; a difference of shares has, and no range."""
    analysis = run(data([0] * 4 + [1] * 4, ARM), permutations=100)

    effect = analysis.effects[0].effect
    assert effect.estimate == pytest.approx(1)
    assert (effect.se, effect.ci_low, effect.p) == (0.0, None, None)
    assert analysis.effects[0].p_permutation == pytest.approx(2 / 70)
    assert any("do not vary" in note for note in analysis.notes)


def test_strata_that_say_the_same_twice_count_once():
    ward, area = list("nsns" * 2), list("NSNS" * 2)

    twice, once = run(data(Y, ARM, strata=[ward, area])), run(data(Y, ARM, strata=[ward]))

    np.testing.assert_allclose(numbers(twice, "estimate", "se"), numbers(once, "estimate", "se"))


@pytest.mark.parametrize("level", [1.0, 0.1, 1e7])
def test_outcomes_that_do_not_vary_have_no_range(level):
    analysis = run(data([0.1] * 4 + [0.1 + level] * 4, ARM))

    effect = analysis.effects[0].effect
    assert effect.estimate == pytest.approx(level)
    assert (effect.se, effect.p, effect.ci_low) == (0.0, None, None)
    assert any("do not vary" in note for note in analysis.notes)


def test_a_stratum_of_one_arm_tells_nothing_and_is_counted():
    ward = ["n"] * 3 + ["s"] + ["n"] * 4
    within = run(data(Y, ARM, strata=[ward]))
    without = run(data(np.delete(Y, 3), np.delete(ARM, 3)))

    np.testing.assert_allclose(
        numbers(within, "estimate", "se", "df"), numbers(without, "estimate", "se", "df")
    )
    assert "1 of 2 strata has one arm only and tells nothing about the effect" in within.notes


def test_an_arm_that_a_stratum_could_equally_explain_has_no_effect():
    ward = ["n"] * 4 + ["s"] * 4
    analysis = run(data(Y, ARM, strata=[ward]))

    assert analysis.effects[0].effect.estimate is None
    assert any("strata or covariates alone determine" in note for note in analysis.notes)


def test_two_arms_that_share_a_stratum_without_control_have_no_effect_either():
    arm = ["control"] * 4 + ["letter", "letter", "visit", "visit"]
    ward = ["n"] * 4 + ["s"] * 4

    analysis = run(data(Y, arm, strata=[ward]))

    assert [row.effect.estimate for row in analysis.effects] == [None, None]


def test_a_large_mean_loses_no_digits():
    """Mean 10⁶ and spread 1: sums of squares would keep four digits of sixteen."""
    random = np.random.default_rng(5)
    y = random.normal(size=200)
    arm = ["control", "letter"] * 100
    x = random.normal(size=200)

    near = run(data(y, arm, covariates={"x": x}))
    far = run(data(y + 1e6, arm, covariates={"x": x + 1e6}))

    np.testing.assert_allclose(
        numbers(far, "estimate", "se", "df"), numbers(near, "estimate", "se", "df"), rtol=1e-8
    )


@pytest.mark.parametrize("apart", [0.0, 1e-7])
def test_arms_that_do_not_vary_apart_from_control_have_no_joint_test(apart):
    """Both differences then vary as control does, and as one."""
    steady = [1.0, 1 + apart, 1, 1 - apart]
    arm = ["control"] * 4 + ["letter"] * 4 + ["visit"] * 4

    analysis = run(data([3.0, 5, 4, 8, *steady, *steady], arm))

    assert all(row.effect.p is not None for row in analysis.effects)
    assert (analysis.joint, analysis.joint_p) == (None, None)
    assert any("for a test of all arms at once" in note for note in analysis.notes)


@pytest.mark.parametrize(
    ("trial", "rule", "message"),
    [
        (data(Y, ARM), {"control": "contol"}, "--control contol: the arms are control, letter"),
        (data(Y, ["control"] * 8), {}, "arm: the only arm is control"),
        (data([np.nan] * 4 + Y[4:], ARM), {}, 'outcome: the control "control" has no outcomes'),
        (data(Y, [*ARM[:7], ""]), {}, "row 9, column arm: empty; every row needs its allocated"),
        (
            data(Y, ARM, cluster=["S04", "b", "b", "c", "d", "S04", "e", "e"],
                 names={"cluster": "street"}),
            {},
            "street S04 holds people of two arms (control in row 2, letter in row 7)",
        ),
        (
            data(Y, ARM, cluster=list("aabbccdd"), strata=[list("xyxxxxxx")]),
            {},
            "cluster a holds people of two strata (x in row 2, y in row 3)",
        ),
        (data([*Y[:7], 0.5], ARM), {"kind": "count"}, "0.5 is not a whole number"),
        (data([*Y[:7], np.inf], ARM), {}, "row 9, column outcome: not a finite number"),
        (
            data(Y, ARM, covariates={"age": np.array([1.0, np.inf, 3, 4, 5, 6, 7, 8])}),
            {},
            "row 3, column age: not a finite number",
        ),
        (data([0, 1, 2, 0, 0, 0, 0, 0], ARM), {"kind": "binary"}, "row 4, column outcome: 2 must"),
        (data(Y, ARM), {"correction": "maxt"}, "--correction maxt: needs --permutations"),
        (data(Y, ARM), {"alpha": 0.7}, "--alpha 0.7: must be above 0 and below 0.5"),
        (data(Y, ARM), {"shares": {"control": 1}}, "--shares: no share for letter"),
        (
            data(Y, ARM, covariates={f"x{i}": np.arange(8.0) ** i for i in range(1, 10)}),
            {},
            "--covariates: 9 columns for 8 units; drop some",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_analysed_is_refused_with_its_place(trial, rule, message):
    with pytest.raises(InputError) as refused:
        run(trial, **{"control": "control", **rule})

    assert message in str(refused.value)


def test_over_twenty_arms_and_over_400_columns_are_refused():
    many = np.arange(1000)
    wards = np.char.add("w", many.astype(str))

    with pytest.raises(InputError, match="21 arms; the most is 20"):
        run(data(many, [f"a{i % 21}" for i in many]), "a0")
    with pytest.raises(InputError, match="ward has 1000 values; put some together"):
        run(data(many, ["control", "letter"] * 500, strata=[wards], names={"stratum 0": "ward"}))


def test_a_ratio_is_of_the_models_means_with_a_range_on_the_log_scale():
    """Without strata: the delta method for two proportions by hand."""
    y = np.array([1] * 12 + [0] * 28 + [1] * 20 + [0] * 20)
    arm = np.repeat(["control", "letter"], 40)

    effect = run(data(y, arm)).effects[0].effect

    p0, p1 = 0.3, 0.5
    log_se = np.sqrt(p1 * (1 - p1) / 39 / p1**2 + p0 * (1 - p0) / 39 / p0**2)
    assert effect.ratio == pytest.approx(p1 / p0)
    assert (effect.control_mean, effect.arm_mean) == pytest.approx((p0, p1))
    t = (effect.ci_high - effect.estimate) / effect.se
    assert effect.ratio_high == pytest.approx(p1 / p0 * np.exp(t * log_se), rel=1e-9)
    assert effect.ratio_low == pytest.approx(p1 / p0 * np.exp(-t * log_se), rel=1e-9)


def test_the_kind_is_seen_only_in_zeros_and_ones():
    counts = [0, 1, 2, 0, 1, 3, 1, 1]

    assert run(data([0, 1, 1, 0, 1, 1, 1, np.nan], ARM)).kind == "binary"
    assert run(data(counts, ARM)).kind == "continuous"
    assert run(data(counts, ARM), kind="count").effects[0].effect.ratio is not None
    assert run(data(counts, ARM)).effects[0].effect.ratio is None


def test_holm_steps_down_and_two_arms_need_no_correction():
    assert effects.holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    two = run(data(Y, ARM), correction="holm").effects[0]
    assert two.p_adjusted == two.effect.p


def test_missing_values_of_covariates_are_marked_and_nobody_is_left_out():
    random = np.random.default_rng(2)
    age = random.normal(size=40)
    age[::7] = np.nan
    tenure = np.array(["own", "rent", ""] * 13 + ["own"])

    analysis = run(
        data(random.normal(size=40), ["control", "letter"] * 20,
             covariates={"age": age, "tenure": tenure})
    )  # fmt: skip

    assert sum(arm.n for arm in analysis.arms) == 40
    assert analysis.covariates == ("age", "age missing", "tenure=own", "tenure=rent")


def test_the_document_is_json_with_every_key_of_the_contract():
    document = run(data(Y, ARM), permutations=10).to_dict()

    assert set(document) == {
        "arms", "effects", "joint_p", "joint", "method", "missing", "sensitivity", "icc",
        "permutation", "sample_ratio_p", "balance", "costs", "kind", "covariates", "notes",
    }  # fmt: skip
    assert document["sensitivity"] is None
    assert document["joint_p"] == document["effects"][0]["p"]
    json.dumps(document, allow_nan=False)


def test_two_ways_of_checking_that_disagree_are_said():
    y = [0, 0, 0, 0, 5, 5.1, 5.2, 40]
    analysis = run(data(y, ARM), permutations=100)

    p, exact = analysis.effects[0].effect.p, analysis.effects[0].p_permutation
    assert p > 0.05 > exact
    assert "letter: the two ways of checking disagree" in analysis.notes
