import re
from dataclasses import replace
from datetime import date
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.methods.verdicts.trials import MISSED, TEXT, evidence, evidences, two_shares
from trialogue.methods.verdicts import (
    Evidence,
    Level,
    Outcome,
    Share,
    Stopped,
    StrengthFacts,
    Validity,
    VerdictCode,
    Wording,
    amounts,
    banned_on_results,
    guardrail_banner,
    guardrail_broken,
    smallest_change_words,
    standard_sentence,
    strength,
    strength_sentence,
    verdict,
    verdict_sentence,
    words_we_avoid,
)

EVENING_TEXT, MISSED_BEFORE = two_shares((132, 400), (96, 400), MISSED)
LETTER = Wording(
    intervention="a stern first letter",
    short="the letter",
    outcome="payments in 14 days",
    happened="paid in 14 days",
    people="people",
    person="person",
)


def test_the_example_of_the_specification_word_for_word() -> None:
    said = standard_sentence(EVENING_TEXT, TEXT, usual=MISSED_BEFORE, strength=Level.HIGH)

    assert said == (
        "A reminder text reduced missed collections. Out of 100 households, about 33 missed one "
        "with usual service and about 24 with the text: a difference of 9 fewer (likely between "
        "3 and 15 fewer)."
    )


@pytest.mark.parametrize(
    ("level", "opening"),
    [
        (Level.MODERATE, "A reminder text probably reduced missed collections."),
        (Level.LOW, "A reminder text may have reduced missed collections."),
        (Level.VERY_LOW, "We do not know whether a reminder text changed missed collections."),
    ],
)
def test_the_verb_is_as_certain_as_the_strength(level: Level, opening: str) -> None:
    said = standard_sentence(EVENING_TEXT, TEXT, usual=MISSED_BEFORE, strength=level)

    assert said.startswith(opening)


def test_made_worse_in_the_other_direction() -> None:
    found, usual = two_shares((520, 1000), (455, 1000), Outcome("binary", "higher", 0.05))

    assert verdict(found).code == VerdictCode.WORSE
    assert standard_sentence(found, LETTER, usual=usual, strength=Level.HIGH) == (
        "A stern first letter reduced payments in 14 days. Out of 100 people, about 52.0 paid in "
        "14 days with usual service and about 45.5 with the letter: a difference of 6.5 fewer "
        "(likely between 2.1 and 10.9 fewer)."
    )
    assert verdict_sentence(found, LETTER) == (
        "It did worse than usual service. Knowing this protects other places."
    )


def test_too_small_to_tell_says_both_ends_and_how_many_more() -> None:
    found, usual = two_shares((12, 40), (15, 40), Outcome("binary", "higher", 0.1))
    staff = Wording(
        intervention="no e-mail on Friday morning",
        short="no e-mail",
        outcome="finished work",
        happened="finished",
        person="person",
        people="people",
    )

    assert verdict_sentence(found, staff, more_needed=315) == (
        "This trial could not settle it: it may help by up to 28 in 100 or harm by up to 13. "
        "About 315 more people in each group would settle it."
    )
    pooled = "4 trials in 3 councils: about 7 fewer in 100 (likely between 2 and 11)."
    assert verdict_sentence(found, staff, more_needed=1, pooled=pooled, other_trials=3).endswith(
        "About 1 more person in each group would settle it. With 3 other trials: "
        "4 trials in 3 councils: about 7 fewer in 100 (likely between 2 and 11)."
    )
    assert standard_sentence(found, staff, usual=usual, strength=Level.HIGH) == (
        "We do not know yet whether no e-mail on Friday morning changed finished work. Out of "
        "100 people, about 30 finished with usual service and about 38 with no e-mail: a "
        "difference of 8 more (likely between 13 fewer and 28 more)."
    )


@pytest.mark.parametrize(
    ("low", "high", "sentence"),
    [
        (
            0.01,
            0.08,
            "It did better than usual service. The gain may be as big as the 5 in 100 the "
            "council said would be worth having.",
        ),
        (
            0.06,
            0.08,
            "It did better than usual service. Even the smallest likely gain is worth having.",
        ),
        (
            0.01,
            0.04,
            "It did better than usual service, but by less than the 5 in 100 that would be "
            "worth having.",
        ),
        (
            -0.02,
            0.04,
            "Any difference is smaller than the 5 in 100 that would be worth having, either way. "
            "This is a clear answer, and it saves the next council the cost.",
        ),
    ],
)
def test_each_verdict_has_its_sentence(low: float, high: float, sentence: str) -> None:
    assert verdict_sentence(evidence(low, low, high), TEXT) == sentence


