"""Every drawing: its numbers where they should be, its words, and what no drawing does."""

import re
from datetime import timedelta
from statistics import mean

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import t

from tests.charts.drawings import (
    CURVE,
    LOST,
    MISSED,
    NASTY,
    PLAN,
    START,
    STARTS,
    SVG,
    TEXT,
    TRIALS,
    circles,
    evidence,
    forest_rows,
    joining,
    pooled,
    read,
    row,
    together,
    written,
)
from trialogue import charts
from trialogue.charts.effect import dots, effect_chart
from trialogue.charts.forest import ForestRow, forest_chart
from trialogue.charts.funnel import funnel_chart
from trialogue.charts.icons import icon_arrays
from trialogue.charts.joining import joining_chart
from trialogue.charts.power_curve import PowerPoint, power_curve_chart
from trialogue.charts.starting import StartingPoint, starting_chart
from trialogue.methods import costs, effects, power
from trialogue.methods.problems import InputError
from trialogue.methods.verdicts import Outcome, Share, Wording

TOGETHER = "5 trials in 5 councils: about 6 fewer in 100."
SENTENCE = "You would find a real fall about 8 times in 10."


def power_chart(curve=CURVE, plan=PLAN, **changes):
    asked = {"smallest_change": 5, "unit": "in 100", "sentence": SENTENCE, "chart_id": "power"}
    return power_curve_chart(curve, plan, **{**asked, **changes})


WORTH = costs.acceptability(
    costs.CostEffect("letter", 2.0, 6.0, 0.25, 1.0, 0.1, 30.0), [0, 1, 2, 3, 4, 5, 6]
)
ALL = {
    "worth": charts.acceptability(WORTH, outcome="clean street", unit="street"),
    "effect": effect_chart([row()], TEXT, chart_id="effect"),
    "effect of four": effect_chart([row(name) for name in "ABCD"], TEXT, chart_id="effect"),
    "icons": icon_arrays(evidence(), TEXT, usual=0.33, chart_id="icons"),
    "forest": forest_chart(
        forest_rows(), together(pooled()), TEXT, sentence=TOGETHER, chart_id="forest"
    ),
    "funnel": funnel_chart(pooled(), per=100, unit="in 100", chart_id="funnel"),
    "joining": joining_chart(joining(), chart_id="joining"),
    "power": power_chart(),
    "starting": starting_chart(STARTS, LOST, arms=["Letter", "Call"], chart_id="starting"),
}


@pytest.mark.parametrize("chart", ALL.values(), ids=ALL.keys())
def test_every_drawing_is_a_named_image_with_its_words_and_numbers(chart):
    drawing = read(chart)

    title, desc = drawing.find(f"{SVG}title"), drawing.find(f"{SVG}desc")
    assert drawing.get("role") == "img"
    assert drawing.get("aria-labelledby") == f"{title.get('id')} {desc.get('id')}"
    assert title.text == chart.title
    assert desc.text == chart.text
    assert chart.table.rows
    assert all(len(cells) == len(chart.table.header) for cells in chart.table.rows)


@pytest.mark.parametrize("chart", ALL.values(), ids=ALL.keys())
def test_no_drawing_styles_scripts_or_fetches(chart):
    drawing = read(chart)

    for element in drawing.iter():
        assert element.tag.removeprefix(SVG) not in {"style", "script", "image", "use", "a"}
        assert not {name for name in element.attrib if name == "style" or name.startswith("on")}
    assert re.findall(r'(?:href|src)="|url\((?!#)', chart.svg) == []


@pytest.mark.parametrize("chart", ALL.values(), ids=ALL.keys())
def test_every_drawing_is_under_20_kb(chart):
    assert len(chart.svg.encode()) < 20_000


@pytest.mark.parametrize("chart", ALL.values(), ids=ALL.keys())
def test_every_word_begins_inside_the_picture(chart):
    drawing = read(chart)

    _, _, width, height = map(float, drawing.get("viewBox").split())
    for words, (x, y) in written(drawing).items():
        assert 0 <= x <= width, words
        assert 0 < y <= height, words


