"""How a person goes through the pages of a trial: fields by their words, buttons by theirs."""

import re
from datetime import date, timedelta
from urllib.parse import urlsplit

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Visitor

DAYS = re.compile(r"\d{4}-\d\d-\d\d")

# What is written for each question of a past trial, a field by its label; a part of the page by
# its heading first where a label stands there more than once.
PAST = {
    "question": {
        "The summary": "A real trial of letters, recorded afterwards from its published data.",
        "The problem": "Families lost their support because a form came back late.",
        "Other names": "renewal reminders",
    },
    "arms": {
        "Usual service": "Notices only.",
        "What the cost is for": "family",
        "Usual service / Name of the group": "usual",
        "New group 1 / Name of the group": "open letter",
        "New group 2 / Name of the group": "dated letter",
        "Usual service / What the group gets": "Notices only.",
        "New group 1 / What the group gets": "A letter without a date.",
        "New group 2 / What the group gets": "A letter with a date.",
    },
    "unit": {
        "What is placed by chance": "family",
        "Several of what is placed": "families",
        "What is measured": "family",
        "Several of what is measured": "families",
        "Several are measured in each that is placed": "No",
        "Who or what can take part": "Families whose support ends this season.",
        "Where it happens": "One city, by post.",
        "The service": "benefits",
    },
    "strata": {
        "Columns to balance by": "month",
        "How they are placed": "Placed elsewhere: the list already says who got what",
        "Who placed them": "Its authors",
        "How they were placed": "By a computer, within each month",
    },
    "outcomes": {
        "The main outcome / Name of the outcome": "Recertified",
        "The main outcome / Kind of number": "Yes or no",
        "The main outcome / What one row is": "family",
        "The main outcome / Which way is better": "Higher is better",
        "The main outcome / When it is measured": "at the end",
        "The main outcome / Where the figures come from": "the city's records",
        "The main outcome / The smallest change worth having": "5%",
        "The main outcome / Judged by people who do not know the group": "Yes",
        "Harm to watch 1 / Name of the outcome": "Complained",
        "Harm to watch 1 / Kind of number": "Yes or no",
        "Harm to watch 1 / What one row is": "family",
        "Harm to watch 1 / Which way is better": "Lower is better",
        "Harm to watch 1 / The limit": "1%",
    },
    "size": {
        "Today's figure": "40%",
        "The change to find": "5%",
        "How many in each group": "1170",
        "Share you may lose": "20%",
    },
    "people": {
        "Why residents would take part": "They only read a letter.",
        "Why staff would take part": "Nobody has to do more.",
        "Why the partner would take part": "The city prints the letters.",
    },
    "dates": {
        "Recorded before or after the start": "Afterwards",
        "Start date": "2017-07-01",
        "End date": "2017-11-30",
        "Time of measuring 1 / Name": "Main",
        "Time of measuring 1 / Opening date": "2017-07-01",
        "Time of measuring 1 / Closing date": "2017-12-31",
    },
    "delivery": {
        "What is done": "A letter before the form is due",
        "Who does it": "The benefits team",
        "Where it is done": "By post",
        "How often": "Once",
        "How long": "Five months",
        "What may differ": "Nothing",
    },
    "decision": {
        "Who decides": "Head of benefits",
        "If it worked": "Send it to all",
        "If it helped less than hoped": "Send it if it is cheap",
        "If it made no real difference": "Stop it",
        "If it made things worse": "Stop it",
        "If it was too small to tell": "Try again, larger",
    },
    "risks": {
        "The risks": "None known",
        "When to stop": "If complaints rise",
        "Looks for harm": "1",
        "The safety person": "Data protection officer",
        "Equality": "Looked at",
        "Ethics": "Agreed by the city",
    },
    "data_protection": {
        "The lawful basis": "Public task",
        "What is kept": "Codes and outcomes, no names",
        "How long it is kept": "Two years",
        "The impact assessment": "Not needed",
    },
    "team": {
        "The post that owns the trial": "Improvement lead",
        "Contact": "improvement@wrenmoor.example",
    },
}

STORY = {
    "Was it delivered as planned?": "As planned.",
    "Were there effects that nobody expected?": "None.",
    "What would you do differently?": "Send it a week sooner.",
    "Did people take part for the reasons you expected?": "Nobody had to agree.",
    "What can this trial not say?": "One city, one year.",
    "What do you do next?": "Take it up",
    "Who decided?": "Head of benefits",
}


def write(page: Page, said: dict[str, str]) -> None:
    """Fill in a form as a person does: boxes, one of several, dates, each by its words."""
    for name, value in said.items():
        *part, label = name.split(" / ")
        main = page.locator("main")
        within = main.get_by_role("group", name=part[0], exact=True) if part else main
        _one(within, label, value)


def _one(within: Locator, label: str, value: str) -> None:
    group = within.get_by_role("group", name=label, exact=True)
    if DAYS.fullmatch(value):
        for part, number in zip(("Year", "Month", "Day"), value.split("-"), strict=True):
            group.get_by_label(part).fill(number)
        return
    option = group.get_by_label(value, exact=True)
    if option.count():
        option.check()
    else:
        within.get_by_label(label, exact=True).first.fill(value)


