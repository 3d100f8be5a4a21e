"""Several waves: each as registered, then last − first of those measured in both."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings

from tests.methods.effects.trials import clustered_trials, data, numbers, run
from trialogue.methods import effects
from trialogue.methods.problems import InputError

RULE = effects.Rule(control="control", permutations=0)
MAIN = ("estimate", "se", "df", "p")


def trial(first, last, *, per_arm=40, noise=1.0, seed=1):
    """The effect at either wave; people keep most of their own level."""
    random = np.random.default_rng(seed)
    arm = np.repeat(["control", "letter"], per_arm)
    own = random.normal(size=2 * per_arm)
    waves = {
        name: own + effect * (arm == "letter") + noise * random.normal(size=2 * per_arm) / 3
        for name, effect in (("March", first), ("June", (first + last) / 2), ("September", last))
    }
    return data(np.zeros(2 * per_arm), arm), waves


def said(first, last, **more):
    data_, waves = trial(first, last, **more)
    return effects.analyse_waves(data_, RULE, waves, seed=1).lasting[0]


@given(clustered_trials())
@settings(max_examples=15, deadline=None)
def test_each_wave_and_the_change_are_the_planned_analysis_of_that_column(trial_):
    random = np.random.default_rng(trial_.outcome.size)
    later = trial_.outcome + random.normal(size=trial_.outcome.size)
    later[::5] = np.nan

    found = effects.analyse_waves(trial_, RULE, {"before": trial_.outcome, "after": later}, seed=1)

    after = run(replace(trial_, outcome=later))
    moved = run(replace(trial_, outcome=later - trial_.outcome))
    for ours, expected in ((found.waves["after"], after), (found.change, moved)):
        ours, expected = (numbers(each, *MAIN).astype(float) for each in (ours, expected))
        np.testing.assert_allclose(ours, expected)  # what is not known is NaN in both
    assert sum(found.change.missing.values()) == np.isnan(later).sum()
    json.dumps(found.to_dict(), allow_nan=False)


def test_with_everybody_in_both_the_change_is_the_difference_of_effects():
    data_, waves = trial(2.0, 0.5)

    found = effects.analyse_waves(data_, RULE, waves, seed=1)

    first, last = (found.waves[name].effects[0].effect.estimate for name in ("March", "September"))
    assert found.change.effects[0].effect.estimate == pytest.approx(last - first)
    assert list(found.waves) == ["March", "June", "September"]


@pytest.mark.parametrize(
    ("first", "last", "answer", "sentence"),
    [
        (2, 2, "lasted", "It lasted: at September the difference of March was still there."),
        (-2, -2, "lasted", "It lasted: at September the difference of March was still there."),
        (1, 3, "grew", "It grew: the difference was larger at September than at March."),
        (3, 1, "faded", "It faded: the difference was smaller at September than at March, but"),
        (2, 0, "gone", "It did not last: the difference shrank after March, and may be gone."),
        (2, -2, "turned", "It turned round: at September the difference was the other way than"),
        (0, 2, "not known", "We cannot say whether it lasted, as we cannot say that it was there"),
    ],
)
def test_ranges_decide_what_is_said(first, last, answer, sentence):
    found = said(first, last)

    assert found.answer == answer
    assert found.sentence.startswith(sentence)


def test_a_wide_last_range_is_said_to_be_too_wide():
    data_, waves = trial(0.9, 0.9)
    random = np.random.default_rng(2)
    waves["September"] = waves["September"] + 4 * random.normal(size=80)

    found = effects.analyse_waves(data_, RULE, waves, seed=1).lasting[0]

    assert found.answer == "not known"
    assert found.sentence.endswith("at September the likely range is too wide.")


def test_one_wave_or_one_of_another_length_is_refused():
    data_, waves = trial(1, 1)

    with pytest.raises(InputError, match="1 waves; give two or more"):
        effects.analyse_waves(data_, RULE, {"March": waves["March"]}, seed=1)
    with pytest.raises(InputError, match="June: not a value for each row"):
        effects.analyse_waves(data_, RULE, {**waves, "June": np.zeros(3)}, seed=1)


def test_a_wave_with_something_infinite_is_named():
    data_, waves = trial(1, 1)
    waves["June"][4] = np.inf

    with pytest.raises(InputError, match="row 6, column June: not a finite number"):
        effects.analyse_waves(data_, RULE, waves, seed=1)