def test_a_doubted_finding_says_why_it_is_too_small_to_tell() -> None:
    found = evidence(0.05, 0.01, 0.08, arms=4, p_adjusted=0.07)

    assert verdict_sentence(found, TEXT) == (
        "This trial could not settle it: it may help by up to 8 in 100 or do nothing. 4 groups "
        "were compared, so it may be chance. How many more would settle it is not known."
    )
    harmful = replace(found, estimate=-0.05, ci_low=-0.08, ci_high=-0.01)
    assert "it may harm by up to 8 in 100 or do nothing" in verdict_sentence(harmful, TEXT)


def test_could_not_be_tested_says_the_reason_and_no_numbers() -> None:
    found = evidence(0.07, 0.06, 0.09, validity=Validity(missing=Share(68, 200)))

    assert verdict_sentence(found, TEXT) == (
        "The comparison broke: 34% (68 of 200) could not be measured. It tells us nothing about "
        "whether the idea works."
    )
    assert "badges were shared" in verdict_sentence(found, TEXT, reason="badges were shared")
    assert standard_sentence(found, TEXT, usual=0.3, strength=Level.HIGH) == (
        "This trial could not test whether a reminder text changed missed collections."
    )


def test_stopped_early_shows_what_was_seen_and_no_difference() -> None:
    found = evidence(-0.09, -0.15, -0.03, MISSED, validity=Validity(stopped="without a rule"))
    stopped = Stopped(date(2027, 3, 3), Share(38, 200), "the provider withdrew")

    assert verdict_sentence(found, TEXT, stopped=stopped) == (
        "Stopped on 3 March 2027 after 38 of 200, because the provider withdrew. What was seen "
        "is below. It is not a verdict."
    )
    assert standard_sentence(found, TEXT, usual=0.33, strength=Level.HIGH) == (
        "The trial stopped before it could say whether a reminder text changed missed "
        "collections. Out of 100 households, about 33 missed one with usual service and about 24 "
        "with the text."
    )


def test_a_trial_stopped_for_harm_says_that_its_size_is_overstated() -> None:
    found = evidence(0.09, 0.03, 0.15, MISSED, validity=Validity(stopped="by its own rule"))

    assert verdict_sentence(found, TEXT).endswith("the size is probably overstated.")


def test_below_one_percent_it_is_out_of_1_000() -> None:
    found = evidence(-0.004, -0.006, -0.002, Outcome("binary", "lower", 0.002))

    said = standard_sentence(found, TEXT, usual=0.008, strength=Level.HIGH)

    assert "Out of 1,000 households, about 8 missed one" in said
    assert "and about 4 with the text: a difference of 4 fewer (likely between 2 and 6" in said
    assert smallest_change_words(found.outcome, TEXT) == "2 in 1,000"


@pytest.mark.parametrize(
    ("unit", "usual", "estimate", "low", "high", "words", "worth"),
    [
        (
            "£", 45.5, -12.25, -20.5, -4.0,
            "The average was about £45.50 with usual service and about £33.25 with the text: a "
            "difference of £12.25 less (likely between £4.00 and £20.50 less).",
            "£10",
        ),
        (
            "£", 45.5, -12, -20.5, -4.0,
            "The average was about £46 with usual service and about £34 with the text: a "
            "difference of £12 less (likely between £4 and £21 less).",
            "£10",
        ),
        (
            "minutes", 42.13, 3.36, -1.2, 8.0,
            "The average was about 42.1 minutes with usual service and about 45.5 minutes with "
            "the text: a difference of 3.4 minutes more (likely between 1.2 minutes less and 8.0 "
            "minutes more).",
            "10 minutes",
        ),
        (
            "points", 4.8, -0.6, -1.1, -0.1,
            "The average was about 4.8 points with usual service and about 4.2 points with the "
            "text: a difference of 0.6 points less (likely between 0.1 and 1.1 points less).",
            "10 points",
        ),
    ],
)  # fmt: skip
def test_averages_are_in_their_own_unit(
    unit: str, usual: float, estimate: float, low: float, high: float, words: str, worth: str
) -> None:
    found = evidence(estimate, low, high, Outcome("continuous", "lower", 10))
    wording = replace(TEXT, outcome="waiting", unit=unit)

    said = standard_sentence(found, wording, usual=usual, strength=Level.HIGH)

    assert said.endswith(words)
    assert smallest_change_words(found.outcome, wording) == worth