def test_words_from_people_cannot_leave_their_place():
    wording = Wording(short=NASTY, outcome=NASTY, happened=NASTY, people=NASTY)

    for chart in (
        effect_chart([row(NASTY)], wording, chart_id="effect"),
        icon_arrays(evidence(), wording, usual=0.33, chart_id="icons"),
        starting_chart(
            [StartingPoint(NASTY, (0.1, 0.2))], LOST, arms=[NASTY, "B"], chart_id="starting"
        ),
        power_chart(sentence=NASTY),
        charts.acceptability(WORTH, outcome=NASTY, unit=NASTY),
        forest_chart(
            [ForestRow(NASTY, 2020), *forest_rows()], None, wording, sentence=NASTY, chart_id="f"
        ),
    ):
        assert not list(read(chart).iter(f"{SVG}b"))


# The effect: 50 dots.


def test_dots_are_the_quantiles_of_the_distribution_that_gave_the_range():
    scale = (0.153 - 0.027) / (2 * t.ppf(0.975, 797.2))

    expected = [-0.09 + scale * t.ppf((i + 0.5) / 50, 797.2) for i in range(50)]
    assert dots(evidence()) == pytest.approx(expected, abs=1e-12)


@given(st.floats(-0.4, 0.4), st.floats(0.001, 0.3), st.one_of(st.none(), st.floats(1, 2000)))
def test_dots_straddle_the_estimate_evenly_and_about_one_in_40_leaves_each_end(estimate, half, df):
    values = dots(evidence(estimate, estimate - half, estimate + half, df=df))

    assert values == sorted(values)
    assert mean(values) == pytest.approx(estimate, abs=1e-6 + 1e-6 * half)
    assert sum(value < estimate - half for value in values) == 1
    assert sum(value > estimate + half for value in values) == 1


def marks_of(chart):
    """Return the filled and the hollow dots of the first arm."""
    group = next(read(chart).iter(f"{SVG}g"))
    paths = list(group)
    filled = [c for p in paths if p.get("fill") != "none" for c in circles(p)]
    hollow = [c for p in paths if p.get("fill") == "none" for c in circles(p)]
    return filled, hollow


@pytest.mark.parametrize("direction", ["lower", "higher"])
def test_dots_on_the_side_of_harm_are_hollow(direction):
    outcome = Outcome("binary", direction, 0.05)
    found = evidence(-0.02, -0.08, 0.04, outcome)
    chart = effect_chart([row(estimate=-0.02, low=-0.08, high=0.04, outcome=outcome)], TEXT,
                         chart_id="effect")  # fmt: skip

    filled, hollow = marks_of(chart)

    below = sum(value < 0 for value in dots(found))
    assert len(filled) + len(hollow) == 50
    assert len(filled) == (below if direction == "lower" else 50 - below)


def test_dots_band_and_line_stand_where_the_numbers_are():
    """Columns are a dot wide, so a dot is at most a dot's width from its number."""
    chart = ALL["effect"]
    drawing = read(chart)
    band = drawing.find(f"{SVG}rect")
    left, width = float(band.get("x")), float(band.get("width"))
    zero, pixels_for_one = left + width / 2, width / (2 * 0.05)
    filled, hollow = marks_of(chart)

    expected = sorted(zero + value * pixels_for_one for value in dots(evidence()))
    places = sorted(x for x, _ in filled + hollow)
    assert all(abs(a - b) <= 14.5 for a, b in zip(places, expected, strict=True))
    fives = sorted(float(e.get("x")) for e in drawing.iter(f"{SVG}text") if e.text == "5")
    assert fives == pytest.approx([left, left + width], abs=0.2)


def test_effect_is_said_before_it_is_drawn():
    assert ALL["effect"].text == (
        "All 50 dots are on the side of fewer missed collections; "
        "45 are beyond what is worth having."
    )
    beyond = sum(value <= -0.05 for value in dots(evidence()))
    assert beyond == 45


def test_effect_has_its_numbers_in_the_table():
    assert ALL["effect"].table.rows == (
        ("The text", "33", "24", "9 fewer", "between 3 and 15 fewer"),
    )


def test_nothing_is_drawn_without_a_range():
    chart = effect_chart([row(low=None, high=None)], TEXT, chart_id="effect")

    assert chart.svg == ""
    assert chart.text == "There is no likely range to draw."
    assert chart.table.rows


def test_a_fifth_arm_is_in_the_table_and_said():
    chart = effect_chart([row(name) for name in "ABCDE"], TEXT, chart_id="effect")

    assert len(chart.table.rows) == 5
    assert "The table has 1 more." in chart.text


