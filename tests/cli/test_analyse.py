"""`trialogue analyse`: files in, one JSON object or a table out, every problem by its place."""

import gzip
import json
from functools import partial
from pathlib import Path

import polars as pl
import pytest

from tests.cli import commands
from tests.tables.engines.agreement import assert_same

PUBLISHED = Path(__file__).parents[1] / "methods" / "published"
STREETS = PUBLISHED / "streets.csv"
SCORE = ["--outcome", "score", "--arm", "arm", "--control", "control"]
BY_STREET = [*SCORE, "--cluster", "street"]
SMALL = """person,street,ward,arm,score,again
P1,S1,North,control,3,0
P2,S1,North,control,5,1
P3,S2,South,letter,8,1
P4,S2,South,letter,9,0
P5,S3,North,letter,6,1
P6,S4,South,control,4,0
"""


run, answer = partial(commands.run, "analyse"), partial(commands.answer, "analyse")


@pytest.fixture
def small(tmp_path):
    """A small trial in a file, to be changed and analysed."""
    file = tmp_path / "small.csv"

    def write(text=SMALL):
        file.write_text(text, encoding="utf-8")
        return file

    return write


def test_every_key_of_the_contract_is_there():
    found = answer(
        STREETS, *BY_STREET, "--strata", "ward", "--covariates", "baseline, tenure",
        "--cost", "cost", "--value", "5,10", "--permutations", "99", "--seed", "7",
    )  # fmt: skip

    assert set(found) == {
        "arms", "effects", "joint_p", "joint", "method", "missing", "sensitivity", "icc",
        "permutation", "sample_ratio_p", "balance", "costs", "kind", "covariates", "notes",
    }  # fmt: skip
    assert set(found["arms"][0]) == {"arm", "n", "clusters", "mean", "sd"}
    assert set(found["effects"][0]) >= {
        "arm", "estimate", "se", "df", "ci_low", "ci_high", "p", "p_adjusted", "p_permutation",
        "ratio", "ratio_low", "ratio_high",
    }  # fmt: skip
    assert [row["arm"] for row in found["arms"]] == ["control", "letter", "visit"]
    assert set(found["joint"]) == {"f", "df1", "df2", "p"}
    assert found["permutation"] == {"draws": 99, "exact": False, "statistic": "t", "seed": "7"}
    assert set(found["sensitivity"][0]) >= {
        "arm", "extreme_low", "extreme_high", "lee_low", "lee_high", "lee_trim", "lee_k",
    }  # fmt: skip
    assert set(found["balance"][0]) == {"arm", "covariate", "standardised_difference"}
    assert {row["covariate"] for row in found["balance"]} >= {"baseline", "tenure=rent social"}
    assert set(found["costs"][0]) >= {
        "arm", "effect", "cost", "cost_per_outcome", "ratio_low", "ratio_high", "net_benefit",
    }  # fmt: skip
    assert set(found["costs"][0]["net_benefit"][1]) == {
        "value", "estimate", "se", "df", "probability",
    }  # fmt: skip
    assert "CR2" in found["method"]
    assert sum(found["missing"].values()) == 32


def test_a_seed_makes_it_repeatable_and_is_drawn_and_told_without():
    options = [*BY_STREET, "--permutations", "200"]
    first, again = (answer(STREETS, *options, "--seed", "12") for _ in range(2))
    without = run(STREETS, *options, "--json")

    assert first == again
    seed = json.loads(without.stdout)["permutation"]["seed"]
    assert without.stderr == f"Seed: {seed}\n"
    assert answer(STREETS, *options, "--seed", seed) == json.loads(without.stdout)


def test_every_kind_of_file_gives_the_same_answer(tmp_path):
    options = [*BY_STREET, "--strata", "ward", "--permutations", "0"]
    expected = answer(STREETS, *options)
    frame = pl.read_csv(STREETS)
    packed = tmp_path / "streets.csv.gz"
    packed.write_bytes(gzip.compress(STREETS.read_bytes()))
    frame.write_parquet(tmp_path / "streets.parquet")

    for file in (packed, tmp_path / "streets.parquet"):
        found = answer(file, *options)
        assert_same([found["effects"], found["arms"]], [expected["effects"], expected["arms"]])


