"""A visitor's day on a phone, screen by screen; and a phone that is lost, locked or wrong."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import too_wide, violations
from tests.browser.rounds.handset import NOTE, until
from tests.browser.rounds.make_round import TELEPHONE
from tests.browser.rounds.proxy import no_signal

SMALL = """
() => [...document.querySelectorAll("a, button, input, select, textarea, summary")]
  .filter((one) => one.checkVisibility() && !one.closest("p, .govuk-visually-hidden")
    && !one.matches(".govuk-skip-link, label input"))
  .filter((one) => one.getBoundingClientRect().height < 47.5)
  .map((one) => one.outerHTML.slice(0, 100))
"""
SHIFT = """
(() => {
  const Real = Date;
  window.shift = Number(sessionStorage.shift ?? 0);
  window.Date = class extends Real {
    constructor(...given) { given.length ? super(...given) : super(Real.now() + window.shift); }
    static now() { return Real.now() + window.shift; }
  };
})();
"""
DAY = 24 * 60 * 60 * 1000


def look(handset, screen):
    """Hold a screen to what each must be: axe, 320 pixels, 48 pixels for a thumb, one heading."""
    page = handset.page
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    assert violations(page) == [], screen
    assert page.evaluate(SMALL) == [], screen
    assert page.locator("style, [style]").count() == 0, screen
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320, (screen, too_wide(page))
    page.set_viewport_size({"width": 375, "height": 720})
    assert handset.complaints == [], screen


def follow(handset, *names):
    for name in names:
        handset.page.get_by_role("link", name=name).first.click()


def press(handset, name):
    handset.page.get_by_role("button", name=name).click()


@pytest.fixture(scope="module")
def walker(new_handset):
    handset = new_handset()
    handset.begin()
    return handset


def test_a_day_at_doors_without_signal(round_site, walker):
    page = walker.page
    alarm = page.locator("#alarm")
    look(walker, "today")
    expect(page.get_by_text("Take care: a dog")).to_be_visible()
    with round_site.line.under(no_signal):
        # A visit, with something to pass on.
        follow(walker, "Quillfeather")
        look(walker, "stop")
        expect(page.get_by_text("You are new to this door")).to_be_visible()
        follow(walker, "They came to the door")
        press(walker, "Save visit")
        expect(page.get_by_text("Choose an answer to each question")).to_be_visible()
        groups = page.get_by_role("group")
        for number in range(groups.count()):
            groups.nth(number).get_by_label("No" if number == 1 else "Yes", exact=True).check()
        page.get_by_label("What should we pass on?").nth(1).fill(f"{NOTE} bread")
        look(walker, "questions")
        press(walker, "Save visit")
        expect(page.get_by_text("Saved on this phone, not sent yet").first).to_be_visible()
        look(walker, "saved")
        follow(walker, "Yes, raise it")

        # A concern: 999 first, then the desk, then the record; NOT SENT YET until it is.
        expect(page.get_by_role("heading", name="Is somebody in danger now?")).to_be_visible()
        links = page.locator("main").get_by_role("link")
        assert [one.get_attribute("href") for one in links.all()][1:3] == [
            "tel:999",
            f"tel:{TELEPHONE.replace(' ', '')}",
        ]
        press(walker, "Save concern")
        expect(page.get_by_text("Choose how soon somebody should look")).to_be_visible()
        page.get_by_label("What is it about?").select_option("safeguarding")
        expect(page.get_by_text("Do not promise to keep it secret")).to_be_visible()
        page.get_by_label("Red: now.").check()
        page.get_by_label("What did you see or hear?").fill(f"{NOTE} a fall")
        look(walker, "concern")
        press(walker, "Save concern")
        expect(alarm).to_contain_text(f"NOT SENT YET. Ring the desk: {TELEPHONE}")
        look(walker, "concern saved")
        follow(walker, "Go on")
        page.reload()
        expect(alarm).to_contain_text("NOT SENT YET")  # the PIN is not needed to be told
        look(walker, "PIN")
        walker.enter_pin()

        # Nobody comes: three steps, each recorded.
        follow(walker, "Zumbrota", "No answer")
        press(walker, "I rang and knocked")
        expect(page.get_by_role("link", name="Telephone")).to_be_visible()
        look(walker, "no answer")
        press(walker, "I knocked again and telephoned")
        page.get_by_label("Something worries me").check()
        page.get_by_label("Did you notice anything?").fill(f"{NOTE} post")
        press(walker, "Card left: send")
        expect(page.get_by_role("heading", name="No answer: saved")).to_be_visible()
        follow(walker, "Go on")

        # Declined, then found to be the wrong door.
        follow(walker, "Wexcombe", "Declined today")
        look(walker, "declined")
        press(walker, "Save: declined today")
        follow(walker, "Go on", "Wexcombe")
        look(walker, "recorded before")
        press(walker, "I recorded it at the wrong door")
        expect(page.locator("[data-stop='3']")).not_to_contain_text("Declined")
        follow(walker, "Yarnbarrow", "Does not want visits")
        press(walker, "Save: no more visits")
        follow(walker, "Go on", "Oxwhistle", "Could not get there")
        press(walker, "Save: could not get there")
        follow(walker, "Go on")
        for number, words in ((1, "Done"), (2, "No answer"), (4, "any more"), (5, "get there")):
            expect(page.locator(f"[data-stop='{number}']")).to_contain_text(words)

    walker.until_sent()
    expect(alarm).to_contain_text(re.compile("Received .*The desk has been told"))
    told = round_site.rows(
        "SELECT e.type, e.body FROM visits_visitevent e JOIN visits_device d ON e.device_id = d.id"
        " WHERE d.public_id = ? ORDER BY e.seq",
        walker.owner["device"].replace("-", ""),
    )
    assert [kind for kind, _ in told] == [
        *("shift_started", "visit_started", "visit_recorded", "concern_raised"),
        *("no_answer_step", "no_answer_step", "no_answer_step"),
        *("declined", "correction", "visits_unwanted", "could_not_reach"),
    ]


def test_help_is_asked_for_by_holding_and_by_keyboard(walker):
    button = walker.page.locator("#help")
    before = walker.counts()[1]
    button.click()  # a touch is not enough
    assert walker.counts()[1] == before

    button.focus()
    walker.page.keyboard.down("Enter")
    expect(button).to_contain_text("Help asked for", timeout=6000)
    walker.page.keyboard.up("Enter")

    assert walker.counts()[1] == before + 1
    walker.until_sent()
    walker.page.reload()
    walker.enter_pin()
    told = walker.page.locator("[data-told]")
    expect(told).to_contain_text("Your call for help: Received. Nobody has taken it on yet.")


def test_the_end_of_the_round_leaves_nothing_of_anybody(round_site, walker):
    page = walker.page
    follow(walker, "I have finished")
    look(walker, "end")
    with round_site.line.under(no_signal):
        press(walker, "I have finished")
        expect(page.get_by_role("heading", name="Not everything is sent yet")).to_be_visible()
        look(walker, "waiting")
        recorded = walker.counts()[1]
    walker.wake()

    done = page.get_by_role("heading", name=f"Recorded {recorded}, received {recorded}")
    expect(done).to_be_visible()
    expect(page.get_by_text("Nothing about anybody is left")).to_be_visible()
    expect(page.locator("#counts")).to_have_text("")  # not "Recorded 0" above it
    look(walker, "done")
    assert walker.counts() == (0, 0, 0)
    walker.close()
    assert walker.holding(b"trialogue-round"), "nothing was searched"
    assert walker.plaintext() == []


def test_f12_a_lost_phone_is_taken_off_with_records_on_it(round_site, new_handset):
    lost = new_handset()
    page = lost.begin()
    with round_site.line.under(no_signal):
        lost.record(3)
        desk = round_site.desk()
        revoked = desk.post(f"/visits/phones/{lost.owner['device']}/revoke/")
        assert revoked is not None
        assert revoked.status_code == 302
    lost.wake()

    expect(page.get_by_role("heading", name="The desk took this phone off")).to_be_visible()
    look(lost, "revoked")
    until(lambda: lost.counts()[0] == 0, 30, lambda: str(lost.counts()))
    held = round_site.rows("SELECT count(*) FROM visits_heldevent WHERE why = 'revoked'")
    assert held == [(3,)]
    lost.page.reload()
    expect(page.get_by_role("heading", name="The desk took this phone off")).to_be_visible()


def test_five_wrong_pins_wipe_the_list_and_never_what_waits(round_site, new_handset):
    handset = new_handset()
    page = handset.begin()
    with round_site.line.under(no_signal):
        handset.record(2)
        page.reload()
        for left in (4, 3, 2, 1, 0):
            page.get_by_label("PIN").fill("000000")
            press(handset, "Open the list")
            if left:
                expect(page.get_by_text(re.compile(f"{left} tr(y|ies) left"))).to_be_visible()
        expect(page.get_by_text("wiped after five wrong PINs")).to_be_visible()
        assert handset.counts()[0] == 2
    handset.until_sent()
    there = round_site.events()
    assert {key: there.get(key) for key in handset.made} == handset.made


@pytest.mark.parametrize("days", [-1, 1])
def test_f8_the_clock_is_a_day_out(round_site, new_handset, days):
    handset = new_handset()
    shift = f"sessionStorage.shift = {days * DAY};" + SHIFT
    page = handset.begin(script=shift)
    expect(page.get_by_text(re.compile(r"clock is 24 hours.* (fast|slow)"))).to_be_visible()
    handset.record(2)
    handset.until_sent()

    ids = [key.replace("-", "") for key in handset.made]
    rows = round_site.rows(
        "SELECT quality, abs(julianday(about_at) - julianday(received_at)) * 86400, v.day"
        " FROM visits_visitevent e JOIN visits_visit v ON v.id = e.visit_id"
        f" WHERE e.id IN ({','.join('?' * len(ids))})",
        *ids,
    )
    assert [(quality, day) for quality, _, day in rows] == [("corrected", round_site.today)] * 2
    assert max(seconds for _, seconds, _ in rows) < 60
    handset.close()


def test_f8_the_clock_is_set_in_mid_shift(round_site, new_handset):
    handset = new_handset()
    page = handset.begin(script=SHIFT)

    def set_clock(milliseconds):
        page.evaluate(f"window.shift = {milliseconds}")
        page.evaluate("location.hash = location.hash === '#today-0' ? '#today' : '#today-0'")

    handset.until_sent()
    with round_site.line.under(no_signal):
        set_clock(-DAY)
        handset.record(1)
        expect(page.get_by_text("Records have waited")).to_have_count(0)
        expect(page.get_by_role("link", name="I have finished")).to_be_visible()
        # A day on: the list is hidden, for it may be old, and not wiped, for the clock may lie.
        set_clock(DAY)
        expect(page.get_by_role("heading", name="This list is too old to use")).to_be_visible()
        look(handset, "old")
        page.evaluate("window.shift = 0")
        press(handset, "Try again")
        expect(page.get_by_role("link", name="I have finished")).to_be_visible()
    handset.until_sent()
    [(quality, apart)] = round_site.rows(
        "SELECT quality, abs(julianday(about_at) - julianday(received_at)) * 86400"
        " FROM visits_visitevent WHERE id = ?",
        next(iter(handset.made)).replace("-", ""),
    )
    assert quality == "corrected"
    assert apart < 120
    handset.close()


def test_f10_two_phones_tell_of_one_visit(round_site, new_handset):
    first, second = new_handset(), new_handset()
    first.begin()
    second.begin()
    second.visits = first.visits
    with round_site.line.under(no_signal):
        first.record(1)
        second.record(1)
    for one in (first, second):
        one.until_sent()

    page = round_site.desk().get(f"/visits/day/{round_site.today}/")
    assert page is not None
    assert "Told of twice" in page.text
    [(visits, events)] = round_site.rows(
        "SELECT count(DISTINCT visit_id), count(*) FROM visits_visitevent WHERE visit_id ="
        " (SELECT id FROM visits_visit WHERE public_id = ?) AND type = 'visit_recorded'",
        first.visits[0].replace("-", ""),
    )
    assert (visits, events) == (1, 2)
    for one in (first, second):
        one.close()
