"""What comes to a phone in the middle of a round, and what stands on its screens after that."""

import pytest
from playwright.sync_api import expect

from tests.browser.rounds.handset import NOTE
from tests.browser.rounds.proxy import no_signal
from tests.browser.rounds.test_round import follow, look, press

WAIT = """
async ([script, seconds]) => {
  const { change, get } = await import(script);
  const { times } = await get("phone");
  await change("phone", { times: { ...times, knock_again: seconds } });
}
"""


@pytest.fixture(scope="module")
def walker(new_handset):
    handset = new_handset()
    handset.begin()
    return handset


def answer(page):
    """Answer "no" to the first question and "yes" to the others."""
    groups = page.get_by_role("group")
    expect(groups.first).to_be_visible()
    for number in range(groups.count()):
        groups.nth(number).get_by_label("No" if number == 0 else "Yes", exact=True).check()


def test_a_visit_that_is_called_off_says_so_on_the_phone(round_site, walker):
    page, visit = walker.page, walker.visits[1].replace("-", "")
    round_site.rows(
        "INSERT INTO visits_suspension (resident_id, first, last, why, told_by, at)"
        " SELECT resident_id, day, day, 'asked', '', created_at FROM visits_visit"
        f" WHERE public_id = '{visit}'"
    )
    page.reload()
    walker.enter_pin()

    expect(page.get_by_text("Stop 2 is called off. Do not call there today.")).to_be_visible()
    expect(page.locator("[data-stop='2']")).to_contain_text("Paused. Do not call")
    look(walker, "called off")
    page.locator("[data-stop='2'] a").click()
    expect(page.get_by_text("Paused. Do not call today.")).to_be_visible()
    expect(page.get_by_role("link", name="They came to the door")).to_have_count(0)
    follow(walker, "Today")
    with round_site.line.under(no_signal):
        page.reload()
        walker.enter_pin()  # the phone remembers it without signal
        expect(page.get_by_text("Stop 2 is called off")).to_be_visible()


def test_what_was_written_at_a_door_is_at_hand_to_raise(walker):
    page = walker.page
    page.locator("[data-stop='1'] a").click()
    follow(walker, "They came to the door")
    answer(page)
    press(walker, "Save visit")
    expect(page.get_by_text("An answer was no. Should somebody look")).to_be_visible()
    follow(walker, "Go on")
    page.locator("[data-stop='1'] a").click()
    expect(page.get_by_role("link", name="Does not want visits any more")).to_be_visible()
    follow(walker, "They came to the door")
    answer(page)
    page.get_by_label("What should we pass on?").first.fill(f"{NOTE} cold boiler")
    press(walker, "Save visit")
    expect(page.get_by_text("Nobody is told of what you wrote unless")).to_be_visible()
    look(walker, "to pass on")
    follow(walker, "Yes, raise it")

    words = page.get_by_label("What did you see or hear?")
    expect(words).to_have_value(f"{NOTE} cold boiler")
    page.get_by_label("Amber: today.").check()
    words.fill("")
    press(walker, "Save concern")
    expect(page.get_by_text("Enter what you saw or heard")).to_be_visible()
    words.fill(f"{NOTE} cold boiler")
    press(walker, "Save concern")
    expect(page.get_by_role("heading", name="Concern saved")).to_be_visible()
    walker.until_sent()


def test_that_a_red_was_received_is_said_once_with_its_time(walker):
    alarm = walker.page.locator("#alarm")
    expect(alarm).to_contain_text("The desk has been told")
    said = alarm.inner_text()
    alarm.evaluate("(place) => { place.firstChild.marked = true; }")

    walker.record(1)  # the page looks again at all that it shows
    walker.until_sent()

    assert alarm.inner_text() == said
    assert alarm.evaluate("(place) => place.firstChild.marked")


def test_a_step_at_a_door_that_was_received_no_longer_waits(round_site, walker):
    page = walker.page
    follow(walker, "Go on")
    with round_site.line.under(no_signal):
        page.evaluate(WAIT, [walker.module("store"), 120])
        page.locator("[data-stop='3'] a").click()
        follow(walker, "No answer")
        press(walker, "I rang and knocked")
        expect(page.locator("#wait")).to_contain_text("Saved on this phone, not sent yet.")
    walker.wake()

    expect(page.locator("#wait")).to_contain_text("Received")
