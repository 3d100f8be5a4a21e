"""A real Spark, begun once, adds up the rows: the answer and the words of the table in memory."""

import os

import polars as pl
import pytest

from tests.tables.engines.agreement import analyse, answer, assert_same, made_up, written
from trialogue.methods.problems import InputError
from trialogue.tables.engines import Stopped, open_engine
from trialogue.tables.engines.spark import refuse_silence, session

# One process runs them all, so that there is one session.
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("spark")]

SCORE = ["--outcome", "score", "--arm", "arm", "--control", "usual"]
SPARK = ["--engine", "spark"]
BY_STREET = [*SCORE, "--cluster", "street", "--strata", "ward"]
EVERYTHING = ["--covariates", "before,tenure,green", "--cost", "cost", "--value", "5,20"]


@pytest.fixture(scope="session", autouse=True)
def spark():
    """Spark on this machine."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("SPARK_REMOTE", raising=False)
        patch.setenv("SPARK_MASTER", "local[2]")
        begun = session()
        yield begun
        begun.stop()


@pytest.mark.parametrize(
    ("ending", "options"),
    [
        ("parquet", [*BY_STREET, *EVERYTHING, "--permutations", "60"]),
        ("csv", [*SCORE, "--covariates", "before,tenure", "--permutations", "0"]),
    ],
)
def test_a_trial_is_the_same_on_spark_as_in_memory(tmp_path, ending, options):
    frame = made_up(11, arms=4, per_arm=5, missing=0.15)
    file = written(frame, tmp_path, ending)
    expected = answer(written(frame, tmp_path, "csv"), *options)

    assert_same(answer(file, *options, *SPARK), expected)


def test_rows_placed_one_by_one_are_drawn_again(tmp_path):
    file = written(made_up(5, kind="binary"), tmp_path, "csv")
    options = [*SCORE, "--blocks", "ward", "--correction", "maxt", "--permutations", "60"]

    assert_same(answer(file, *options, *SPARK), answer(file, *options))


def test_a_folder_of_parts_is_one_table(tmp_path):
    frame = made_up(7, missing=0.0)
    parts = tmp_path / "parts.parquet"
    parts.mkdir()
    for number, part in enumerate(frame.iter_slices(frame.height // 3)):
        part.write_parquet(parts / f"part-{number}.parquet")
    options = [*BY_STREET, "--permutations", "0"]

    found = answer(parts, *options, *SPARK)

    assert_same(found, answer(written(frame, tmp_path, "csv"), *options))


def test_a_gap_beyond_the_rows_glanced_at_is_found(tmp_path):
    frame = pl.concat([made_up(seed, missing=0.0) for seed in range(230)])
    values = frame["score"].to_list()
    values[10_050] = float("nan")
    frame = frame.with_columns(pl.Series("score", values))
    options = [*SCORE, "--strata", "ward", "--permutations", "0"]
    file = written(frame, tmp_path, "parquet")

    expected = answer(written(frame.fill_nan(None), tmp_path, "csv"), *options)

    assert_same(answer(file, *options, *SPARK), expected)


def test_what_is_wrong_is_said_with_its_row_where_spark_knows_it(tmp_path):
    frame = made_up(3, missing=0.0)
    frame = frame.with_columns(pl.col("score").cast(pl.String))
    odd = frame.with_columns(
        pl.when(pl.arange(frame.height) == 4)
        .then(pl.lit("many"))
        .otherwise("score")
        .alias("score")
    )
    split = pl.concat([frame, frame.head(1).with_columns(arm=pl.lit("other"))])
    says = '"many" is not a number; leave the cell empty if it is missing\n'

    in_parquet = analyse(written(odd, tmp_path, "parquet"), *SCORE, *SPARK)
    in_csv = analyse(written(odd, tmp_path, "csv"), *SCORE, *SPARK)
    in_two = analyse(written(split, tmp_path, "parquet"), *BY_STREET, *SPARK)

    assert in_parquet.stderr.endswith(f"trial.parquet, row 6, column score: {says}")
    assert in_csv.stderr.endswith(f"trial.csv, score: {says}")
    assert f"holds people of two arms ({frame['arm'][0]} in row " in in_two.stderr
    assert f"other in row {frame.height + 2})" in in_two.stderr
    assert {done.exit_code for done in (in_parquet, in_csv, in_two)} == {2}


def test_a_file_that_is_not_there_or_not_whole_is_refused_in_one_line(tmp_path):
    ragged = tmp_path / "ragged.csv"
    ragged.write_text("arm,score\nusual,1\nvisit,2,3\n", encoding="utf-8")

    away = analyse(tmp_path / "none.parquet", *SCORE, *SPARK)
    far = analyse(f"file://{tmp_path}/none.parquet", *SCORE, *SPARK)
    uneven = analyse(ragged, *SCORE, *SPARK)

    assert away.stderr.endswith("none.parquet: no such file\n")
    assert far.stderr.startswith("none.parquet: Spark cannot read this as Parquet")
    assert uneven.stderr.endswith("header; use --engine duckdb to hear which\n")
    assert {done.exit_code for done in (away, far, uneven)} == {2}


def test_a_reading_stops_when_it_is_asked_to(tmp_path):
    file = written(made_up(1), tmp_path, "parquet")
    slow = "SELECT sum(sqrt(a.id * b.id)) AS n FROM range(200000) a, range(200000) b"

    stopping = open_engine("spark", str(file), progress=lambda *_: False)
    with stopping as engine, pytest.raises(Stopped):
        engine.fetch(slow, "counting")


def test_what_spark_needs_is_said_in_one_line(monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(InputError) as no_java:
        session()
    monkeypatch.setenv("SPARK_REMOTE", "sc://localhost:1")
    with pytest.raises(InputError) as no_client:
        session()

    assert str(no_java.value) == (
        "--engine spark: Spark needs Java 17 or later; "
        "install it (apt install default-jre-headless), or set SPARK_REMOTE"
    )
    assert str(no_client.value).startswith("--engine spark: SPARK_REMOTE needs more of Spark; ")
    assert os.environ["SPARK_MASTER"] == "local[2]"


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("sc://localhost:1", "Connection refused"),
        ("sc://localhost:here", "its port is no number"),
        ("spark://localhost:7077", "it is not of the form sc://host:15002"),
    ],
)
def test_a_server_that_does_not_answer_is_named_at_once(address, why):
    with pytest.raises(InputError) as refused:
        refuse_silence(address)

    assert str(refused.value) == (
        f"--engine spark: no Spark answers at {address} ({why}); look at SPARK_REMOTE"
    )
