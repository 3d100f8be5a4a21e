"""An idea: suggested, read, checked, answered, planned; wide, on a phone and by keyboard."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

LIKE_THE_TEXT = {
    "problem": "Homes miss their bulky collection, and the sofa stands in the street.",
    "proposal": "Send a text the evening before the bulky collection.",
    "title": "An evening text for sofas",
}
NEW = {
    "problem": "Allotment holders carry water from the far tap, and the old ones stop coming.",
    "proposal": "Lay a hose along the middle path, and let holders lay it themselves.",
    "title": "A hose for the allotments",
}


def write(page: Page, words: dict[str, str]) -> None:
    page.get_by_label("What is the problem?").fill(words["problem"])
    page.get_by_label("What would you try?").fill(words["proposal"])
    page.get_by_label("Give your idea a short name").fill(words["title"])


def answer_the_rest(visitor) -> None:
    """The second and the third question."""
    page = visitor.page
    page.get_by_label("The public: residents").check()
    page.get_by_label("Which service is it about?").get_by_label("Street care").or_(
        page.get_by_label("Street care")
    ).first.check()
    page.get_by_label("Everyone", exact=True).check()
    visitor.press("Continue")
    page.get_by_label("Hours a month, at least").fill("6")
    page.get_by_label("Not sure about the pounds").check()
    visitor.press("Continue")


def suggest(visitor, words: dict[str, str]) -> str:
    """Suggest an idea as somebody who works here; return its address."""
    visitor.open("/ideas/new/problem/")
    write(visitor.page, words)
    visitor.page.get_by_role("button", name="Continue").click()
    if visitor.page.get_by_role("heading", name="Who tried something like it?").count():
        different = visitor.page.get_by_label("I would do it better")
        if different.count():
            different.check()
        visitor.page.get_by_role("button", name="Continue").click()
    answer_the_rest(visitor)
    visitor.press("Send idea")
    visitor.page.get_by_role("link", name="See your idea").click()
    return urlsplit(visitor.page.url).path


def number_of(path: str) -> str:
    return path.split("/")[2].split("-")[0]


def give(visitor, path: str, answer: str, reason: str) -> None:
    """Open the answer to an idea and say what and why."""
    visitor.open(f"/ideas/{number_of(path)}/answer/")
    visitor.page.get_by_label(answer, exact=True).check()
    visitor.page.get_by_label("Why?").fill(reason)


def publish(visitor) -> None:
    visitor.press("Continue")
    expect(visitor.page.get_by_role("heading", level=1)).to_have_text("Check your answer")
    visitor.press("Send answer")
    expect(visitor.page.get_by_text("Your answer is published")).to_be_visible()


def test_who_tried_it_shows_while_a_member_types_and_is_said_once(visitor):
    visitor.sign_in("priya")
    visitor.open("/ideas/new/problem/")
    page = visitor.page
    write(page, LIKE_THE_TEXT)

    panel = page.locator("#tried")
    expect(panel.get_by_role("heading", name="Who tried something like it?")).to_be_visible()
    expect(page.locator("[data-panel-says]")).to_contain_text("found")
    expect(page.get_by_label("Give your idea a short name")).to_be_focused()
    visitor.look()
    visitor.press("Continue")
    expect(page.get_by_role("alert")).to_contain_text("Choose how your idea is different")

    page.get_by_label("I would do it better").check()
    visitor.press("Continue")
    answer_the_rest(visitor)
    expect(page.get_by_text("6 hours a month")).to_be_visible()
    visitor.press("Send idea")
    expect(page.get_by_text("Ruth Adeyemi, Head of Neighbourhoods, answers by")).to_be_visible()

    page.get_by_role("link", name="See your idea").click()
    visitor.look()
    expect(page.locator("main")).to_contain_text("They said: “I would do it better”")
    visitor.press("Support this idea")
    expect(page.get_by_text("Staff 1, public 0")).to_be_visible()
    visitor.press("Take your support back")
    expect(page.get_by_text("Staff 0, public 0")).to_be_visible()


def test_a_lookup_that_fails_says_that_the_idea_is_safe(visitor):
    visitor.sign_in("priya")
    visitor.open("/ideas/new/problem/")
    visitor.page.route("**/ideas/new/problem/", lambda route: route.abort())
    write(visitor.page, LIKE_THE_TEXT)

    expect(visitor.page.locator("#tried")).to_have_text(
        "We could not look up earlier trials. Your idea is safe."
    )


def test_a_resident_suggests_on_a_phone_without_javascript_and_confirms(phone, visitor):
    page = phone.page
    phone.open("/ideas/")
    page.get_by_role("button", name="Suggest an idea").click()
    write(page, NEW | {"problem": f"{NEW['problem']} Mrs Jones told me."})
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("alert")).to_contain_text('"Mrs Jones" may identify a person')
    expect(page.get_by_role("heading", name="Who tried something like it?")).to_be_visible()
    write(page, NEW)
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("The public: residents").check()
    page.get_by_label("Street care").check()
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Not sure about the hours").check()
    page.get_by_label("Not sure about the pounds").check()
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Your name").fill("Bea Lund")
    page.get_by_label("Your e-mail address").fill("bea@post.example")
    page.get_by_role("button", name="Send idea").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your e-mail")

    phone.open("/demo/outbox/")
    page.get_by_role("link", name="Confirm your idea").first.click()
    page.locator("main a[href*='/ideas/confirm/']").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Confirm your idea")
    page.get_by_role("button", name="Send idea").click()
    expect(page.locator("main")).to_contain_text("a person reads it within 2 working days")
    phone.open("/ideas/?text=allotments")
    expect(page.locator("main")).to_contain_text("No idea is like that")

    visitor.sign_in("ruth")
    visitor.open("/your-work/")
    visitor.page.get_by_role("link", name=f"Check the idea “{NEW['title']}”").click()
    visitor.look()
    visitor.press("Show idea")
    phone.open("/ideas/?text=allotments")
    page.get_by_role("link", name=NEW["title"]).click()
    expect(page.locator("main")).to_contain_text("Somebody from outside the council")
    assert "Bea" not in phone.words()


@pytest.fixture
def idea(visitor) -> str:
    """The address of an idea that Priya sent; Ruth is signed in."""
    visitor.sign_in("priya")
    path = suggest(visitor, NEW | {"title": "A tap at each end"})
    visitor.open("/")
    visitor.page.get_by_role("button", name="Sign out").click()
    visitor.sign_in("ruth")
    return path


def test_a_manager_gives_each_of_the_four_answers_and_changes_them(visitor, idea):
    page = visitor.page
    visitor.open(f"/ideas/{number_of(idea)}/answer/")
    visitor.look()
    visitor.press("Continue")
    expect(page.get_by_role("alert")).to_contain_text("Choose an answer")
    expect(page.get_by_role("alert")).to_contain_text("Enter the reason")

    give(visitor, idea, "Not now", "The water firm digs there in spring")
    visitor.press("Continue")
    expect(page.get_by_role("alert")).to_contain_text("Choose what would wake this idea")
    page.get_by_label("New evidence").check()
    page.get_by_label("Or in words").fill("A fair test elsewhere")
    publish(visitor)
    expect(page.locator("main")).to_contain_text("What would wake it: new evidence. A fair test")

    give(visitor, idea, "No", "The path belongs to somebody else")
    visitor.press("Continue")
    visitor.press("Send answer")
    expect(page.get_by_role("alert")).to_contain_text("Enter why the answer changes")
    page.get_by_label("Why does the answer change?").fill("We asked the land office")
    publish(visitor)
    give(visitor, idea, "Do it without a trial", "A hose harms nobody")
    page.get_by_label("Why does the answer change?").fill("The owner agrees")
    publish(visitor)

    give(visitor, idea, "Try it in a trial", "Half of the paths, by chance")
    page.get_by_label("Why does the answer change?").fill("It costs more than we said")
    page.get_by_label("who leads it?").select_option("Tom Okafor")
    publish(visitor)
    visitor.look()
    history = page.locator(".app-timeline")
    for said in ("Answered: Not now", "changed: No", "changed: Do it", "changed: Try it"):
        expect(history).to_contain_text(said)

    page.get_by_role("button", name="Sign out").click()
    visitor.sign_in("tom")
    visitor.open("/your-work/")
    page.get_by_role("link", name="Plan the trial of “A tap at each end”").click()
    expect(page.locator("main")).to_contain_text(NEW["proposal"])
    visitor.look()
    page.get_by_label("Nobody has tried anything close").check()
    visitor.press("Start the plan")
    trial = urlsplit(page.url).path
    visitor.open(f"{trial}plan/question/")
    assert NEW["problem"] in page.content()
    visitor.open(idea)
    expect(page.locator("main")).to_contain_text("It is being planned")


def test_a_comment_is_added_by_keyboard_alone(visitor):
    visitor.sign_in("helen")
    visitor.open("/ideas/?text=fridge")
    page = visitor.page
    page.get_by_role("link", name="Put the bin calendar on the fridge").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Put the bin calendar")
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.value") == "question":
            break
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.type("Who prints it?")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(page.get_by_text("Your comment is on the page")).to_be_visible()
    expect(page.get_by_text("Who prints it?")).to_be_visible()
    visitor.look()


def test_the_lists_of_ideas_and_calls_tell_what_became_of_each(visitor):
    visitor.open("/ideas/")
    visitor.look()
    words = visitor.words()
    for state in ("3 working days late", "Trial running", "Trial stopped", "Joined with another"):
        assert state in words
    visitor.open("/ideas/calls/")
    visitor.look()
    visitor.page.get_by_role("link", name="What wastes your morning?").click()
    visitor.look()
    assert "14, of which 14 answered" in visitor.words()
    visitor.page.get_by_role("link", name="Nobody e-mails on Friday morning").click()
    visitor.look()
    assert "Too small to tell" in visitor.words()
    visitor.open("/ideas/?text=litter-pick")
    visitor.page.get_by_role("link", name="Litter-pick kits").click()
    visitor.look()
    visitor.page.get_by_role("link", name="Give streets a name").click()
    assert "Highfold library" in visitor.words()
