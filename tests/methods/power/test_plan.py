import pytest

from trialogue.methods.power import Plan, power, power_curve
from trialogue.methods.problems import InputError


@pytest.mark.parametrize(
    ("wrong", "line"),
    [
        ({"icc": 1.2}, "--icc 1.2: must be at least 0 and below 1"),
        ({"icc": -0.1}, "--icc -0.1: must be at least 0 and below 1"),
        ({"sd": 0.0}, "--sd 0: must be above 0"),
        ({"cluster_size_cv": -1.0}, "--cluster-size-cv -1: must be 0 or more"),
        ({"cluster_size": 0.5}, "--cluster-size 0.5: must be 1 or more"),
        ({"arms": 1}, "--arms 1: must be a whole number from 2 to 20, the control included"),
        ({"alpha": 0.7}, "--alpha 0.7: must be above 0 and at most 0.5"),
        ({"target_power": 1.0}, "--target-power 1: must be above --alpha 0.05 and below 1"),
        ({"strata": 0}, "--strata 0: must be a whole number, 1 or more"),
        ({"r2": 1.0}, "--r2 1: must be at least 0 and below 1"),
        ({"effect": float("nan")}, "--effect nan: not a finite number"),
        ({"clusters_per_arm": (1.0,)}, "--clusters-per-arm 1: must be 2 or more in each arm"),
        (
            {"clusters_per_arm": (40, 60, 60)},
            "--clusters-per-arm 40,60,60: 3 numbers for 2 arms; give one, or 2",
        ),
        (
            {"clusters_per_arm": (4,), "strata": 7},
            "--clusters-per-arm 4: too few for --strata 7: no degrees of freedom are left; "
            "use more clusters or fewer strata",
        ),
        ({"correction": "tukey"}, "--correction tukey: must be one of none, holm, dunnett"),
        ({"between_cv": 0.3}, "--between-cv 0.3: only with --kind count; give --icc"),
        (
            {"weighting": "optimal", "cluster_size_cv": 2.5},
            "--cluster-size-cv 2.5: with --weighting optimal must be below 2",
        ),
    ],
    ids=lambda value: ",".join(value) if isinstance(value, dict) else "",
)
def test_a_plan_that_cannot_be_is_refused_by_option_and_rule(wrong, line):
    with pytest.raises(InputError) as refused:
        Plan(**{"kind": "continuous", "effect": 0.3, **wrong})

    assert str(refused.value) == line


@pytest.mark.parametrize(
    ("kind", "baseline", "effect", "line"),
    [
        (
            "binary",
            0.9,
            0.2,
            "--baseline 0.9 with --effect 0.2 gives 110%; it must be between 0% and 100%",
        ),
        (
            "binary",
            0.1,
            -0.1,
            "--baseline 0.1 with --effect -0.1 gives 0%; it must be between 0% and 100%",
        ),
        ("binary", 0.0, 0.2, "--baseline 0: must be above 0 and below 1"),
        ("binary", None, 0.2, "--baseline: needed with --kind binary"),
        ("count", 0.0, 1.0, "--baseline 0: a rate must be above 0"),
        ("count", 2, -3, "--baseline 2 with --effect -3 gives -1; a rate must be above 0"),
    ],
)
def test_shares_and_rates_stay_within_what_is_possible(kind, baseline, effect, line):
    with pytest.raises(InputError) as refused:
        Plan(kind=kind, baseline=baseline, effect=effect)

    assert str(refused.value) == line


def test_every_problem_is_named_at_once():
    with pytest.raises(InputError) as refused:
        Plan(kind="count", baseline=1, effect=1, icc=2, between_cv=-1, r2=3)

    assert len(refused.value.problems) == 4


def test_several_arms_are_corrected_by_holm_unless_said():
    two = Plan(kind="continuous", effect=0.3)
    three = Plan(kind="continuous", effect=0.3, arms=3)

    assert two.corrected_by == "none"
    assert three.corrected_by == "holm"
    assert power(three).alpha_used == 0.025


def test_a_curve_needs_clusters_and_possible_effects():
    without = Plan(kind="binary", baseline=0.2, effect=0.1)
    with_clusters = Plan(kind="binary", baseline=0.2, effect=0.1, clusters_per_arm=(20,))

    with pytest.raises(InputError, match="--clusters-per-arm: needed for a curve"):
        power_curve(without, [0.1])
    with pytest.raises(InputError, match="--effect: an effect leads outside what is possible"):
        power_curve(with_clusters, [0.1, 0.9])
