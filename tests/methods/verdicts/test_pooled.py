"""What all trials say, word for word."""

import pytest

from trialogue.methods.verdicts import (
    Evidence,
    Outcome,
    Wording,
    banned_on_results,
    pooled_sentence,
    unreported_sentence,
)

MISSED = Outcome("binary", "lower", 0.05)
SCORE = Outcome("continuous", "higher", 2.0)
CALLS = Outcome("count", "lower", 0.5)


def found(estimate, low, high, outcome=MISSED):
    return Evidence(outcome, estimate, low, high)


def sentence(together, ahead, wording=None, **more):
    known = {"usual": 0.31, "trials": 3, "councils": 3}
    return pooled_sentence(together, ahead, wording or Wording(), **{**known, **more})


def test_three_trials_and_one_not_reported():
    said = sentence(found(-0.07, -0.11, -0.02), found(-0.07, -0.16, 0.03), unreported=1)

    assert said == (
        "3 trials in 3 councils: about 7 fewer in 100 (likely between 2 and 11). In a new "
        "council, expect between 16 fewer and 3 more. 1 more trial has not been reported."
    )
    assert banned_on_results(said) == ()


def test_a_range_across_no_change_says_both_ways():
    said = sentence(found(-0.02, -0.06, 0.03), None, councils=1, unreported=2)

    assert said == (
        "3 trials in 1 council: about 2 fewer in 100 (likely between 6 fewer and 3 more). "
        "2 more trials have not been reported."
    )


def test_points_are_said_once():
    said = sentence(
        found(4.8, 1.9, 7.7, SCORE), found(4.8, 0.5, 9.1, SCORE), Wording(unit="points"), usual=52
    )

    assert said == (
        "3 trials in 3 councils: about 4.8 points more (likely between 1.9 and 7.7 points). "
        "In a new council, expect between 0.5 and 9.1 points more."
    )


def test_counts_are_for_each_person():
    said = sentence(found(-0.5, -0.8, -0.2, CALLS), None, usual=2.0)

    assert "0.50 fewer for each household (likely between 0.20 and 0.80)." in said


@pytest.mark.parametrize(
    ("trials", "said"),
    [
        (0, "One trial so far. Two are needed before they can be added up."),
        (1, "One trial so far. Two are needed before they can be added up."),
        (2, "Two trials cannot show how much results vary."),
    ],
)
def test_fewer_than_three_trials_have_no_figure(trials, said):
    assert sentence(found(-0.07, -0.11, -0.02), None, trials=trials) == said


def test_if_the_missing_trials_found_nothing():
    said = unreported_sentence(found(-0.05, -0.09, -0.01), Wording(), usual=0.31)

    assert said == (
        "If the missing trials found nothing, it is about 5 fewer in 100 (likely between 1 and 9)."
    )
