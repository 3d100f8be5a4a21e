"""A past trial by hand, from an empty plan to a published result with the published figures."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser import trial_pages as pages
from tests.browser.conftest import PHONE, WIDE, Visitor

LETTERS = Path(__file__).parents[1] / "real" / "recertification_letters"
CASE = (
    "trialogue analyse families.csv --outcome recertified --arm arm --control usual --strata month"
)


@pytest.fixture
def people(browser: Browser, demonstration: str) -> Iterator[dict[str, Visitor]]:
    """The lead at a desk; the analyst and the manager on phones without JavaScript."""
    contexts = {
        "tom": browser.new_context(viewport=WIDE),
        "helen": browser.new_context(viewport=PHONE, java_script_enabled=False),
        "ruth": browser.new_context(viewport=PHONE, java_script_enabled=False),
    }
    made = {}
    for name, context in contexts.items():
        context.set_default_timeout(10_000)
        made[name] = Visitor(context, demonstration, scripts=name == "tom")
        made[name].sign_in(name)
    yield made
    for context in contexts.values():
        context.close()


def test_a_past_trial_goes_by_hand_from_an_empty_plan_to_its_published_figures(people):
    tom, helen, ruth = people["tom"], people["helen"], people["ruth"]
    home = pages.begin(tom, "Renewal letters, recorded by hand")
    for question, said in pages.PAST.items():
        tom.open(f"{home}plan/{question}/")
        if question == "arms":
            tom.press("Add another group")
        pages.write(tom.page, said)
        tom.look()
        pages.press(tom, "Save and continue")
        expect(tom.page.get_by_text("Saved: ")).to_be_visible()
    tom.look()
    expect(tom.page.get_by_role("heading", level=1)).to_have_text("Check the plan")
    pages.add_to_team(tom, home, "helen", "Analyst: checks and analyses it")

    pages.register(tom, ruth, home)
    tom.open(f"{home}units/")
    tom.look()
    pages.load(tom, f"{home}units/", "families.csv", (LETTERS / "families.csv").read_bytes())
    tom.press("Load 3,539 families")
    expect(tom.page.get_by_role("heading", level=1)).to_have_text("Placed elsewhere")
    expect(tom.page.get_by_role("row", name="open letter")).to_contain_text("1181")

    pages.load(tom, f"{home}measure/", "families.csv", (LETTERS / "families.csv").read_bytes())
    tom.press("Load 3,539 rows")
    pages.settle(tom)
    helen.open(f"{home}analyse/")
    helen.press("Lock the data")
    pages.press(helen, "Run the registered analysis")
    pages.settle(helen)
    helen.look()
    assert "Worked" in helen.words()

    answer_deviations(tom, home)
    tom.open(f"{home}publish/")
    pages.write(tom.page, pages.STORY)
    tom.press("Save")
    tom.press("Ask for sign-off")
    pages.sign(ruth, f"{home}publish/")
    ruth.look()
    tom.open(f"{home}publish/")
    tom.press("Publish the result")
    expect(tom.page.get_by_role("heading", level=1)).to_have_text("Result published")

    reads_as_expected(tom, home.split("/")[2])


def answer_deviations(visitor: Visitor, home: str) -> None:
    """Say why of everything that the software found to be different."""
    for _ in range(6):
        visitor.open(f"{home}analyse/")
        why = visitor.page.get_by_role("link", name="Say why")
        if not why.count():
            return
        why.first.click()
        pages.write(
            visitor.page,
            {"Why?": "It was so.", "How does it change the reading of the result?": "A little"},
        )
        visitor.press("Record what went differently")


def reads_as_expected(visitor: Visitor, public_id: str) -> None:
    """The public page, the technical page and the JSON hold the figures of `expected.json`."""
    cases = json.loads((LETTERS / "expected.json").read_text())["analyse"]
    wanted = next(case for case in cases if case["command"] == CASE)
    visitor.open(f"/evidence/{public_id}/")
    visitor.look()
    words = visitor.words()
    assert "Out of 100 families, about 40" in words
    assert "about 46" in words
    assert "was not registered before it started" in words
    record = visitor.page.request.get(f"{visitor.site}/evidence/{public_id}.json").json()
    result = next(e["body"] for e in record["events"] if e["type"] == "result")
    found = {row["arm"]: row for row in result["effects"]["effects"]}
    visitor.open(f"/evidence/{public_id}/technical/")
    visitor.look()
    technical = visitor.words()
    for row in wanted["effects"]:
        mine = found[row["arm"].replace(" ", "-")]
        for key in ("estimate", "se", "df", "ci_low", "ci_high", "p"):
            assert mine[key] == pytest.approx(row[key], rel=1e-8)
        assert f"{row['estimate']:.4f}"[:6] in technical
