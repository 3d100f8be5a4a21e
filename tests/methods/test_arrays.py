"""Columns of every library become the same arrays."""

import datetime as dt
from decimal import Decimal

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from trialogue.methods import allocation, arrays, effects, pooling
from trialogue.methods.pooling import network
from trialogue.methods.problems import InputError


class Handed:
    """A column that says nothing but Arrow's protocol."""

    def __init__(self, values):
        self.values = pa.chunked_array(values)

    def __arrow_c_stream__(self, requested_schema=None):
        return self.values.__arrow_c_stream__(requested_schema)


def in_chunks(values, type_=None):
    return pa.chunked_array([pa.array(values[:1], type_), pa.array(values[1:], type_)])


NUMBERS = {
    "list": [1, None, 2.5],
    "tuple": (1, float("nan"), Decimal("2.5")),
    "numpy": np.array([1, np.nan, 2.5]),
    "numpy objects": np.array([1, None, 2.5], dtype=object),
    "numpy masked": np.ma.masked_array([1, 7, 2.5], mask=[False, True, False]),
    "pandas": pd.Series([1, None, 2.5]),
    "pandas nullable": pd.Series([1, None, 2.5], dtype="Float64"),
    "pandas of Arrow": pd.Series([1, None, 2.5], dtype="float64[pyarrow]"),
    "pandas objects": pd.Series([1, pd.NA, 2.5], dtype=object),
    "polars": pl.Series([1.0, None, 2.5]),
    "polars decimals": pl.Series([Decimal(1), None, Decimal("2.5")]),
    "Arrow": pa.array([1, None, 2.5]),
    "Arrow in chunks": in_chunks([1.0, None, 2.5]),
    "Arrow decimals": pa.array([Decimal("1.0"), None, Decimal("2.5")]),
    "protocol": Handed([[1.0, None], [2.5]]),
}
WHOLE = {
    "list": [1, None, 0],
    "pandas": pd.Series([1, None, 0], dtype="Int64"),
    "pandas categories": pd.Series([1, None, 0], dtype="category"),
    "polars": pl.Series([1, None, 0]),
    "Arrow": pa.array([1, None, 0]),
}
TRUTHS = {
    "list": [True, None, False],
    "pandas": pd.Series([True, None, False], dtype="boolean"),
    "polars": pl.Series([True, None, False]),
    "Arrow": in_chunks([True, None, False]),
}
WORDS = ["b", None, "é a"]
TEXT = {
    "list": WORDS,
    "numpy": np.array(["b", "", "é a"]),
    "numpy strings": np.array(["b", "", "é a"], dtype=np.dtypes.StringDType()),
    "pandas": pd.Series(WORDS),
    "pandas objects": pd.Series(WORDS, dtype=object),
    "pandas categories": pd.Series(WORDS, dtype="category"),
    "pandas of Arrow": pd.Series(WORDS, dtype="string[pyarrow]"),
    "polars": pl.Series(WORDS),
    "polars categories": pl.Series(WORDS, dtype=pl.Categorical),
    "polars enum": pl.Series(WORDS, dtype=pl.Enum(["é a", "b"])),
    "Arrow": pa.array(WORDS),
    "Arrow large": pa.array(WORDS, pa.large_string()),
    "Arrow view": pa.array(WORDS, pa.string_view()),
    # numpy's view of this one has another value where there is none.
    "Arrow dictionary": pa.chunked_array(
        [pa.array(part).dictionary_encode() for part in (WORDS[:2], WORDS[2:])]
    ),
    "protocol": Handed([WORDS[:2], WORDS[2:]]),
}  # fmt: skip


@pytest.mark.parametrize("column", NUMBERS.values(), ids=NUMBERS)
def test_numbers_of_every_library(column):
    found = arrays.numbers(column)

    assert found.dtype == np.float64
    np.testing.assert_array_equal(found, [1, np.nan, 2.5])
    np.testing.assert_array_equal(arrays.numbers_or_text(column), found)


@pytest.mark.parametrize("column", WHOLE.values(), ids=WHOLE)
def test_whole_numbers_as_text_have_no_decimals(column):
    np.testing.assert_array_equal(arrays.numbers(column), [1, np.nan, 0])
    assert arrays.text(column).tolist() == ["1", "", "0"]


@pytest.mark.parametrize("column", TRUTHS.values(), ids=TRUTHS)
def test_truths_are_one_and_nought_or_words(column):
    np.testing.assert_array_equal(arrays.numbers(column), [1, np.nan, 0])
    assert arrays.text(column).tolist() == ["true", "", "false"]


