from dataclasses import replace

import pytest

from trialogue.methods.power import Plan, Words, fixes, power, power_at_iccs, sentences
from trialogue.methods.power.sentences import times_in_10

STREETS = Words(
    cluster="street", clusters="streets", person="home", people="homes", neighbours="neighbours"
)
ENOUGH = Plan(
    kind="binary", baseline=0.2, effect=0.1, clusters_per_arm=(34,), cluster_size=25, icc=0.05
)
BASIS = (
    "This rests on your guess of 20% today and on how alike neighbours are (0.05). Change them."
)


def said(plan):
    return sentences(plan, power(plan), STREETS)


def test_enough():
    assert said(ENOUGH) == (
        "With 34 streets in each group and 25 homes measured in each, you would find a real rise "
        "from 20% to 30% about 9 times in 10.",
        BASIS,
    )


def test_weak_comes_with_three_fixes():
    assert said(replace(ENOUGH, cluster_size=7)) == (
        "With 34 streets in each group and 7 homes measured in each, you would miss a real rise "
        "from 20% to 30% about 4 times in 10.",
        "What would fix it: 55 streets in each group · 15 homes in each street · or settle for "
        "finding a rise to 33% or more.",
        BASIS,
    )


def test_too_few_streets_are_not_mended_by_more_homes():
    assert said(replace(ENOUGH, clusters_per_arm=(6,)))[1] == (
        "However many homes you measure, 6 streets in each group would miss this change about 6 "
        "times in 10. Only more streets help."
    )


def test_so_few_streets_that_one_decides():
    assert (
        "With so few streets one unusual street decides the result. Use something smaller or "
        "find more."
    ) in said(replace(ENOUGH, clusters_per_arm=(3,)))


def test_homes_that_are_lost_do_not_take_their_street_with_them():
    lossy = replace(ENOUGH, losses=0.2)

    assert said(lossy)[1] == (
        "If 20% are lost, begin with 32 homes in each street, so that 25 are left."
    )
    assert power(lossy).people_per_arm_needed == power(ENOUGH).people_per_arm_needed
    assert len(said(ENOUGH)) == len(said(lossy)) - 1


def test_people_placed_one_by_one_are_lost_one_by_one():
    people = Words(cluster="person", clusters="people")
    plan = Plan(kind="continuous", effect=0.5, sd=1.0, losses=0.1)
    uneven = replace(plan, clusters_per_arm=(90, 180), losses=0.1)

    found = power(plan)
    assert (found.people_per_arm_needed, found.people_per_arm_to_recruit) == (64, 72)
    assert (
        "If 10% are lost, begin with 72 people in each group, so that 64 are left."
        in sentences(plan, found, people)
    )
    assert (
        "If 10% are lost, begin with 100 and 200 people in the groups, so that 90 and 180 are "
        "left." in sentences(uneven, power(uneven), people)
    )


def test_several_arms():
    four = replace(ENOUGH, arms=4)
    start = "You compare 3 groups with usual service, so a chance finding is likelier. The plan "

    assert f"{start}allows for that (Holm)." in said(four)
    assert f"{start}allows for that (Dunnett)." in said(replace(four, correction="dunnett"))
    assert f"{start}does not allow for that." in said(replace(four, correction="none"))


def test_a_fall_of_a_score_of_people_placed_one_by_one():
    plan = Plan(kind="continuous", baseline=18, effect=-4, sd=8, clusters_per_arm=(1_100,))
    people = Words(cluster="person", clusters="people")

    assert sentences(plan, power(plan), people) == (
        "With 1,100 people in each group, you would find a real fall from 18 to 14 almost always.",
        "This rests on your guess of a spread of 8. Change it.",
    )


def test_counts_rest_on_how_much_clusters_differ():
    plan = Plan(kind="count", baseline=6, effect=-2, clusters_per_arm=(40, 50), between_cv=0.53)

    assert said(plan) == (
        "With 40 and 50 streets in the groups, you would miss a real fall from 6 to 4 about 3 "
        "times in 10.",
        "What would fix it: 46 and 58 streets in the groups · or settle for finding a fall to 3.8 "
        "or less.",
        "This rests on your guess of 6 today and on how much streets differ (0.53). Change them.",
    )


def test_when_nobody_knows_how_alike_neighbours_are_three_answers_stand_side_by_side():
    unknown = replace(ENOUGH, icc=None)

    assert said(unknown)[-1] == (
        "Nobody said how alike neighbours are. At 0.01, 0.05 or 0.10 you would find the change "
        "almost always, 9 times in 10 or 7 times in 10. This plan says 0."
    )
    pairs = power_at_iccs(unknown)
    assert [icc for icc, _ in pairs] == [0.01, 0.05, 0.1]
    assert pairs[1][1] == pytest.approx(power(ENOUGH).power)


def test_without_clusters_it_says_how_many_are_needed():
    assert said(replace(ENOUGH, cluster_size=7, clusters_per_arm=None))[0] == (
        "With 55 streets in each group and 7 homes measured in each, you would find a real rise "
        "from 20% to 30% about 8 times in 10."
    )
    hopeless = Plan(kind="continuous", effect=0.001)
    assert said(hopeless)[0] == (
        "It would take more than a million streets in each group to find a real rise of 0.001 "
        "about 8 times in 10."
    )


def test_no_effect_says_how_often_chance_shows_one():
    assert said(replace(ENOUGH, effect=0.0))[0] == (
        "If nothing really changes, chance alone would show a change about 5 times in 100."
    )


def test_the_effect_to_settle_for_is_one_that_can_be_found():
    weak = replace(ENOUGH, cluster_size=7, baseline=0.11, effect=0.07)
    settled = 0.27 - 0.11

    assert "or settle for finding a rise to 22% or more" in said(weak)[1]
    assert fixes(weak).effect <= settled
    # A change that cannot be larger is not offered.
    assert "settle" not in said(replace(weak, baseline=0.1, effect=-0.09, cluster_size=2))[1]


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (0.951, "almost always"),
        (0.95, "about 9 times in 10"),
        (0.94, "about 9 times in 10"),
        (0.85, "about 9 times in 10"),
        (0.14, "about 1 time in 10"),
        (0.01, "about 1 time in 10"),
    ],
)
def test_shares_are_said_as_whole_times_in_ten(share, words):
    assert times_in_10(share) == words
