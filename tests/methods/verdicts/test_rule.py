from dataclasses import replace
from math import inf, nan

import pytest
from hypothesis import given

from tests.methods.effects.trials import data, run
from tests.methods.verdicts.trials import evidence, evidences
from trialogue.methods.problems import InputError
from trialogue.methods.verdicts import (
    Evidence,
    Outcome,
    Share,
    Validity,
    VerdictCode,
    comparisons,
    decide,
    tag,
    verdict,
)


@pytest.mark.parametrize(
    ("low", "high", "code"),
    [
        (0.01, 0.08, "worked"),
        (0.01, 0.05, "worked"),  # U = δ
        (0.05, 0.05, "worked"),
        (0.01, 0.049, "helped_but_less_than_hoped"),
        (0.0, 0.049, "made_no_real_difference"),  # L = 0
        (0.0, 0.08, "too_small_to_tell"),
        (0.0, 0.05, "too_small_to_tell"),  # U = δ
        (-0.049, 0.049, "made_no_real_difference"),
        (-0.05, 0.049, "too_small_to_tell"),  # L = −δ
        (-0.049, 0.05, "too_small_to_tell"),
        (-0.049, 0.0, "made_no_real_difference"),  # U = 0
        (-0.05, 0.0, "too_small_to_tell"),
        (-0.049, -0.001, "made_things_worse"),
        (-0.3, -0.1, "made_things_worse"),
        (-0.3, 0.3, "too_small_to_tell"),
    ],
)
def test_the_range_and_the_smallest_change_decide(low: float, high: float, code: str) -> None:
    assert verdict(evidence((low + high) / 2, low, high)).code == code


@pytest.mark.parametrize(("low", "clear"), [(0.05, True), (0.0499, False)])
def test_it_is_clearly_worthwhile_when_even_the_smallest_gain_is(low: float, clear: bool) -> None:
    assert verdict(evidence(0.07, low, 0.09)).clearly_worthwhile is clear


@pytest.mark.parametrize("direction", ["higher", "lower"])
@pytest.mark.parametrize(
    ("lost", "code"), [(30, VerdictCode.WORKED), (31, VerdictCode.NOT_TESTED)]
)
def test_over_30_percent_missing_could_not_be_tested(
    direction: str, lost: int, code: VerdictCode
) -> None:
    sign = 1 if direction == "higher" else -1
    low, high = sorted((sign * 0.06, sign * 0.09))
    outcome = Outcome("binary", direction, 0.05)  # type: ignore[arg-type]
    found = evidence(low, low, high, outcome, validity=Validity(missing=Share(lost, 100)))

    assert verdict(found).code == code


@pytest.mark.parametrize(
    "validity",
    [Validity(contaminated=True), Validity(allocation_broken=True), Validity(clusters=3)],
)
def test_a_broken_comparison_could_not_be_tested(validity: Validity) -> None:
    found = verdict(evidence(0.07, 0.06, 0.09, validity=validity))

    assert found.code == VerdictCode.NOT_TESTED
    assert len(found.reasons) == 1
    assert not found.clearly_worthwhile


def test_four_clusters_are_enough_to_be_tested() -> None:
    assert verdict(evidence(0.07, 0.06, 0.09, validity=Validity(clusters=4))).code == "worked"


def test_a_trial_stopped_without_a_rule_has_no_plus_or_minus() -> None:
    validity = Validity(stopped="without a rule", contaminated=True)

    assert verdict(evidence(0.07, 0.06, 0.09, validity=validity)).code == VerdictCode.STOPPED


def test_a_trial_stopped_for_harm_by_its_own_rule_keeps_its_verdict_and_says_so() -> None:
    found = verdict(evidence(-0.07, -0.09, -0.06, validity=Validity(stopped="by its own rule")))

    assert found.code == VerdictCode.WORSE
    assert found.note == (
        "It stopped early for harm by its own rule; the size is probably overstated."
    )


@pytest.mark.parametrize(
    ("low", "high"), [(0.01, 0.08), (0.01, 0.04), (-0.08, -0.01)], ids=["plus", "small", "minus"]
)
def test_with_several_arms_a_plus_or_a_minus_needs_the_corrected_p(
    low: float, high: float
) -> None:
    found = evidence(low, low, high, arms=3, p_adjusted=0.0499)

    assert verdict(found).code != VerdictCode.TOO_SMALL
    for p_adjusted in (0.05, 0.2, None):
        doubted = verdict(replace(found, p_adjusted=p_adjusted))
        assert doubted.code == VerdictCode.TOO_SMALL
        assert doubted.reasons == ("3 groups were compared, so it may be chance",)
    assert verdict(replace(found, arms=2, p_adjusted=0.2)).code != VerdictCode.TOO_SMALL


