"""Against R's clubSandwich, estimatr and base R: `published/make_expected.R`."""

import numpy as np
import pytest

from trialogue.methods import effects
from validation.published import answers
from validation.published import trial as read

EXPECTED = answers("expected")
CLOSE = {"rel": 1e-8, "abs": 1e-10}


def run(data, control, **rule):
    return effects.analyse(data, effects.Rule(control=control, permutations=0, **rule), seed=1)


def check(analysis, expected):
    shown = analysis.to_dict()["effects"]
    for key in ("estimate", "se", "df", "p", "ci_low", "ci_high"):
        if key in expected:
            values = np.atleast_1d(expected[key])
            assert [row[key] for row in shown] == pytest.approx(list(values), **CLOSE), key


@pytest.mark.parametrize(
    ("key", "outcome", "strata", "covariates"),
    [
        ("streets_score", "score", (), ()),
        ("streets_score_ward", "score", ("ward",), ()),
        ("streets_score_adj", "score", ("ward",), ("baseline", "tenure")),
        ("streets_reported_ward", "reported", ("ward",), ()),
        ("streets_calls_ward", "calls", ("ward",), ()),
    ],
)
def test_streets_by_cluster(key, outcome, strata, covariates):
    data = read("streets", outcome, cluster="street", strata=strata, covariates=covariates)

    analysis = run(data, "control")

    check(analysis, EXPECTED[key]["CR2"])
    joint = EXPECTED[key].get("joint")
    if joint:
        assert analysis.joint.f == pytest.approx(joint["F"], rel=1e-8)
        assert analysis.joint.df2 == pytest.approx(joint["df2"], rel=1e-8)
        assert analysis.joint.p == pytest.approx(joint["p"], rel=1e-8)


def test_lin_adjustment():
    data = read("streets", "score", cluster="street", covariates=("baseline",))
    expected = EXPECTED["streets_lin"]

    shown = run(data, "control", adjust="lin").to_dict()["effects"]

    for key in ("estimate", "se", "df"):
        assert [row[key] for row in shown] == pytest.approx(expected[key], **CLOSE)


def test_pairs_whose_schools_have_leverage_one():
    check(
        run(read("pairs", "y", cluster="school", strata=("pair",)), "control"), EXPECTED["pairs"]
    )


def test_homes_allocated_one_by_one():
    check(run(read("homes", "after"), "usual"), EXPECTED["homes"])


def test_homes_with_sites_and_a_covariate():
    data = read("homes", "after", strata=("site",), covariates=("before",))

    check(run(data, "usual"), EXPECTED["homes_adj"])


def test_anorexia_with_a_covariate_and_holm():
    analysis = run(read("anorexia", "after", covariates=("before",)), "Cont")

    check(analysis, EXPECTED["anorexia"])
    adjusted = [row["p_adjusted"] for row in analysis.to_dict()["effects"]]
    assert adjusted == pytest.approx(EXPECTED["anorexia_holm"], rel=1e-8)


def test_arm_means_and_icc_of_streets():
    analysis = run(read("streets", "score", cluster="street"), "control")

    means = {arm.arm: arm.mean for arm in analysis.arms}
    assert means == pytest.approx(EXPECTED["streets_means"]["mean"], rel=1e-12)
    assert {arm.arm: arm.n for arm in analysis.arms} == EXPECTED["streets_means"]["n"]
    assert analysis.icc == pytest.approx(EXPECTED["streets_icc"]["icc"], rel=1e-10)


def test_tiny_trial_is_enumerated():
    data = read("tiny", "y")
    control = sorted(set(data.arm))[0]
    t = effects.analyse(data, effects.Rule(control=control), seed=1)
    plain = effects.analyse(data, effects.Rule(control=control, statistic="difference"), seed=1)

    assert t.to_dict()["permutation"] == {
        "draws": 56,
        "exact": True,
        "statistic": "t",
        "seed": None,
    }
    assert t.effects[0].p_permutation == pytest.approx(EXPECTED["tiny"]["p_t"], abs=1e-12)
    assert plain.effects[0].p_permutation == pytest.approx(
        EXPECTED["tiny"]["p_difference"], abs=1e-12
    )


@pytest.mark.parametrize(("statistic", "key"), [("t", "p_t"), ("difference", "p_difference")])
def test_streets_within_wards_are_enumerated(statistic, key):
    data = read(
        "streets",
        "score",
        cluster="street",
        blocks="ward",
        where=lambda table: np.array(table.text("arm")) != "letter",
    )

    rule = effects.Rule(control="control", statistic=statistic)
    analysis = effects.analyse(data, rule, seed=1)

    assert analysis.permutation.draws == 8000
    assert analysis.effects[0].p_permutation == pytest.approx(
        EXPECTED["streets_exact"][key], abs=1e-12
    )


def test_lee_bounds():
    data = read("homes", "after", covariates=("before",))
    lost = (data.arm == "usual") & (data.covariates["before"] < 17)
    outcome = np.where(lost, np.nan, data.outcome)
    expected = EXPECTED["homes_lee"]

    bounds = effects.lee_bounds(outcome, data.arm == "new", data.arm == "usual")

    assert (bounds.low, bounds.high) == pytest.approx((expected["low"], expected["high"]))
    assert (bounds.k, bounds.trim) == (expected["k"], pytest.approx(expected["trim"]))


def test_sample_ratio_against_r():
    expected = EXPECTED["sample_ratio"]

    assert effects.sample_ratio(expected["counts"], [1, 1]) == pytest.approx(
        expected["p"], rel=1e-8
    )
