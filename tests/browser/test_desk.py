"""The duty desk deals with a concern (J12): wide with a live board, on a phone without scripts."""

import os
import re
import shutil
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE, WIDE, Visitor, serve

NEWS = 25_000  # the board asks every ten seconds


@pytest.fixture(scope="module")
def site(migrated, tmp_path_factory):
    """A scheme of today: six visits, a red, two ambers (one a door that nobody opened)."""
    folder = tmp_path_factory.mktemp("desk") / "data"
    shutil.copytree(migrated, folder)
    env = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    subprocess.run(
        [sys.executable, "-m", "tests.apps.visits.filled", "6", "3"],
        cwd=Path(__file__).parents[2],
        env=env | {"TRIALOGUE_DATA": str(folder)},
        check=True,
    )
    yield from serve(folder, "serve")


@pytest.fixture
def at(browser, site):
    """Somebody signed in, each at a browser of their own."""
    made = []

    def sign_in(name, *, scripts=True, size=WIDE):
        context = browser.new_context(viewport=size, java_script_enabled=scripts)
        made.append(context)
        visitor = Visitor(context, site, scripts=scripts)
        visitor.sign_in(name)
        return visitor

    yield sign_in
    for context in made:
        context.close()


def write_down(visitor, who, words):
    """Write down a red concern that somebody told the desk."""
    visitor.open("/visits/concerns/new/")
    visitor.page.get_by_label("Name, address or postcode of the resident").fill(who)
    visitor.press("Find")
    visitor.page.get_by_role("link", name=who).click()
    visitor.look()
    visitor.page.get_by_label("Red: harm is likely, now").check()
    visitor.page.get_by_label("Health").check()
    visitor.page.get_by_label("What was said?").fill(words)
    visitor.page.get_by_label("By telephone").check()
    visitor.press("Save concern")
    return re.search(r"C-\d+", visitor.words())[0]


@pytest.mark.slow
def test_the_desk_hears_of_a_red_takes_it_passes_it_on_and_closes_it(at):
    jo, ali = at("jo"), at("ali")
    jo.open("/visits/")
    jo.look()
    page, board = jo.page, jo.page.locator("[data-board]")
    focused = board.get_by_role("link", name="C-1001")
    focused.focus()
    code = write_down(ali, "Flo Quill", "She fell in the kitchen")

    # It is announced at once, and the list does not jump under the focus.
    expect(page.locator("[data-board-says]")).to_have_text(
        f"New red concern: {code}", timeout=NEWS
    )
    expect(focused).to_be_focused()
    expect(board).not_to_contain_text(code)
    page.get_by_role("button", name="Turn sound on").click()
    expect(board.get_by_role("link", name=code)).to_be_visible(timeout=NEWS)
    assert "kitchen" not in board.inner_text()
    jo.look()

    board.get_by_role("link", name=code).click()
    jo.press("Acknowledge")
    expect(page.get_by_role("alert")).to_contain_text("Enter what you will do")
    page.get_by_label("What will you do?").fill("Ring her now")
    page.get_by_label("In 15 minutes").check()
    jo.press("Acknowledge")
    assert "Jo Petrie has it; next step by" in jo.words()

    page.get_by_role("link", name="Pass it on").click()
    jo.look()
    page.get_by_label("Or to which agency?").fill("The surgery")
    page.get_by_label("The resident agreed").check()
    page.get_by_label("What will they do?").fill("The nurse calls this morning")
    page.get_by_label("In an hour").check()
    jo.press("Pass on")
    assert "To The surgery. The resident agreed." in jo.words()

    page.get_by_role("link", name="Close it").click()
    jo.look()
    page.get_by_label("Passed to a service").check()
    page.get_by_label("What is the reason?").fill("The nurse has seen her")
    jo.press("Close concern")
    assert "It is closed" in jo.words()
    page.get_by_role("link", name="Today").first.click()
    expect(page.locator("[data-board]")).not_to_contain_text(code)


