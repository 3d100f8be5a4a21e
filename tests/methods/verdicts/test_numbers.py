from datetime import date, time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.methods.verdicts.trials import evidence
from trialogue.methods.problems import InputError
from trialogue.methods.verdicts import (
    NOT_KNOWN,
    Amounts,
    Kind,
    Level,
    Outcome,
    Share,
    SmallCell,
    StrengthFacts,
    amount,
    amounts,
    clock_time,
    date_range,
    decide,
    difference_words,
    due_date,
    length_of_time,
    long_date,
    money,
    on_a_card,
    protect,
    protected_cells,
    protected_share,
    range_words,
    scale,
    share,
    short_date,
    strength,
)
from trialogue.methods.verdicts.certainty import Design


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [
        (12, 40, "30% (12 of 40)"),
        (0, 40, "0% (0 of 40)"),
        (40, 40, "100% (40 of 40)"),
        (399, 400, "over 99% (399 of 400)"),
        (441, 1500, "29.4% (441 of 1,500)"),
        (450, 1500, "30% (450 of 1,500)"),
        (6, 1500, "4 per 1,000 (6 of 1,500)"),
        (1, 3000, "0.3 per 1,000 (1 of 3,000)"),
        (3, 8, "3 of 8"),
        (0, 0, NOT_KNOWN),
    ],
)
def test_a_share_always_has_its_counts(part: int, whole: int, text: str) -> None:
    assert share(Share(part, whole)) == text


def test_a_protected_share_says_so() -> None:
    said = "about 30% (small numbers protected, counts to the nearest 5)"

    assert protected_share(Share(15, 50)) == said
    assert protected_share(Share(0, 0)) == NOT_KNOWN


@pytest.mark.parametrize(
    ("pounds", "text"),
    [
        (6.75, "£6.75"), (6, "£6"), (0.285, "£0.29"), (1250, "£1,250"), (999.6, "£1,000"),
        (1_200_000, "£1.2 million"), (2e6, "£2 million"), (-12.5, "−£12.50"), (-0.001, "£0"),
    ],
)  # fmt: skip
def test_money(pounds: float, text: str) -> None:
    assert money(pounds) == text


def test_dates_times_and_lengths() -> None:
    day = date(2027, 2, 3)

    assert long_date(day) == "3 February 2027"
    assert short_date(day) == "3 Feb 2027"
    assert date_range(day, date(2027, 2, 9)) == "3 to 9 February 2027"
    assert date_range(day, date(2027, 3, 9)) == "3 February to 9 March 2027"
    assert date_range(day, date(2028, 3, 9)) == "3 February 2027 to 9 March 2028"
    assert date_range(day, day) == "3 February 2027"
    assert due_date(date(2027, 2, 4), today=day) == "Thursday 4 February 2027"
    assert due_date(date(2027, 2, 11), today=day) == "11 February 2027"
    assert [clock_time(time(*at)) for at in ((14, 15), (9, 0), (12, 0), (0, 0), (0, 5))] == [
        "2:15pm", "9am", "midday", "midnight", "12:05am",
    ]  # fmt: skip
    assert [length_of_time(minutes) for minutes in (80, 60, 1, 0)] == [
        "1 hour 20 minutes", "1 hour", "1 minute", "0 minutes",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("design", "level"),
    [
        ("randomised", Level.HIGH),
        ("matched", Level.MODERATE),
        ("discontinuity", Level.MODERATE),
        ("difference-in-differences", Level.MODERATE),
        ("before-after with comparison", Level.LOW),
        ("before-after", Level.VERY_LOW),
    ],
)
def test_strength_starts_where_the_design_puts_it(design: Design, level: Level) -> None:
    assert strength(StrengthFacts(0.05, design=design)).level == level


@pytest.mark.parametrize(
    ("facts", "steps"),
    [
        ({"registered_before_start": False}, 1),
        ({"changed_after_data": True}, 1),
        ({"lost": (Share(20, 100), Share(20, 100))}, 0),
        ({"lost": (Share(20, 100), Share(21, 100))}, 1),
        ({"lost": (Share(5, 100), Share(15, 100))}, 0),
        ({"lost": (Share(5, 100), Share(16, 100))}, 1),
        ({"lost": (Share(0, 0), Share(0, 0))}, 0),
        ({"clusters_per_arm": (8, 8)}, 0),
        ({"clusters_per_arm": (9, 7)}, 1),
        ({"judged_by_people_who_knew": True}, 1),
        ({"delivered": Share(50, 100)}, 0),
        ({"delivered": Share(49, 100)}, 1),
        ({"range_width": 0.2}, 0),
        ({"range_width": 0.21}, 1),
    ],
)
def test_one_step_down_for_each_thing_that_was_not_right(
    facts: dict[str, object], steps: int
) -> None:
    found = strength(StrengthFacts(0.05, **facts))  # type: ignore[arg-type]

    assert len(found.steps) == steps
    assert found.level == list(Level)[steps]


