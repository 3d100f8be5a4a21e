"""Measuring and watching a trial that runs: files, forms, links, losses, and no effect."""

import re
from base64 import b64encode
from collections.abc import Iterator
from datetime import date, timedelta
from urllib.parse import urlsplit

import numpy as np
import pytest
import zxingcpp
from playwright.sync_api import Browser, Locator, expect

from tests.browser import trial_pages as pages
from tests.browser.conftest import PHONE, WIDE, Visitor

TODAY = date.today()  # noqa: DTZ011  the browser stands beside the server
BEFORE = TODAY - timedelta(days=1)
AFTER = TODAY + timedelta(days=101)


@pytest.fixture
def people(browser: Browser, demonstration: str) -> Iterator[dict[str, Visitor]]:
    """The lead at a desk; the manager and a resident who has not signed in on phones."""
    contexts = {
        "tom": browser.new_context(viewport=WIDE),
        "ruth": browser.new_context(viewport=PHONE),
        "resident": browser.new_context(viewport=PHONE, java_script_enabled=False),
    }
    made = {}
    for name, context in contexts.items():
        context.set_default_timeout(10_000)
        made[name] = Visitor(context, demonstration, scripts=name != "resident")
        if name != "resident":
            made[name].sign_in(name)
    yield made
    for context in contexts.values():
        context.close()


def row(study_id: str, score: str = "5", day: date | str = TODAY, falls: str = "0") -> str:
    """One line of a file of outcomes."""
    return f"{study_id},{score},{falls},{day}\n"


HEAD = "resident,loneliness-score,falls-reported,measured\n"
BAD = HEAD + "".join(
    (
        row("R-00"),
        row("R-99"),
        row("R-01", score="12"),
        row("R-02", score="4O"),
        row("R-03", falls="1.5"),
        row("R-00"),
        row("R-04", day=BEFORE),
        row("R-05", day=AFTER),
        row("R-06", day="31/02/2027"),
        row(""),
        row("R-07"),
    )
)
SAID = (
    ("3", "resident", '"R-99" was not allocated'),
    ("4", "loneliness-score", '12 is above the highest that "Loneliness score" can be, 9'),
    ("5", "loneliness-score", '"4O" has a letter O'),
    ("6", "falls-reported", '"1.5" is not a whole number of 0 or more'),
    ("7", "resident", '"R-00" is also in row 2'),
    ("8", "measured", "is before this wave opened"),
    ("9", "measured", "is after this wave closed"),
    ("10", "measured", '"31/02/2027" is not a date'),
    ("11", "resident", "has no resident"),
)
# A picture as rows of its green: a code is black on white.
PIXELS = """async png => {
  const bytes = Uint8Array.from(atob(png), letter => letter.charCodeAt(0));
  const image = await createImageBitmap(new Blob([bytes]));
  const {width, height} = image, canvas = new OffscreenCanvas(width, height).getContext("2d");
  canvas.drawImage(image, 0, 0);
  const {data} = canvas.getImageData(0, 0, width, height);
  return Array.from({length: height}, (_, y) =>
    Array.from({length: width}, (_, x) => data[4 * (y * width + x) + 1]));
}"""
# What one resident says: a score of 8, which no page shows afterwards.
LONELY = {
    "How often do you feel that you lack companionship?": "Often",
    "How often do you feel left out?": "Often",
    "How often do you feel isolated from others?": "Some of the time",
}


def test_a_running_trial_is_measured_and_watched_and_shows_no_effect(people):
    tom, ruth = people["tom"], people["ruth"]
    home = pages.running(tom, ruth, "A look-in by post, measured by hand")

    tom.open(f"{home}watch/")
    tom.look()
    tom.open(f"{home}measure/")
    tom.look()
    assert f"Main opened on {TODAY:%-d %B %Y}" in tom.words()

    bad_file(tom, home)
    good_file(tom, home)
    by_hand(tom, home)
    by_link(tom, people["resident"], home)
    losses_and_delivery(tom, home)
    nothing_shows_an_effect(people, home)