def begin(visitor: Visitor, title: str, *, starter: str = "") -> str:
    """Go through the gate; return the address of the new trial."""
    page = visitor.page
    visitor.open("/trials/")
    if starter:
        page.get_by_role("link", name=starter).last.click()
    else:
        page.get_by_role("button", name="Plan a trial").click()
    page.get_by_label("What would you try?").fill(title)
    visitor.press("Look who tried it")
    page.get_by_label("We want to do it better").check()
    page.get_by_role("button", name="Start the plan").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    return urlsplit(page.url).path


def answer(visitor: Visitor, home: str, question: str, said: dict[str, str]) -> None:
    """Answer one question of the plan and go on."""
    visitor.open(f"{home}plan/{question}/")
    write(visitor.page, said)
    visitor.page.get_by_role("button", name="Save and continue", exact=True).last.click()
    expect(visitor.page.get_by_text("Saved: ")).to_be_visible()


def press(visitor: Visitor, name: str) -> None:
    """Press a button without looking at where it leads."""
    with visitor.page.expect_navigation():
        visitor.page.get_by_role("button", name=name, exact=True).last.click()


def add_to_team(visitor: Visitor, home: str, name: str, part: str) -> None:
    """Give a person a part in the trial."""
    visitor.open(f"{home}team/")
    write(
        visitor.page,
        {"E-mail address": f"{name}@wrenmoor.example", "Their part": part},
    )
    press(visitor, "Add to the team")


def sign(visitor: Visitor, address: str, *, back: str = "") -> None:
    """Sign a plan or a result off, or send it back with a note."""
    visitor.open(address)
    write(visitor.page, {"Your answer": "I send it back" if back else "I sign it off"})
    if back:
        write(visitor.page, {"If you send it back, what has to change?": back})
    press(visitor, "Send answer")


def register(lead: Visitor, manager: Visitor, home: str) -> None:
    """Ask for sign-off, get it, register."""
    lead.open(f"{home}plan/check/")
    lead.press("Ask for sign-off")
    sign(manager, f"{home}register/")
    lead.open(f"{home}register/")
    lead.page.get_by_label("I understand that the plan cannot be changed after this").check()
    lead.press("Register this trial")
    expect(lead.page.get_by_role("heading", level=1)).to_have_text("Trial registered")


def load(visitor: Visitor, address: str, name: str, content: bytes) -> None:
    """Choose a file and read it."""
    visitor.open(address)
    file = {"name": name, "mimeType": "text/csv", "buffer": content}
    visitor.page.get_by_label("The file").set_input_files(file)
    press(visitor, "Read the file")
    settle(visitor)


def settle(visitor: Visitor, *, seconds: float = 60) -> None:
    """Wait until long work has led on to its page."""
    page = visitor.page
    for _ in range(int(seconds * 4)):
        if "/work/" not in urlsplit(page.url).path:
            return
        onward = page.locator("main").get_by_role("link", name=re.compile("Continue|Go on|See"))
        if onward.count():
            onward.first.click()
            continue
        page.wait_for_timeout(250)
        if "/work/" in urlsplit(page.url).path:
            page.reload()
    raise AssertionError(visitor.words())


def running(lead: Visitor, manager: Visitor, title: str, *, placed: bool = True) -> str:
    """Take a copy of the postal round's plan to its registration, or on to its placed groups.

    24 residents on 12 rounds of two offices; the main outcome is a score from 3 to 9, measured
    from today on. Helen analyses, Carys is the safety person.
    """
    home = begin(lead, title, starter="A look-in on the postal round")
    answer(lead, home, "question", {"The title": title})
    answer(lead, home, "dates", dates_from_today())
    answer(lead, home, "team", PAST["team"])
    add_to_team(lead, home, "helen", "Analyst: checks and analyses it")
    add_to_team(lead, home, "carys", "Safety person: looks for harm; is not the lead")
    register(lead, manager, home)
    if placed:
        load(lead, f"{home}units/", "residents.csv", residents().encode())
        press(lead, "Load 24 residents")
        lead.open(f"{home}allocation/")
        press(lead, "Fix the list")
        press(lead, "Place 24 residents")
    return home


def dates_from_today() -> dict[str, str]:
    """Return a plan's dates: it starts and is measured from today on, for 90 days."""
    today = date.today()  # noqa: DTZ011  the browser stands beside the server
    end, closes = today + timedelta(days=90), today + timedelta(days=100)
    return {
        "Recorded before or after the start": "Before the start",
        "Start date": today.isoformat(),
        "End date": end.isoformat(),
        "Time of measuring 1 / Name": "Main",
        "Time of measuring 1 / Opening date": today.isoformat(),
        "Time of measuring 1 / Closing date": closes.isoformat(),
    }


def residents() -> str:
    """Return the list of 24 residents, two on each of 12 rounds."""
    rows = (
        f"R-{n:02d},Round {n // 2 + 1},{'North' if n < 12 else 'South'},{4 + n % 3}\n"
        for n in range(24)
    )
    return "resident,round,delivery office,first_score\n" + "".join(rows)
