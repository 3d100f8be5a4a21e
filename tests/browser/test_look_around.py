"""The tour of the demonstration, as far as it is built, and starting it again."""

import re

import pytest
from playwright.sync_api import expect


def stop(visitor, button: str) -> None:
    """Go to a stop of the tour."""
    visitor.open("/demo/")
    visitor.look()
    visitor.press(button)


def test_the_tour_leads_to_each_stop_as_the_person_to_be(visitor):
    page = visitor.page
    stop(visitor, "Suggest an idea as Priya")
    expect(page.get_by_label("What is the problem?")).to_be_visible()

    stop(visitor, "Answer the idea as Ruth")
    expect(page.get_by_label("Why?")).to_be_visible()

    visitor.open("/demo/")
    page.get_by_role("link", name="Read the result").click()
    visitor.look()
    expect(page.locator("main")).to_contain_text(re.compile("no real difference", re.IGNORECASE))

    visitor.open("/demo/")
    page.get_by_role("link", name="See the results that are due").click()
    visitor.look()

    visitor.open("/demo/")
    page.get_by_role("link", name="Read the e-mails").click()
    visitor.look()
    page.locator("main table a").nth(3).click()
    visitor.look()


def test_the_pharmacy_trial_is_mended_while_the_drawing_follows(visitor):
    page = visitor.page
    stop(visitor, "Mend the trial as Tom")
    panel = page.locator("#power-panel")
    before = panel.inner_text()

    page.get_by_label(re.compile("in each group", re.IGNORECASE)).first.fill("40")

    expect(panel).not_to_have_text(before, timeout=15_000)
    assert panel.locator("svg").count() == 1


@pytest.mark.slow
def test_the_demonstration_starts_again_and_says_so_once(own_demonstration):
    visitor = own_demonstration
    page = visitor.page
    stop(visitor, "Be Priya")
    visitor.open("/account/change/")
    page.get_by_label("Your post").fill("Changed by a visitor")
    page.locator("main form button").first.click()
    visitor.open("/demo/start-again/")
    visitor.look()
    visitor.press("Start again")
    expect(page.locator("progress")).to_be_visible()

    ended = page.get_by_role("heading", name="The demonstration has started again")
    expect(ended).to_be_visible(timeout=300_000)

    visitor.look()
    page.get_by_role("link", name="Choose who to be").click()
    visitor.press("Be Priya")
    visitor.open("/account/")
    expect(page.locator("main")).not_to_contain_text("Changed by a visitor")
