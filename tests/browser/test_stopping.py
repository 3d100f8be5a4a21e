"""Stopping a trial: by its manager when asked, for harm at once, and before its start."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser import trial_pages as pages
from tests.browser.conftest import PHONE, WIDE, Visitor

WHY = {
    "The main reason": "A provider or partner withdrew",
    "What happened?": "The firm stopped its rounds after two weeks.",
    "Would you advise another council to try?": "Yes, with changes",
    "What should they know?": "Have a second firm ready.",
}

# What the page of any trial has, however it ended.
EVERY_TRIAL = {
    "What was tried",
    "What went differently from the plan",
    "The plan, fixed before the start",
    "Identifier and dates",
    "Cite, copy, check",
}


@pytest.fixture
def people(browser: Browser, demonstration: str) -> Iterator[dict[str, Visitor]]:
    """The lead and the safety person at a desk; manager and analyst on phones."""
    contexts = {
        "tom": browser.new_context(viewport=WIDE),
        "carys": browser.new_context(viewport=WIDE),
        "ruth": browser.new_context(viewport=PHONE, java_script_enabled=False),
        "helen": browser.new_context(viewport=PHONE),
    }
    made = {}
    for name, context in contexts.items():
        context.set_default_timeout(10_000)
        made[name] = Visitor(context, demonstration, scripts=name != "ruth")
        made[name].sign_in(name)
    yield made
    for context in contexts.values():
        context.close()


def ask(visitor: Visitor, home: str, button: str = "Ask to stop this trial") -> None:
    """Fill in why a trial should stop, and send it."""
    visitor.open(f"{home}stop/")
    pages.write(visitor.page, WHY)
    visitor.page.get_by_label("I understand that a stop is public and for good").check()
    visitor.press(button)


def test_a_trial_is_stopped_by_its_manager_and_reads_like_any_other(people, visitor):
    tom, ruth = people["tom"], people["ruth"]
    home = pages.running(tom, ruth, "A look-in by post, stopped")
    scores = b"resident,loneliness-score\nR-00,5\nR-01,6\n"
    pages.load(tom, f"{home}measure/", "scores.csv", scores)
    pages.press(tom, "Load 2 rows")

    tom.open(f"{home}stop/")
    tom.look()
    assert "24 joined, 2 measured so far, all groups together" in tom.words()
    assert "Carys Bevan" in tom.words()
    tom.press("Ask to stop this trial")
    for said in ("Choose the main reason", "Enter what happened", "Tick the box"):
        expect(tom.page.get_by_role("alert")).to_contain_text(said)
    tom.page.get_by_text("There are other reasons too").click()
    tom.page.get_by_role("group", name="Other reasons").get_by_label("The money ended").check()
    pages.write(tom.page, WHY)
    tom.page.get_by_label("I understand that a stop is public and for good").check()
    tom.press("Ask to stop this trial")
    assert "The managers were asked to stop the trial" in tom.page.inner_text("body")
    assert "A manager decides" in tom.words()

    decide(ruth, home, "Let it go on")
    expect(ruth.page.get_by_role("alert")).to_contain_text("Enter why it goes on")
    pages.write(ruth.page, {"If it goes on, why?": "Another firm may step in."})
    ruth.press("Send answer")
    assert "Another firm may step in." in ruth.words()

    ask(tom, home)
    decide(ruth, home, "Stop the trial")
    expect(ruth.page.get_by_role("heading", level=1)).to_have_text("Trial stopped")
    assert "3 people were told" in ruth.words()

    tom.open(home)
    tom.look()
    assert "Stopped early" in tom.words()
    tom.open(f"{home}measure/")
    assert "Nothing can be added" in tom.words()
    reads_as_stopped(visitor, home.split("/")[2])


def decide(ruth: Visitor, home: str, answer: str) -> None:
    """Read what is asked, and answer it."""
    ruth.open(f"{home}stop/")
    ruth.look()
    said = ruth.words()
    assert "A provider or partner withdrew" in said
    assert "24 joined, 2 measured" in said
    assert "Yes, with changes. Have a second firm ready." in said
    pages.write(ruth.page, {"Your answer": answer})
    ruth.press("Send answer")


def reads_as_stopped(visitor: Visitor, public_id: str) -> None:
    """Anyone reads why, the numbers, the advice; the page has the parts of any other result."""
    visitor.open(f"/evidence/{public_id}/")
    visitor.look()
    said = visitor.words()
    assert "Stopped early" in said
    assert "provider or partner withdrew" in said
    assert "The firm stopped its rounds after two weeks." in said
    assert "Have a second firm ready." in said
    headings = parts(visitor)
    finished = visitor.page.request.get(f"{visitor.site}/evidence/trials/?verdict=worked").text()
    other = re.search(r'href="(/evidence/EC-[A-Z0-9]+/)"', finished)
    assert other
    visitor.open(other[1])
    assert parts(visitor) >= EVERY_TRIAL
    assert headings >= EVERY_TRIAL


def parts(visitor: Visitor) -> set[str]:
    """Return the headings of a page."""
    return set(visitor.page.locator("main h2").all_inner_texts())


def said_stop(visitor: Visitor) -> bool:
    """Whether the rule opened the figures of a look."""
    return "figures of harm are open" in visitor.words()


def test_harm_stops_a_trial_at_once_and_the_manager_sees_no_figures(people, visitor):
    tom, carys, ruth, helen = (people[name] for name in ("tom", "carys", "ruth", "helen"))
    home = pages.running(tom, ruth, "A look-in by post, stopped for harm")
    late = "resident,round-late,safeguarding\n" + "".join(
        f"R-{n:02d},{n % 2},{n % 3 == 0:d}\n" for n in range(24)
    )
    pages.load(tom, f"{home}measure/", "harm.csv", late.encode())
    pages.press(tom, "Load 24 rows")

    tom.open(f"{home}stop/")
    pages.write(
        tom.page, {"What happened, or what do you fear?": "A resident was upset after a visit."}
    )
    tom.press("Tell the safety person")
    for who in (tom, ruth):
        who.open(f"{home}stop/")
        assert "upset after a visit" not in who.words()
        assert who.page.get_by_role("button", name="Take a look for harm").count() == 0
        assert who.page.get_by_role("button", name="Stop now, for harm").count() == 0

    helen.open(f"{home}stop/")
    helen.look()
    assert "upset after a visit" in helen.words()
    assert "The plan has 2 left" in helen.words()
    helen.press("Take a look for harm")
    expect(helen.page.get_by_role("heading", level=1)).to_have_text("Look 1 for harm")
    helen.look()
    assert "The safety person decides: Carys Bevan" in helen.words()
    helen.open(f"{home}stop/")
    helen.press("Take a look for harm")
    expect(helen.page.get_by_role("alert")).to_contain_text("waits for a decision")

    carys.open(f"{home}stop/")
    assert "The plan has 1 left" in carys.words()
    carys.page.get_by_role("link", name="Look 1").click()
    carys.look()
    assert re.search("stop and look|go on|cannot say", carys.words())
    assert ("The figures stay closed" in carys.words()) is not said_stop(carys)
    carys.press("Send decision")
    for said in ("Choose if the trial goes on", "Enter why"):
        expect(carys.page.get_by_role("alert")).to_contain_text(said)
    carys.look()
    carys.page.get_by_label("Stop it for harm, now").check()
    carys.page.get_by_label("Why?", exact=True).fill("Late rounds left 12 people alone.")
    carys.press("Send decision")
    expect(carys.page.get_by_role("alert")).to_contain_text("would advise another council")
    carys.page.get_by_label("No", exact=True).check()
    carys.press("Send decision")
    assert "Carys Bevan decided on" in carys.words()
    assert "stop for harm" in carys.words()
    carys.look()

    ruth.open(f"{home}stop/")
    ruth.look()
    assert "The safety person stopped it for harm, at once" in ruth.words()
    assert "Carys Bevan decided: stop for harm" in ruth.words()
    assert not re.search(r"stop and look|cannot say|upset|left 12", ruth.words())
    visitor.open(f"/evidence/{home.split('/')[2]}/")
    visitor.look()
    assert "Stopped early" in visitor.words()
    assert "Early harm or complaint" in visitor.words()


def test_a_trial_that_has_not_started_is_withdrawn_and_keeps_its_reason(people, visitor):
    tom, ruth = people["tom"], people["ruth"]
    home = pages.running(tom, ruth, "A look-in by post, never begun", placed=False)
    tom.open(f"{home}watch/")
    tom.look()
    assert "Nothing to watch until the first round is enrolled" in tom.words()
    tom.open(f"{home}stop/")
    tom.look()
    assert "Withdrawn before it started" in tom.words()
    ask(tom, home)
    ruth.open(f"{home}stop/")
    pages.write(ruth.page, {"Your answer": "Stop the trial"})
    ruth.press("Send answer")

    expect(ruth.page.get_by_role("heading", level=1)).to_contain_text("withdrawn")
    tom.open(home)
    assert "Withdrawn before it started" in tom.words()
    visitor.open(f"/evidence/{home.split('/')[2]}/")
    visitor.look()
    said = visitor.words()
    assert "Withdrawn before it started" in said
    assert "The firm stopped its rounds after two weeks." in said
