"""Faults that must lose nothing: F1 to F19 of the line, the server, the browser and the clock.

After each: what the server holds is what was recorded, each once, with the same contents; nothing
waits on the phone; its two counts agree. At the end the phone's disk tells nothing of anybody.
"""

import itertools
import re
import threading
import time
from dataclasses import replace

import pytest
from playwright.sync_api import expect

from tests.browser.rounds.handset import NOTE, until
from tests.browser.rounds.make_round import TELEPHONE
from tests.browser.rounds.proxy import at_once, no_signal, reply

# Whether the browser refuses to keep anything more for this site.
IS_FULL = """
async () => {
  const db = await new Promise((done) => {
    const asked = indexedDB.open("filler");
    asked.onupgradeneeded = () => asked.result.createObjectStore("bytes");
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => done(null);
  });
  if (!db) return true;
  const full = await new Promise((done) => {
    const put = db.transaction("bytes", "readwrite");
    put.objectStore("bytes").put("x".repeat(100), 1);
    put.oncomplete = () => done(false);
    put.onabort = () => done(true);
  });
  db.close();
  return full;
}
"""
CAFE = "<!doctype html><title>Free coffee</title><p>Sign in to go online</p>"


@pytest.fixture(autouse=True)
def nothing_is_lost(round_site, handset):
    """Whatever a test did to it, all that the phone recorded is there in the end."""
    yield
    handset.until_sent()
    there = round_site.events()
    assert {key: there.get(key) for key in handset.made} == handset.made
    [(twice,)] = round_site.rows("SELECT count(*) - count(DISTINCT sha256) FROM visits_visitevent")
    assert twice == 0
    assert handset.complaints == []


def test_f2_the_signal_goes_in_mid_send(round_site, handset):
    cuts = iter((0, 1, 300, -1, None))

    def cut(request, forward):
        if not request.is_record:
            return forward(request)
        after = next(cuts, "over")
        if after == "over":
            return forward(request)
        forward(request, only=len(request.body) if after is None else after % len(request.body))
        return None

    with round_site.line.under(cut):
        handset.record(5)
        handset.until_sent()


def test_f3_every_second_reply_is_lost(round_site, handset):
    count = itertools.count()
    before = round_site.line.records

    def lose(request, forward):
        answer = forward(request)
        return None if request.is_record and next(count) % 2 == 0 else answer

    with round_site.line.under(lose):
        handset.record(20)
        handset.until_sent()

    assert round_site.line.records - before <= 42


def test_f6_every_request_comes_three_times_at_once_from_two_tabs(round_site, handset):
    def repeat(request, forward):
        return at_once(forward, request, 3)[0] if request.is_record else forward(request)

    other = handset.context.new_page()
    other.goto(f"{handset.site}/round/")
    with round_site.line.under(repeat):
        handset.record(8)
        other.evaluate("window.dispatchEvent(new Event('online'))")
        handset.until_sent()
    other.close()


def test_f15_the_server_is_full_and_its_database_locked(round_site, handset):
    busy = reply("503 Service Unavailable", "{}", kind="application/json")
    with round_site.line.under(lambda request, forward: busy):
        handset.record(3)
        time.sleep(1)
        assert handset.counts()[0] == 3
    lock = threading.Thread(target=hold_the_lock, args=(round_site, 3))
    lock.start()
    handset.record(3)
    handset.until_sent()
    lock.join()


def hold_the_lock(round_site, seconds):
    shut = "LOCK TABLE visits_visitevent" if round_site.database else "BEGIN IMMEDIATE"
    with round_site.connected() as database:
        database.execute(shut)
        time.sleep(seconds)
        database.rollback()


@pytest.mark.parametrize(
    "answer",
    [
        reply("200 OK", CAFE),
        reply("200 OK", "{}", kind="application/json"),
        reply("201 Created", '{"id": "x", "sha256": "y"}', kind="application/json"),
        reply("302 Found", "", more="Location: http://127.0.0.1:9/sign-in\r\n"),
        reply("403 Forbidden", CAFE),
    ],
    ids=["page", "empty", "not mine", "elsewhere", "forbidden"],
)
def test_f16_a_cafe_answers_for_us(round_site, handset, answer):
    with round_site.line.under(lambda request, forward: answer):
        handset.record(1)
        handset.wake()
        time.sleep(0.5)
        assert handset.counts()[0] == 1


def test_f18_the_signal_flickers(round_site, handset):
    over, turns = threading.Event(), itertools.count()

    def flicker():
        for turn in itertools.cycle((no_signal, None)):
            if over.wait(0.05):
                return
            next(turns)
            round_site.line.rule = turn or (lambda request, forward: forward(request))

    flickering = threading.Thread(target=flicker)
    flickering.start()
    try:
        for _ in range(20):
            handset.record(5)
            handset.wake()
            time.sleep(0.5)
        assert next(turns) >= 100
    finally:
        over.set()
        flickering.join()
        round_site.line.rule = lambda request, forward: forward(request)


