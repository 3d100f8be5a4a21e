"""One table of files as people have them, at every door: the same words, and nothing changed."""

import gzip
import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from html import unescape

import openpyxl
import polars as pl
import pytest
from click.testing import CliRunner
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.apps.conftest import NOW
from tests.apps.trials import loop, real
from tests.apps.trials.test_own_draw import OWN
from trialogue.accounts import services as accounts
from trialogue.accounts.models import AuditEntry
from trialogue.cli.main import trialogue
from trialogue.methods.problems import Problem
from trialogue.trials.models import Assignment, Measurement, StagedMeasurement, StagedUnit, Unit

CODE = real.LETTERS["outcomes"]["primary"]["code"]
IDS = [f"F{n:02d}" for n in range(12)]
LIST = [["family", "month"], *([name, "July"] for name in IDS)]
PLACED = [["family", "arm"], *([name, "usual"] for name in IDS)]
OUTCOMES = [["family", CODE], *([name, str(n % 2)] for n, name in enumerate(IDS))]
DATA = [["family", CODE, "arm"], *([*row, "ab"[n % 3 % 2]] for n, row in enumerate(OUTCOMES[1:]))]
Rows = list[list[str]]


def csv_of(rows: Rows, separator: str = ",", end: str = "\r\n") -> str:
    return "".join(separator.join(row) + end for row in rows)


def workbook(rows: Rows, *, change=None) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    if change:
        change(book.active)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def far_corner(rows: Rows) -> bytes:
    """A zip bomb: a few bytes that name a cell in the last corner of the sheet."""
    return with_sheet(workbook(rows), lambda xml: xml.replace(b'r="B2"', b'r="XFD1048576"'))


def entities(rows: Rows) -> bytes:
    """Another: letters that stand for letters that stand for letters."""
    laughs = b"".join(
        b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10 if n else b"lol") for n in range(12)
    )
    return with_sheet(
        workbook(rows),
        lambda xml: b"<!DOCTYPE z [" + laughs + b"]>" + xml.replace(b">family<", b">&l11;<"),
    )


PARTS = ("sheet1.xml", "sharedStrings.xml")


def with_sheet(data: bytes, change: Callable[[bytes], bytes]) -> bytes:
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(changed, "w") as after:
        for name in before.namelist():
            content = before.read(name)
            after.writestr(name, change(content) if name.endswith(PARTS) else content)
    return changed.getvalue()


def swapped(row: int, value: str) -> Callable[[Rows], Rows]:
    """The rows with another identifier in one row, as a spreadsheet counts them."""

    def change(rows: Rows) -> Rows:
        return [[value, *each[1:]] if n == row else each for n, each in enumerate(rows, start=1)]

    return change


def parquet(rows: Rows) -> bytes:
    content = io.BytesIO()
    header, *body = rows
    pl.DataFrame(body, schema=header, orient="row").write_parquet(content)
    return content.getvalue()


@dataclass(frozen=True)
class Bad:
    """A file, and how every door refuses it. `doors`: all, or those that read identifiers."""

    name: str
    made: Callable[[Rows], bytes | str]
    what: str
    mend: str
    row: int | None = None
    column: str = ""
    doors: str = "all"


