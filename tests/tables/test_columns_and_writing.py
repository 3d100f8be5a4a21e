import io
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialogue.methods.arrays import need_columns
from trialogue.methods.problems import InputError
from trialogue.tables import (
    read_upload,
    split_columns,
    write_csv,
    write_for_spreadsheet,
    write_xlsx,
)

text = st.text(
    st.characters(
        codec="utf-8", exclude_categories=["Cc", "Zs", "Zl", "Zp"], exclude_characters="."
    )
)


@pytest.mark.parametrize(
    ("option", "names"),
    [
        ("", ()),
        ("ward", ("ward",)),
        (" ward , age ", ("ward", "age")),
        ('ward, "age, in years"', ("ward", "age, in years")),
        ('"say ""hi""",x', ('say "hi"', "x")),
    ],
)
def test_a_list_of_columns_is_split_at_its_commas(option, names):
    assert split_columns(option) == names


def test_a_quote_that_does_not_close_is_refused():
    with pytest.raises(InputError, match="a double quote is not closed"):
        split_columns('ward,"age')


def test_absent_columns_are_named_by_option_with_a_guess():
    table = read_upload(io.BytesIO(b"id,score,Ward\na,1,x\n"), "a.csv")

    with pytest.raises(InputError) as refused:
        need_columns(table.columns, {"--outcome": ("scor",), "--strata": ("ward", "zebra", "id")})

    assert str(refused.value).splitlines() == [
        '--outcome scor: no such column; did you mean "score"?',
        '--strata ward: no such column; did you mean "Ward"?',
        "--strata zebra: no such column",
    ]


def test_csv_is_written_to_the_byte():
    to = io.StringIO()

    write_csv(to, ["id", "kg"], [["=1+1", 1], ['a "b", c', None]])

    assert to.getvalue() == 'id,kg\n=1+1,1\n"a ""b"", c",\n'


@pytest.mark.parametrize("cell", ["=1+1", "+44 7700", "-1+1", "@SUM(A1)", "\tx", "\rx"])
def test_no_cell_for_a_spreadsheet_can_be_a_formula(cell):
    to = io.StringIO()

    write_for_spreadsheet(to, ["id"], [[cell], ["-2.5"], [-3]])

    assert to.getvalue().startswith("\ufeffid\r\n")
    assert f"'{cell}" in to.getvalue()
    assert "\r\n-2.5\r\n-3\r\n" in to.getvalue()


def test_a_workbook_holds_text_as_text():
    to = io.BytesIO()

    write_xlsx(to, ["id", "kg"], [["=1+1", 1.5], ["a\x00b", None]])

    to.seek(0)
    table = read_upload(to, "a.xlsx")
    assert table.text("id") == ["=1+1", "ab"]
    assert table.text("kg") == ["1.5", ""]


@given(st.lists(st.tuples(text.filter(bool), text), min_size=1, max_size=10))
def test_what_is_written_is_read_back(rows):
    to = io.StringIO()

    write_csv(to, ["id", "what"], rows)

    table = read_upload(io.BytesIO(to.getvalue().encode()), "a.csv")
    assert table.text("id") == [normalize("NFC", name) for name, _ in rows]