def test_f14_one_that_is_refused_never_holds_up_the_others(round_site, handset):
    [key] = (round_site.folder / "keys").glob("visits-*")
    with round_site.line.under(no_signal):
        handset.record(1)
    away = key.rename(key.with_suffix(".away"))
    try:
        # The next are sealed to a key that the server has, as after a change of keys.
        round_site.rows("UPDATE visits_serverkey SET retired_at = '2026-01-02'")
        handset.wake()
        needs_help = handset.page.get_by_text("1 of your records needs help")
        expect(needs_help).to_be_visible()
        with handset.page.expect_response("**/round/contact/"):
            handset.page.reload()
        handset.enter_pin()
        handset.record(3)
        handset.wake()
        until(lambda: handset.counts()[0] == 1, 30, lambda: str(handset.counts()))
    finally:
        away.rename(key)
    handset.until_sent()
    expect(needs_help).to_have_count(0)


def test_f11_the_session_ended_while_there_was_no_signal(round_site, handset):
    with round_site.line.under(no_signal):
        handset.record(2)
        round_site.rows("DELETE FROM django_session")
    handset.until_sent()

    handset.page.get_by_role("button", name="Get the list again").click()
    expect(handset.page.get_by_role("link", name="Sign in")).to_be_visible()
    handset.page.goto(f"{handset.site}/round/#today")
    handset.page.reload()
    handset.enter_pin()


def test_f9_the_phone_is_full(round_site, handset):
    with round_site.line.under(no_signal):
        page = handset.page
        session = handset.context.new_cdp_session(page)
        page.get_by_role("link", name="Zumbrota").click()
        page.get_by_role("link", name="Declined today").click()
        note = page.get_by_label("Anything the desk should know")
        note.fill(NOTE * 90)
        save = page.get_by_role("button", name="Save: declined today")
        session.send("Storage.overrideQuotaForOrigin", {"origin": handset.site, "quotaSize": 1})
        # The browser looks at its quota again after half a minute.
        until(lambda: page.evaluate(IS_FULL), 60, lambda: "the phone is not full")
        save.click()
        expect(page.get_by_text("Not saved: this phone is full")).to_be_visible()
        expect(page.get_by_text(TELEPHONE)).to_be_visible()
        expect(note).to_have_value(NOTE * 90)
        recorded = handset.counts()[1]

        session.send("Storage.overrideQuotaForOrigin", {"origin": handset.site})
        save.click()
        expect(page.get_by_role("heading", name="Declined today: saved")).to_be_visible()
        assert handset.counts()[1] == recorded + 1
        page.get_by_role("link", name="Go on").click()


def test_f13_a_new_version_waits_until_nothing_waits(round_site, handset):
    def newer(request, forward):
        if request.is_record:
            return None
        if request.path != "/round/worker.js":
            return forward(request)
        plain = re.sub(rb"(?i)(accept-encoding:)[^\r]*", rb"\1 identity", request.head)
        return re.sub(rb'VERSION = ".', b'VERSION = "v', forward(replace(request, head=plain)))

    page = handset.page
    button = page.get_by_role("button", name="Use the new version")
    with round_site.line.under(newer):
        handset.record(1)
        page.evaluate(
            "navigator.serviceWorker.getRegistration('/round/').then((one) => one.update())"
        )
        waiting = "navigator.serviceWorker.getRegistration('/round/').then((one) => !!one.waiting)"
        until(lambda: page.evaluate(waiting), 30, lambda: "no new version came")
        handset.wake()
        time.sleep(0.5)
        expect(button).to_have_count(0)
    handset.until_sent()
    expect(button).to_be_visible()
    with page.expect_navigation():
        button.click()
    handset.enter_pin()


def test_f4_the_server_is_killed_in_mid_request(round_site, handset):
    kills = 20
    for number in range(kills):
        delay = 0.05 * number / kills

        def kill(request, forward, delay=delay):
            if not request.is_record:
                return forward(request)
            threading.Timer(delay, round_site.site.kill).start()
            try:
                return forward(request)
            except OSError:
                return None

        with round_site.line.under(kill):
            handset.record(1)
            handset.wake()
            until(
                lambda: round_site.site.process.poll() is not None, 30, lambda: "the server lives"
            )
        with round_site.line.under(no_signal):
            handset.record(2)
            round_site.start()
        handset.until_sent()


def test_f5_the_browser_is_killed_right_after_saved(round_site, handset):
    round_site.line.rule = no_signal
    for _ in range(4):
        handset.record(50)
        handset.kill()
        handset.unlock()
    assert handset.counts()[0] == 200
    round_site.line.rule = lambda request, forward: forward(request)


def test_f1_no_signal_all_shift(round_site, handset):
    round_site.site.stop()
    handset.record(20)
    handset.close()

    handset.unlock()
    handset.record(5)
    assert handset.counts()[0] == 25
    round_site.start()


def test_the_disk_of_the_phone_tells_nothing_of_anybody(handset):
    """The last of the file: after every fault, and while the list is still there."""
    handset.until_sent()
    handset.close()

    assert handset.holding(b"trialogue-round"), "nothing was searched"
    assert handset.plaintext() == []
    handset.unlock()
