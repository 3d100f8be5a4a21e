import gzip
import io
import zipfile
from datetime import date, datetime
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from trialogue.methods.problems import InputError
from trialogue.tables import read_table, read_upload


def read(content, name="streets.csv", **options):
    data = content.encode() if isinstance(content, str) else content
    return read_upload(io.BytesIO(data), name, **options)


def refusal(content, name="streets.csv", **options):
    with pytest.raises(InputError) as refused:
        read(content, name, **options)
    return str(refused.value)


def workbook(rows, *, merge=None, sheets=1):
    book = openpyxl.Workbook()
    sheet = book.active
    for row in rows:
        sheet.append(row)
    if merge:
        sheet.merge_cells(merge)
    for number in range(1, sheets):
        book.create_sheet(f"more {number}")
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def parquet(columns):
    content = io.BytesIO()
    pl.DataFrame(columns).write_parquet(content)
    return content.getvalue()


def with_part(data, part, change):
    """The same zip with one part changed."""
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(changed, "w") as after:
        for name in before.namelist():
            content = before.read(name)
            after.writestr(name, change(content) if name == part else content)
    return changed.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
TABLE = {"id": ["s1", "s2"], "arm": [0.0, 1.0], "kg": [1.5, None]}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", b"id,arm,kg\ns1,0,1.5\ns2,1,\n"),
        ("a.csv", b"id,arm,kg\r\ns1,0.0,1.5\r\ns2,1.0,\r\n"),
        ("a.csv", b'"id","arm","kg"\n"s1","0","1.5"\n"s2","1",""\n'),
        ("a.csv", b"id,arm,kg\rs1,0,1.5\rs2,1,\r"),
        ("a.csv", b"sep=;\nid;arm;kg\ns1;0;1.5\ns2;1;\n"),
        ("a.csv", b"\xef\xbb\xbfid\tarm\tkg\ns1\t0\t1.5\ns2\t1\t\n"),
        ("a.csv", "id,arm,kg\ns1,0,1.5\ns2,1,NA".encode("utf-16")),
        ("a.csv", "id,arm,kg\ns1,0,1.5\ns2,1,".encode("utf-16-le")),
        ("A.CSV.GZ", gzip.compress(b"id,arm,kg\ns1,0,1.5\ns2,1,\n")),
        ("a.csv", b"id,arm,kg,\n\ns1,0,1.5,\n , , ,\ns2,1,,\n"),
        ("a.xlsx", workbook([["id", "arm", "kg"], ["s1", 0.0, 1.5], ["s2", 1, None]])),
        ("a.parquet", parquet(TABLE)),
    ],
    ids=range(12),
)
def test_every_kind_of_file_gives_the_same_table(name, content):
    table = read(content, name)

    assert table.columns == ("id", "arm", "kg")
    assert table.text("id") == ["s1", "s2"]
    assert table.text("arm") == ["0", "1"]
    values, problems = table.numbers("kg", kind="continuous")
    assert problems == []
    assert values[0] == 1.5
    assert values[1] != values[1]


def test_rows_are_counted_as_a_spreadsheet_counts():
    table = read("id,kg\na,1\n\n\nb,2\n")

    assert [table.row(index) for index in range(table.rows)] == [2, 5]


def test_a_cell_may_hold_a_line_break_a_comma_and_a_quote():
    table = read('id,what\n1,"a, b"\n2,"two\nlines"\n3,"5"" pipe"\n4,5" pipe\n')

    assert table.text("what") == ["a, b", "two\nlines", '5" pipe', '5" pipe']
    assert table.row(3) == 5


def test_text_is_composed_and_trimmed():
    table = read("id,Cafe\u0301\n\u00a0 E\u0301lan ,x\n")

    assert table.columns == ("id", "Café")
    assert table.text("id") == ["Élan"]