def test_no_real_difference_needs_no_corrected_p() -> None:
    found = evidence(0.0, -0.01, 0.01, arms=3, p=0.9, p_adjusted=1.0, p_permutation=0.9)

    assert verdict(found).code == VerdictCode.NO_DIFFERENCE


@pytest.mark.parametrize("df", [9.99, 3.0, None])
def test_with_few_degrees_of_freedom_the_two_ways_must_agree(df: float | None) -> None:
    found = evidence(0.05, 0.01, 0.08, df=df, p=0.03, p_permutation=0.06)

    assert verdict(found).reasons == ("the two ways of checking disagree",)
    assert verdict(replace(found, p_permutation=0.05)).code == VerdictCode.TOO_SMALL
    assert verdict(replace(found, p_permutation=None)).code == VerdictCode.TOO_SMALL
    assert verdict(replace(found, p_permutation=0.04)).code == VerdictCode.WORKED


@pytest.mark.parametrize("df", [10.0, inf])
def test_from_ten_degrees_of_freedom_the_range_decides(df: float) -> None:
    found = evidence(0.05, 0.01, 0.08, df=df, p=0.03, p_permutation=0.06)

    assert verdict(found).code == VerdictCode.WORKED


def test_without_a_range_it_is_too_small_to_tell() -> None:
    found = verdict(evidence(0.05, None, None, p=None))

    assert found.code == VerdictCode.TOO_SMALL
    assert found.reasons == ("no likely range could be worked out",)


def test_tags_have_the_words_on_screen_and_none_is_red() -> None:
    worked = tag(verdict(evidence(0.07, 0.06, 0.09)))

    assert (worked.words, worked.colour) == ("Worked", "green")
    assert [code.colour for code in VerdictCode] == [
        "green", "teal", "blue", "magenta", "yellow", "orange", "purple",
    ]  # fmt: skip


def test_every_problem_is_named_at_once() -> None:
    with pytest.raises(InputError) as refused:
        evidence(0.2, 0.3, 0.1, df=nan, alpha=0.9, arms=1)

    assert [problem.column for problem in refused.value.problems] == [
        "df", "alpha", "arms", "ci_low",
    ]  # fmt: skip


@pytest.mark.parametrize(("estimate", "low", "high"), [(0.5, 0.1, 0.2), (0.1, None, 0.2)])
def test_a_range_that_cannot_be_is_refused(
    estimate: float, low: float | None, high: float
) -> None:
    with pytest.raises(InputError):
        evidence(estimate, low, high)


@pytest.mark.parametrize("size", [0.0, -0.05, nan, inf])
def test_the_smallest_change_must_be_above_nothing(size: float) -> None:
    with pytest.raises(InputError):
        Outcome("binary", "lower", size)


@given(evidences())
def test_swapping_the_direction_mirrors(found: Evidence) -> None:
    other = "lower" if found.outcome.direction == "higher" else "higher"
    assert found.estimate is not None
    assert found.ci_low is not None
    assert found.ci_high is not None
    mirrored = replace(
        found,
        outcome=replace(found.outcome, direction=other),
        estimate=-found.estimate,
        ci_low=-found.ci_high,
        ci_high=-found.ci_low,
    )

    assert verdict(mirrored) == verdict(found)


@given(evidences())
def test_a_verdict_has_a_reason_and_is_clear_only_if_it_worked(found: Evidence) -> None:
    said = verdict(found)

    assert said.reasons
    assert not said.clearly_worthwhile or said.code == VerdictCode.WORKED
    assert not said.doubted or said.code == VerdictCode.TOO_SMALL


def test_an_analysis_is_compared_as_it_was_found() -> None:
    streets = ["a", "a", "b", "b", "c", "c", "d", "d"]
    outcome = [1.0, 2, 3, nan, 11, 12, 13, 15]
    arms = ["control"] * 4 + ["letter"] * 4
    analysis = run(data(outcome, arms, cluster=streets))

    ((arm, found),) = comparisons(analysis, Outcome("continuous", "higher", 2.0), alpha=0.1)

    effect = analysis.effects[0].effect
    assert (arm, found.estimate, found.ci_low) == ("letter", effect.estimate, effect.ci_low)
    assert (found.p, found.df, found.alpha, found.arms) == (effect.p, effect.df, 0.1, 2)
    assert found.validity == Validity(missing=Share(1, 8), clusters=4)
    (decision,) = decide([(arm, found)])
    assert decision.verdict.reasons == ("with so few placed it needs a second way of checking",)