CSV, XLSX = "Save the list as CSV or XLSX", "list.xlsx"
FILES = [
    Bad("list.pdf", lambda rows: b"%PDF-1.7", "This file is a PDF", CSV),
    Bad("list.csv", lambda rows: b"\x89PNG\r\n", "This file is a picture", CSV),
    Bad(
        "list.xls",
        lambda rows: b"\xd0\xcf\x11\xe0 Workbook",
        "This file is an old Excel file",
        CSV,
    ),
    Bad(
        XLSX,
        lambda rows: b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"),
        "The file has a password",
        "Save a copy without it",
    ),
    Bad(
        "list.csv",
        lambda rows: workbook(rows),
        "This is not a CSV file",
        'Give it its own ending, ".xlsx"',
    ),
    Bad(
        "list.csv",
        lambda rows: csv_of(rows[:1]),
        "The file has headings but no rows",
        "Add one row for each unit",
    ),
    Bad(
        "list.csv",
        lambda rows: csv_of([[*rows[0][:1], *rows[0][:1]], *(row[:2] for row in rows[1:])]),
        'Two columns are called "family"',
        "Rename one",
        row=1,
    ),
    Bad(
        "list.csv",
        lambda rows: csv_of([*rows[:3], [*rows[3], "one", "more"], *rows[4:]]),
        "{wide} cells where the header has {width}",
        "A cell with a comma in it goes in double quotes",
        row=4,
    ),
    Bad(
        "list.csv",
        lambda rows: csv_of(rows).replace("F03", '"F03'),
        "a cell opens with a double quote that is never closed",
        'Take the quote out, or write the cell like "5"" pipe"',
        row=5,
    ),
    Bad(
        "list.csv",
        lambda rows: csv_of(rows).replace("F03", "F\x8103").encode("latin-1"),
        'letters we cannot read ("F\ufffd")',
        'Save the file as "CSV UTF-8"',
        row=5,
    ),
    Bad(
        "list.csv",
        lambda rows: csv_of(rows).encode("utf-16")[:-1],
        "letters that cannot be read",
        'Save the file as "CSV UTF-8"',
    ),
    Bad(
        XLSX,
        lambda rows: workbook(rows, change=lambda sheet: sheet.merge_cells("A2:A3")),
        "cells A2 to A3 are merged",
        "Unmerge them and fill each",
        row=2,
    ),
    Bad(
        XLSX,
        lambda rows: workbook(rows, change=lambda sheet: sheet.cell(4, 2, '=cmd|"/c calc"!A1')),
        "the formula in B4 has no value yet",
        "Open the file in a spreadsheet program and save it again",
        row=4,
    ),
    Bad(
        XLSX,
        far_corner,
        "The sheet is 16,384 columns wide and 1,048,576 rows long",
        "Take out cells far from the list",
    ),
    Bad(XLSX, entities, "The file cannot be read", CSV),
    Bad(
        "list.csv.gz",
        lambda rows: gzip.compress(csv_of(rows).encode())[:-9],
        "The file is not whole",
        "Pack it again with gzip",
    ),
    Bad(
        "list.parquet",
        lambda rows: parquet(swapped(5, "F\x0003")(rows)),
        "This is not a table of text",
        CSV,
        doors="ids",
    ),
    Bad(
        "list.csv",
        lambda rows: csv_of(swapped(5, "F01")(rows)),
        '"F01" is also in row 3',
        "Each {unit} may appear once",
        row=5,
        column="family",
        doors="ids",
    ),
    Bad(
        "list.csv",
        lambda rows: csv_of(swapped(5, " ")(rows)),
        "Row 5 has no family",
        "Fill it in or leave the row out",
        row=5,
        column="family",
        doors="ids",
    ),
    Bad(
        XLSX,
        lambda rows: workbook(swapped(5, "F\t03")(rows)),
        '"F\ufffd03" has a letter that cannot be seen',
        "Type it again",
        row=5,
        column="family",
        doors="ids",
    ),
    Bad(
        "list.csv",
        lambda rows: csv_of(swapped(5, "F" * 101)(rows)),
        "The family has 101 letters",
        "Use a short code",
        row=5,
        column="family",
        doors="ids",
    ),
]

# Files that are read, with what is said of them.
ODD = {
    "Windows-1252": ("a.csv", lambda rows: csv_of(swapped(2, "Élan")(rows)).encode("cp1252")),
    "UTF-16": ("a.csv", lambda rows: csv_of(rows).encode("utf-16")),
    "UTF-8 with its mark": ("a.csv", lambda rows: csv_of(rows).encode("utf-8-sig")),
    "semicolons": ("a.csv", lambda rows: csv_of(rows, separator=";")),
    "old line ends": ("a.csv", lambda rows: csv_of(rows, end="\r")),
    "packed": ("a.csv.gz", lambda rows: gzip.compress(csv_of(rows).encode())),
    "a workbook": ("a.xlsx", workbook),
    "Parquet": ("a.parquet", parquet),
}
NOTES = {
    "Windows-1252": ["a.csv: row 2 is not UTF-8; the file was read as Windows-1252"],
    "UTF-16": ["a.csv: read as UTF-16"],
    "semicolons": ["a.csv: columns are separated by semicolons"],
}


@dataclass
class Said:
    """What a door said of a file: problems in its own way of writing them, and notes."""

    refused: bool
    text: str
    notes: list[str] = field(default_factory=list)

    def has(self, problem: Problem) -> bool:
        return str(problem) in self.text or f"{problem.what} | {problem.mend}" in self.text