def bad_file(tom: Visitor, home: str) -> None:
    """Nothing is loaded; each problem has its row and column; rows may be left out."""
    pages.load(tom, f"{home}measure/", "bad.csv", BAD.encode())
    tom.look()
    rows = tom.page.get_by_role("row")
    for number, column, said in SAID:
        cells = rows.filter(has_text=said).get_by_role("cell")
        assert cells.all_inner_texts()[:2] == [number, column]
    with tom.page.expect_download() as found:
        tom.page.get_by_role("link", name="Download all problems (CSV)").click()
    listed = found.value.path().read_text("utf-8-sig")
    assert len(listed.splitlines()) == len(SAID) + 1
    assert "is after this wave closed" in listed

    tom.press("Load 2 rows")
    expect(tom.page.get_by_role("alert")).to_contain_text("tick to leave these rows out")
    tom.open(f"{home}measure/")
    assert "Nothing measured yet" in tom.words()

    pages.load(tom, f"{home}measure/", "bad.csv", BAD.encode())
    tom.page.get_by_label("Leave out 9 rows: 3, 4, 5, 6, 7, 8, 9, 10, 11").check()
    tom.press("Load 2 rows")
    assert "9 rows left out" in tom.page.inner_text("body")
    expect(score_row(tom)).to_contain_text("2 of 24")


def good_file(tom: Visitor, home: str) -> None:
    """A whole file is loaded; the same again changes nothing and says when it was."""
    good = (HEAD + "".join(row(f"R-{n:02d}") for n in range(16))).encode()
    pages.load(tom, f"{home}measure/", "good.csv", good)
    tom.press("Load 16 rows")
    expect(score_row(tom)).to_contain_text("16 of 24")

    pages.load(tom, f"{home}measure/", "again.csv", good)
    expect(tom.page.get_by_role("alert")).to_contain_text("You loaded this file on")
    expect(tom.page.get_by_role("alert")).to_contain_text("Nothing was changed")
    tom.look()


def by_hand(tom: Visitor, home: str) -> None:
    """One resident after the other; a correction needs its reason and keeps the old value."""
    tom.open(f"{home}measure/")
    tom.page.get_by_role("link", name="Measure the next resident, R-16").click()
    tom.look()
    wrong = {"Loneliness score": "2", "When was it measured?": BEFORE.isoformat()}
    pages.write(tom.page, wrong)
    tom.press("Save and next")
    alert = tom.page.get_by_role("alert")
    expect(alert).to_contain_text('2 is below the lowest that "Loneliness score" can be, 3')
    expect(alert).to_contain_text("is before this wave opened")
    pages.write(tom.page, {"Loneliness score": "7", "When was it measured?": TODAY.isoformat()})
    tom.press("Save and next")
    expect(tom.page.get_by_role("heading", level=1)).to_have_text("R-17")

    find(tom, home, "R-88")
    expect(tom.page.get_by_role("alert")).to_contain_text('"R-88" was not allocated')
    find(tom, home, "R-16")
    pages.write(tom.page, {"Loneliness score": "6"})
    tom.press("Save and next")
    expect(tom.page.get_by_role("alert")).to_contain_text("Enter why the value held changes")
    pages.write(tom.page, {"If you correct a value, why?": "Read the wrong line"})
    pages.press(tom, "Save and next")
    find(tom, home, "R-16")
    tom.look()
    said = tom.words()
    assert "Loneliness score 7" in said
    assert "Loneliness score 6. Why it changed: Read the wrong line" in said


def find(tom: Visitor, home: str, code: str) -> None:
    """Open one resident by the code."""
    tom.open(f"{home}measure/")
    tom.page.get_by_label("Or type a code").fill(code)
    pages.press(tom, "Open")


def by_link(tom: Visitor, resident: Visitor, home: str) -> None:
    """Links on a sheet; one is answered signed out, one is used to leave."""
    tom.open(f"{home}measure/")
    tom.page.get_by_role("link", name="Make links and codes to print").click()
    tom.look()
    tom.press("Make the links")
    expect(tom.page.get_by_role("alert")).to_contain_text("Choose at least one question")
    tom.page.get_by_label("How often do you feel that you lack companionship?").check()
    tom.press("Make the links")
    cards = tom.page.locator(".app-codes__card")
    assert cards.count() == 7
    assert cards.first.locator("svg").count() == 1
    links = [re.search(r"http\S+", cards.nth(n).inner_text()) for n in range(2)]
    assert [read_code(cards.nth(n).locator("svg")) for n in range(2)] == [
        found[0] for found in links if found
    ]
    first, second = (urlsplit(found[0]).path for found in links if found)

    resident.open(first)
    resident.look()
    assert "You need not answer" in resident.words()
    expect(resident.page.get_by_role("heading", level=1)).to_have_text("3 questions")
    pages.write(resident.page, dict([*LONELY.items()][:2]))
    resident.press("Send")
    expect(resident.page.get_by_role("alert")).to_contain_text("Choose an answer")
    pages.write(resident.page, LONELY)
    resident.press("Send")
    expect(resident.page.get_by_role("heading", level=1)).to_have_text("We have your answer")
    resident.open(first)
    assert "8" not in resident.words().replace("R-18", "")

    resident.open(second)
    resident.page.get_by_role("link", name="I do not want to take part").click()
    resident.look()
    resident.press("Leave this trial")
    expect(resident.page.get_by_role("alert")).to_contain_text("Choose what happens")
    resident.page.get_by_label("Keep it, and do not ask me again").check()
    resident.press("Leave this trial")
    assert "We ask you nothing more" in resident.words()
    assert resident.open(second[:-3] + "/") == 404
    resident.look()
    expect(resident.page.get_by_role("heading", level=1)).to_have_text("This link does not work")