# Two groups of 100 people.


@given(st.integers(1, 99), st.integers(1, 99))
def test_a_hundred_people_are_drawn_on_each_side_and_the_difference_ringed(before, after):
    change = (after - before) / 100
    found = evidence(change, change - 0.3, change + 0.3)

    chart = icon_arrays(found, TEXT, usual=before / 100, chart_id="icons")

    paths = list(read(chart).iter(f"{SVG}path"))
    rings = [c for p in paths if p.get("stroke") == "currentColor" for c in circles(p)]
    people = [p for p in paths if p.get("stroke") != "currentColor"]
    filled = [len(circles(p)) for p in people if p.get("fill") != "none"]
    assert sum(len(circles(p)) for p in people) == 200
    assert filled == [before, after]
    assert len(rings) == abs(after - before)
    assert f"about {before} missed one with usual service" in chart.text
    assert chart.table.rows == (("Usual service", str(before)), ("The text", str(after)))


@pytest.mark.parametrize(
    ("found", "usual"),
    [
        (evidence(-0.001, -0.002, 0.0), 0.004),  # said out of 1,000
        (evidence(None, None, None), 0.3),
        (evidence(-3.0, -5.0, -1.0, Outcome("continuous", "lower", 2)), 18.0),
    ],
)
def test_people_are_not_drawn_where_100_would_hide_it(found, usual):
    assert icon_arrays(found, TEXT, usual=usual, chart_id="icons").svg == ""


# Joining over time.


def test_joining_says_how_many_the_plan_and_the_pace():
    """84 of 160 in 50 days; the plan is 160 in 80 days, so 100 by now; 160 takes 96 days."""
    reached = START + timedelta(days=96)

    assert ALL["joining"].text == (
        f"84 of 160 joined; the plan was 100 by now; at this pace 160 on {reached.day} "
        f"{reached:%B}. 8 lost since."
    )


def test_joining_steps_end_at_the_number_that_joined():
    drawing = read(ALL["joining"])
    # The axis gives the scale: the words of a tick stand 6 below its line.
    places = written(drawing)
    zero, hundred = places["0"][1] - 6, places["100"][1] - 6

    lines = [p for p in drawing.iter(f"{SVG}path") if p.get("stroke-width") == "4"]
    (steps,) = lines
    last = float(steps.get("d").split("L")[-1].split()[1])
    assert last == pytest.approx(zero + (hundred - zero) * 0.84, abs=0.2)


def test_days_ahead_have_a_plan_and_no_joined():
    ahead = ALL["joining"].table.rows[-1]

    assert (ahead[1], ahead[2], ahead[3]) == ("", "160", "")


def test_one_day_is_not_drawn():
    chart = joining_chart(joining(joined=((START, 12),)), chart_id="joining")

    assert chart.svg == ""
    assert chart.text.startswith("12 of 160 joined")


# The power curve.


def test_plan_and_target_stand_on_the_scale_of_times_in_ten():
    drawing = read(ALL["power"])
    marks = [c for p in drawing.iter(f"{SVG}path") for c in circles(p) if "a" in p.get("d")]

    (plan,) = marks
    # Words of a tick on the left stand 6 below it; "0" is also written under the axis.
    left = {t.text: float(t.get("y")) for t in drawing.iter(f"{SVG}text")
            if t.get("text-anchor") == "end" and t.text in ("0", "10")}  # fmt: skip
    none, all_ten = left["0"] - 6, left["10"] - 6
    assert plan[1] == pytest.approx(none + 0.8 * (all_ten - none), abs=0.2)
    assert ALL["power"].text == SENTENCE


def test_curve_goes_through_its_points():
    drawing = read(ALL["power"])
    (curve,) = [p for p in drawing.iter(f"{SVG}path") if p.get("stroke") == "#1d70b8"
                and p.get("fill") == "none"]  # fmt: skip

    points = [tuple(map(float, pair.split())) for pair in curve.get("d")[1:].split("L")]
    assert len(points) == len(CURVE)
    heights = [y for _, y in points]
    assert heights == sorted(heights, reverse=True)
    assert ALL["power"].table.rows[0] == ("1", "8")


