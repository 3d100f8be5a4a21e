"""DuckDB adds up the rows, and every figure and word is that of the table in memory."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from threading import Timer

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tables.engines.agreement import analyse, answer, assert_same, made_up, written
from trialogue.methods import effects
from trialogue.methods.problems import InputError
from trialogue.tables.engines import Roles, Stopped, add_up, chosen_engine, open_engine
from trialogue.tables.engines.numbers import measured
from trialogue.tables.reading import read_table

REAL = Path(__file__).parents[2] / "real"
SCORE = ["--outcome", "score", "--arm", "arm", "--control", "usual"]
DUCKDB = ["--engine", "duckdb"]
COVARIATES = ["before", "tenure", "green", "before,tenure", "tenure,before,green"]


def in_memory(frame, folder, *options):
    """The answer of the same rows as CSV, which is read into memory."""
    return answer(written(frame, folder, "csv"), *options)


@st.composite
def designs(draw):
    """Options that go together."""
    options = ["--cluster", "street"] if draw(st.booleans()) else []
    options += ["--strata", "ward"] if draw(st.booleans()) else []
    options += ["--blocks", "block"] if draw(st.booleans()) else []
    if draw(st.booleans()):
        options += ["--covariates", draw(st.sampled_from(COVARIATES))]
        options += ["--adjust", draw(st.sampled_from(["additive", "lin"]))]
    options += ["--cost", "cost", "--value", "5,20"] if draw(st.booleans()) else []
    drawn = draw(st.sampled_from(["0", "60"]))
    options += ["--permutations", drawn]
    options += ["--correction", "maxt"] if drawn != "0" and draw(st.booleans()) else []
    return options


@given(
    options=designs(),
    seed=st.integers(0, 2**32 - 1),
    arms=st.integers(2, 5),
    missing=st.sampled_from([0.0, 0.15]),
    kind=st.sampled_from(["continuous", "binary", "count"]),
    ending=st.sampled_from(["csv", "parquet"]),
)
@settings(max_examples=40, deadline=None)
def test_any_trial_is_the_same_added_up_as_in_memory(
    tmp_path_factory, options, seed, arms, missing, kind, ending
):
    folder = tmp_path_factory.mktemp("any")
    frame = made_up(seed, arms=arms, per_arm=5, missing=missing, kind=kind)
    options = [*SCORE, *options, *(["--kind", "count"] if kind == "count" else [])]
    file = written(frame, folder, ending)

    memory = analyse(written(frame, folder, "csv"), *options)
    added = analyse(file, *options, *DUCKDB)

    assert added.exit_code == memory.exit_code, (added.stderr, memory.stderr, added.exception)
    if memory.exit_code == 0:
        # A leverage of 1 − 10⁻⁸ leaves ν eight digits: of 3,000 trials one has such a street.
        found, expected = answer(file, *options, *DUCKDB), answer(folder / "trial.csv", *options)
        assert_same(found, expected, close=1e-6)
    else:
        assert added.stderr == memory.stderr


@pytest.mark.parametrize(
    ("file", "options"),
    [
        ("recertification_letters/families.csv", "recertified usual --strata month"),
        (
            "recertification_letters/families.csv",
            "recertified usual --covariates service_centre --permutations 0",
        ),
        (
            "registration_visits/stations.csv",
            "registered_share no:visit --strata block --covariates poverty,distance,density "
            "--permutations 0",
        ),
        ("neighbours_letters/voters.csv.gz", "voted control --cluster household"),
        ("friend_texts/friends.csv.gz", "voted message --covariates matched"),
    ],
)
def test_real_trials_are_the_same(file, options):
    outcome, control, *more = options.split()
    words = ["--outcome", outcome, "--arm", "arm", "--control", control.replace(":", " "), *more]

    assert_same(answer(REAL / file, *words, *DUCKDB), answer(REAL / file, *words))


def test_an_arm_that_misses_no_number_has_the_same_slopes(tmp_path):
    """Its slope of the flag falls away, and what stands in the place of a gap is then seen."""
    frame = made_up(54, missing=0.15)
    full = pl.when(pl.col("arm") == "letter").then(20.5).otherwise(pl.col("before"))
    frame = frame.with_columns(pl.col("before").fill_null(full))
    options = [*SCORE, "--cluster", "street", "--covariates", "before", "--adjust", "lin"]
    options += ["--permutations", "0"]
    file = written(frame, tmp_path, "parquet")

    found = answer(file, *options)

    assert "before missing has no slope of its own in letter" in found["notes"]
    assert_same(found, in_memory(frame, tmp_path, *options))


def test_numbers_far_from_zero_keep_their_digits(tmp_path):
    frame = made_up(3, missing=0.0).with_columns(pl.col("score", "before") + 1e6)
    options = [*SCORE, "--cluster", "street", "--covariates", "before", "--permutations", "0"]
    file = written(frame, tmp_path, "parquet")

    assert_same(answer(file, *options), in_memory(frame, tmp_path, *options))


@pytest.mark.parametrize("gap", [None, float("nan")])
@pytest.mark.parametrize("column", ["score", "before"])
def test_a_gap_beyond_the_rows_glanced_at_is_found(tmp_path, column, gap):
    frame = pl.concat([made_up(seed, missing=0.0) for seed in range(230)])
    assert frame.height > 10_100
    values = frame[column].to_list()
    values[10_050] = gap
    frame = frame.with_columns(pl.Series(column, values))
    options = [*SCORE, "--strata", "ward", "--covariates", "before", "--permutations", "0"]
    file = written(frame, tmp_path, "parquet")

    found = answer(file, *options)

    assert sum(found["missing"].values()) == (column == "score")
    assert_same(found, in_memory(frame.fill_nan(None), tmp_path, *options))


def test_a_number_without_end_beyond_the_rows_glanced_at_is_named(tmp_path):
    frame = pl.concat([made_up(seed, missing=0.0) for seed in range(230)])
    values = frame["score"].to_list()
    values[10_050] = float("inf")
    file = written(frame.with_columns(pl.Series("score", values)), tmp_path, "parquet")

    done = analyse(file, *SCORE, "--permutations", "0")

    assert done.exit_code == 2
    assert done.stderr == "trial.parquet, row 10052, column score: not a finite number\n"


def test_cells_are_read_as_a_table_in_memory_reads_them(tmp_path):
    file = tmp_path / "odd.csv"
    file.write_text(
        'arm;street;voted;age;"code"\n'
        ' usual ;S1;Yes;40;1.0\n"usual";S1 ;no;NA;2.0\nusual;S2;;.5;1.0\nusual;S3; TRUE ;1e1;NA\n'
        "letter;S4;no;+7;2.0\nletter;S4;yes;-3.;1.0\n;;;;\nletter;S5;NA; 12\u00a0;2.0\n"
        "letter;S6;false;\t9;1.0\nlettre\u0301;S7;yes;1;2.0\nlettr\u00e9;S8;no;2;1.0\n"
        "lettr\u00e9;S8;no;2;1.0\n",
        encoding="utf-8",
    )
    options = ["--outcome", "voted", "--arm", "arm", "--control", "usual", "--cluster", "street"]
    options += ["--covariates", "age,code:category", "--permutations", "0"]

    assert_same(answer(file, *options, *DUCKDB), answer(file, *options))


@given(st.lists(st.text("0123456789.eE+-_ infNAyes\u2003\t", max_size=8), min_size=1, max_size=30))
@settings(max_examples=60, deadline=None)
def test_the_same_cells_are_numbers_as_in_memory(tmp_path_factory, cells):
    file = tmp_path_factory.mktemp("cells") / "cells.csv"
    pl.DataFrame({"cell": cells, "full": "x"}).write_csv(file)
    values, problems = read_table(file).numbers("cell", kind="continuous")
    finite = values[np.isfinite(values)]

    with open_engine("duckdb", str(file)) as engine:
        rows, found = measured(engine, ("cell",), outcome="cell")

    assert rows == len(cells)
    assert (found["cell"].odd > 0 or found["cell"].infinite) == bool(problems)
    assert problems or found["cell"].known == finite.size
    assert problems or found["cell"].mean == pytest.approx(finite.mean() if finite.size else 0)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("arm,score\nusual,1\nvisit\n", "bad.csv, row 3: 1 cells where the header has 2; "),
        ('arm,score\nusual,"1"2\n', "bad.csv, row 2: a double quote that does not open or close"),
        ("arm,score\nusual,M\u00f4n\n", "reads CSV in UTF-8"),
        ("arm,arm\nusual,1\n", 'bad.csv, row 1: Two columns are called "arm"'),
    ],
)
def test_a_file_that_is_not_whole_is_refused_by_its_row(tmp_path, text, message):
    file = tmp_path / "bad.csv"
    file.write_bytes(text.encode("cp1252"))

    done = analyse(file, *SCORE, *DUCKDB)

    assert done.exit_code == 2
    assert message in done.stderr
    assert "\n" not in done.stderr.strip()


def test_rows_are_not_numbered_when_blank_lines_were_not_counted(tmp_path):
    file = tmp_path / "blank.csv"
    file.write_text("arm,score\nusual,1\n\n\nvisit,2\nvisit,many\n", encoding="utf-8")

    done = analyse(file, *SCORE, *DUCKDB)

    assert done.stderr.startswith('blank.csv, score: "many" is not a number')


def test_what_an_engine_cannot_do_is_refused_before_it_reads(tmp_path):
    workbook = tmp_path / "trial.xlsx"
    workbook.write_bytes(b"PK\x03\x04rest")
    many = tmp_path / "many.parquet"
    count = 1_000_001
    pl.DataFrame(
        {"score": np.arange(count) % 7, "arm": np.where(np.arange(count) % 2, "usual", "visit")}
    ).write_parquet(many)

    sheet = analyse(workbook, *SCORE, *DUCKDB)
    maxt = analyse(many, *SCORE, "--correction", "maxt")
    lists = written(made_up(1).with_columns(pl.lit([1]).alias("list")), tmp_path, "parquet")
    nested = analyse(lists, *SCORE, "--covariates", "list")

    assert sheet.stderr == (
        "trial.xlsx: DuckDB reads CSV and Parquet; save it as CSV, or leave --engine out\n"
    )
    assert maxt.stderr == (
        "--correction maxt: 1,000,001 rows, each placed by itself, are too many to draw again; "
        "use --correction holm and --permutations 0, or name what was placed by --cluster\n"
    )
    assert nested.stderr.startswith("trial.parquet, list: holds lists or bytes")
    assert {done.exit_code for done in (sheet, maxt, nested)} == {2}


def test_parquet_and_over_a_million_rows_are_added_up_unasked(tmp_path):
    few, many = tmp_path / "few.csv", tmp_path / "many.csv"
    few.write_text("a\n1\n", encoding="utf-8")
    many.write_text("a\n" + "1\n" * 1_000_001, encoding="utf-8")
    made_up(1).write_parquet(tmp_path / "some.parquet")

    assert chosen_engine(None, str(few)) is None
    assert chosen_engine(None, str(many)) == "duckdb"
    assert chosen_engine(None, str(tmp_path / "some.parquet")) == "duckdb"
    assert chosen_engine("spark", str(few)) == "spark"


SLOW = "SELECT count(DISTINCT sqrt(a.range * b.range)) AS n FROM range(90000) a, range(9000) b"


def test_a_reading_stops_when_it_is_asked_to(tmp_path):
    told = []
    file = written(made_up(1), tmp_path, "parquet")

    def stop(about, done):
        told.append((about, done))
        return False

    with open_engine("duckdb", str(file), progress=stop) as engine:
        with pytest.raises(Stopped):
            engine.fetch(SLOW, "counting")

        assert engine.fetch(f"SELECT count(*) AS n FROM {engine.source}", "again")["n"][0] > 0
    assert told[0][0] == "counting"


def test_a_reading_stops_at_ctrl_c(tmp_path):
    file = written(made_up(1), tmp_path, "parquet")

    # A process that a shell started in the background is deaf to it until told otherwise.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with open_engine("duckdb", str(file)) as engine:
            # Once it is open: sent earlier, it would stop whatever this process does by then.
            Timer(1.0, os.kill, (os.getpid(), signal.SIGINT)).start()
            with pytest.raises(KeyboardInterrupt):
                engine.fetch(SLOW, "counting")
    finally:
        signal.signal(signal.SIGINT, before)


def test_only_groups_come_out(tmp_path):
    frame = pl.concat([made_up(seed, missing=0.0) for seed in range(50)])
    file = written(frame, tmp_path, "parquet")
    roles = Roles("score", "arm", cluster="street", covariates=(("before", False),))

    with open_engine("duckdb", str(file)) as engine:
        cells = add_up(engine, roles, effects.Rule(control="usual", permutations=0)).cells

    assert cells.people.sum() == frame.height
    assert cells.people.size == frame.n_unique(["street"])


def test_a_column_that_is_not_there_is_named_with_a_guess(tmp_path):
    file = written(made_up(1), tmp_path, "parquet")

    with open_engine("duckdb", str(file)) as engine, pytest.raises(InputError) as refused:
        add_up(engine, Roles("scor", "arm"), effects.Rule(control="usual"))

    assert str(refused.value) == '--outcome scor: no such column; did you mean "score"?'


def test_help_waits_for_no_engine():
    words = "import sys, trialogue.cli.analyse; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", words], check=True, capture_output=True, text=True
    ).stdout.split()

    assert not {"duckdb", "pyspark", "polars", "numba"} & set(loaded)