def test_counts_are_for_100_streets_or_for_each_when_there_are_many() -> None:
    street = replace(TEXT, happened="fly-tips", person="street", people="streets")
    tips = evidence(-0.1, -0.19, -0.01, Outcome("count", "lower", 0.1))
    litter = evidence(-8.2, -13.1, -3.3, Outcome("count", "lower", 8))

    assert standard_sentence(tips, street, usual=0.4, strength=Level.HIGH).endswith(
        "For 100 streets, there were about 40 fly-tips with usual service and about 30 with the "
        "text: a difference of 10 fewer (likely between 1 and 19 fewer)."
    )
    assert standard_sentence(litter, street, usual=27, strength=Level.HIGH).endswith(
        "For each street, there were about 27.0 fly-tips with usual service and about 18.8 with "
        "the text: a difference of 8.2 fewer (likely between 3.3 and 13.1 fewer)."
    )
    assert smallest_change_words(litter.outcome, street) == "8 for each street"


def test_the_strength_sentence_gives_each_step_down() -> None:
    lost = (Share(24, 100), Share(24, 100))

    assert strength_sentence(strength(StrengthFacts(0.05, lost=lost))) == (
        "How sure we are: Moderate. One step down because 24% (48 of 200) could not be measured."
    )
    assert strength_sentence(strength(StrengthFacts(0.05))) == "How sure we are: High."
    assert strength_sentence(
        strength(
            StrengthFacts(0.05, design="matched", registered_before_start=False, range_width=0.3)
        )
    ) == (
        "How sure we are: Very low. It starts at Moderate because chance did not place the "
        "groups. Two steps down because it was not registered before it started, and because the "
        "likely range is wide."
    )


def test_a_broken_guardrail_is_a_banner() -> None:
    assert guardrail_banner("complaints") == (
        "Watch out: complaints rose beyond the limit set before the start."
    )
    assert guardrail_broken(0.06, limit=0.05, worse="higher")
    assert not guardrail_broken(0.05, limit=0.05, worse="higher")
    assert guardrail_broken(-0.06, limit=0.05, worse="lower")


levels = st.floats(0, 1, allow_nan=False)


@given(
    events=st.tuples(st.integers(0, 3000), st.integers(0, 3000)),
    sizes=st.tuples(st.integers(1, 3000), st.integers(1, 3000)),
)
def test_natural_frequencies_add_up_and_stay_within_what_they_are_out_of(
    events: tuple[int, int], sizes: tuple[int, int]
) -> None:
    usual, new = ((min(part, whole), whole) for part, whole in zip(events, sizes, strict=True))
    found, level = two_shares(usual, new, MISSED)

    seen = amounts(found, usual=level)

    assert seen is not None
    assert seen.usual + seen.difference == seen.new
    assert 0 <= seen.usual <= seen.per
    assert 0 <= seen.new <= seen.per
    assert seen.low is not None
    assert seen.high is not None
    assert seen.low <= seen.difference <= seen.high
    exponents = {value.as_tuple().exponent for value in (seen.usual, seen.new, seen.difference)}
    assert len(exponents) == 1
    assert exponents <= {0, -1}
    assert abs(float(seen.usual) - seen.per * level) <= 0.5


@given(
    evidences(),
    levels,
    st.sampled_from(list(Level)),
    st.sampled_from(["", "£", "minutes"]),
    st.one_of(st.none(), st.integers(-3, 5000)),
)
def test_no_sentence_holds_a_banned_phrase_or_an_empty_place(
    found: Evidence, usual: float, level: Level, unit: str, more: int | None
) -> None:
    wording = replace(TEXT, unit=unit)
    sentences = [
        standard_sentence(found, wording, usual=usual, strength=level),
        verdict_sentence(found, wording, more_needed=more),
        " ".join((*verdict(found).reasons, verdict(found).words)),
    ]

    for said in sentences:
        assert not words_we_avoid(said), said
        assert not re.search(r"None|nan|inf\b|  |\.\.|-\d|e-\d|E[-+]", said), said
        assert all(len(part.split()) <= 45 for part in re.split(r"\. ", said)), said


def test_banned_phrases_are_found_as_written() -> None:
    text = "No significant difference (p = 0.07), a trend towards fewer; the letter failed."

    assert banned_on_results(text) == (
        "No significant difference", "p = 0.07", "trend towards", "failed",
    )  # fmt: skip
    assert banned_on_results("It just saved users time") == ()
    assert words_we_avoid("It just saved users time!") == ("just", "users", "!")


