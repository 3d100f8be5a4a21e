"""The first run: from the code on the console to an invited colleague at work."""

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE, WIDE, Visitor

PASSWORD = "quarry-staithe-linney"
WELSH = {"Ideas": "Syniadau", "Evidence": "Tystiolaeth", "Contact": "Cysylltu"}


def code_of(folder: Path) -> str:
    """The code that `trialogue serve` printed."""
    said = (folder / "said.txt").read_text()
    found = re.search(r"/setup/ with the code ([A-Z0-9-]+)", said)
    assert found, said
    return found[1]


def set_up(visitor: Visitor, code: str) -> None:
    page = visitor.page
    assert visitor.open("/setup/") == 200
    visitor.look()
    page.get_by_label("Code from the console").fill("AAAAA-BBBBB-CCCCC")
    page.get_by_label("Name of the council").fill("Wrenmoor Borough Council")
    page.get_by_label("GSS code, if you know it").fill("E07000999")
    page.get_by_label("Contact shown to everyone").fill("trials@wrenmoor.example")
    page.get_by_label("Offer pages in Welsh too").check()
    page.get_by_label("Your name").fill("Gareth Pugh")
    page.get_by_label("Your e-mail address").fill("gareth@wrenmoor.example")
    page.get_by_label("Choose a password").fill(PASSWORD)
    visitor.press("Continue")
    expect(page.get_by_role("alert")).to_contain_text("This code does not open the set-up")

    page.get_by_label("Code from the console").fill(code)
    page.get_by_label("Choose a password").fill(PASSWORD)
    visitor.press("Continue")
    expect(page.get_by_role("heading", level=1)).to_have_text("First steps")


def send_a_test(visitor: Visitor, folder: Path) -> None:
    visitor.page.get_by_role("link", name="Send a test e-mail").click()
    visitor.look()
    visitor.press("Send me a test")
    expect(visitor.page.get_by_text("A message to gareth@wrenmoor.example")).to_be_visible()
    for _ in range(90):
        if "A test from Trialogue" in (folder / "said.txt").read_text():
            return
        visitor.page.wait_for_timeout(500)
    raise AssertionError((folder / "said.txt").read_text()[-2000:])


def invite(visitor: Visitor, name: str, role: str) -> str:
    """Invite somebody; return the link that the page shows for when no e-mail goes."""
    page = visitor.page
    visitor.open("/settings/people/invite/")
    visitor.look()
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("E-mail address").fill(f"{name.split()[0].lower()}@wrenmoor.example")
    page.get_by_label("Wrenmoor Borough Council").check()
    page.get_by_label(role).check()
    button = page.get_by_role("button", name=re.compile("invit", re.IGNORECASE))
    with page.expect_navigation():
        button.click()
    visitor.look()
    return page.locator(".app-token").inner_text()


def add_an_area(visitor: Visitor) -> None:
    visitor.open("/settings/first-steps/")
    visitor.page.get_by_role("link", name="Add a service area").click()
    visitor.look()
    visitor.page.get_by_label("Name", exact=True).fill("Street care")
    with visitor.page.expect_navigation():
        visitor.page.locator("main form button").click()


def set_clocks(visitor: Visitor) -> None:
    """The clocks, a bank holiday that is worked and a day of one's own."""
    page = visitor.page
    visitor.open("/settings/first-steps/")
    page.get_by_role("link", name="Set the clocks and working days").click()
    visitor.look()
    page.get_by_label("Working days to answer an idea").fill("4")
    visitor.press("Save")
    expect(page.get_by_role("alert")).to_contain_text("must be between 5 and 60")
    page.get_by_label("Working days to answer an idea").fill("15")
    visitor.press("Save")
    page.get_by_role("link", name="Change working days", exact=True).click()
    visitor.look()
    page.get_by_role("button", name=re.compile("We work on .* 2028$")).first.click()
    expect(page.get_by_text("is a working day")).to_be_visible()
    for part, value in (("Day", "29"), ("Month", "12"), ("Year", "2028")):
        page.get_by_label(part, exact=True).fill(value)
    page.get_by_label("Why").fill("Offices closed")
    visitor.press("Add")
    expect(page.get_by_text("Friday 29 December 2028")).to_be_visible()