def test_people_placed_one_by_one_are_no_clusters() -> None:
    analysis = run(data([1.0, 2, 3, 4], ["control"] * 2 + ["letter"] * 2))

    ((_, found),) = comparisons(analysis, Outcome("continuous", "higher", 2.0))

    assert found.validity == Validity(missing=Share(0, 4), clusters=None)


DELTA = 2.0
GAINS = {  # [L, U] with benefit positive, around δ = 2
    VerdictCode.WORKED: (1.0, 4.0),
    VerdictCode.HELPED: (0.5, 1.5),
    VerdictCode.NO_DIFFERENCE: (-1.0, 1.5),
    VerdictCode.WORSE: (-4.0, -1.0),
    VerdictCode.TOO_SMALL: (-3.0, 4.0),
}
VALIDITIES = {
    VerdictCode.NOT_TESTED: Validity(contaminated=True),
    VerdictCode.STOPPED: Validity(stopped="without a rule"),
}
KINDS = {"binary": 0.1, "count": 1.0, "continuous": 10.0}  # and what one unit of gain is there


@pytest.mark.parametrize("code", VerdictCode)
@pytest.mark.parametrize("direction", ["higher", "lower"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_verdict_is_reached_by_every_kind_of_outcome_both_ways(
    code: VerdictCode, direction: str, kind: str
) -> None:
    low, high = (KINDS[kind] * end for end in GAINS.get(code, GAINS[VerdictCode.WORKED]))
    low, high = (low, high) if direction == "higher" else (-high, -low)
    outcome = Outcome(kind, direction, KINDS[kind] * DELTA)  # type: ignore[arg-type]
    found = evidence(
        (low + high) / 2, low, high, outcome, validity=VALIDITIES.get(code, Validity())
    )

    assert verdict(found).code == code


@pytest.mark.parametrize("p", [0.05, 0.9])
def test_no_real_difference_too_needs_both_ways_to_agree_where_few_were_placed(p: float) -> None:
    found = evidence(0.0, -0.01, 0.01, df=5.0, p=p, p_permutation=0.04)

    assert verdict(found).reasons == ("the two ways of checking disagree",)
    assert verdict(replace(found, p_permutation=0.05)).code == VerdictCode.NO_DIFFERENCE


def test_several_doubts_are_all_given() -> None:
    found = evidence(0.05, 0.01, 0.08, arms=3, p_adjusted=0.2, df=5.0, p=0.03, p_permutation=0.06)

    assert verdict(found).reasons == (
        "3 groups were compared, so it may be chance",
        "the two ways of checking disagree",
    )


def test_a_range_that_is_too_wide_is_no_doubt() -> None:
    found = verdict(evidence(0.0, -0.3, 0.3, arms=3, p_adjusted=1.0, df=3.0, p_permutation=None))

    assert found.reasons == ("the likely range is too wide",)
    assert not found.doubted


def test_everything_that_broke_the_comparison_is_said() -> None:
    broken = Validity(Share(62, 200), contaminated=True, allocation_broken=True, clusters=3)

    assert verdict(evidence(0.07, 0.06, 0.09, validity=broken)).reasons == (
        "31% (62 of 200) could not be measured",
        "the groups were mixed",
        "people were not in the groups that chance gave them",
        "only 3 were placed by chance, and it takes 4",
    )


def test_the_level_of_the_test_is_the_plans() -> None:
    found = evidence(0.05, 0.01, 0.08, arms=3, p_adjusted=0.08, alpha=0.1)

    assert verdict(found).code == VerdictCode.WORKED
    assert verdict(replace(found, alpha=0.05)).code == VerdictCode.TOO_SMALL


def test_the_words_on_screen_and_their_reasons() -> None:
    assert [code.words for code in VerdictCode] == [
        "Worked", "Helped, but less than hoped", "Made no real difference", "Made things worse",
        "Too small to tell", "Could not be tested", "Stopped early",
    ]  # fmt: skip
    reasons = {
        code: verdict(evidence(sum(ends) / 2, *ends, Outcome("continuous", "higher", DELTA)))
        for code, ends in GAINS.items()
    }
    assert {code: found.reasons for code, found in reasons.items()} == {
        VerdictCode.WORKED: (
            "the whole likely range is a gain and reaches what is worth having",
        ),
        VerdictCode.HELPED: (
            "the whole likely range is a gain, and less than is worth having",
        ),
        VerdictCode.NO_DIFFERENCE: (
            "the whole likely range is too small to matter, either way",
        ),
        VerdictCode.WORSE: ("the whole likely range is a loss",),
        VerdictCode.TOO_SMALL: ("the likely range is too wide",),
    }  # fmt: skip
