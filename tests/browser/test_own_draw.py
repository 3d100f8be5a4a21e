"""A trial that we place ourselves: planned, signed off, registered, placed once, checked."""

import csv
import json
import re
import shlex
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import trial_pages as pages
from tests.browser.conftest import PHONE, WIDE, Visitor

STARTER = "A text the evening before, to cut missed bulky collections"
WARDS = ("Linney", "Highfold")
HOMES = [f"H-{n:03d},{WARDS[n % 2]}" for n in range(60)]
BAD = ["H-000,Linney", "H-000,Linney", "H-001,", ",Highfold", "H-002,Highfold"]
STOP = {
    "The main reason": "A provider or partner withdrew",
    "What happened?": "The contractor left.",
    "Would you advise another council to try?": "Yes",
}


@pytest.fixture
def people(browser: Browser, demonstration: str) -> Iterator[dict[str, Visitor]]:
    """The lead at a desk; the analyst and the manager on phones without JavaScript."""
    made = {}
    for name in ("tom", "helen", "ruth"):
        wide = name == "tom"
        context = browser.new_context(viewport=WIDE if wide else PHONE, java_script_enabled=wide)
        context.set_default_timeout(15_000)
        made[name] = Visitor(context, demonstration, scripts=wide)
        made[name].sign_in(name)
    yield made
    for visitor in made.values():
        visitor.context.close()


def test_a_starter_plan_becomes_a_draw_that_anybody_can_check(people, tmp_path):
    tom, ruth = people["tom"], people["ruth"]
    home = pages.begin(tom, "A text before the van comes", starter=STARTER)

    fills_in_what_the_starter_leaves_open(tom, home)
    reads_the_plan(tom, home)
    pages.add_to_team(tom, home, "helen", "Analyst: checks and analyses it")
    tom.look()
    is_sent_back_mended_and_registered(tom, ruth, home)
    loads_nothing_until_every_problem_is_settled(tom, home)
    is_placed_once(tom, home)
    lists = downloads_the_lists(tom, home, tmp_path)
    counted = Counter(row["arm"] for row in lists["allocation"])
    assert counted == {"usual": 30, "text": 30}
    comes_late(tom, home)
    is_amended_and_deviates_in_public(tom, home)
    is_stopped(tom, ruth, home)
    is_verified(tom, home, tmp_path)


def fills_in_what_the_starter_leaves_open(tom: Visitor, home: str) -> None:
    """The strata, how many, dates, contact: what is weak is said at once, with what mends it."""
    tom.open(home)
    tom.look()
    assert "Next: finish the plan. Who: Tom Okafor" in tom.words()
    pages.answer(
        tom,
        home,
        "strata",
        {
            "Columns to balance by": "ward",
            "How they are placed": "Placed by chance, equal numbers in each stratum (complete)",
            "Length of a block": "0",
        },
    )
    tom.open(f"{home}plan/size/")
    panel = tom.page.locator("#power-panel")
    pages.write(tom.page, {"How many in each group": "30"})
    expect(panel).to_contain_text("With 30 households in each group, you would miss a real fall")
    expect(panel).to_contain_text("What would fix it")
    tom.look()
    pages.answer(tom, home, "size", {"The change to find": "-28%", "How many in each group": "30"})
    tom.open(f"{home}plan/check/")
    assert "you would find a real fall from 30% to 2% about 9 times in 10" in tom.words()
    tom.press("Ask for sign-off")
    expect(tom.page.locator(".govuk-error-summary")).to_contain_text("Answer: dates")
    pages.answer(tom, home, "dates", dates())
    pages.answer(
        tom,
        home,
        "team",
        {
            "The post that owns the trial": "Improvement lead",
            "Contact": "improvement@wrenmoor.example",
        },
    )
    expect(tom.page.get_by_role("heading", level=1)).to_have_text("Check the plan")