def test_a_number_as_arm_is_text(small):
    file = small(SMALL.replace("control", "0").replace("letter", "1"))

    found = answer(file, "--outcome", "score", "--arm", "arm", "--control", "0")

    assert [row["arm"] for row in found["arms"]] == ["0", "1"]


def test_codes_can_be_categories(small):
    file = small()
    options = ["--outcome", "score", "--arm", "arm", "--control", "control", "--covariates"]

    assert answer(file, *options, "again")["covariates"] == ["again"]
    assert answer(file, *options, "again:category")["covariates"] == ["again=1"]


@pytest.mark.parametrize("engine", [[], ["--engine", "duckdb"]])
def test_a_column_with_more_words_than_numbers_is_of_codes(small, engine):
    text = SMALL
    for old, new in (
        (",3,0", ",3,low"),
        (",5,1", ",5,high"),
        (",8,1", ",8,high"),
        (",9,0", ",9,"),
    ):
        text = text.replace(old, new)
    options = ["--outcome", "score", "--arm", "arm", "--control", "control", "--permutations", "0"]

    found = answer(small(text), *options, "--covariates", "again", *engine)

    columns = {row["covariate"] for row in found["balance"]}
    assert columns == {"again=1", "again=high", "again=low", "again=missing"}


def test_the_readable_table_says_arms_effects_method_and_notes():
    done = run(STREETS, *BY_STREET, "--permutations", "0")

    assert done.exit_code == 0
    for words in ("control", "visit", "p adjusted", "CR2 standard errors by street", "note: "):
        assert words in done.stdout


def test_costs_without_a_value_have_no_net_benefit():
    found = answer(STREETS, *BY_STREET, "--cost", "cost", "--permutations", "0")

    assert [row["net_benefit"] for row in found["costs"]] == [[], []]
    assert answer(STREETS, *BY_STREET, "--permutations", "0")["costs"] == []


@pytest.mark.parametrize("engine", [[], ["--engine", "duckdb"]])
@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        (SMALL, ["--outcome", "scor"], '--outcome scor: no such column; did you mean "score"?'),
        (
            SMALL.replace("S2,South,letter,8", "S2,South,letter,n/a"),
            [],
            'small.csv, row 4, column score: "n/a" is not a number; '
            "leave the cell empty if it is missing",
        ),
        (SMALL.replace(",8,", ",inf,"), [], "small.csv, row 4, column score: not a finite number"),
        (SMALL, ["--kind", "binary"], "small.csv, row 2, column score"),
        (SMALL.replace(",3,0", ",-3,0"), ["--kind", "count"], "row 2, column score"),
        (
            SMALL.replace("S1,North,control,5", "S1,North,,5"),
            [],
            "row 3, column arm: empty; every row needs its allocated arm",
        ),
        (SMALL, ["--control", "contol"], "--control contol: the arms are control, letter"),
        (
            SMALL.replace("P4,S2", "P4,S1"),
            ["--cluster", "street"],
            "street S1 holds people of two arms (control in row 2, letter in row 5)",
        ),
        (
            SMALL.replace("P4,S2,South", "P4,S2,North"),
            ["--cluster", "street", "--strata", "ward"],
            "street S2 holds people of two strata (South in row 4, North in row 5)",
        ),
        (
            SMALL,
            ["--correction", "maxt", "--permutations", "0"],
            "--correction maxt: needs --perm",
        ),
        (
            SMALL,
            ["--kind", "score"],
            "--kind score: use auto, binary, count or continuous",
        ),
        (SMALL, ["--permutations", "-1"], "--permutations -1: must be a whole number, 0 or more"),
        (SMALL, ["--alpha", "half"], "--alpha half: not a number"),
        (SMALL, ["--sed", "1"], "--sed: no such option; did you mean --seed?"),
        (SMALL, ["--alpha", "0.9"], "--alpha 0.9: must be above 0 and below 0.5"),
        (SMALL, ["--shares", "control:1"], "--shares: no share for letter"),
        (SMALL, ["--shares", "control:1,letter:half"], "--shares letter:half"),
        (SMALL, ["--seed", "1.5"], "--seed 1.5: give whole digits"),
        (SMALL, ["--cost", "score", "--value", "x"], "--value x: give pounds"),
        ("person,arm,score\n", [], "small.csv"),
        (
            SMALL.replace(",8,", ",ja,"),
            [],
            'row 4, column score: "ja" is not a number; write yes or no, or 1 or 0',
        ),
        (
            SMALL.replace("control,3,0", "control,3,n/a"),
            ["--covariates", "again"],
            'small.csv, row 2, column again: "n/a" is not a number; leave the cell empty if it is '
            "missing, or write again:category if it is a code",
        ),
        (
            SMALL.replace("control,3,0", "control,3,inf"),
            ["--covariates", "again"],
            "small.csv, row 2, column again: not a finite number",
        ),
        (
            SMALL.replace("letter", "control"),
            [],
            "arm: the only arm is control; compare two or more",
        ),
    ],
)
def test_what_is_wrong_is_said_by_its_place(small, text, options, message, engine):
    required = {"--outcome": "score", "--arm": "arm", "--control": "control"}
    words = [
        word for name, value in required.items() if name not in options for word in (name, value)
    ]

    done = run(small(text), *words, *options, *engine, "--json")

    assert done.exit_code == 2, done.output
    assert message in done.stderr
    assert done.stdout == ""
    assert "Usage" not in done.stderr