@pytest.mark.parametrize("curve", [[], [PowerPoint(3, 0.5)], [PowerPoint(3, 0.5)] * 2])
def test_under_two_points_there_is_no_curve(curve):
    chart = power_chart(curve)

    assert (chart.svg, chart.text) == ("", SENTENCE)


# Starting points and losses.


def test_starting_points_that_differ_are_named_with_the_losses():
    assert ALL["starting"].text == (
        "1 of 2 starting points differs: Lives alone; losses 14% (12 of 85) with the letter and "
        "4% (3 of 85) with usual service."
    )
    assert ALL["starting"].table.rows == (
        ("Age", "0.10", "-0.05"),
        ("Lives alone", "0.40", "not known"),
    )


def test_starting_points_stand_where_their_numbers_are():
    drawing = read(ALL["starting"])
    band = drawing.find(f"{SVG}rect")
    left, width = float(band.get("x")), float(band.get("width"))
    zero, pixels_for_one = left + width / 2, width / 0.5

    first_arm = [c for p in drawing.iter(f"{SVG}path") if "a" in p.get("d")
                 for c in circles(p)]  # fmt: skip
    key, age, alone = sorted(first_arm, key=lambda place: place[1])
    assert key[0] < age[0]
    assert age[0] == pytest.approx(zero + 0.1 * pixels_for_one, abs=0.2)
    assert alone[0] == pytest.approx(zero + 0.4 * pixels_for_one, abs=0.2)


def test_losses_of_fewer_than_ten_have_no_share():
    chart = starting_chart(STARTS, [("A", Share(1, 9))], arms=["A", "B"], chart_id="starting")

    assert "1 of 9 with A" in chart.text
    assert "%" not in chart.text


def test_same_delta_is_drawn_whatever_the_direction():
    """The band runs from −δ to +δ, so turning the outcome round leaves it in place."""
    bands = [
        read(effect_chart([row(outcome=Outcome("binary", way, MISSED.smallest_change))], TEXT,
                          chart_id="effect")).find(f"{SVG}rect").attrib
        for way in ("lower", "higher")
    ]  # fmt: skip

    assert bands[0] == bands[1]


# Was it worth it?


def test_the_curve_of_worth_stands_on_its_scale_and_is_even_where_cost_meets_effect():
    """λΔE − ΔC is 0 at £3, and its chance at £0 is that of a saving: t(−6) on 30 degrees."""
    drawing = read(ALL["worth"])
    (curve,) = [p for p in drawing.iter(f"{SVG}path") if p.get("stroke") == "#1d70b8"
                and p.get("fill") == "none"]  # fmt: skip
    left = {t.text: float(t.get("y")) - 6 for t in drawing.iter(f"{SVG}text")
            if t.get("text-anchor") == "end" and t.text in ("0", "50", "100")}  # fmt: skip

    points = [tuple(map(float, pair.split())) for pair in curve.get("d")[1:].split("L")]
    (even,) = [c for p in drawing.iter(f"{SVG}path") for c in circles(p) if "a" in p.get("d")]
    assert even == pytest.approx((points[3][0], left["50"]), abs=0.2)
    assert points[0][1] == pytest.approx(left["0"], abs=0.2)
    se_at_6 = (36 * 0.25 + 1 - 12 * 0.1) ** 0.5
    top = left["0"] + (left["100"] - left["0"]) * t.cdf(6 / se_at_6, 30)
    assert points[6][1] == pytest.approx(top, abs=0.2)
    assert "even at £3" in written(drawing)
    assert ALL["worth"].text.endswith("Chances are even at £3.")
    assert ALL["worth"].table.rows[3] == ("£3", "£0", "−£3.32 to £3.32", "50")


def test_a_chance_that_is_not_known_is_not_drawn():
    unknown = costs.acceptability(costs.CostEffect("letter", 2.0, 6.0), [1, 2])
    chart = charts.acceptability(unknown)

    assert chart.svg == ""
    assert chart.table.rows[0][2:] == ("not known", "not known")


def test_the_point_of_even_chances_is_named_inside_the_picture_at_its_end():
    found = costs.CostEffect("letter", 2.0, 6.0, 0.25, 1.0, 0.1, 30.0)
    drawing = read(charts.acceptability(costs.acceptability(found, [0, 1, 2, 3])))

    x, _ = written(drawing)["even at £3"]
    assert x < 440 - 12


# Results drawn as they stand.