def test_names_that_only_look_like_decimals_stay_as_they_are():
    assert read("v\n1\n1.0\n1.10\n").text("v") == ["1", "1.0", "1.10"]
    assert read("v\n007\n010\n").text("v") == ["007", "010"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("a,b\n1\n3,4\n", "streets.csv, row 2: 1 cells where the header has 2"),
        ("a,b\n1,2,3\n3,4\n", "streets.csv, row 2: 3 cells where the header has 2"),
        ('a,b\n1,2\n"x",2,3\n', "streets.csv, row 3: 3 cells where the header has 2"),
        ('a,b\n1,"x\n2,y\n3,z\n', "row 2: a cell opens with a double quote that is never"),
        ('a,b\n1,2\n1,"x"y\n', "row 3: there are letters after a closing double quote"),
        ("ward,ward\n1,2\n", 'row 1: Two columns are called "ward"; rename one'),
        ("a,,b\n1,2,3\n", "row 1: column 2 has no name"),
        ("\n1,2\n", "row 1: The first row is empty"),
        ("", "streets.csv: The file is empty"),
        ("a,b\n", "The file has headings but no rows; add one row for each unit"),
        ("a,b\n,\n", "The file has headings but no rows"),
        ("a,b\n1,\x002\n", "not a table of text"),
        (b"a\nCaf\x81\n", 'row 2: letters we cannot read ("Caf\ufffd"); save the file as "CSV'),
        (b"%PDF-1.7", "streets.csv: This file is a PDF; save the list as CSV or XLSX"),
    ],
    ids=range(14),
)
def test_a_csv_that_cannot_be_read_is_refused_in_words(content, words):
    assert words in refusal(content)


def test_every_ragged_row_is_named_at_once():
    lines = refusal("a,b\n1\n3,4\n5,6,7\n").splitlines()

    assert [line.split(":")[0] for line in lines] == ["streets.csv, row 2", "streets.csv, row 4"]


def test_windows_letters_are_read_and_said():
    table = read("id,ward\n1,Élan\n".encode("cp1252"))

    assert table.text("ward") == ["Élan"]
    assert table.notes == ("streets.csv: row 2 is not UTF-8; the file was read as Windows-1252",)


def test_semicolons_are_said():
    assert read("a;b\n1;2\n").notes == ("streets.csv: columns are separated by semicolons",)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("list.txt", b"a,b\n", "list.txt: this kind of file is not read; give a .csv, .xlsx or"),
        ("list.docx", b"PK\x03\x04", "give a .csv, .xlsx or .parquet file"),
        ("list.csv", workbook([["a"], [1]]), 'not a CSV file; give it its own ending, ".xlsx"'),
        ("list.csv", gzip.compress(b"a\n1\n"), 'give it its own ending, ".csv.gz"'),
        ("list.xlsx", b"a,b\n1,2\n", "This is not a .xlsx file"),
        ("list.xlsx", b"PK\x03\x04 and no more", "The file cannot be read"),
        ("list.csv.gz", b"a,b\n1,2\n", "This is not a .csv.gz file"),
        ("list.csv.gz", gzip.compress(b"a,b\n1,2\n" * 99)[:-9], "The file is not whole"),
        ("list.parquet", b"PAR1 and no more", "The file cannot be read"),
        (
            "list.xlsx",
            b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"),
            "The file has a password; save a copy without it",
        ),
        ("list.xls", b"\xd0\xcf\x11\xe0 Workbook", "This file is an old Excel file"),
    ],
    ids=range(11),
)
def test_the_wrong_kind_of_file_is_named_for_what_it_is(name, content, words):
    assert words in refusal(content, name)


def test_a_file_on_disk_that_is_not_there_or_not_a_file_is_refused(tmp_path: Path):
    with pytest.raises(InputError, match=r"streets\.csv: no such file"):
        read_table(tmp_path / "streets.csv")
    with pytest.raises(InputError, match="a folder, not a file"):
        read_table(tmp_path)