def read_code(drawn: Locator) -> str:
    """Return what a phone reads that is held before a code on the screen."""
    pixels = drawn.page.evaluate(PIXELS, b64encode(drawn.screenshot()).decode())
    (found,) = zxingcpp.read_barcodes(np.array(pixels, dtype=np.uint8))
    return str(found.text)


def losses_and_delivery(tom: Visitor, home: str) -> None:
    """Losses with coded reasons; who withdrew is not measured any more; what was done."""
    for code, left, why in (
        ("R-20", "Nothing: they could not be found or reached", "Moved away"),
        ("R-21", "Taking part at all: nothing more is used", "They gave no reason"),
    ):
        tom.open(f"{home}losses/")
        said = {"Code": code, "What did they leave?": left, "Why?": why}
        pages.write(tom.page, {**said, "When?": TODAY.isoformat()})
        tom.press("Record")
        expect(tom.page.get_by_role("row").filter(has_text=code)).to_contain_text(why)
    assert "Nothing of theirs is used" in tom.page.inner_text("body")

    find(tom, home, "R-21")
    tom.look()
    assert "Nothing more can be recorded" in tom.words()
    pages.load(tom, f"{home}measure/", "gone.csv", (HEAD + row("R-21")).encode())
    assert '"R-21" no longer takes part in the measuring' in tom.words()

    tom.open(f"{home}delivery/")
    pages.write(tom.page, {"Code": "R-00", "Day": TODAY.isoformat(), "What happened?": "Refused"})
    tom.press("Record")
    expect(tom.page.get_by_role("row").filter(has_text="R-00")).to_contain_text("Refused")


def nothing_shows_an_effect(people: dict[str, Visitor], home: str) -> None:
    """Watch counts people as placed, and losses, by group; outcomes of all groups together."""
    for who in ("tom", "ruth"):
        people[who].open(f"{home}watch/")
        people[who].look()
        said = people[who].words()
        assert "does not show whether the idea works" in said
        placed = people[who].page.get_by_role("table", name="Groups as placed")
        assert [int(n) for n in re.findall(r"\t(\d+)\t", placed.inner_text())] == [12, 12]
        assert sum(int(n) for n in re.findall(r"\((\d+) of 12\)", placed.inner_text())) == 3
        assert "17 of 24" not in placed.inner_text()
    tom = people["tom"]
    tom.open(f"{home}analyse/")
    tom.look()
    assert "Until then there is nothing to see, on purpose" in tom.words()
    assert tom.page.locator("main form").count() == 0
    tom.open(home)
    tom.look()


def score_row(tom: Visitor):
    """Return how far the main outcome is."""
    return tom.page.get_by_role("row").filter(has_text="Loneliness score")


def test_outcomes_are_loaded_and_typed_on_a_phone_without_javascript(phone, visitor):
    phone.context.set_default_timeout(10_000)
    phone.sign_in("tom")
    visitor.sign_in("ruth")
    home = pages.running(phone, visitor, "A look-in by post, measured on a phone")
    pages.load(phone, f"{home}measure/", "scores.csv", (HEAD + row("R-00")).encode())
    phone.press("Load 1 row")
    expect(score_row(phone)).to_contain_text("1 of 24")
    phone.page.get_by_role("link", name="Measure the next resident, R-01").click()
    pages.write(phone.page, {"Loneliness score": "9", "When was it measured?": TODAY.isoformat()})
    phone.press("Save and next")
    expect(phone.page.get_by_role("heading", level=1)).to_have_text("R-02")
    phone.open(f"{home}measure/")
    summary = phone.page.locator("summary").filter(has_text="My file has other headings")
    summary.click()
    file = {"name": "other.csv", "mimeType": "text/csv", "buffer": b"who,felt\nR-02,4\n"}
    phone.page.get_by_label("The file").set_input_files(file)
    phone.page.get_by_label("Which column holds “Loneliness score”?").fill("felt")
    pages.press(phone, "Read the file")
    phone.press("Load 1 row")
    expect(score_row(phone)).to_contain_text("3 of 24")