@pytest.fixture
def trial(people):
    return loop.registered(people, OWN)


@pytest.fixture
def placed(people, trial, tmp_path):
    path = tmp_path / "good.csv"
    path.write_text(csv_of([*LIST, ["Élan", "July"]]))
    loop.listed(people, trial, path)
    loop.placed(people, trial)
    return trial


class Page:
    """A file chosen on a page, and the preview it leads to."""

    def __init__(self, client, people, trial, page):
        self.client, self.address, self.by = client, f"/trials/{trial.public_id}/{page}/", people

    def __call__(self, name, content):
        self.client.force_login(self.by["lead"])
        sent = self.client.post(self.address, {"file": SimpleUploadedFile(name, content)})
        assert sent.status_code == 302, sent.content.decode()
        page = self.client.get(sent.url).content.decode()
        cells = re.findall(r"<tr[^>]*>(.*?)</tr>", page, flags=re.S)
        rows = [re.findall(r"<td[^>]*>(.*?)</td>", row, flags=re.S) for row in cells]
        notes = re.findall(r'<p class="govuk-body">(a\.\w+: [^<]*)</p>', page)
        text = "\n".join(unescape(" | ".join(row[2:])) for row in rows if len(row) == 4)
        places = {tuple(row[:2]) for row in rows if len(row) == 4}
        load = self.client.post(sent.url, {"confirm": "1"}) if text else None
        assert load is None or load.status_code == 200, "it was loaded"
        assert not text or places
        return Said(bool(text), text, [unescape(note) for note in notes])


class Api:
    """The same file, sent by a program."""

    def __init__(self, client, people, trial, kind):
        self.client, self.address = client, f"/api/trials/{trial.public_id}/{kind}"
        token = accounts.make_token(label="a program", by=people["lead"], at=NOW)
        self.headers = {"Authorization": f"Bearer {token}"}

    def __call__(self, name, content):
        file = {"file": SimpleUploadedFile(name, content)}
        sent = self.client.post(f"{self.address}/file", file, headers=self.headers).json()
        problems = [Problem(**each) for each in sent["problems"]]
        if problems:
            load = self.client.post(f"{self.address}/{sent['id']}/load", headers=self.headers)
            assert load.status_code in (415, 422), load.content
        text = "\n".join(f"{each.what} | {each.mend}" for each in problems)
        return Said(bool(problems), text, sent["notes"])


class Command:
    """The same file on somebody's own machine. `{}` among the words is the file."""

    def __init__(self, folder, words):
        self.folder, self.words = folder, words

    def __call__(self, name, content):
        file = self.folder / name
        file.write_bytes(content)
        out = self.folder / "out.csv"
        words = [str(file) if word == "{}" else word for word in self.words]
        done = CliRunner().invoke(trialogue, [word.format(out=out) for word in words])
        assert done.exit_code in (0, 1, 2), done.output
        if done.exit_code == 2:
            assert not out.exists()
        out.unlink(missing_ok=True)
        notes = re.findall(r"^note: (a\.\w+: .*)$", done.stdout, flags=re.M)
        return Said(done.exit_code == 2, done.stderr, notes)


ARMS = ["--arms", "usual:1,letter:1"]
DOORS = {
    "units page": LIST,
    "units API": LIST,
    "outcomes page": OUTCOMES,
    "outcomes API": OUTCOMES,
    "allocate": LIST,
    "verify a list": LIST,
    "verify an allocation": PLACED,
    "analyse": DATA,
}


@pytest.fixture
def door(request, client, people, tmp_path):
    """How to hand a file over at a door."""
    name = request.param
    good = tmp_path / "whole.csv"
    good.write_text(csv_of(LIST))
    words = {
        "allocate": ["allocate", "{}", *ARMS, "--out", "{out}"],
        "verify a list": ["verify", "{}", str(good), *ARMS, "--seed", "1"],
        "verify an allocation": ["verify", str(good), "{}", *ARMS, "--seed", "1"],
        "analyse": [
            *("analyse", "{}", "--outcome", CODE, "--arm", "arm", "--control", "a"),
            *("--permutations", "0"),
        ],
    }
    if name in words:
        if name == "verify a list":
            good.write_text(csv_of(PLACED))
        return Command(tmp_path, words[name])
    kind, way = name.split()
    trial = request.getfixturevalue("placed" if kind == "outcomes" else "trial")
    if way == "API":
        return Api(client, people, trial, kind)
    return Page(client, people, trial, "measure" if kind == "outcomes" else "units")


