"""A draft plan, opened for comments, commented on from another service, answered."""

import re
from datetime import date, timedelta

from playwright.sync_api import expect

from tests.browser import trial_pages as pages


def test_a_draft_is_opened_commented_on_and_answered(visitor, browser):
    visitor.sign_in("tom")
    home = pages.begin(visitor, "A bench by the bus stop", starter="A look-in on the postal round")
    visitor.open(f"{home}plan/check/")
    visitor.press("Open for comments")
    expect(visitor.page.get_by_role("alert")).to_contain_text("Enter the last day for comments")
    until = date.today() + timedelta(days=3)  # noqa: DTZ011  the browser stands beside the server
    pages.write(visitor.page, {"Open the draft for comments until": until.isoformat()})
    visitor.press("Open for comments")
    expect(visitor.page.get_by_text("It is open for comments until")).to_be_visible()

    visitor.sign_in("mina")
    visitor.open(f"{home}draft/")
    visitor.look()
    expect(visitor.page.get_by_text("Draft, not yet agreed")).to_be_visible()
    visitor.press("Add comment")
    expect(visitor.page.get_by_role("alert")).to_contain_text("Enter what you want to say")
    visitor.page.get_by_label("Offer of help").check()
    visitor.page.get_by_label("Your words").fill("Our carers pass there each day")
    visitor.press("Add comment")
    expect(visitor.page.get_by_text("Our carers pass there each day")).to_be_visible()

    visitor.sign_in("tom")
    visitor.open("/your-work/")
    visitor.page.get_by_role("link", name="Answer a comment on the draft of “A bench").click()
    visitor.look()
    visitor.page.get_by_role("link", name=re.compile("^Answer.*Our carers")).click()
    visitor.look()
    visitor.page.get_by_label("Your answer").fill("Thank you: we will plan it with you")
    visitor.press("Send answer")
    expect(visitor.page.get_by_text("Tom Okafor answers:")).to_be_visible()
