"""A sceptic checks draws in a browser, by a programme that is not the one that drew."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import WIDE, Visitor, serve
from tests.browser.published_draws import shown

ROOT = Path(__file__).parents[2]
PUBLISH = "from tests.browser.published_draws import publish; publish()"


@pytest.fixture
def register(browser, tmp_path, wrenmoor):
    """A register with twenty draws in it; the visitor, and the trials in the order of `shown`."""
    folder = shutil.copytree(wrenmoor.folder, tmp_path / "data")
    env = {**os.environ, "TRIALOGUE_DATA": str(folder)}
    env.pop("DATABASE_URL", None)
    done = subprocess.run(
        [sys.executable, "-m", "trialogue.cli", "manage", "shell", "-v0", "-c", PUBLISH],
        env=env,
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    context = browser.new_context(viewport=WIDE)
    for site in serve(folder, "demo"):
        yield Visitor(context, site), json.loads(done.stdout)
    context.close()


def test_the_page_checks_twenty_draws_in_the_browser_and_sends_nothing(register):
    visitor, trials = register
    sent = []
    visitor.page.on("request", lambda request: sent.append(request.method))

    for number, (trial, case) in enumerate(zip(trials, shown(), strict=True)):
        visitor.open(f"/evidence/{trial}/technical/")
        visitor.look()
        form = visitor.page.locator("form[data-verify]")
        if number % 2:
            form.get_by_label("The list that was placed").set_input_files(csv(case.list))
            form.get_by_label("Who got what", exact=False).first.set_input_files(csv(case.placed))
        else:
            form.get_by_label("Or paste the list").fill(case.list)
            form.get_by_label("Or paste who got what").fill(case.placed)
        before = len(sent)
        form.get_by_role("button", name="Check it in this browser").click()

        says_as_our_own_programme(visitor, case.answer())
        assert len(sent) == before
        visitor.look()
    assert "POST" not in sent


def csv(text):
    return {"name": "list.csv", "mimeType": "text/csv", "buffer": text.encode()}


def says_as_our_own_programme(visitor, answer):
    box = visitor.page.locator("[data-verified]").get_by_role("status")
    expect(box).to_be_focused()
    words = box.inner_text()
    count = len(answer["differences"])
    honest = not count and answer["seedAsCommitted"] and answer["listAsPublished"]
    assert ("It was drawn as it says" in words) == honest
    assert f"The seed {'is' if answer['seedAsCommitted'] else 'is not'} the one" in words
    assert f"The list {'is' if answer['listAsPublished'] else 'is not'} the one" in words
    assert answer["commitment"] in words
    assert answer["listHash"] in words
    rows = box.locator("tbody tr")
    # What the page holds, not what is drawn: two spaces in an identifier are shown as one.
    found = rows.evaluate_all("rows => rows.map(row => [...row.cells].map(c => c.textContent))")
    assert found == [
        [one["id"], one["expected"] or "not in the list", one["found"] or "missing"]
        for one in answer["differences"][:20]
    ]


def test_what_the_browser_cannot_read_is_said_and_what_was_typed_stays(register):
    visitor, trials = register
    visitor.open(f"/evidence/{trials[0]}/technical/")
    page = visitor.page
    button = page.get_by_role("button", name="Check it in this browser")

    button.click()
    problem = page.get_by_role("alert")
    expect(problem).to_contain_text("Choose or paste the list that was placed")
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    visitor.look()
    problem.get_by_role("link").click()
    expect(page.get_by_label("The list that was placed")).to_be_focused()

    page.get_by_label("Or paste the list").fill(shown()[0].list)
    workbook = {"name": "placed.xlsx", "mimeType": "x", "buffer": b"PK\x03\x04"}
    page.get_by_label("Who got what (CSV or XLSX)").set_input_files(workbook)
    button.click()
    expect(problem).to_contain_text("placed.xlsx: your browser reads CSV alone")
    problem.get_by_role("link").click()
    expect(page.get_by_label("Who got what (CSV or XLSX)")).to_be_focused()
    expect(page.get_by_label("Or paste the list")).to_have_value(shown()[0].list)
    page.get_by_label("Who got what (CSV or XLSX)").set_input_files([])
    page.get_by_label("Or paste who got what").fill(shown()[0].placed)
    page.get_by_label("Or paste who got what").fill("id,group\na,b")
    page.get_by_label("The seed").fill("7")
    button.click()
    problem.get_by_role("link", name="Who got what: nothing under “arm”").click()
    expect(page.get_by_label("Who got what (CSV or XLSX)")).to_be_focused()
    page.get_by_label("The seed").fill("")
    button.click()
    problem.get_by_role("link", name="Enter the seed").click()
    expect(page.get_by_label("The seed")).to_be_focused()


def test_the_script_can_be_read_from_the_page(register):
    visitor, trials = register
    visitor.open(f"/evidence/{trials[0]}/technical/")

    link = visitor.page.get_by_role("link", name="A second one, of 100 lines")

    script = visitor.page.request.get(f"{visitor.site}{link.get_attribute('href')}").text()
    assert script == (ROOT / "src/trialogue/site/static/js/verify.js").read_text()


def test_without_scripts_the_page_offers_what_needs_none(phone):
    address = phone.page.request.get(f"{phone.site}/evidence/trials/").text()
    trial = address.split('href="/evidence/EC-')[1].split("/")[0]

    phone.open(f"/evidence/EC-{trial}/technical/")

    expect(phone.page.get_by_role("button", name="Check it in this browser")).to_have_count(0)
    phone.look()