def test_an_estimate_without_a_range_is_said_without_one() -> None:
    found = Evidence(MISSED, -0.09, None, None, df=inf)

    assert standard_sentence(found, TEXT, usual=0.33, strength=Level.HIGH).endswith(
        "and about 24 with the text: a difference of 9 fewer."
    )
    assert verdict_sentence(found, TEXT, more_needed=40) == (
        "This trial could not settle it: no likely range could be worked out. About 40 more "
        "households in each group would settle it."
    )


WAYS = {  # the way the number moves, what is better, and what is said of it
    ("higher", 1): "increased", ("higher", -1): "reduced",
    ("lower", 1): "increased", ("lower", -1): "reduced",
}  # fmt: skip
SIZES = {"binary": 0.2, "count": 2.0, "continuous": 20.0}


@pytest.mark.parametrize("kind", SIZES)
@pytest.mark.parametrize(("better", "moved"), WAYS)
def test_the_sentence_says_which_way_it_went_and_the_verdict_whether_that_is_good(
    kind: str, better: str, moved: int
) -> None:
    size = moved * SIZES[kind]
    low, high = sorted((0.5 * size, 1.5 * size))
    outcome = Outcome(kind, better, abs(size))  # type: ignore[arg-type]
    found = evidence(size, low, high, outcome)

    said = standard_sentence(found, TEXT, usual=2 * SIZES[kind], strength=Level.HIGH)

    assert said.startswith(f"A reminder text {WAYS[better, moved]} missed collections. ")
    assert (" more (likely" in said) == (moved == 1)
    did = "better" if (better == "higher") == (moved == 1) else "worse"
    assert verdict_sentence(found, TEXT).startswith(f"It did {did} than usual service")


@pytest.mark.parametrize("kind", SIZES)
@pytest.mark.parametrize("better", ["higher", "lower"])
def test_no_real_difference_is_said_of_every_kind(kind: str, better: str) -> None:
    size = SIZES[kind]
    outcome = Outcome(kind, better, size)  # type: ignore[arg-type]
    found = evidence(0.1 * size, -0.5 * size, 0.7 * size, outcome)

    said = standard_sentence(found, TEXT, usual=2 * size, strength=Level.LOW)

    assert said.startswith("A reminder text may have made no real difference to missed")
    assert " fewer and " in said or " less and " in said
    assert "Any difference is smaller than the " in verdict_sentence(found, TEXT)


@pytest.mark.parametrize("kind", SIZES)
@pytest.mark.parametrize("better", ["higher", "lower"])
def test_both_ends_of_what_cannot_be_told_are_named_from_the_side_of_good(
    kind: str, better: str
) -> None:
    """0.5 to the good and 1.5 to the bad, as multiples of the smallest change worth having."""
    size = SIZES[kind]
    low, high = (-1.5, 0.5) if better == "higher" else (-0.5, 1.5)
    outcome = Outcome(kind, better, size)  # type: ignore[arg-type]
    said = verdict_sentence(evidence(0.0, low * size, high * size, outcome), TEXT)

    helps, harms = {
        "binary": ("10 in 100", "30"),
        "count": ("1 for each household", "3"),
        "continuous": ("10", "30"),
    }[kind]
    assert f"it may help by up to {helps} or harm by up to {harms}." in said


@given(
    st.sampled_from(["count", "continuous"]),
    st.sampled_from(["", "£", "minutes"]),
    st.floats(0.001, 900),
    st.floats(-0.9, 3),
    st.floats(0.01, 2),
)
def test_levels_and_their_difference_add_up_for_counts_and_averages(
    kind: str, unit: str, usual: float, share: float, half: float
) -> None:
    estimate = share * usual
    outcome = Outcome(kind, "lower", usual)  # type: ignore[arg-type]
    found = evidence(estimate, estimate - half * usual, estimate + half * usual, outcome)

    seen = amounts(found, usual=usual, unit=unit)

    assert seen is not None
    assert seen.low is not None
    assert seen.high is not None
    assert seen.usual + seen.difference == seen.new
    assert seen.low <= seen.difference <= seen.high
    levels = (seen.usual, seen.new, seen.difference)
    places = -min(value.as_tuple().exponent for value in levels)  # type: ignore[type-var]
    last_digit = 10.0**-places
    assert float(seen.usual) == pytest.approx(seen.per * usual, abs=0.51 * last_digit)
    assert float(seen.difference) == pytest.approx(seen.per * estimate, abs=1.01 * last_digit)