def analysed():
    trial = effects.Data(
        outcome=[3.0, 4, 5, 6, 1, 2, 2, 3, 4, 4, 5, 5],
        arm=["usual"] * 4 + ["letter"] * 4 + ["visit"] * 4,
    )
    return effects.analyse(trial, effects.Rule(control="usual", permutations=0), seed=1)


def test_an_analysis_draws_itself():
    outcome, words = Outcome("continuous", "lower", 1.0), Wording(outcome="litter", unit="kg")
    found = analysed()

    chart = charts.effects(found, outcome, words)

    assert [cells[0] for cells in chart.table.rows] == ["letter", "visit"]
    assert chart.table.rows[0][1:4] == ("4.5 kg", "2.0 kg", "2.5 kg less")
    assert chart.text.startswith("letter: ")
    assert read(chart).get("aria-labelledby") == "effects-title effects-desc"


def test_a_plan_draws_its_curve():
    plan = power.Plan(kind="binary", baseline=0.33, effect=-0.09, clusters_per_arm=(400,))

    chart = charts.power(plan, unit="ignored for shares")

    assert chart.text == power.sentences(plan, power.power(plan), power.Words())[0]
    assert len(chart.table.rows) == 24
    assert chart.table.rows[-1][0] == "22.5"
    assert chart.table.header[0] == "Real change in 100"
    nine = dict(chart.table.rows)["9.375"]
    expected = power.power_curve(plan, [-0.09375])[0]
    assert nine == f"{100 * expected:.0f}"
    with pytest.raises(InputError, match="--clusters-per-arm"):
        charts.power(power.Plan(kind="continuous", effect=1.0))


@pytest.mark.parametrize(
    ("kind", "effect", "widest"),
    [("binary", -0.09, 9.9), ("binary", 0.5, 89.1), ("count", -0.09, 0.099)],
)  # fmt: skip
def test_a_curve_stays_within_what_is_possible(kind, effect, widest):
    plan = power.Plan(kind=kind, baseline=0.1, effect=effect, clusters_per_arm=(40,))

    assert float(charts.power(plan).table.rows[-1][0]) == pytest.approx(widest)


@pytest.mark.parametrize("chart", ALL.values(), ids=ALL.keys())
def test_a_notebook_shows_words_drawing_and_numbers(chart):
    shown = chart._repr_html_()

    assert chart.svg in shown
    assert shown.count("<tr>") == 1 + len(chart.table.rows)
    assert chart.svg not in repr(chart)


def test_a_notebook_shows_words_of_people_as_words():
    chart = charts.acceptability(WORTH, outcome=NASTY, unit=NASTY)

    assert NASTY not in chart._repr_html_()


# All trials: the forest and the funnel.


def forest(rows=None, found=None, sentence=TOGETHER):
    return forest_chart(
        forest_rows() if rows is None else rows, found, TEXT, sentence=sentence, chart_id="forest"
    )


def squares(drawing):
    return [r for r in drawing.iter(f"{SVG}rect") if r.get("fill") == "#1d70b8"]


def in_pixels(drawing):
    """Return the pixel of no change, and how many pixels are 1 (0.05 is as far as the band)."""
    band = next(r for r in drawing.iter(f"{SVG}rect") if r.get("class") == "chart-band")
    left, width = float(band.get("x")), float(band.get("width"))
    return left + width / 2, width / 0.1


def test_forest_reads_each_trial_by_year_after_the_pooled_sentence():
    text = ALL["forest"].text

    assert text.startswith(
        f"{TOGETHER} Leeds, 2019: Worked, 9 fewer (between 3 and 15 fewer). "
        "Ely, 2020: not reported. York, 2020: "
    )
    assert text.endswith("Deal, 2023: Too small to tell, 10 more (between 17 fewer and 37 more).")


def test_squares_stand_where_the_effects_are():
    drawing = read(ALL["forest"])
    zero, one = in_pixels(drawing)

    places = [float(s.get("x")) + float(s.get("width")) / 2 for s in squares(drawing)]
    effects = [-0.09, -0.03, -0.04, -0.12, 0.1]  # by year
    assert places == pytest.approx([zero + one * effect for effect in effects], abs=0.3)