def test_strength_never_falls_below_very_low() -> None:
    found = strength(
        StrengthFacts(
            0.05,
            design="before-after",
            registered_before_start=False,
            changed_after_data=True,
            judged_by_people_who_knew=True,
            range_width=1,
        )
    )

    assert found.level == Level.VERY_LOW
    assert found.steps == (
        "it was not registered before it started",
        "the main outcome or its analysis changed after the data were seen",
        "the people who judged the outcome knew the group",
        "the likely range is wide",
    )


def test_small_counts_block_publishing() -> None:
    found = protected_cells({"usual": Share(4, 40), "text": Share(38, 40), "visit": Share(0, 9)})

    assert found == (
        SmallCell("usual", "with the outcome", 4),
        SmallCell("text", "without the outcome", 2),
        SmallCell("visit", "measured", 9),
    )
    assert protected_cells({"usual": Share(5, 40), "text": Share(0, 40)}) == ()
    assert protected_cells({"usual": Share(9, 40)}, threshold=10) == (
        SmallCell("usual", "with the outcome", 9),
    )


def test_nobody_and_everybody_and_the_threshold_itself_may_be_published() -> None:
    arms = {
        "nobody": Share(0, 10), "everybody": Share(10, 10), "five": Share(5, 10),
        "all but five": Share(35, 40),
    }  # fmt: skip

    assert protected_cells(arms) == ()
    assert protected_cells({"all but four": Share(36, 40)}) == (
        SmallCell("all but four", "without the outcome", 4),
    )


def test_counts_that_cannot_be_are_refused() -> None:
    with pytest.raises(InputError):
        protected_cells({"usual": Share(41, 40)})


@given(st.integers(0, 500), st.integers(0, 500))
def test_protected_counts_are_to_the_nearest_5(part: int, rest: int) -> None:
    seen = protect(Share(part, part + rest))

    assert seen.part % 5 == seen.whole % 5 == 0
    assert seen.part <= seen.whole
    assert abs(seen.part - part) <= 2
    assert abs(seen.whole - part - rest) <= 2


def test_each_arm_has_its_own_verdict_in_the_registered_order() -> None:
    worked, unclear = evidence(0.07, 0.06, 0.09, arms=4), evidence(0.07, -0.06, 0.2, arms=4)

    decisions = decide([("vote", unclear), ("vest", worked), ("name", worked)])

    assert [each.arm for each in decisions] == ["vote", "vest", "name"]
    assert [each.verdict.words for each in decisions] == ["Too small to tell", "Worked", "Worked"]
    assert on_a_card(decisions) == (decisions[:2], "and 1 more")
    assert on_a_card(decisions[:2]) == (decisions[:2], "")


def test_an_arm_twice_or_none_at_all_is_refused() -> None:
    found = evidence(0.07, 0.06, 0.09)

    with pytest.raises(InputError):
        decide([("vest", found), ("vest", found)])
    with pytest.raises(InputError):
        decide([])


@pytest.mark.parametrize(
    ("kind", "levels", "per"),
    [
        ("binary", (0.33, 0.24), 100),
        ("binary", (0.01, 0.02), 100),  # 1 in 100 itself
        ("binary", (0.0099, 0.02), 1_000),
        ("binary", (0.02, 0.0099), 1_000),
        ("binary", (0.0, 0.02), 100),  # nobody is no reason for more
        ("binary", (0.0, 0.0), 100),
        ("binary", (1e-9, 0.5), 100_000),
        ("count", (1.0, 3.0), 1),
        ("count", (0.99, 3.0), 100),
        ("continuous", (0.001, 0.002), 1),
    ],
)
def test_out_of_how_many_people_it_is_said(
    kind: Kind, levels: tuple[float, float], per: int
) -> None:
    assert scale(kind, *levels) == per
    usual, new = levels
    half = abs(new - usual) + 0.01
    outcome = Outcome(kind, "higher", 0.01)
    seen = amounts(
        evidence(new - usual, new - usual - half, new - usual + half, outcome), usual=usual
    )
    assert seen is not None
    assert seen.per == per


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        ("-5", "0", "between 0 and 5 fewer"),
        ("0", "5", "between 0 and 5 more"),
        ("-5", "5", "between 5 fewer and 5 more"),
        ("0", "0", "0"),
        ("-3", "-3", "3 fewer"),
    ],
)
def test_a_range_that_ends_at_no_change(low: str, high: str, words: str) -> None:
    some = Amounts(
        per=100, usual=Decimal(30), new=Decimal(30), difference=Decimal(0), low=Decimal(low),
        high=Decimal(high), more="more", fewer="fewer",
    )  # fmt: skip

    assert range_words(some) == words
    assert difference_words(some) == "0"
    assert amount(Decimal(0), "£") == "£0"
    assert amount(Decimal(-5), "£") == "−£5"


def test_a_level_of_the_test_is_above_0_and_at_most_a_half() -> None:
    assert evidence(0.1, 0.0, 0.2, alpha=0.5).alpha == 0.5
    for alpha in (0.0, 0.51):
        with pytest.raises(InputError, match=r"must be above 0 and at most 0\.5"):
            evidence(0.1, 0.0, 0.2, alpha=alpha)