@pytest.mark.parametrize("column", TEXT.values(), ids=TEXT)
def test_text_of_every_library(column):
    found = arrays.text(column)

    assert found.dtype.kind == "U"
    assert found.tolist() == ["b", "", "é a"]
    assert arrays.numbers_or_text(column).tolist() == found.tolist()


def test_decimals_and_days_are_written_as_they_stand():
    assert arrays.text([0.5, 2.0, 1e-7]).tolist() == ["0.5", "2", "1e-07"]
    assert arrays.text(np.array([True, False])).tolist() == ["true", "false"]
    days = [dt.date(2027, 2, 3), None]
    for column in (days, pl.Series(days), pa.array(days)):
        assert arrays.text(column).tolist() == ["2027-02-03", ""]


def test_an_array_that_fits_is_not_copied():
    column = np.arange(3.0)

    assert arrays.numbers(column) is column


@pytest.mark.parametrize(
    "column",
    [
        5, "kg", {"kg": [1]}, (each for each in [1]), [[1], [1, 2]], np.eye(2), [1j],
        pl.DataFrame({"a": [1], "b": [2]}), pd.DataFrame({"a": [1]}), [b"kg"],
    ],
    ids=lambda column: type(column).__name__,
)  # fmt: skip
def test_what_is_no_column_is_refused(column):
    for take in (arrays.numbers, arrays.text):
        with pytest.raises(InputError, match="kg: is no column of values"):
            take(column, name="kg")


def test_what_is_no_number_is_named_by_its_row():
    with pytest.raises(InputError) as refused:
        arrays.numbers(pd.Series([1, "n/a", None, "2,5"], dtype=object), name="kg")

    assert [str(problem) for problem in refused.value.problems] == [
        'row 3, column kg: "n/a" is not a number; leave it empty if it is missing',
        'row 5, column kg: "2,5" is not a number; leave it empty if it is missing',
    ]
    for column in (["1", "2"], pl.Series(["1"]).to_numpy().astype(str)):
        with pytest.raises(InputError, match="kg: holds text, not numbers"):
            arrays.numbers(column, name="kg")
    with pytest.raises(InputError, match="2027-02-03"):
        arrays.numbers(pl.Series([dt.date(2027, 2, 3)]))


TABLE = {
    "kg": [1.0, 2, 3, None, 5, 6, 7, 9],
    "arm": [0, 0, 0, 0, 1, 1, 1, 1],
    "street": ["a", "a", "b", "b", "c", "c", "d", "d"],
    "ward": ["N", "N", "S", "S", "N", "N", "S", "S"],
    "age": [30, 40, None, 60, 30, 50, 60, 70],
    "school": [1, 2, 1, 2, 1, 2, 1, 2],
    "pounds": [1, 1, 1, 2, 3, 3, 3, 4],
}
TABLES = {
    "dictionary": TABLE,
    "pandas": pd.DataFrame(TABLE),
    "polars": pl.DataFrame(TABLE),
    "Arrow": pa.table(TABLE),
    "Arrow batch": pa.table(TABLE).to_batches()[0],
}


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_an_analysis_is_the_same_from_any_table(table):
    def analysed(table):
        data = effects.Data.from_table(
            table, outcome="kg", arm="arm", cluster="street", strata=["ward"],
            covariates=["age", "school:category"], cost="pounds",
        )  # fmt: skip
        return effects.analyse(data, effects.Rule(control="0"), seed=1)

    found = analysed(table)

    assert found.covariates == ("age", "age missing", "school=2")[: len(found.covariates)]
    assert found.to_dict() == analysed(TABLE).to_dict()


def test_columns_one_by_one_are_as_good_as_a_table():
    frame = pd.DataFrame(TABLE)
    data = effects.Data(frame["kg"], frame["arm"], strata=(pl.Series(TABLE["ward"]),))
    named = effects.Data.from_table(frame, outcome="kg", arm="arm", strata=["ward"])
    rule = effects.Rule(control="0")

    one, two = (effects.analyse(each, rule, seed=1) for each in (data, named))

    assert one.effects == two.effects