def dates() -> dict[str, str]:
    """From today for two months, as the page asks for it."""
    tomorrow = datetime.now(UTC) + timedelta(days=1)  # noqa: TID251  as the pages do
    start = tomorrow.date()
    end, closes = start + timedelta(days=60), start + timedelta(days=74)
    return {
        "Start date": start.isoformat(),
        "End date": end.isoformat(),
        "Time of measuring 1 / Name": "Main",
        "Time of measuring 1 / Opening date": start.isoformat(),
        "Time of measuring 1 / Closing date": closes.isoformat(),
    }


def reads_the_plan(tom: Visitor, home: str) -> None:
    """The whole plan names no gap twice, and one page of it prints on one sheet."""
    tom.open(f"{home}plan/check/")
    tom.look()
    words = tom.words()
    assert "None given" not in words
    assert "Left empty: repeat of" in words
    tom.page.get_by_role("link", name="One page for elected members").click()
    tom.look()
    for heading in ("What", "Why small", "What if it does not work", "Who decides"):
        expect(tom.page.get_by_role("heading", name=heading, exact=True)).to_be_visible()
    assert "60 households take part, in 2 groups" in tom.words()
    sheets = re.findall(rb"/Type\s*/Page\b", tom.page.pdf(format="A4", prefer_css_page_size=True))
    assert len(sheets) == 1


def is_sent_back_mended_and_registered(tom: Visitor, ruth: Visitor, home: str) -> None:
    """The manager sends it back with a note; the lead mends it; signed off, it is registered."""
    tom.open(f"{home}plan/check/")
    tom.press("Ask for sign-off")
    ruth.open("/your-work/")
    ruth.look()
    assert "Sign off the plan of “A text before the van comes”" in ruth.words()
    ruth.open(f"{home}register/")
    pages.write(ruth.page, {"Your answer": "I send it back"})
    ruth.press("Send answer")
    assert "Enter what has to change" in ruth.words()
    pages.sign(ruth, f"{home}register/", back="Say who decides by post.")
    ruth.look()
    tom.open(f"{home}register/")
    tom.look()
    assert "Ruth Adeyemi sent it back" in tom.words()
    assert "Say who decides by post." in tom.words()
    assert "Cannot start yet: a manager has not signed off this plan" in tom.words()
    pages.answer(tom, home, "decision", {"Who decides": "Head of waste and recycling"})

    tom.open(f"{home}plan/check/")
    tom.press("Ask for sign-off")
    tom.open(home)
    assert "Next: sign off the plan. Who: A manager" in tom.words()
    pages.sign(ruth, f"{home}register/")
    tom.open(f"{home}register/")
    tom.press("Register this trial")
    assert "Tick the box to say that you understand" in tom.words()
    tom.page.get_by_label("I understand that the plan cannot be changed after this").check()
    tom.press("Register this trial")
    expect(tom.page.get_by_role("heading", level=1)).to_have_text("Trial registered")
    assert "Promise about the draw (seed commitment)" in tom.words()


def file_of(rows: list[str]) -> bytes:
    return "\n".join(["household,ward", *rows, ""]).encode()


def loads_nothing_until_every_problem_is_settled(tom: Visitor, home: str) -> None:
    """Each problem has its row; rows are left out by name only; a mended list takes the place."""
    pages.load(tom, f"{home}units/", "bad.csv", file_of(BAD))
    tom.look()
    words = tom.words()
    assert "5 rows, 2 can be loaded. Nothing is loaded yet." in words
    for row, column in (("3", "household"), ("4", "ward"), ("5", "household")):
        expect(tom.page.get_by_role("row", name=re.compile(rf"^{row} {column}"))).to_be_visible()
    with tom.page.expect_download() as waiting:
        tom.page.get_by_role("link", name="Download all problems (CSV)").click()
    problems = read(waiting.value.path())
    assert [row["row"] for row in problems] == ["3", "4", "5"]
    tom.press("Load 2 households")
    assert "Mend the file and load it again, or tick to leave these rows out" in tom.words()
    preview = urlsplit(tom.page.url).path
    tom.open(f"{home}units/")
    tom.look()
    assert "On the list now" not in tom.words()

    tom.open(preview)
    tom.page.get_by_label("Leave out 3 rows: 3, 4, 5").check()
    tom.press("Load 2 households")
    assert "2 rows loaded, 3 left out" in tom.words()
    pages.load(tom, f"{home}units/", "homes.csv", file_of(HOMES))
    tom.press("Load 60 households")
    words = tom.words()
    assert "60 households will be placed by chance: 30 in each of 2 groups" in words
    assert "balanced by ward" in words


