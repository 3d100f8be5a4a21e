"""`trialogue pool`: files in, one JSON object or a table out, every problem by its place."""

import json
from functools import partial
from pathlib import Path

import polars as pl
import pytest

from tests.cli import commands

PUBLISHED = Path(__file__).parents[1] / "methods" / "published"
TWENTY = PUBLISHED / "trials20.csv"
ZEROS = PUBLISHED / "trials18_zero.csv"
BCG = PUBLISHED / "bcg.csv"
KNOWN = ["--estimate", "yi", "--variance", "vi"]
COUNTS = ["--treated", "events_new,n_new", "--control", "events_usual, n_usual"]
SMALL = """place,year,kind,effect,se,vi,deff,a,n1,c,n0
Leeds,2019,a,0.10,0.2,0.04,1,12,40,9,38
Hull,2017,b,0.50,0.3,0.09,1.5,20,50,12,55
York,2021,a,0.30,0.25,0.0625,2,9,30,8,33
Bath,2018,b,0.90,0.4,0.16,1,18,35,10,34
Deal,2020,a,-0.20,0.1,0.01,1,7,60,11,62
"""
KEYS = {
    "estimate", "se", "df", "ci_low", "ci_high", "p", "pi_low", "pi_high", "pi_method", "tau2",
    "tau2_low", "tau2_high", "se_tau2", "i2", "i2_low", "i2_high", "h2", "q", "q_df", "q_p", "k",
    "egger", "coefficients", "moderator_test", "r2", "leave_one_out", "cumulative", "studies",
    "left_out", "method", "notes", "exp",
}  # fmt: skip


run, answer = partial(commands.run, "pool"), partial(commands.answer, "pool")


@pytest.fixture
def small(tmp_path):
    """A few trials in a file, to be changed and pooled."""
    file = tmp_path / "trials.csv"

    def write(text=SMALL):
        file.write_text(text, encoding="utf-8")
        return file

    return write


def test_every_key_of_the_contract_is_there():
    found = answer(
        TWENTY, *KNOWN, "--moderators", "dose", "--leave-one-out", "--cumulative", "dose"
    )

    assert set(found) == KEYS
    assert set(found["studies"][0]) == {"name", "estimate", "variance", "weight"}
    row = {"name", "estimate", "se", "df", "ci_low", "ci_high", "p"}
    assert [set(coefficient) for coefficient in found["coefficients"]] == [row, row]
    assert set(found["moderator_test"]) == {"f", "df1", "df2", "p", "usable"}
    assert set(found["egger"]) == {"slope", "se", "t", "df", "p", "limit", "usable"}
    refit = {"name", "estimate", "se", "ci_low", "ci_high", "tau2", "i2"}
    assert set(found["leave_one_out"][0]) == refit
    assert set(found["cumulative"][0]) == refit | {"k"}
    assert (found["k"], found["df"], found["q_df"]) == (20, 18, 18)


def test_what_was_not_asked_for_is_null():
    found = answer(TWENTY, *KNOWN)

    assert set(found) == KEYS
    asked = ("coefficients", "moderator_test", "r2", "leave_one_out", "cumulative", "exp")
    assert [found[key] for key in asked] == [None] * 6
    assert found["left_out"] == []


def test_a_standard_error_is_the_root_of_a_variance(small):
    file = small()

    by_se = answer(file, "--estimate", "effect", "--se", "se")
    by_variance = answer(file, "--estimate", "effect", "--variance", "vi")

    assert by_se["estimate"] == pytest.approx(by_variance["estimate"], rel=1e-12)
    assert [study["name"] for study in by_se["studies"]] == [
        "Leeds",
        "Hull",
        "York",
        "Bath",
        "Deal",
    ]


@pytest.mark.parametrize("measure", ["RD", "RR", "OR", "AS", "PETO"])
def test_effects_come_from_tables(measure):
    expected = json.loads((PUBLISHED / "expected.json").read_text())[f"trials18_{measure.lower()}"]

    found = answer(ZEROS, "--measure", measure, *COUNTS)

    told = [value for value in expected["yi"] if value is not None]
    assert [row["estimate"] for row in found["studies"]] == pytest.approx(
        told, rel=1e-8, abs=1e-14
    )
    assert found["left_out"] == ([] if len(told) == 18 else ["row 16"])
    assert (found["exp"] is None) == (measure in ("RD", "AS"))


def test_rates_and_means_have_their_own_columns(tmp_path):
    file = tmp_path / "means.csv"
    file.write_text("m1,s1,n1,m0,s0,n0\n10,3,24,9,2.5,26\n8,2,60,8.6,2.2,55\n7,2,30,7.1,2,31\n")

    means = answer(file, "--measure", "MD", "--treated", "m1,s1,n1", "--control", "m0,s0,n0")
    rates = answer(file, "--measure", "IRR", "--treated", "n1,m1", "--control", "n0,m0")

    assert [row["estimate"] for row in means["studies"]] == pytest.approx([1, -0.6, -0.1])
    assert rates["exp"]["estimate"] > 0


