"""Looks for harm: an answer without numbers, and how often chance alone stops a trial."""

from dataclasses import asdict, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.methods.effects.trials import clustered_trials, data, run
from trialogue.methods import effects
from trialogue.methods.power.looking import looks_sentence, power_with_looks, stopped_by_chance
from trialogue.methods.problems import InputError

RULE = effects.Rule(control="control")
ARM = ["control", "letter"] * 30


def complaints(difference, *, seed=1):
    random = np.random.default_rng(seed)
    return data(random.normal(size=60) + difference * (np.arange(60) % 2), ARM)


@pytest.mark.parametrize(
    ("difference", "worse", "answer"),
    [
        (2.0, "higher", "stop and look"),
        (-2.0, "lower", "stop and look"),
        (2.0, "lower", "go on"),
        (-2.0, "higher", "go on"),
        (0.0, "higher", "go on"),
    ],
)
def test_only_clear_harm_stops(difference, worse, answer):
    assert effects.look_for_harm(complaints(difference), RULE, worse=worse) == effects.HarmLook(
        answer, {"letter": answer}
    )


@given(clustered_trials(), st.floats(-60, 60), st.sampled_from(["higher", "lower"]))
@settings(max_examples=60, deadline=None)
def test_the_boundary_is_a_one_sided_p_of_one_in_a_thousand(trial, harm, worse):
    trial = replace(trial, outcome=trial.outcome + harm * (trial.arm == "letter"))

    look = effects.look_for_harm(trial, RULE, worse=worse)

    for row in run(trial).effects:
        effect = row.effect
        if effect.df is None or effect.df < 4:
            assert look.arms[row.arm] == "cannot say"
            continue
        harmful = effect.estimate > 0 if worse == "higher" else effect.estimate < 0
        one_sided = effect.p / 2 if harmful else 1 - effect.p / 2
        assert look.arms[row.arm] == ("stop and look" if one_sided < 0.001 else "go on")


def test_few_streets_cannot_say_and_one_harmful_arm_stops_all():
    few = data(
        [1, 2, 3, 4, 9, 9, 8, 9], ["control"] * 4 + ["letter"] * 4, cluster=list("aabbccdd")
    )
    three = data(
        np.concatenate([complaints(0).outcome, complaints(3).outcome[1::2]]),
        [*ARM, *["visit"] * 30],
    )

    assert effects.look_for_harm(few, RULE, worse="higher").answer == "cannot say"
    assert effects.look_for_harm(three, RULE, worse="higher") == effects.HarmLook(
        "stop and look", {"letter": "go on", "visit": "stop and look"}
    )


def test_nothing_measured_yet_cannot_say():
    trial = complaints(0)
    unmeasured = replace(trial, outcome=np.where(trial.arm == "control", np.nan, trial.outcome))
    later = replace(trial, outcome=np.where(trial.arm == "letter", np.nan, trial.outcome))

    for each in (unmeasured, later):
        assert effects.look_for_harm(each, RULE, worse="higher").answer == "cannot say"


def test_bad_data_is_refused_as_by_the_analysis():
    with pytest.raises(InputError, match="the arms are control, letter"):
        effects.look_for_harm(complaints(0), effects.Rule(control="contol"), worse="higher")


def test_an_answer_holds_no_number():
    look = effects.look_for_harm(complaints(2), RULE, worse="higher")

    def leaves(value):
        return (
            [x for v in value.values() for x in leaves(v)] if isinstance(value, dict) else [value]
        )

    assert {type(leaf) for leaf in leaves(look.to_dict())} == {str}
    assert asdict(look) == look.to_dict()


def test_no_effect_crosses_in_two_of_a_thousand_trials():
    """By 20 million walks: 0.1845% (± 0.0010) and 5.0575% (± 0.0049)."""
    found = effects.crossing()

    assert found.crossed == pytest.approx(0.00184, abs=2e-5)
    assert found.false_claim == pytest.approx(0.0506, abs=1e-4)


def test_one_look_crosses_as_often_as_its_boundary_says_and_none_never():
    assert effects.crossing([0.5]).crossed == pytest.approx(0.001, rel=1e-9)
    assert effects.crossing([]) == effects.Crossing(0.0, pytest.approx(0.05))


def test_looks_close_together_cross_hardly_more_than_one():
    close, apart = effects.crossing([0.5, 0.55]), effects.crossing([0.1, 0.9])

    assert 0.001 < close.crossed < 0.0016
    assert apart.crossed == pytest.approx(0.002, abs=5e-5)


def test_simulated_trials_cross_as_the_walk_says():
    found = effects.simulate_crossing(3_000, trials=200_000, seed=3)
    walk = effects.crossing()

    assert abs(found.crossed - walk.crossed) < 4 * found.crossed_mcse
    assert abs(found.false_claim - walk.false_claim) < 4 * found.false_claim_mcse


def test_small_trials_do_not_cross_oftener_since_t_is_used():
    found = effects.simulate_crossing(15, trials=200_000, seed=4)

    assert found.crossed < 0.00184 + 4 * found.crossed_mcse
    assert found.false_claim < 0.0506 + 4 * found.false_claim_mcse


def test_simulated_t_is_that_of_the_planned_analysis():
    """4,000 trials of people, the same shape, analysed one by one: the share beyond t = 1."""
    from trialogue.methods.effects.looking import _walks

    random = np.random.default_rng(6)
    drawn = _walks(np.random.default_rng(5), np.array([5, 5, 5]), 4_000)
    real = []
    for _ in range(400):
        effect = run(data(random.normal(size=20), ["control", "letter"] * 10)).effects[0].effect
        real.append(abs(effect.estimate / effect.se))
        assert effect.df == pytest.approx(18)
    share, expected = (np.abs(drawn[:, 1]) > 1).mean(), np.mean(np.array(real) > 1)
    assert abs(share - expected) < 4 * np.sqrt(0.33 * 0.67 / 400)


@pytest.mark.parametrize(
    "fractions", [[0.1, 0.2, 0.3], [0.6, 0.4], [0.0], [0.5, 1.0], [0.5, 0.52]]
)
def test_looks_out_of_order_or_too_many_are_refused(fractions):
    with pytest.raises(InputError, match="looks"):
        effects.crossing(fractions)
    with pytest.raises(InputError, match="looks"):
        effects.simulate_crossing(60, fractions=fractions, seed=1)


def test_trials_too_small_for_their_looks_are_refused():
    with pytest.raises(InputError, match="5 units an arm are too few for these looks; plan more"):
        effects.simulate_crossing(5, seed=1)


def test_looks_cost_a_tenth_of_a_point_of_power():
    assert power_with_looks(0.8, 2) == pytest.approx(0.8 * (1 - 0.00183), abs=1e-5)
    assert power_with_looks(0.8, 1) == pytest.approx(0.8 * 0.999)
    assert stopped_by_chance(2, watched=3) == pytest.approx(3 * stopped_by_chance(2))
    assert looks_sentence(0.8, 2) == (
        "Looking for harm twice lowers the chance of finding the change from 80.0% to 79.9%: a "
        "trial that harms nobody is stopped by chance in 2 of 1,000."
    )


@pytest.mark.parametrize(("looks", "watched"), [(0, 1), (3, 1), (1, 0)])
def test_looks_that_cannot_be_are_refused(looks, watched):
    with pytest.raises(InputError, match="plan 1 to 2, at 1 or more"):
        stopped_by_chance(looks, watched=watched)