def is_placed_once(tom: Visitor, home: str) -> None:
    """A double click draws once; the same button in another tab is told what is so already."""
    tom.press("Fix the list")
    other = tom.context.new_page()
    other.goto(tom.page.url)
    sent: list[str] = []
    tom.page.on("request", lambda asked: sent.append(asked.method))
    with tom.page.expect_navigation():
        tom.page.get_by_role("button", name="Place 60 households").dblclick()
    expect(tom.page.get_by_role("heading", level=1)).to_have_text("Placed by chance")
    assert sent.count("POST") == 1
    tom.look()
    assert "60 households placed. Anyone can check this" in tom.words()
    before = record(tom, home)

    other.get_by_role("button", name="Place 60 households").click()
    expect(other.get_by_role("heading", level=1)).to_have_text("Placed by chance")
    expect(other.get_by_role("region", name="What is now so")).to_contain_text(
        "It cannot be done again, and nothing was"
    )
    other.close()
    assert record(tom, home) == before
    assert [event["type"] for event in before] == ["registration", "list", "started"]


def record(visitor: Visitor, home: str) -> list[dict]:
    """Return the public record of a trial."""
    address = f"{visitor.site}/evidence/{home.split('/')[2]}.json"
    return json.loads(visitor.page.request.get(address).body())["events"]


def downloads_the_lists(tom: Visitor, home: str, folder: Path) -> dict[str, list[dict]]:
    """The list of each group by its link, and the two files of the proof."""
    tom.open(f"{home}allocation/")
    found = {}
    for name, link in (
        ("usual", "Download the list of The date by letter or e-mail"),
        ("text", "Download the list of A text at six the evening before"),
        ("list", "The list"),
        ("allocation", "Who got what"),
    ):
        with tom.page.expect_download() as waiting:
            tom.page.get_by_role("link", name=link, exact=True).click()
        path = folder / waiting.value.suggested_filename
        waiting.value.save_as(path)
        found[name] = read(path)
    assert {row["id"] for row in found["usual"]} | {row["id"] for row in found["text"]} == {
        row["id"] for row in found["list"]
    }
    assert {row["arm"] for row in found["usual"]} == {"usual"}
    assert all("arm" not in row for row in found["list"])
    return found


def read(path: Path) -> list[dict]:
    """Return the rows of a downloaded file."""
    return list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))


def comes_late(tom: Visitor, home: str) -> None:
    """Enrolled first; the group shows after that, and stays."""
    tom.open(f"{home}allocation/")
    assert "H-900" not in tom.words()
    tom.press("Enrol this household")
    assert "Enter a code for the household" in tom.words()
    told = []
    for _ in range(2):
        pages.write(tom.page, {"Code of the household": "H-900", "Ward": "Linney"})
        tom.press("Enrol this household")
        told.append(tom.page.get_by_role("region", name="What is now so").inner_text())
    assert "H-900 is enrolled. The group:" in told[0]
    assert told[0] == told[1]
    assert "So far 1 joined late." in tom.words()


