"""Results that are not there, or settle nothing: what a reader learns, and what comes next."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import Visitor


def read(visitor: Visitor, title: str) -> str:
    """Open a trial's public page by its title; return what it says."""
    visitor.open(f"/evidence/trials/?q={title.replace(' ', '+')}")
    visitor.page.get_by_role("link", name=re.compile(title)).first.click()
    visitor.look()
    return visitor.words()


def test_a_result_too_small_to_tell_leads_to_a_larger_trial(visitor):
    visitor.sign_in("priya")
    said = read(visitor, "No e-mail on Friday morning")
    assert "Too small to tell" in said
    assert "About 315 more members of staff in each group would settle it" in said

    first = visitor.page.url.split("/")[4]
    visitor.page.get_by_role("link", name="Start a trial like this").click()
    visitor.look()
    visitor.page.get_by_label("What would you try?").fill("A larger quiet Friday")
    visitor.press("Look who tried it")
    visitor.page.get_by_label("The earlier trial was too small").check()
    visitor.press("Start the plan")
    expect(visitor.page.get_by_role("heading", level=1)).to_have_text("A larger quiet Friday")
    assert "11 of 13 questions answered" in visitor.words()
    visitor.open(f"{visitor.page.url.removeprefix(visitor.site)}plan/question/")
    assert visitor.page.get_by_label(re.compile("repeat", re.I)).first.input_value() in (first, "")
    assert first in visitor.page.content()


def test_a_result_that_is_overdue_says_for_how_long_and_what_is_held(phone):
    said = read(phone, "Bus pass for the first month")
    assert "Result overdue, 74 days" in said
    assert "The result was due on" in said
    assert "Start a trial like this" not in said


def test_before_the_data_are_locked_the_analyst_sees_what_to_check_and_nothing_else(phone):
    phone.sign_in("helen")
    phone.open("/trials/")
    phone.page.get_by_role("link", name=re.compile("Rent letter")).click()
    phone.page.get_by_role("link", name="Analyse").click()
    phone.look()
    said = phone.words()
    assert "The trial has ended" in said
    assert not re.search(r"\d+%|in 100", said)
    assert phone.page.get_by_role("button", name="Lock the data").count() == 1