@pytest.mark.slow
def test_the_board_says_when_it_no_longer_renews(at):
    jo = at("jo")
    jo.open("/visits/")
    page = jo.page
    page.get_by_role("button", name="Stop renewing").click()
    expect(page.get_by_role("button", name="Renew again")).to_be_visible()
    jo.context.clear_cookies()  # signed out meanwhile

    warning = page.locator("[data-board-lost]")
    expect(warning).to_contain_text("This page is no longer renewed", timeout=NEWS)


@pytest.mark.slow
def test_the_same_on_a_phone_without_scripts_and_safeguarding_leaves_the_desk(at):
    jo = at("jo", scripts=False, size=PHONE)
    jo.open("/visits/")
    jo.look()
    page = jo.page
    page.get_by_role("link", name="C-1002").click()
    jo.look()
    assert "Telephone the first contact" in jo.words()
    page.get_by_label("What will you do?").fill("Ring")
    page.get_by_label("In an hour").check()
    jo.press("Acknowledge")
    page.get_by_role("link", name="Write down what was done").click()
    page.get_by_label("Telephoned the resident").check()
    page.get_by_label("What came of it?").fill("No reply")
    page.get_by_label("In 15 minutes").check()
    jo.press("Save")
    page.get_by_role("link", name="Close it").click()
    page.get_by_label("Could not be reached").check()
    page.get_by_label("What is the reason?").fill("Nobody is there")
    jo.press("Close concern")
    assert "Enter where the resident is, who knows it and how" in jo.words()

    jo.open("/visits/concerns/1003/")
    page.get_by_role("link", name="Give it to the safeguarding lead").click()
    jo.look()
    page.get_by_label("No, or I do not know").check()
    page.get_by_label("What makes you think so?").fill("She is afraid of her son")
    jo.press("Give to the safeguarding lead")
    assert "C-1003" not in jo.words()
    assert jo.open("/visits/concerns/1003/") == 404

    nell = at("nell")
    nell.open("/visits/")
    nell.look()
    nell.page.get_by_role("link", name="C-1003").click()
    nell.look()
    assert "Did not seem well" in nell.words()


@pytest.mark.slow
def test_the_desk_is_handed_over_and_both_sign(at):
    jo, ali = at("jo"), at("ali")
    jo.open("/visits/hand-over/")
    jo.look()
    jo.page.get_by_label("Who takes over from you?").select_option("Ali Rahman")
    jo.page.get_by_label("What should they know?").fill("Her son rings at 4pm")
    jo.press("Hand over")
    assert "not yet signed by Ali Rahman" in jo.words()

    ali.open("/visits/hand-over/")
    assert "Her son rings at 4pm" in ali.words()
    ali.press("Sign that you have it")
    assert "signed by both at" in ali.words()

    ruth = at("ruth")
    ruth.open("/visits/setup/rota/")
    ruth.look()
    assert "somebody is on duty in each role at all times" in ruth.words()


@pytest.mark.slow
@pytest.mark.parametrize(("scripts", "size"), [(True, WIDE), (False, PHONE)])
def test_the_desk_says_of_a_round_on_paper_that_it_is_over(at, scripts, size):
    jo = at("jo", scripts=scripts, size=size)
    page = jo.page
    jo.open("/round/print/")
    jo.look()
    jo.open("/visits/phones/")
    page.get_by_role("link", name="See what was recorded and received today").click()
    jo.look()
    page.get_by_role("link", name=re.compile("^Type in that .* has finished")).first.click()
    jo.look()
    jo.press("They have finished, and are safe")
    assert "Enter the time, like 09:40 or 14:30" in jo.words()
    jo.look()
    now = datetime.now(ZoneInfo("Europe/London"))  # noqa: TID251  pages ask the real clock
    page.get_by_label("When did they finish?").fill(f"{now:%H:%M}")
    page.get_by_label("By telephone").check()
    jo.press("They have finished, and are safe")
    assert "has finished, and is safe" in jo.words()
    assert "by telephone)" in jo.words()

    page.get_by_role("link", name=re.compile("^Take back that")).click()
    jo.look()
    jo.press("It is not known that they have finished")
    assert "Taken back" in jo.words()