def is_amended_and_deviates_in_public(tom: Visitor, home: str) -> None:
    """A change needs its reason, and stands beside the original; what went differently too."""
    public = home.replace("/trials/", "/evidence/")
    tom.open(f"{home}amend/decision/")
    tom.look()
    pages.write(tom.page, {"Who decides": "Director of place"})
    tom.press("Publish this change")
    assert "Enter why the plan changes" in tom.words()
    pages.write(tom.page, {"Why does the plan change?": "The post was renamed."})
    tom.press("Publish this change")
    assert "Number 1" in tom.words()
    tom.open(public)
    tom.look()
    tom.page.get_by_role("link", name="see old and new").click()
    tom.look()
    for words in ("Head of waste and recycling", "Director of place", "The post was renamed."):
        expect(tom.page.locator("main")).to_contain_text(words)

    tom.open(f"{home}deviations/")
    tom.press("Record what went differently")
    assert "Enter what went differently" in tom.words()
    pages.write(
        tom.page,
        {
            "What went differently?": "The first texts",
            "What was planned?": "At six",
            "What was done?": "At eight",
            "Why?": "The sender was down.",
            "How does it change the reading of the result?": "A little",
        },
    )
    tom.press("Record what went differently")
    tom.open(public)
    assert "1 thing went differently from the plan" in tom.words()
    assert "The sender was down." in tom.words()


def is_stopped(tom: Visitor, ruth: Visitor, home: str) -> None:
    """A stop shows the number that decided, so that the draw can be checked."""
    tom.open(f"{home}stop/")
    pages.write(tom.page, STOP)
    tom.page.get_by_label("I understand that a stop is public and for good").check()
    tom.press("Ask to stop this trial")
    ruth.open(f"{home}stop/")
    pages.write(ruth.page, {"Your answer": "Stop the trial"})
    ruth.press("Send answer")
    assert "Trial stopped" in ruth.words()


def is_verified(tom: Visitor, home: str, folder: Path) -> None:
    """The command of the page, on the files as downloaded, with the published seed."""
    stopped = next(event for event in record(tom, home) if event["type"] == "stopped")
    tom.open(f"{home}allocation/")
    tom.look()
    command = (
        tom.page.locator(".app-command").inner_text().replace("SEED", stopped["body"]["seed"])
    )

    honest = run(command, folder)

    assert honest.returncode == 0, honest.stdout + honest.stderr
    assert "everyone is where chance put them" in honest.stdout
    proof = tom.page.locator(".app-hash").all_inner_texts()
    assert all(words.strip() in honest.stdout for words in proof)
    placed = next(folder.glob("*-allocation.csv"))
    rows = placed.read_text().splitlines()
    rows[1] = rows[1].replace(",usual", ",x").replace(",text", ",usual").replace(",x", ",text")
    placed.write_text("\n".join(rows) + "\n")
    assert run(command, folder).returncode == 1


