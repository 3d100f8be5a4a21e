"""Those who really got it: the ratio of two effects, with Fieller's range."""

import json
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.methods.effects.trials import clustered_trials, data, run
from trialogue.methods import effects
from trialogue.methods.problems import InputError

RULE = effects.Rule(control="control", permutations=0, kind="continuous")
QUICK = settings(max_examples=25, deadline=None)


def uptake(trial, seed, share=0.8):
    """Most of each arm but control took it up."""
    random = np.random.default_rng(seed)
    return ((trial.arm != "control") & (random.random(trial.arm.size) < share)).astype(float)


@given(clustered_trials(), st.integers(0, 99))
@QUICK
def test_ends_of_the_range_are_where_the_planned_analysis_finds_nothing_at_alpha(trial, seed):
    """Anderson and Rubin: θ is in the range if y − θ·received differs by chance alone."""
    received = uptake(trial, seed)

    for answer in effects.complier_effects(trial, RULE, received):
        if answer.estimate is None:
            continue
        for theta, p in ((answer.ci_low, 0.05), (answer.ci_high, 0.05), (answer.estimate, 1.0)):
            moved = run(replace(trial, outcome=trial.outcome - theta * received))
            row = next(row for row in moved.effects if row.arm == answer.arm)
            assert row.effect.p == pytest.approx(p, rel=1e-6)


def test_two_arms_without_covariates_give_walds_estimate():
    """Angrist, Imbens and Rubin (1996): two differences of means."""
    random = np.random.default_rng(3)
    arm = np.repeat(["control", "letter"], 100)
    received = ((arm == "letter") & (random.random(200) < 0.5)).astype(float)
    y = random.normal(size=200) + 2 * received

    (answer,) = effects.complier_effects(data(y, arm), RULE, received)

    letter = arm == "letter"
    more = received[letter].mean() - received[~letter].mean()
    assert answer.received == pytest.approx(more)
    assert answer.estimate == pytest.approx((y[letter].mean() - y[~letter].mean()) / more)
    assert answer.ci_low < 2 < answer.ci_high
    assert answer.kind == "additional analysis"
    json.dumps(answer.to_dict(), allow_nan=False)


def test_everybody_who_was_offered_it_got_it_gives_the_effect_itself():
    random = np.random.default_rng(4)
    trial = data(random.normal(size=40), ["control", "letter"] * 20)

    (answer,) = effects.complier_effects(trial, RULE, (trial.arm == "letter").astype(float))

    effect = run(trial).effects[0].effect
    assert answer.received == pytest.approx(1)
    assert (answer.estimate, answer.ci_low, answer.ci_high) == pytest.approx(
        (effect.estimate, effect.ci_low, effect.ci_high)
    )


def test_no_ratio_where_it_is_not_certain_that_more_got_it():
    trial = data([3.0, 5, 4, 8, 9, 7, 6, 10], ["control"] * 4 + ["letter"] * 4)
    received = np.array([0, 1, 0, 0, 1, 0, 1, 0.0])

    (answer,) = effects.complier_effects(trial, RULE, received)

    assert answer.received_low < 0 < answer.received_high
    assert (answer.estimate, answer.ci_low, answer.ci_high) == (None, None, None)
    assert "letter: it is not certain that more got it there than in control" in answer.notes


def test_rows_of_which_nobody_knows_are_left_out_and_counted():
    random = np.random.default_rng(5)
    trial = data(random.normal(size=60), ["control", "letter"] * 30)
    received = uptake(trial, 1)
    received[:3] = np.nan

    (answer,) = effects.complier_effects(trial, RULE, received)

    kept = replace(trial, outcome=trial.outcome[3:], arm=trial.arm[3:])
    (without,) = effects.complier_effects(kept, RULE, received[3:])
    assert (answer.estimate, answer.ci_low) == pytest.approx((without.estimate, without.ci_low))
    assert "3 rows have an outcome, and nobody knows whether they got it" in answer.notes


def test_columns_of_lists_and_of_data_frames_say_the_same():
    random = np.random.default_rng(8)
    trial = data(random.normal(size=30), ["control", "letter"] * 15)
    received, half = uptake(trial, 2), np.array(list("ab" * 15))[np.arange(30) // 2]
    later = trial.outcome + random.normal(size=30)

    def answers(column):
        return (
            effects.complier_effects(trial, RULE, column(received)),
            effects.subgroup_effects(trial, RULE, {"half": column(half)}),
            effects.analyse_waves(
                trial, RULE, {"first": column(trial.outcome), "last": column(later)}, seed=1
            ).lasting,
        )

    assert answers(lambda x: x.tolist()) == answers(pl.Series) == answers(lambda x: x)


@pytest.mark.parametrize("received", [np.ones(3), np.array([np.inf, 0, 1, 0])])
def test_what_was_received_is_a_number_for_each_row(received):
    with pytest.raises(InputError, match="not a number for each row; give 1 where they got it"):
        effects.complier_effects(data([1, 2, 3, 4], ["control", "letter"] * 2), RULE, received)