def test_method_test_and_prediction_can_be_chosen():
    reml = answer(BCG, "--measure", "RR", "--treated", "tb_vaccinated,n_vaccinated", "--control",
                  "tb_not,n_not", "--test", "z", "--prediction", "k-2")  # fmt: skip
    common = answer(TWENTY, *KNOWN, "--method", "FE")

    assert reml["tau2"] == pytest.approx(0.31324326, rel=1e-6)
    assert (reml["pi_low"], reml["pi_high"]) == pytest.approx((-2.008, 0.579), abs=5e-4)
    assert (reml["pi_method"], reml["df"]) == ("k-2", None)
    assert (common["tau2"], common["se_tau2"], common["pi_low"]) == (0, None, None)


def test_moderators_may_be_numbers_or_categories(small):
    file = small()
    known = ["--estimate", "effect", "--se", "se"]

    numbers = answer(file, *known, "--moderators", "year")
    words = answer(file, *known, "--moderators", "kind")
    codes = answer(file, *known, "--moderators", "deff:category")

    assert [row["name"] for row in numbers["coefficients"]] == ["intercept", "year"]
    assert [row["name"] for row in words["coefficients"]] == ["intercept", "kind=b"]
    assert [row["name"] for row in codes["coefficients"]] == ["intercept", "deff=1.5", "deff=2"]
    assert not numbers["moderator_test"]["usable"]


def test_moderators_are_tested_by_chi_squared_with_normal_ranges():
    found = answer(TWENTY, *KNOWN, "--moderators", "dose", "--test", "z")

    assert set(found["moderator_test"]) == {"chi2", "df1", "p", "usable"}


def test_a_trial_that_lacks_a_moderator_is_left_out(small):
    file = small(SMALL.replace("York,2021", "York,NA"))

    found = answer(file, "--estimate", "effect", "--se", "se", "--moderators", "year")

    assert found["left_out"] == ["York"]
    assert found["k"] == 4
    assert "1 trial lacks a moderator and was left out" in found["notes"]


def test_a_design_effect_multiplies_the_variance(small):
    found = answer(small(), "--estimate", "effect", "--variance", "vi", "--design-effect", "deff")

    variances = [row["variance"] for row in found["studies"]]
    assert variances == pytest.approx([0.04, 0.135, 0.125, 0.16, 0.01])


def test_trials_are_added_in_the_order_of_the_column(small):
    found = answer(small(), "--estimate", "effect", "--se", "se", "--cumulative", "year")

    assert [row["name"] for row in found["cumulative"]] == ["Bath", "Leeds", "Deal", "York"]
    assert found["cumulative"][-1]["estimate"] == pytest.approx(found["estimate"], rel=1e-9)


def test_names_come_from_the_column_named(small):
    found = answer(small(), "--estimate", "effect", "--se", "se", "--name", "year",
                   "--leave-one-out")  # fmt: skip

    assert [row["name"] for row in found["studies"]] == ["2019", "2017", "2021", "2018", "2020"]
    assert found["leave_one_out"][0]["name"] == "2019"


def test_alpha_widens_every_range():
    wide, usual = (answer(TWENTY, *KNOWN, "--alpha", alpha) for alpha in ("0.01", "0.05"))

    for low, high in (("ci_low", "ci_high"), ("pi_low", "pi_high"), ("tau2_low", "tau2_high")):
        assert wide[low] < usual[low] < usual[high] < wide[high]


def test_every_kind_of_file_gives_the_same_answer(tmp_path):
    frame = pl.read_csv(TWENTY)
    frame.write_parquet(tmp_path / "trials.parquet")

    assert answer(tmp_path / "trials.parquet", *KNOWN) == answer(TWENTY, *KNOWN)


def test_one_trial_and_two_trials_are_answered(small):
    lines = SMALL.splitlines(keepends=True)
    known = ["--estimate", "effect", "--se", "se"]

    one, two = (answer(small("".join(lines[: 1 + k])), *known) for k in (1, 2))

    assert one["estimate"] == pytest.approx(0.1)
    assert (one["tau2"], one["q"], one["pi_low"]) == (None, None, None)
    assert two["tau2"] is not None
    assert two["pi_low"] is None
    assert any(note.startswith("Two trials cannot show") for note in two["notes"])


# What a person reads.