def run(command: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    """Run a command of `trialogue` as somebody does who copied it."""
    name, *options = shlex.split(command)
    assert name == "trialogue"
    program = [sys.executable, "-m", "trialogue.cli", *options]
    return subprocess.run(program, cwd=folder, capture_output=True, text=True, check=False)


def test_two_people_on_one_answer_see_both_and_choose(people):
    tom, helen = people["tom"], people["helen"]
    home = pages.begin(tom, "Two pens on one plan")
    pages.add_to_team(tom, home, "helen", "Analyst: checks and analyses it")
    address = f"{home}plan/people/"
    words = {
        "Why residents would take part": "A quicker answer.",
        "Why staff would take part": "Fewer calls.",
        "Why the partner would take part": "Fewer empty stops.",
    }
    for visitor in (tom, helen):
        visitor.open(address)
        visitor.look()
    pages.write(helen.page, words)
    pages.press(helen, "Save and continue")

    pages.write(tom.page, words | {"Why staff would take part": "Their own idea."})
    pages.press(tom, "Save and continue")

    expect(tom.page.get_by_role("heading", level=1)).to_have_text("Two answers to one question")
    tom.look()
    for both in ("The answer of Helen Marsh", "Fewer calls.", "Your answer", "Their own idea."):
        assert both in tom.words()
    helen.open(address)
    pages.press(tom, "Keep mine")
    tom.open(address)
    expect(tom.page.get_by_label("Why staff would take part")).to_have_value("Their own idea.")
    tom.page.get_by_text("Earlier versions of this answer").click()
    assert "Fewer calls." in tom.words()

    pages.write(helen.page, words | {"Why staff would take part": "A calmer desk."})
    pages.press(helen, "Save and continue")
    helen.look()
    helen.page.get_by_role("button", name="Keep this answer").click()
    expect(helen.page.get_by_label("Why staff would take part")).to_have_value("Their own idea.")


def tab_to(page: Page, name: str) -> None:
    """Go on with the Tab key until something of this name has the focus, always in sight."""
    for _ in range(120):
        page.keyboard.press("Tab")
        here = page.evaluate(
            """() => {
              const e = document.activeElement, box = e.getBoundingClientRect();
              const label = e.labels?.[0]?.innerText ?? "";
              const seen = box.bottom > 0 && box.top < innerHeight;
              return [`${label} ${e.innerText}`.trim().replace(/\\s+/g, " "), seen];
            }"""
        )
        if here[0].startswith(name):
            assert here[1], f"“{name}” has the focus out of sight"
            return
    raise AssertionError(f"the Tab key never reaches “{name}” on {page.url}")


def enter(page: Page, key: str = "Enter") -> None:
    with page.expect_navigation():
        page.keyboard.press(key)


def focus_is_on_the_error_summary(page: Page) -> bool:
    return bool(page.evaluate("document.activeElement.classList.contains('govuk-error-summary')"))


def test_a_plan_is_begun_and_a_question_answered_with_the_keyboard_alone(people):
    tom = people["tom"]
    page = tom.page
    tom.open("/trials/")
    tab_to(page, "Plan a trial")
    enter(page)
    tab_to(page, "What would you try?")
    enter(page)
    tom.look()
    assert focus_is_on_the_error_summary(page)
    tab_to(page, "What would you try?")
    page.keyboard.type("Keys only, so that nobody needs a mouse")
    enter(page)
    tab_to(page, "Start the plan")
    enter(page)
    tom.look()
    assert focus_is_on_the_error_summary(page)
    tab_to(page, "Choose why you go ahead")
    page.keyboard.press("Enter")
    page.keyboard.press("Space")
    tab_to(page, "Start the plan")
    enter(page)
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Keys only, so that nobody needs a mouse"
    )

    tab_to(page, "Plan")
    enter(page)
    tab_to(page, "Answer: who has to take part")
    enter(page)
    for label in ("Why residents would take part", "Why staff would take part"):
        tab_to(page, label)
        page.keyboard.type("Because it is theirs.")
    tab_to(page, "Save and continue")
    enter(page)
    tom.look()
    assert focus_is_on_the_error_summary(page)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.type("Fewer empty stops.")
    tab_to(page, "Save and continue")
    enter(page)
    expect(page.get_by_text("Saved: who has to take part")).to_be_visible()


def draft_of_another_team(visitor: Visitor) -> str:
    visitor.open("/trials/?stage=planning")
    link = visitor.page.get_by_role("link", name="A line about warm homes on pharmacy bags")
    return str(link.first.get_attribute("href"))


def test_another_teams_draft_is_not_told_to_those_outside_it(people, browser, demonstration):
    home = draft_of_another_team(people["tom"])
    outside = [browser.new_context(viewport=PHONE) for _ in range(3)]
    gareth, partner, mina = (Visitor(context, demonstration) for context in outside)
    gareth.sign_in("gareth")
    mina.sign_in("mina")
    partner_accepts(partner, invited(gareth))

    assert mina.open("/trials/") == 200
    assert partner.open("/trials/") == 403
    partner.look()
    for visitor in (mina, partner, gareth):
        for page in ("", "plan/check/", "plan/people/", "plan/members/", "register/"):
            assert visitor.open(home + page) == 404, page
            assert "pharmacy" not in visitor.page.content()
        visitor.look()
    for context in outside:
        context.close()


def invited(gareth: Visitor) -> str:
    """Invite somebody of a partner; return the address that sets up the account."""
    gareth.open("/settings/people/invite/")
    someone = f"{uuid4()}@linney.example"
    pages.write(
        gareth.page,
        {"Name": "Anil Kapoor", "E-mail address": someone, "Organisation": "Linney Homes"},
    )
    gareth.press("Send invitation")
    return urlsplit(gareth.page.locator(".app-token").inner_text()).path