def test_too_large_a_file_is_refused_before_it_is_read():
    words = refusal("a,b\n" + "1,2\n" * 500_000, largest=1_000_000)

    assert "The file is 2 MB. The most we can read is 1 MB; split it" in words


def test_a_packed_file_that_unpacks_to_too_much_is_refused():
    bomb = gzip.compress(b"a\n" + b"0" * 5_000_000)

    assert "unpacks to over 1 MB" in refusal(bomb, "list.csv.gz", largest=1_000_000)


def test_a_sheet_with_one_cell_in_the_last_corner_is_refused():
    small = workbook([["id"], ["a"]])
    bomb = with_part(small, SHEET, lambda xml: xml.replace(b'r="A2"', b'r="XFD1048576"'))

    words = refusal(bomb, "list.xlsx")

    assert "16,384 columns wide and 1,048,576 rows long; take out cells far from" in words


def test_a_zip_that_lies_about_its_size_is_refused():
    data = bytearray(workbook([["id"], ["a"]]))
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as parts:
        size = parts.getinfo(SHEET).file_size
    place = data.rfind(SHEET.encode()) - 46 + 24  # in the zip's own list, where it gives the size
    assert int.from_bytes(data[place : place + 4], "little") == size
    data[place : place + 4] = (size - 100).to_bytes(4, "little")

    assert "unpacks to far more" in refusal(bytes(data), "list.xlsx")


def test_dates_of_a_spreadsheet_become_iso_dates():
    rows = [["id", "day"], [1, date(2027, 2, 3)], [2, datetime.fromisoformat("2027-02-03T14:05")]]

    assert read(workbook(rows), "a.xlsx").text("day") == ["2027-02-03", "2027-02-03 14:05:00"]


def test_errors_of_a_spreadsheet_are_not_taken_for_empty_cells():
    table = read(workbook([["id", "kg"], ["a", "#DIV/0!"], ["b", 2]]), "a.xlsx")

    _, problems = table.numbers("kg", kind="continuous")

    assert [str(problem) for problem in problems] == [
        'row 2, column kg: "#DIV/0!" is not a number; leave the cell empty if it is missing'
    ]


def test_a_formula_that_was_never_worked_out_is_refused():
    words = refusal(workbook([["id", "kg"], ["a", "=1+1"]]), "a.xlsx")

    assert "a.xlsx, row 2: the formula in B2 has no value yet; open the file in a" in words


def test_a_formula_gives_its_value():
    data = workbook([["id", "kg"], ["a", "=1+1"]])
    counted = with_part(data, SHEET, lambda xml: xml.replace(b"</f><v></v>", b"</f><v>2</v>"))
    counted = with_part(counted, SHEET, lambda xml: xml.replace(b"</f><v />", b"</f><v>2</v>"))

    assert read(counted, "a.xlsx").text("kg") == ["2"]


def test_merged_cells_are_refused():
    words = refusal(workbook([["id", "ward"], ["a", "North"]], merge="B2:B3"), "a.xlsx")

    assert "a.xlsx, row 2: cells B2 to B3 are merged; unmerge them and fill each" in words


def test_only_the_first_sheet_is_read_and_that_is_said():
    table = read(workbook([["id"], ["a"]], sheets=3), "a.xlsx")

    assert table.notes == ("a.xlsx: only the first of 3 sheets was read",)


def test_blank_rows_of_a_spreadsheet_are_left_out_and_still_counted():
    table = read(workbook([["id"], ["a"], [None], ["b"]]), "a.xlsx")

    assert table.text("id") == ["a", "b"]
    assert table.row(1) == 4


def test_a_column_of_lists_is_refused():
    table = read(parquet({"id": ["a"], "tags": [["x", "y"]]}), "a.parquet")

    with pytest.raises(InputError, match=r"column tags|tags: holds lists"):
        table.text("tags")


def test_first_rows_are_shown_as_text():
    assert read(parquet(TABLE), "a.parquet").head(1) == [["s1", "0", "1.5"]]