def test_the_readable_answer_says_the_effect_a_new_place_and_how_it_was_done():
    done = run(TWENTY, *KNOWN, "--moderators", "dose", "--leave-one-out", "--cumulative", "dose")

    assert done.exit_code == 0
    for words in (
        "20 trials together at the means of the moderators: 0.5434, 0.3395 to 0.7472 (95% range)",
        "A new place may see: -0.1453 to 1.232",
        "The moderators explain 68% of tau²",
        "Knapp and Hartung",
        "without",
        "up to",
    ):
        assert words in done.stdout


def test_a_ratio_is_read_as_a_ratio():
    done = run(ZEROS, "--measure", "OR", *COUNTS)

    assert "As a ratio: 0.3752, 0.2267 to 0.6209; a new place: 0.1972 to 0.7137" in done.stdout
    assert "note: 1 trial was left out" in done.stdout


def test_two_trials_get_no_headline(small):
    done = run(small("".join(SMALL.splitlines(keepends=True)[:3])), "--estimate", "effect",
               "--se", "se")  # fmt: skip

    assert "Two trials: read each by itself." in done.stdout
    assert "together" not in done.stdout


def test_one_trial_is_read_as_one(small):
    done = run(small("".join(SMALL.splitlines(keepends=True)[:2])), "--estimate", "effect",
               "--se", "se")  # fmt: skip

    assert "One trial: 0.1, -0.292 to 0.492 (95% range)" in done.stdout


# What is refused.