def partner_accepts(partner: Visitor, address: str) -> None:
    partner.open(address)
    pages.write(
        partner.page,
        {"Your name": "Anil Kapoor", "Choose a password": "three quiet lanes and a mill"},
    )
    with partner.page.expect_navigation():
        partner.page.locator("main form button").last.click()


def test_what_was_typed_into_a_plan_outlives_the_session(people):
    tom = people["tom"]
    home = pages.begin(tom, "Words that outlive a session")
    tom.open(f"{home}plan/people/")
    pages.write(
        tom.page,
        {
            "Why residents would take part": "A quicker answer.",
            "Why staff would take part": "Fewer calls.",
            "Why the partner would take part": "Fewer empty stops.",
        },
    )
    tom.context.clear_cookies(name="sessionid")
    pages.press(tom, "Save and continue")
    tom.look()
    assert "/account/sign-in/" in tom.page.url
    tom.page.get_by_label("E-mail address").fill("tom@wrenmoor.example")
    tom.page.get_by_label("Password", exact=True).fill("look-around-wrenmoor")
    tom.press("Sign in")

    assert urlsplit(tom.page.url).path == f"{home}plan/people/"
    assert "We put back what you typed" in tom.words()
    expect(tom.page.get_by_label("Why staff would take part")).to_have_value("Fewer calls.")
    pages.press(tom, "Save and continue")
    expect(tom.page.get_by_text("Saved: who has to take part")).to_be_visible()


def test_the_list_says_overdue_where_the_trial_does(people):
    tom = people["tom"]
    tom.open("/trials/")
    tom.look()
    row = tom.page.get_by_role("row", name="Bus pass for the first month of a job")
    tag = row.locator(".govuk-tag").inner_text()
    assert tag.startswith("Result overdue, ")
    row.get_by_role("link").click()
    tom.look()
    expect(tom.page.locator("main .govuk-tag").first).to_have_text(tag)
    assert "which has passed" in tom.words()


def test_a_running_trial_says_how_far_it_is_and_what_comes_next(people):
    tom = people["tom"]
    tom.open("/trials/")
    tom.page.get_by_role("link", name="Name, vest and vote").click()
    tom.look()
    assert "Wave 1: 71 of 120 measured" in tom.words()
    assert re.search(r"Next: measure and watch\. Who: Tom Okafor\. By when: \d", tom.words())


def test_any_outcome_is_chosen_from_the_catalogue_without_a_script(people):
    tom, helen = people["tom"], people["helen"]
    home = pages.begin(tom, "Outcomes by choice")
    pages.add_to_team(tom, home, "helen", "Analyst: checks and analyses it")
    helen.open(f"{home}plan/outcomes/")
    helen.look()
    within = {
        name: helen.page.get_by_role("group", name=name, exact=True)
        for name in ("The main outcome", "Harm to watch 1")
    }
    for name, measure in (
        ("The main outcome", "Missed a collection"),
        ("Harm to watch 1", "Complaints"),
    ):
        within[name].get_by_label("Choose from the catalogue").select_option(label=measure)
    pages.write(
        helen.page, {"The main outcome / Judged by people who do not know the group": "No"}
    )
    pages.press(helen, "Save and continue")
    assert "There is a problem" in helen.words()
    helen.look()
    pages.write(helen.page, {"Harm to watch 1 / The limit": "1%"})
    pages.press(helen, "Save and continue")
    expect(helen.page.get_by_text("Saved: what is measured")).to_be_visible()
    helen.open(f"{home}plan/outcomes/")
    helen.page.get_by_text("Other outcomes: none yet").click()
    other = helen.page.get_by_role("group", name="Outcome 1", exact=True)
    other.get_by_label("Choose from the catalogue").select_option(label="Had to ask again")
    pages.press(helen, "Save and continue")
    helen.open(f"{home}plan/check/")
    helen.look()
    for words in ("Missed a collection", "Complaints", "Had to ask again"):
        assert words in helen.words()