def test_rows_are_counted_as_in_the_file_blank_lines_too(small):
    file = small(SMALL.replace("P2", "\n\nP2").replace("P4,S2", "P4,S1"))

    done = run(file, *BY_STREET)

    assert "street S1 holds people of two arms (control in row 2, letter in row 7)" in done.stderr


def test_every_problem_is_named_at_once_twenty_at_most(small):
    rows = "".join(f"P{i},S{i},North,control,n/a,1\n" for i in range(30))

    done = run(small(SMALL + rows), *SCORE)

    lines = done.stderr.splitlines()
    assert (done.exit_code, len(lines), lines[-1]) == (2, 21, "and 10 more")


def test_a_missing_file_is_no_such_file(tmp_path):
    done = run(tmp_path / "none.csv", *SCORE)

    assert done.exit_code == 2
    assert "none.csv: no such file" in done.stderr


STEPS = Path(__file__).parents[2] / "docs/examples/steps.csv"
STEPPED = ["--outcome", "loneliness", "--arm", "arm", "--control", "not yet", "--cluster", "area"]


def test_a_stepped_start_is_analysed_by_area_and_wave():
    expected = json.loads((PUBLISHED / "stepped.json").read_text())

    found = answer(STEPS, *STEPPED, "--period", "wave", "--statistic", "difference")

    (row,) = found["effects"]
    for key, value in expected["plain"].items():
        assert row[key] == pytest.approx(value, rel=1e-8), key
    assert row["p_permutation"] == pytest.approx(expected["order"]["p_difference"])
    assert found["permutation"]["draws"] == expected["order"]["orders"]
    assert {arm["arm"]: arm["clusters"] for arm in found["arms"]} == {"not yet": 8, "visits": 8}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--period", "wav"], '--period wav: no such column; did you mean "wave"?'),
        (["--period", "wave", "--cost", "age"], "--cost age: not with --period; leave it out"),
        (["--period", "wave", "--engine", "duckdb"], "--engine duckdb: not with --period"),
        (["--period", "wave", "--adjust", "lin"], "a stepped start has additive terms"),
    ],
)
def test_what_does_not_fit_a_stepped_start_is_refused(options, said):
    done = run(STEPS, *STEPPED, *options)

    assert done.exit_code == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_period_with_a_slip_names_its_row(tmp_path):
    lines = STEPS.read_text().splitlines()
    lines[4] = lines[4].replace(",1,", ",1x,", 1)
    file = tmp_path / "steps.csv"
    file.write_text("\n".join(lines))

    done = run(file, *STEPPED, "--period", "wave")

    assert done.exit_code == 2
    assert "steps.csv, row 5, column wave" in done.stderr
