import io
import math

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialogue.methods.problems import InputError
from trialogue.tables import read_upload


def table(cells, name="litter.csv"):
    lines = "".join(f"r{index},{cell}\n" for index, cell in enumerate(cells))
    return read_upload(io.BytesIO(f"id,kg\n{lines}".encode()), name)


def numbers(cells, kind):
    values, problems = table(cells).numbers("kg", kind=kind)
    return values, [str(problem) for problem in problems]


@pytest.mark.parametrize(
    ("cell", "kind", "words"),
    [
        ("n/a", "continuous", '"n/a" is not a number; leave the cell empty if it is missing'),
        ("4O", "continuous", '"4O" has a letter O; write 40'),
        ("l2", "continuous", '"l2" has a letter l; write 12'),
        ('"3,5"', "continuous", '"3,5" has a comma in it; write 3.5 or 35'),
        ('"1,234,567"', "continuous", '"1,234,567" has a comma in it; write 1234567'),
        ("£12", "continuous", '"£12" is more than a number; write 12'),
        ("1 200", "continuous", '"1 200" is more than a number; write 1200'),
        ("nan", "continuous", '"nan" is not a number; leave the cell empty if it is missing'),
        ("inf", "continuous", "not a finite number"),
        ("1e999", "continuous", "not a finite number"),
        ("maybe", "binary", '"maybe" must be yes or no; write yes or no, or 1 or 0'),
        ("2", "binary", '"2" must be yes or no; write yes or no, or 1 or 0'),
        ("-1", "count", '"-1" is not a whole number of 0 or more; write a count'),
        ("1.5", "count", '"1.5" is not a whole number of 0 or more; write a count'),
        ("yes", "count", '"yes" is not a number; leave the cell empty if it is missing'),
    ],
)
def test_a_cell_that_is_no_number_is_named(cell, kind, words):
    _, problems = numbers(["1", cell, ""], kind)

    assert problems == [f"row 3, column kg: {words}"]


def test_every_cell_that_is_no_number_is_named_at_once():
    with pytest.raises(InputError) as refused:
        table(["x", "1", "y"]).number_column("kg", kind="continuous")

    assert [str(problem.place) for problem in refused.value.problems] == [
        "litter.csv, row 2, column kg",
        "litter.csv, row 4, column kg",
    ]


def test_empty_and_na_are_missing():
    values, problems = numbers(["1", "", "NA", " "], "continuous")

    assert problems == []
    assert [math.isnan(value) for value in values] == [False, True, True, True]


def test_yes_and_no_are_numbers_where_every_value_is_one():
    values, problems = numbers(["yes", "No", "TRUE", "false", "1", "0", ""], "auto")

    assert problems == []
    assert values[:6].tolist() == [1, 0, 1, 0, 1, 0]


def test_yes_among_measurements_is_not_a_number():
    _, problems = numbers(["yes", "3.5"], "auto")

    assert len(problems) == 1
    assert '"yes" is not a number' in problems[0]


def test_a_third_word_among_yes_and_no_is_named_as_such():
    _, problems = numbers(["yes", "no", "maybe"], "auto")

    assert problems == [
        'row 4, column kg: "maybe" must be yes or no; write yes or no, or 1 or 0',
    ]


def test_truth_values_and_nulls_of_parquet_are_numbers():
    content = io.BytesIO()
    pl.DataFrame({"b": [True, False, None], "f": [1.0, float("nan"), None]}).write_parquet(content)
    content.seek(0)
    read = read_upload(content, "a.parquet")

    assert read.number_column("b", kind="binary")[:2].tolist() == [1, 0]
    assert read.missing("b").tolist() == [False, False, True]
    assert read.missing("f").tolist() == [False, True, True]


@settings(deadline=None)  # the first reads a library
@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=20))
def test_numbers_come_back_to_the_last_bit(values):
    read, problems = numbers([repr(value) for value in values], "continuous")

    assert problems == []
    assert read.tolist() == values
    content = io.BytesIO()
    pl.DataFrame({"kg": values}).write_parquet(content)
    content.seek(0)
    again = read_upload(content, "a.parquet").number_column("kg", kind="continuous")
    assert again.tolist() == values


def test_an_empty_label_is_named():
    with pytest.raises(InputError, match=r"litter\.csv, row 3, column kg: empty; every row needs"):
        table(["a", "", "b"]).labels("kg", mend="every row needs its arm")