def test_diamond_and_bar_are_the_range_and_that_of_a_new_council():
    drawing, found = read(ALL["forest"]), pooled()
    zero, one = in_pixels(drawing)

    (diamond,) = [p for p in drawing.iter(f"{SVG}path") if p.get("fill") == "#b7592a"]
    corners = [float(x) for x, _ in re.findall(r"([-\d.]+) ([-\d.]+)", diamond.get("d"))]
    ends = [zero + one * x for x in (found.ci_low, found.estimate, found.ci_high)]
    assert corners[:3] == pytest.approx(ends, abs=0.3)
    (bar,) = [r for r in drawing.iter(f"{SVG}rect") if r.get("fill") == "#b7592a"]
    assert float(bar.get("x")) == pytest.approx(zero + one * found.pi_low, abs=0.3)
    width = one * (found.pi_high - found.pi_low)
    assert float(bar.get("width")) == pytest.approx(width, abs=0.3)


def test_area_of_a_square_is_the_weight():
    rows = [
        ForestRow(str(weight), 2020, "Worked", evidence(), 0.33, weight) for weight in (80.0, 20.0)
    ]

    small, large = (float(s.get("width")) for s in squares(read(forest(rows))))

    assert large / small == pytest.approx(2, abs=0.02)


def test_a_trial_not_reported_has_an_empty_row():
    drawing = read(ALL["forest"])

    assert "Ely, 2020: not reported" in written(drawing)
    assert len(squares(drawing)) == 5
    bands = [r for r in drawing.iter(f"{SVG}rect") if r.get("class") == "chart-band"]
    assert len(bands) == 8  # six trials, all together, a new council
    assert ("Ely, 2020", "not reported", "not known", "not known", "") in ALL["forest"].table.rows


def test_two_trials_are_drawn_without_a_diamond_and_one_not_at_all():
    found = together(pooled())

    two = read(forest(forest_rows(forest_trials(2)), found))
    one = forest(forest_rows(forest_trials(1)), found)

    assert "All together" not in written(two)
    assert len(squares(two)) == 2
    assert one.svg == ""
    assert one.text.startswith(TOGETHER)


def forest_trials(count):
    return [(place, 2019, "Worked", -0.09, 0.03, 0.33) for place in ("Leeds", "Hull")][:count]


def test_a_very_long_range_is_cut_with_an_arrow_at_each_end():
    trials = [*forest_trials(2), ("Wide", 2021, "Too small to tell", 0.0, 3.0, 0.4)]

    drawing = read(forest(forest_rows(trials)))

    arrows = [p for p in drawing.iter(f"{SVG}path") if p.get("d").endswith("v12z")]
    assert len(arrows) == 2
    _, one = in_pixels(drawing)
    assert 0.1 * one > 40  # the others are still to be seen


def test_funnel_counts_the_trials_inside_and_says_what_small_ones_tell():
    found = pooled()

    inside = sum(abs(s.estimate - found.estimate) <= 1.96 * s.variance**0.5 for s in found.studies)
    assert ALL["funnel"].text == (
        f"{inside} of 5 trials lie where chance alone puts 95 in 100. There are too few trials to "
        "tell whether small ones differ."
    )


def funnel_of(slope):
    """Twelve trials whose effects move with their standard errors by `slope`."""
    trials = [
        (str(i), 2020, "", slope * se + (-1) ** i * 0.2 * se, se, 0.3)
        for i, se in enumerate(0.01 * i for i in range(2, 14))
    ]
    return funnel_chart(pooled(trials), per=100, unit="in 100", chart_id="funnel")


def test_funnel_says_where_small_trials_tell_another_story():
    assert funnel_of(2.0).text.endswith("Small trials tell another story than large ones.")
    assert funnel_of(0.0).text.endswith("Small trials tell much the same story as large ones.")


def test_funnel_has_large_trials_at_the_top():
    (path,) = [p for p in read(ALL["funnel"]).iter(f"{SVG}path") if circles(p)]

    heights = [y for _, y in circles(path)]

    errors = [trial[4] for trial in TRIALS]
    assert sorted(range(5), key=lambda i: heights[i]) == sorted(range(5), key=lambda i: errors[i])


def test_a_funnel_of_one_trial_is_not_drawn():
    chart = funnel_chart(pooled(forest_trials(1)), per=100, unit="in 100", chart_id="funnel")

    assert chart.svg == ""
    assert chart.text.startswith("1 of 1 trial lies where")
