"""Losses: enough are left of those enrolled, and one fewer would not do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialogue.methods.power import Words
from trialogue.methods.power.losses import losses_sentence, people_to_enrol
from trialogue.methods.problems import InputError


@given(st.integers(1, 10**6), st.integers(0, 99))
def test_enough_are_left_and_one_fewer_would_not_do(people, per_cent):
    enrolled = people_to_enrol(people, per_cent / 100)

    assert enrolled * (100 - per_cent) >= 100 * people
    assert (enrolled - 1) * (100 - per_cent) < 100 * people


@pytest.mark.parametrize("lost", [-0.1, 1.0, float("nan")])
def test_a_share_that_cannot_be_lost_is_refused(lost):
    with pytest.raises(InputError, match="use a share of 0 up to under 1"):
        people_to_enrol(100, lost)


def test_what_is_said():
    words = Words(cluster="street", people="homes")

    assert losses_sentence(90, 0.1, words, clustered=False) == (
        "If 10% of the homes are lost, enrol 100 in each group to have 90 measured."
    )
    assert losses_sentence(20, 0.2, words, clustered=True) == (
        "If 20% of the homes are lost, enrol 25 in each street to have 20 measured."
    )
