"""Registered subgroups: the difference of effects, and no p of a subgroup's own."""

import json
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings

from tests.methods.effects.test_published import read
from tests.methods.effects.trials import clustered_trials, data
from trialogue.methods import effects
from trialogue.methods.problems import InputError

FURTHER = json.loads((Path(__file__).parents[1] / "published" / "further.json").read_text())
CLOSE = {"rel": 1e-8, "abs": 1e-10}


def check(subgroup, expected):
    """R's terms stand level by level, ours arm by arm."""
    names = np.atleast_1d(expected["term"])
    for each in subgroup.interactions:
        index = next(
            i for i, name in enumerate(names) if f"arm{each.arm}" in name and each.level in name
        )
        for key in ("estimate", "se", "df", "ci_low", "ci_high"):
            assert getattr(each, key) == pytest.approx(
                np.atleast_1d(expected[key])[index], **CLOSE
            )
    assert subgroup.p == pytest.approx(expected["p"], rel=1e-8)


@pytest.mark.parametrize("by", ["tenure", "ward"])
def test_streets_by_subgroup_are_as_in_clubsandwich(by):
    """Where the subgroup is a stratum as well, the strata's own columns are what is left out."""
    trial = read("streets", "score", cluster="street", strata=("ward",), covariates=("baseline",))
    values = read("streets", "score", strata=(by,)).strata[0]

    (found,) = effects.subgroup_effects(trial, effects.Rule(control="control"), {by: values})

    check(found, FURTHER[f"streets_by_{by}"])


def test_two_arms_and_two_values_have_the_p_of_their_t():
    trial = read("homes", "after", covariates=("before",))
    south = np.where(read("homes", "after", strata=("site",)).strata[0] == "A", "A", "other")

    (found,) = effects.subgroup_effects(trial, effects.Rule(control="usual"), {"south": south})

    check(found, FURTHER["homes_by_site_A"])
    assert found.p_adjusted == found.p


def test_three_subgroups_are_corrected_by_holm_and_a_fourth_is_refused():
    trial = read("streets", "score", cluster="street", covariates=("baseline",))
    ward, tenure = read("streets", "score", strata=("ward", "tenure")).strata
    old = np.where(trial.covariates["baseline"] > 50, "high", "low")
    three = {"ward": ward, "tenure": tenure, "start": old}

    found = effects.subgroup_effects(trial, effects.Rule(control="control"), three)

    assert [each.p_adjusted for each in found] == effects.holm([each.p for each in found])
    with pytest.raises(InputError, match="4 subgroups; register 1 to 3"):
        effects.subgroup_effects(trial, effects.Rule(control="control"), {**three, "again": ward})


@given(clustered_trials(arms=("control", "letter"), strata=False))
@settings(max_examples=25, deadline=None)
def test_without_covariates_it_is_the_difference_of_two_differences(trial):
    trial = replace(trial, covariates={})
    half = np.where(np.arange(trial.outcome.size) % 2 == 0, "even", "odd")

    (found,) = effects.subgroup_effects(trial, effects.Rule(control="control"), {"half": half})

    def mean(arm, value):
        here = (trial.arm == arm) & (half == value)
        return trial.outcome[here].mean() if here.any() else np.nan

    expected = (mean("letter", "odd") - mean("control", "odd")) - (
        mean("letter", "even") - mean("control", "even")
    )
    estimate = found.interactions[0].estimate
    assert np.isnan(expected) if estimate is None else estimate == pytest.approx(expected)


def test_a_subgroup_of_one_unit_has_an_estimate_alone_and_nobody_has_none():
    y = np.arange(12.0) ** 1.5
    arm = ["control"] * 6 + ["letter"] * 6
    one = list("aaaaab" + "aaabbb")
    none = list("aaaaaa" + "aaabbb")

    alone, missing = effects.subgroup_effects(
        data(y, arm), effects.Rule(control="control"),
        {"one": np.array(one), "none": np.array(none)},
    )  # fmt: skip

    assert alone.interactions[0].estimate is not None
    assert (alone.interactions[0].ci_low, alone.p, alone.p_adjusted) == (None, None, None)
    assert "letter, b: too few for a range" in alone.notes
    assert missing.interactions[0].estimate is None
    assert "letter, b: nobody to compare" in missing.notes


def test_rows_of_an_unknown_subgroup_are_left_out_and_counted():
    trial = data(np.arange(12.0) ** 2, ["control", "letter"] * 6)
    value = np.array(["", *"abbaabbaabb"[:11]])

    (found,) = effects.subgroup_effects(trial, effects.Rule(control="control"), {"sex": value})

    kept = data(trial.outcome[1:], trial.arm[1:])
    (same,) = effects.subgroup_effects(kept, effects.Rule(control="control"), {"sex": value[1:]})
    assert found.interactions == same.interactions
    assert found.notes == ("1 row with an outcome and no sex left out",)


def test_a_subgroup_never_has_an_effect_or_a_p_of_its_own():
    trial = data(np.arange(12.0) ** 2, ["control", "letter"] * 6)
    half = np.array(list("aabb" * 3))

    (found,) = effects.subgroup_effects(trial, effects.Rule(control="control"), {"half": half})

    assert "p" not in {field.name for field in fields(found.interactions[0])}
    json.dumps(found.to_dict(), allow_nan=False)


def test_a_subgroup_of_one_value_or_of_another_length_is_refused():
    trial = data([1.0, 2, 3, 4], ["control", "letter"] * 2)

    with pytest.raises(InputError) as refused:
        effects.subgroup_effects(
            trial, effects.Rule(control="control"),
            {"sex": np.array(["f"] * 4), "age": np.array(["old"])},
        )  # fmt: skip

    assert str(refused.value).splitlines() == [
        "sex: fewer than two values have outcomes; leave it out",
        "age: not a value for each row; give a value, or nothing",
    ]