def test_every_problem_of_a_table_is_named():
    with pytest.raises(InputError) as refused:
        effects.Data.from_table(
            {"kg": ["x", 1.0, None], "arm": ["a", "b"], "pounds": [1, "y", 3]},
            outcome="kg", arm="arm", cost="pounds",
        )  # fmt: skip
    assert [problem.place for problem in refused.value.problems] == [
        "row 2, column kg", "pounds",
    ]  # fmt: skip
    with pytest.raises(InputError, match="arm: 2 values, and 3 of kg"):
        effects.Data.from_table({"kg": [1, 2, 3], "arm": ["a", "b"]}, outcome="kg", arm="arm")
    with pytest.raises(InputError, match=r'outcome kilo: no such column; did you mean "kilos"\?'):
        effects.Data.from_table(pd.DataFrame({"kilos": [1]}), outcome="kilo", arm="kilos")
    with pytest.raises(InputError, match="covariate ages: no such column"):
        effects.Data.from_table(TABLE, outcome="kg", arm="arm", covariates=["ages:category"])


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_checks_take_columns_of_any_library(table):
    balance = effects.balance({"age": table["age"]}, table["arm"], "0")
    treated = np.array(TABLE["arm"]) == 1

    assert balance == effects.balance({"age": TABLE["age"]}, TABLE["arm"], "0")
    assert balance[0].standardised_difference is not None
    assert effects.icc(table["kg"], table["street"], table["arm"]) == pytest.approx(
        effects.icc(np.array(TABLE["kg"], dtype=float), np.array(TABLE["street"]), treated)
    )
    assert effects.lee_bounds(table["kg"], treated, ~treated).k == 1


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_a_list_to_draw_from_comes_out_of_any_table(table):
    units = allocation.units(table["street"], strata=[table["ward"], table["school"]])

    assert units[5] == allocation.Unit("c", "", ("N", "2"))
    assert allocation.units(table["age"], cluster=table["street"])[0] == (
        allocation.Unit("30", "a")
    )


def test_a_list_of_columns_that_differ_in_length_is_refused():
    with pytest.raises(InputError, match="stratum 0: 1 values, and 2 of id"):
        allocation.units(["a", "b"], strata=[["N"]])


@pytest.mark.parametrize("as_", [dict, pd.DataFrame, pl.DataFrame, pa.table])
def test_a_network_is_the_same_from_any_table(as_):
    arms = {
        "trial": ["a", "a", "b", "b", "c", "c"], "arm": [0, 1, 0, 1, 0, 1],
        "events": [9, 4, 12, 7, 20, 11], "n": [40, 40, 50, 45, 60, 60],
    }  # fmt: skip
    table, plain = as_(arms), {name: np.array(values) for name, values in arms.items()}

    one = network.trials_from_counts(**{name: table[name] for name in arms}, measure="OR")
    two = network.trials_from_counts(**plain, measure="OR")

    assert network.pool_network(one) == network.pool_network(two)
    assert one.arms == ("0", "1")
    means = {"trial": ["a", "a"], "arm": ["x", "y"], "mean": [1, 2], "sd": [1, 1], "n": [9, 9]}
    pairs = {"trial": ["a"], "arm": ["x"], "against": ["y"], "estimate": [-1], "variance": [0.5]}
    for take, columns in (
        (network.trials_from_means, means), (network.trials_from_comparisons, pairs),
    ):  # fmt: skip
        table = as_(columns)
        assert take(**{name: table[name] for name in columns}).arms == ("x", "y")
        with pytest.raises(InputError, match="arm: 3 values, and"):
            take(**{**columns, "arm": ["x", "y", "z"]})


@pytest.mark.parametrize("as_", [dict, pd.DataFrame, pl.DataFrame, pa.table])
def test_pooling_is_the_same_from_any_table(as_):
    trials = {
        "name": ["a", "b", "c"], "y": [0.1, 0.4, 0.2], "v": [0.01, 0.02, 0.04],
        "year": [2025, 2026, 2027], "place": ["town", "county", "town"],
        "events": [9, 12, 20], "n": [40, 50, 60], "usual": [4, 7, 11],
    }  # fmt: skip
    table, plain = as_(trials), {name: np.array(values) for name, values in trials.items()}

    def studies(t):
        return pooling.Studies(
            t["y"], t["v"], names=t["name"], order=t["year"], moderators={"place": t["place"]}
        )

    def sizes(t):
        arms = (pooling.ArmTable((t[events], t["n"])) for events in ("events", "usual"))
        return pooling.effect_sizes("OR", *arms).to_dict()

    assert pooling.pool(studies(table)) == pooling.pool(studies(plain))
    assert sizes(table) == sizes(plain)
    assert studies(table).names == ("a", "b", "c")


def test_trials_that_differ_in_length_are_refused():
    with pytest.raises(InputError, match="variance: 1 values, and 2 of estimate"):
        pooling.Studies([0.1, 0.2], [0.1])
    with pytest.raises(InputError, match="names: 1 names for 2 trials"):
        pooling.Studies([0.1, 0.2], [0.1, 0.1], names=["a"])
    with pytest.raises(InputError, match="column 2: 1 values, and 2 of column 1"):
        pooling.ArmTable(([1, 2], [9]))