EFFECT = ["--estimate", "effect", "--variance", "vi"]
TABLES = ["--measure", "RR", "--treated", "a,n1", "--control", "c,n0"]


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        (SMALL, ["--estimate", "efect", "--se", "se"],
         '--estimate efect: no such column; did you mean "effect"?'),
        (SMALL, [*EFFECT, "--moderators", "yaer"],
         '--moderators yaer: no such column; did you mean "year"?'),
        (SMALL.replace("0.50,0.3", "n/a,0.3"), EFFECT,
         'trials.csv, row 3, column effect: "n/a" is not a number; '
         "leave the cell empty if it is missing"),
        (SMALL.replace("0.50,0.3", "inf,0.3"), EFFECT,
         "trials.csv, row 3, column effect: not a finite number"),
        (SMALL.replace("0.50,0.3", ",0.3"), EFFECT,
         "trials.csv, row 3, column effect: empty; every trial needs its estimate"),
        (SMALL.replace(",0.16,", ",0,"), EFFECT,
         "trials.csv, row 5, column vi: 0; a variance must be above 0"),
        (SMALL.replace(",0.16,", ",-2,"), EFFECT,
         "trials.csv, row 5, column vi: -2; a variance must be above 0"),
        (SMALL.replace(",0.16,", ",,"), EFFECT,
         "trials.csv, row 5, column vi: empty; every trial needs its variance"),
        (SMALL.replace(",0.3,", ",0,"), ["--estimate", "effect", "--se", "se"],
         "trials.csv, row 3, column se: 0; a standard error must be above 0"),
        (SMALL.replace(",0.3,", ",NA,"), ["--estimate", "effect", "--se", "se"],
         "trials.csv, row 3, column se: empty; every trial needs its standard error"),
        (SMALL.replace(",20,50,", ",60,50,"), TABLES,
         "trials.csv, row 3, column a: 60 events among 50 people"),
        (SMALL.replace(",20,50,", ",2.5,50,"), TABLES,
         "trials.csv, row 3, column a: 2.5 is not a whole number of 0 or more"),
        (SMALL.replace(",20,50,", ",20,,"), TABLES,
         "trials.csv, row 3, column n1: empty; every trial needs its table"),
        (SMALL.replace(",1.5,", ",0,"), [*EFFECT, "--design-effect", "deff"],
         "trials.csv, row 3, column deff: 0; a design effect must be above 0"),
        (SMALL.replace(",1.5,", ",,"), [*EFFECT, "--design-effect", "deff"],
         "trials.csv, row 3, column deff: empty"),
        (SMALL.replace("Hull,2017", "Hull,"), [*EFFECT, "--cumulative", "year"],
         "trials.csv, row 3, column year: empty; every trial needs its place"),
        (SMALL, [*EFFECT, "--moderators", "year,deff,a,n1"],
         "--moderators: 4 columns for 5 trials; drop some"),
        (SMALL, ["--estimate", "effect"], "--variance: needed; give --variance or --se"),
        (SMALL, [*EFFECT, "--se", "se"], "--se se: give --variance or --se, not both"),
        (SMALL, [], "--estimate: needed; give it with --variance or --se, or give --measure"),
        (SMALL, [*TABLES, "--estimate", "effect"],
         "--estimate effect: cannot be given with --measure RR"),
        (SMALL, ["--measure", "RR", "--treated", "a", "--control", "c,n0"],
         "--treated a: RR needs 2 columns: events,n"),
        (SMALL, ["--measure", "MD", "--treated", "a,n1", "--control", "c,n0"],
         "--control c,n0: MD needs 3 columns: mean,sd,n"),
        (SMALL, [*EFFECT, "--treated", "a,n1"], "--treated a,n1: needs --measure"),
        (SMALL, ["--measure", "XX"],
         "--measure XX: use RD, RR, OR, AS, PETO, IRR, MD or SMD"),
        (SMALL, [*EFFECT, "--method", "reml"],
         "--method reml: use REML, DL, PM, ML, EB, HE, HS, SJ or FE"),
        (SMALL, [*EFFECT, "--test", "t"], "--test t: use knha or z"),
        (SMALL, [*EFFECT, "--prediction", "k"], "--prediction k: use k-1, k-2 or z"),
        (SMALL, [*EFFECT, "--alpha", "0.9"], "--alpha 0.9: must be above 0 and below 0.5"),
        (SMALL, [*EFFECT, "--seed", "1.5"], "--seed 1.5: give whole digits"),
        (SMALL, [*EFFECT, "--leave-one"], "--leave-one: no such option"),
        (SMALL.replace("20,50,12,55", "20,50,12"), EFFECT,
         "trials.csv, row 3: 10 cells where the header has 11"),
        (SMALL.splitlines()[0] + "\n", EFFECT, "trials.csv: The file has headings but no rows"),
        ("place,a,n1,c,n0\nLeeds,0,9,0,8\n", TABLES, "there is no trial to pool"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_by_its_place(small, text, options, message):
    done = run(small(text), *options, "--json")

    assert done.exit_code == 2, done.output
    assert message in done.stderr
    assert done.stdout == ""
    assert "Usage" not in done.stderr


def test_every_problem_is_named_at_once_twenty_at_most(small):
    rows = "".join(f"P{i},2020,a,n/a,0.1,0.01,1,1,2,1,2\n" for i in range(30))

    done = run(small(SMALL + rows), *EFFECT)

    lines = done.stderr.splitlines()
    assert (done.exit_code, len(lines), lines[-1]) == (2, 21, "and 10 more")


def test_a_missing_file_is_no_such_file(tmp_path):
    done = run(tmp_path / "none.csv", *EFFECT)

    assert done.exit_code == 2
    assert "none.csv: no such file" in done.stderr


def test_trials_that_never_reported_bound_what_all_say(tmp_path):
    file = tmp_path / "trials.csv"
    file.write_text("trial,effect,se\nA,0.30,0.10\nB,0.20,0.12\nC,0.25,0.08\nD,0.35,0.11\n")
    plain = commands.answer("pool", file, "--estimate", "effect", "--se", "se")
    silent = ("--unreported", "2", "--smallest-change", "0.1")
    bound = commands.answer("pool", file, "--estimate", "effect", "--se", "se", *silent)

    assert "unreported" not in plain
    assert bound["estimate"] == plain["estimate"]
    found = bound["unreported"]
    assert found["count"] == 2
    assert found["if_harm"]["estimate"] < found["if_nothing"]["estimate"] < plain["estimate"]
    # At 0 with the median variance: the weighted mean of six, by hand for a common effect.
    common = commands.answer(
        "pool", file, "--estimate", "effect", "--se", "se", "--method", "FE", *silent
    )["unreported"]["if_nothing"]
    weights = [100.0, 1 / 0.0144, 1 / 0.0064, 1 / 0.0121]
    middle = 2 / ((0.01 + 0.0121) / 2)
    total = sum(w * e for w, e in zip(weights, (0.3, 0.2, 0.25, 0.35), strict=True))
    assert common["estimate"] == pytest.approx(total / (sum(weights) + middle))
    told = commands.run("pool", file, "--estimate", "effect", "--se", "se", *silent).stdout
    assert "If the 2 trials not reported had found nothing: " in told
    assert "If each had done harm: " in told


@pytest.mark.parametrize(
    ("options", "line"),
    [
        (["--unreported", "2"], "--unreported, --smallest-change: give both or neither"),
        (["--smallest-change", "1"], "--unreported, --smallest-change: give both or neither"),
        (
            ["--unreported", "1", "--smallest-change", "-1"],
            "--smallest-change -1: must be above 0",
        ),
        (["--unreported", "x"], "--unreported x: must be a whole number, 0 or more"),
    ],
)
def test_a_bound_that_cannot_be_worked_out_is_refused(tmp_path, options, line):
    file = tmp_path / "trials.csv"
    file.write_text("trial,effect,se\nA,0.30,0.10\nB,0.20,0.12\n")
    refused = commands.run("pool", file, "--estimate", "effect", "--se", "se", *options)

    assert (refused.exit_code, refused.stderr) == (2, f"{line}\n")