def write_welsh(visitor: Visitor) -> None:
    """Three phrases, approved by a named speaker; and the site as a reader of Welsh sees it."""
    page = visitor.page
    visitor.open("/settings/")
    page.get_by_role("link", name="Change words in Welsh", exact=True).click()
    visitor.look()
    page.get_by_role("link", name="On every page", exact=True).click()
    for english, welsh in WELSH.items():
        page.get_by_role("textbox", name=english, exact=True).fill(welsh)
    page.get_by_label("Which Welsh speaker has approved these words?").fill("Carys Bevan")
    visitor.look()
    visitor.press("Save words")
    expect(page.get_by_text("3 phrases approved: pages show them")).to_be_visible()
    page.get_by_role("link", name="Cymraeg", exact=True).click()
    for path in ("/", "/ideas/", "/evidence/", "/settings/welsh/"):
        visitor.open(path)
        visitor.look()
        expect(page.locator("html")).to_have_attribute("lang", "cy")
        for welsh in WELSH.values():
            expect(page.locator("span[lang=cy]", has_text=welsh).first).to_be_attached()
        expect(page.get_by_text("Skip to main content")).to_have_attribute("lang", "en")
    page.get_by_role("link", name="English", exact=True).click()
    expect(page.locator("html")).to_have_attribute("lang", "en")


def add_a_pause(visitor: Visitor) -> None:
    page = visitor.page
    visitor.open("/settings/pauses/new/")
    visitor.look()
    for number, day in enumerate(("20", "7")):
        for part, value in (("Day", day), ("Month", str(3 + number * 2)), ("Year", "2028")):
            page.get_by_label(part, exact=True).nth(number).fill(value)
    page.get_by_label("Why").fill("Local elections")
    visitor.press("Add")


def accept(visitor: Visitor, link: str) -> None:
    """Take up an invitation, sign out and in again."""
    page = visitor.page
    visitor.open(urlsplit(link).path)
    visitor.look()
    page.get_by_label("Choose a password").fill(PASSWORD)
    with page.expect_navigation():
        page.locator("main form button").click()
    visitor.open("/account/")
    visitor.look()
    visitor.context.clear_cookies()
    visitor.open("/account/sign-in/")
    page.get_by_label("E-mail address").fill("ruth@wrenmoor.example")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    visitor.press("Sign in")
    expect(page.get_by_role("heading", level=1)).to_have_text("Your work")


@pytest.mark.parametrize("scripts", [True, False], ids=["wide", "phone without scripts"])
def test_a_new_site_is_set_up_and_a_colleague_signs_in(browser, new_site, tmp_path, scripts):
    size = WIDE if scripts else PHONE

    def somebody() -> Visitor:
        context = browser.new_context(viewport=size, java_script_enabled=scripts)
        return Visitor(context, new_site, scripts=scripts)

    gareth = somebody()
    set_up(gareth, code_of(tmp_path))
    send_a_test(gareth, tmp_path)
    link = invite(gareth, "Ruth Adeyemi", "Manager: answer ideas")
    invite(gareth, "Tom Okafor", "Member: suggest")
    add_an_area(gareth)
    set_clocks(gareth)
    add_a_pause(gareth)
    write_welsh(gareth)

    gareth.open("/settings/first-steps/")
    gareth.look()
    expect(gareth.page.get_by_text("Completed")).to_have_count(5)
    gareth.page.get_by_role("link", name="Go to your work").click()
    gareth.look()
    expect(gareth.page.get_by_role("heading", level=1)).to_have_text("Your work")
    expect(gareth.page.get_by_text("left to make the site ready")).to_have_count(0)

    assert somebody().open("/setup/") == 404
    accept(somebody(), link)