def bytes_of(made, rows):
    content = made(rows)
    return content.encode() if isinstance(content, str) else content


def held():
    """What there is of trials."""
    tables = (Unit, Assignment, Measurement, StagedMeasurement, StagedUnit)
    loads = AuditEntry.objects.filter(action__startswith="load")
    return [table.objects.count() for table in tables[:3]], loads.count()


@pytest.mark.parametrize(("name", "door"), [(d, d) for d in DOORS], indirect=["door"], ids=DOORS)
def test_every_door_refuses_in_the_same_words_and_changes_nothing(name, door):
    rows = DOORS[name]
    unit = "family" if name.split()[-1] in ("page", "API") else "unit"
    files = [each for each in FILES if each.doors == "all" or name != "analyse"]
    before, wrong = held(), []
    for bad in files:
        said = door(bad.name, bytes_of(bad.made, rows))
        wanted = Problem(
            bad.what.format(wide=len(rows[0]) + 2, width=len(rows[0])),
            bad.mend.format(unit=unit),
            file=bad.name,
            row=bad.row,
            column=bad.column,
        )
        if not (said.refused and said.has(wanted)):
            wrong.append((str(wanted), said.text[-300:]))

    assert wrong == []
    assert held() == before


@pytest.mark.parametrize(("name", "door"), [(d, d) for d in DOORS], indirect=["door"], ids=DOORS)
def test_every_door_reads_what_spreadsheets_write_and_says_how(name, door):
    wrong = []
    for how, (file, made) in ODD.items():
        said = door(file, bytes_of(made, DOORS[name]))
        expected = NOTES.get(how, [])
        if said.refused or said.notes != expected:
            wrong.append((how, said))

    assert wrong == []


@pytest.mark.parametrize(
    ("day", "read"),
    [
        ("2027-02-16", True),
        ("16/02/2027", True),
        (date(2027, 2, 16), True),
        ("46434", False),  # as a spreadsheet counts days
        ("16.2.2027", False),
        ("1/1/99999999999999999999", False),
    ],
)
def test_a_date_is_read_as_spreadsheets_write_it_or_refused_by_its_row(
    client, people, placed, day, read
):
    rows = [[*row, "measured" if n == 0 else day] for n, row in enumerate(OUTCOMES)]

    said = Api(client, people, placed, "outcomes")("a.xlsx", workbook(rows))

    assert said.refused is not read, said
    if not read:
        assert f'"{day}" is not a date | Write it like 28/02/2027' in said.text


def test_a_group_that_is_none_and_a_group_that_differs_are_refused(client, people, placed):
    elsewhere = loop.registered(people, real.LETTERS)
    rows = [["family", "month", "arm"], *([name, "July", "gold"] for name in IDS)]
    units = Api(client, people, elsewhere, "units")("a.csv", csv_of(rows).encode())
    rows = [[*row, "arm" if n == 0 else "gold"] for n, row in enumerate(OUTCOMES)]
    outcomes = Page(client, people, placed, "measure")("a.csv", csv_of(rows).encode())

    assert '"gold" is not a group of this trial | The groups are ' in units.text
    assert 'The column "arm" differs from the allocation in 12 rows | ' in outcomes.text


def test_what_a_spreadsheet_would_run_is_text_in_what_is_downloaded(client, people, trial):
    """`=cmd|…` typed as an identifier comes back with a quote before it, in files people open."""
    rows = [["family", "month"], ['=cmd|"/c calc"!A1', ""], ["@SUM(1)", ""], ["+1", "July"]]
    content = "".join(";".join(row) + "\n" for row in rows).replace('"', '""')
    content = content.replace('=cmd|""/c calc""!A1', '"=cmd|""/c calc""!A1"')
    client.force_login(people["lead"])
    page = f"/trials/{trial.public_id}/units/"
    file = SimpleUploadedFile("=1+1.csv", content.replace("month", "=month").encode())
    sent = client.post(page, {"file": file})

    upload = sent.url.split("/")[-2]
    problems = client.get(f"/trials/{trial.public_id}/problems/{upload}.csv")
    cells = re.findall(r'(?:^|,)"?([^,"\r\n]*)', problems.content.decode(), flags=re.M)
    assert not [cell for cell in cells if cell[:1] in ("=", "@", "+", "-")]
