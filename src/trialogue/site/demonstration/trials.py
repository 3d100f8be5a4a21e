"""The trials of the made-up council, each at another point of the loop."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from trialogue.site.demonstration import acting
from trialogue.site.demonstration.acting import WARDS, Council
from trialogue.site.demonstration.plans import Plan, copied, costed, dated, two_groups
from trialogue.trials.queries.placing import who_got_what

LETTERS = Path(__file__).parent / "recertification_letters" / "families.csv"
STORY = {
    "delivered": "As planned. Two days were late when the computer was mended.",
    "delivered_done": None,
    "delivered_planned": None,
    "contaminated": "",
    "unexpected": "None that we saw.",
    "differently": "Ask the front desk first: they knew which week would be busy.",
    "people_expected": "Yes. Nobody had to do much, and staff wanted fewer wasted trips.",
    "limitations": "One council and one season. Another place may differ.",
    "decision": "adopt",
    "decision_by": "Head of Neighbourhoods",
    "decision_words": "",
}
NOT_MEASURED = "The service does not keep this in its records."


def real_letters(council: Council) -> str:
    """The finished trial is real: the city's own data, recorded afterwards."""
    at = council.on(-120)
    plan = two_groups(
        title="Reminder letters, so that families keep their support",
        summary="Families on cash support must renew each year. Some miss the form and lose the "
        "money. A city tried two plain reminder letters: one names the month, one names a day. "
        "Chance decided who got which. This record was made afterwards from the city's own "
        "published data. Wrenmoor did not run this trial.",
        problem="Only 40 in 100 families renewed in time. Many of the others still had a right "
        "to the money.",
        other_names=["recertification reminders", "renewal letters", "anchor management"],
        new="Open letter",
        usual="Usual notices",
        unit=("family", "families"),
        service="benefits",
        outcome=("recertified", "Kept their support"),
        direction="higher",
        smallest_change=0.05,
        baseline=0.4,
        effect=0.05,
        each=1177,
    )
    arms = [
        _group("usual", "Usual notices", "The city's usual notices.", control=True),
        _group("open-letter", "Open letter", "The notices and a letter that names the month."),
        _group("dated-letter", "Dated letter", "The notices and a letter that names a day."),
    ]
    plan["arms"] |= {
        "usual_practice": "The usual notices of the city.",
        "list": arms,
        "comparisons": ["open-letter", "dated-letter"],
        "correction": "holm",
    }
    plan["unit"] |= {
        "eligibility": "Families whose support was due for renewal, July to November 2017.",
        "setting": "Washington, DC.",
    }
    plan["strata"] |= {
        "by": ["month"],
        "method": "elsewhere",
        "drawn_by": "The Lab @ DC, Government of the District of Columbia",
        "drawn_how": "By chance, month by month, as the authors describe",
    }
    plan["outcomes"]["secondary"] = [
        {
            "code": "started",
            "name": "Started the form",
            "kind": "binary",
            "unit": "family",
            "direction": "higher",
            "when": "by the end of the month",
            "source": "the city's records",
        }
    ]
    start = council.today.replace(year=2017, month=7, day=1)
    plan = dated(plan, start=start, end=start.replace(month=11, day=30), afterwards=True)
    trial = acting.plan_trial(
        council,
        plan,
        at=at,
        query="reminder letters for renewal",
        made_up=False,
        credit="Data: The Lab @ DC, Government of the District of Columbia (CC0). Moore, Gan, "
        "Minnich and Yokum (2022), Anchor management, Journal of Public Policy 42(4). Wrenmoor "
        "did not run this.",
    )
    acting.register_trial(council, trial, at=at)
    acting.load_path(council, trial, "units", LETTERS, at=council.on(-119))
    acting.load_path(council, trial, "outcomes", LETTERS, at=council.on(-119, 11))
    acting.analyse(council, trial, at=council.on(-118))
    story = STORY | {
        "delivered": "As its authors describe. Some letters came back unopened.",
        "people_expected": "Nobody had to agree: everybody got a letter or the usual notices.",
        "differently": "Count the letters that came back, and try again with better addresses.",
        "limitations": "One city and five months of one year.",
        "decision_by": "The city, as its authors report",
    }
    acting.publish(council, trial, story, why=NOT_MEASURED, at=council.on(-117))
    return trial


def pharmacy_bags(council: Council) -> str:
    """Being planned, and hopelessly small: 12 pharmacies."""
    plan = copied("warm-homes-bag", size={"clusters_per_arm": 6})
    only = ("question", "arms", "unit", "strata", "outcomes", "size", "people")
    trial = acting.plan_trial(
        council,
        plan,
        at=council.on(-6),
        query="warm homes message on pharmacy bags",
        idea="pharmacy bags",
        only=only,
    )
    acting.ask_about_draft(
        council,
        trial,
        until=council.day(8),
        asked="Could the surgeries join too? Twelve pharmacies are few.",
        at=council.on(-2),
    )
    return trial


def fostering_letters(council: Council) -> str:
    """Registered; it starts in 11 days."""
    plan = copied("carers-letter")
    plan = dated(plan, start=council.day(11), end=council.day(191))
    trial = acting.plan_trial(
        council,
        plan,
        at=council.on(-20),
        query="letters to foster carers",
        idea="fostering letters",
    )
    acting.register_trial(council, trial, at=council.on(-2))
    return trial


def street_champions(council: Council) -> str:
    """Running: 120 streets in four groups, 71 measured at the first wave."""
    plan = copied("street-champions", strata={"by": ["ward"]}, size={"clusters_per_arm": 30})
    plan["question"]["title"] = "Name, vest and vote: asking streets to care for themselves"
    plan = dated(plan, start=council.day(-40), end=council.day(60))
    trial = acting.plan_trial(
        council, plan, at=council.on(-70), query="street champions", idea="street champions"
    )
    acting.register_trial(council, trial, at=council.on(-45))
    rows = [(f"S-{n:03d}", WARDS[n % 5]) for n in range(1, 121)]
    acting.load_list(council, trial, ("street", "ward"), rows, at=council.on(-41))
    acting.place(council, trial, at=council.on(-40))
    measured = [street for street, _ in rows][:71]
    values = [(s, council.chance.choice((0, 0, 0, 1)), 0) for s in measured]
    acting.measure(
        council,
        trial,
        ("street", plan["outcomes"]["primary"]["code"], "service-worse"),
        values,
        at=council.on(-3),
    )
    states = {s: council.chance.choice(("done", "done", "done", "missed")) for s in measured[:40]}
    acting.deliver(council, trial, states, at=council.on(-10))
    return trial


# What the postal round's trial draws: rounds by the ward and their number in it.
ROUNDS = tuple(f"{ward} {number}" for number in range(1, 5) for ward in WARDS)


def postal_round(council: Council) -> str:
    """Running: 84 of 160 joined, and one group loses more than the other."""
    plan = copied("look-in-on-the-round", size={"clusters_per_arm": 10, "cluster_size": 8})
    plan["strata"]["by"] = ["office"]
    plan = dated(plan, start=council.day(-60), end=council.day(120))
    trial = acting.plan_trial(
        council, plan, at=council.on(-90), query="call and check by post", idea="postal round"
    )
    acting.register_trial(council, trial, at=council.on(-65))
    rows = [
        (f"R-{n:03d}", ROUNDS[n % len(ROUNDS)], ("North", "South")[n % 2], 4 + n % 3)
        for n in range(1, 85)
    ]
    header = ("resident", "round", "office", "first_score")
    acting.load_list(council, trial, header, rows, at=council.on(-61))
    acting.place(council, trial, at=council.on(-60))
    groups: dict[str, list[str]] = {}
    for unit, arm in who_got_what(trial).items():
        groups.setdefault(arm, []).append(unit)
    gone = [*groups["now"][:12], *groups["later"][:3]]
    acting.lose(council, trial, gone, reason="no time", at=council.on(-5))
    states = {unit: council.chance.choice(("done", "done", "refused")) for unit in groups["now"]}
    acting.deliver(council, trial, states, at=council.on(-9))
    return trial


def rent_letter(council: Council) -> str:
    """Ended and measured; the result is due in 20 days, and nobody has looked."""
    plan = two_groups(
        title="Rent letter in plain words, so that more people pay in time",
        summary="The letter about rent owed has two pages of law. In this trial half of the homes "
        "get one plain page, by chance. We count who pays within 14 days.",
        problem="Half of the homes that owe rent do not answer the first letter.",
        other_names=["arrears letter", "plain words letter"],
        new="One plain page",
        usual="Two-page letter",
        unit=("household", "households"),
        service="housing",
        outcome=("paid-in-14-days", "Paid in 14 days"),
        direction="higher",
        smallest_change=0.05,
        baseline=0.5,
        effect=0.08,
        each=600,
    )
    trial, _ = measured(
        council,
        plan,
        days=(-200, -190, -70),
        each=600,
        events={"usual": 300, "new": 330},
        code="H",
    )
    return trial


def bus_pass(council: Council) -> str:
    """Overdue by 74 days: 96 people, and no result."""
    plan = two_groups(
        title="Bus pass for the first month of a job, so that people stay in work",
        summary="People who start a job after a long time often stop in the first weeks. In this "
        "trial half get a bus pass for a month, by chance. We count who is in work after 90 days.",
        problem="One person in three stops within 90 days, and many say the fare was too much.",
        other_names=["travel help for work", "first month fares"],
        new="Bus pass for a month",
        usual="Usual help",
        unit=("person", "people"),
        service="employment",
        outcome=("in-work-90", "Stayed in work for 90 days"),
        direction="higher",
        smallest_change=0.1,
        baseline=0.66,
        effect=0.15,
        each=48,
        cost_pence=6200,
    )
    plan = dated(plan, start=council.day(-300), end=council.day(-164))
    trial = acting.plan_trial(council, plan, at=council.on(-330))
    acting.register_trial(council, trial, at=council.on(-310))
    rows = [(f"P-{n:03d}", WARDS[n % 5]) for n in range(1, 97)]
    acting.load_list(council, trial, ("person", "ward"), rows, at=council.on(-301))
    acting.place(council, trial, at=council.on(-300))
    return trial


def photo_first(council: Council) -> str:
    """Stopped early: the provider withdrew after 38 of 200."""
    plan = two_groups(
        title="Photo first for repairs, so that the right trade comes",
        summary="Tenants send a photo with the repair, and a planner picks the trade. Chance "
        "decides whose repair is planned so. We count second visits within 28 days.",
        problem="One repair in five needs a second visit because the wrong trade came.",
        other_names=["picture triage", "repairs by photo"],
        new="Photo first",
        usual="By telephone",
        unit=("repair", "repairs"),
        service="housing",
        outcome=("first-visit-fix", "Fixed at the first visit"),
        direction="higher",
        smallest_change=0.05,
        baseline=0.8,
        effect=0.1,
        each=100,
    )
    plan = dated(plan, start=council.day(-80), end=council.day(40))
    trial = acting.plan_trial(council, plan, at=council.on(-100), idea="photo first")
    acting.register_trial(council, trial, at=council.on(-85))
    rows = [(f"J-{n:03d}", WARDS[n % 5]) for n in range(1, 39)]
    acting.load_list(council, trial, ("repair", "ward"), rows, at=council.on(-81))
    acting.place(council, trial, at=council.on(-80))
    body = {
        "main_reason": "partner-withdrew",
        "other_reasons": ["money-ended"],
        "words": "The firm that made the photo tool stopped selling it after 38 repairs.",
        "advise_another": "with changes",
        "advise_words": "Yes, with a tool that you own or can leave.",
    }
    acting.stop(council, trial, body, at=council.on(-30))
    return trial


def evening_text(council: Council) -> str:
    """Worked: 132 of 400 missed, and 96 of 400 with the text."""
    plan = copied(
        "evening-text",
        strata={"by": ["ward"], "method": "complete", "block": 0},
        size={"baseline": 0.33, "effect": -0.09, "clusters_per_arm": 400},
    )
    # The contractor sends the texts; the contact centre has fewer calls to answer.
    plan = costed(
        plan, a_month=1_600, whose_hours="the contact centre",
        usual={"cost_pence": 30, "council_pence": 30, "partner_pence": 0, "hours": 0.05},
        text={
            "cost_pence": 33, "council_pence": 25, "partner_pence": 8, "hours": 0.03,
            "set_up_pence": 18_000,
        },
    )  # fmt: skip
    return finished(
        council, plan, each=400, days=(-260, -250, -130), report=-60, code="B",
        idea="evening text",
        events={"usual": 132, "text": 96}, further={"repeat-contact": {"usual": 40, "text": 33}},
        harm={"opted-out": {"usual": 0, "text": 6}, "complaint": {"usual": 6, "text": 5}},
    )  # fmt: skip


def friday_email(council: Council) -> str:
    """Too small to tell: 12 of 40 and 15 of 40."""
    plan = two_groups(
        title="No e-mail on Friday morning, so that people finish one thing",
        summary="For eight weeks half of the staff who asked send no e-mail on Friday morning. "
        "Chance decides who. We ask whether they finished what they had planned.",
        problem="Staff say that Friday goes in answers to answers.",
        other_names=["quiet morning", "no-meeting Friday"],
        new="No e-mail on Friday morning",
        usual="E-mail as usual",
        unit=("member of staff", "members of staff"),
        service="whole council",
        outcome=("finished-friday", "Finished what they had planned"),
        direction="higher",
        smallest_change=0.1,
        baseline=0.3,
        effect=0.1,
        each=40,
        harm=("service-worse", "Usual service suffered"),
    )
    story = STORY | {
        "decision": "adapt",
        "differently": "Ask more teams before the start. Forty in each group is far too few.",
    }
    return finished(
        council, plan, each=40, days=(-220, -210, -150), report=-90, code="F", story=story,
        idea="friday email",
        events={"usual": 12, "new": 15}, harm={"service-worse": {"usual": 0, "new": 0}},
    )  # fmt: skip


def bin_sticker(council: Council) -> str:
    """Made no real difference: 450 of 1,500 and 441 of 1,500, after 345 in the first weeks."""
    plan = two_groups(
        title="Sticker on the recycling bin, so that fewer wrong items go in",
        summary="A sticker on the lid shows what may go in. Chance decides which homes get one. A "
        "checker who does not know lifts each lid after six weeks.",
        problem="Three bins in ten hold something that spoils the load.",
        other_names=["bin label", "contamination sticker"],
        new="Sticker on the lid",
        usual="Leaflet",
        unit=("household", "households"),
        service="waste",
        outcome=("recycling-wrong-items", "Had wrong items in the bin"),
        direction="lower",
        smallest_change=0.05,
        baseline=0.3,
        effect=-0.05,
        each=1500,
        cost_pence=85,
    )
    why = "Some wards have one bin for all that is recycled, the others have boxes."
    plan["outcomes"]["subgroups"] = [{"column": "ward", "why": why}]
    story = STORY | {
        "decision": "stop",
        "differently": "Nothing. The money goes to the collectors' own idea instead.",
    }
    return finished(
        council, plan, each=1500, days=(-240, -230, -160), report=-100, code="W", story=story,
        early={"usual": 450, "new": 345},
        events={"usual": 450, "new": 441}, harm={"complaint": {"usual": 9, "new": 10}},
    )  # fmt: skip


def stern_letter(council: Council) -> str:
    """Made things worse: 520 of 1,000 paid, and 455 of 1,000 with the stern letter."""
    plan = two_groups(
        title="Stern first letter for council tax, so that more people pay in time",
        summary="The first letter about council tax owed is friendly. In this trial half of the "
        "homes get a stern one, by chance. We count who pays within 14 days.",
        problem="Half of the homes that owe do not pay after the first letter.",
        other_names=["strict reminder", "red letter"],
        new="Stern letter",
        usual="Friendly letter",
        unit=("household", "households"),
        service="revenues",
        outcome=("paid-in-14-days", "Paid in 14 days"),
        direction="higher",
        smallest_change=0.05,
        baseline=0.52,
        effect=0.07,
        each=1000,
    )
    story = STORY | {
        "decision": "stop",
        "unexpected": "More calls came to the contact centre in the first week.",
        "differently": "Read the letter aloud to ten people before sending it to a thousand.",
    }
    return finished(
        council, plan, each=1000, days=(-280, -270, -200), report=-140, code="C", story=story,
        events={"usual": 520, "new": 455}, harm={"complaint": {"usual": 12, "new": 60}},
    )  # fmt: skip


# The one registered first comes first: no entry of the log is of before its key signed.
ALL = (
    bus_pass,
    real_letters,
    pharmacy_bags,
    fostering_letters,
    street_champions,
    postal_round,
    rent_letter,
    photo_first,
    evening_text,
    friday_email,
    bin_sticker,
    stern_letter,
)


def measured(
    council: Council,
    plan: Plan,
    *,
    days: tuple[int, int, int],
    each: int,
    events: Mapping[str, int],
    code: str,
    further: Mapping[str, Mapping[str, int]] | None = None,
    early: Mapping[str, int] | None = None,
    idea: str = "",
) -> tuple[str, Plan]:
    """Plan, register, place and measure: `days` are of registering, starting and ending.

    `early`: what was seen of the main outcome two weeks after the start, where it was looked at.
    """
    registered, started, ended = days
    start, end = council.day(started), council.day(ended)
    plan = dated(plan, start=start, end=end, twice=early is not None)
    trial = acting.plan_trial(council, plan, at=council.on(registered - 30), idea=idea)
    acting.register_trial(council, trial, at=council.on(registered))
    groups = len(plan["arms"]["list"])
    rows = [(f"{code}-{n:04d}", WARDS[n % 5]) for n in range(1, groups * each + 1)]
    acting.load_list(council, trial, ("unit", "ward"), rows, at=council.on(started - 1))
    acting.place(council, trial, at=council.on(started))
    placed = who_got_what(trial)
    primary = plan["outcomes"]["primary"]["code"]
    if early:
        seen = acting.some_events(council, placed, early)
        when = council.on(started + 21)
        acting.measure(council, trial, ("unit", primary), [*seen.items()], at=when, wave=1)
    columns = {primary: events, **(further or {})}
    values = {
        name: acting.some_events(council, placed, counts) for name, counts in columns.items()
    }
    outcomes = [(unit, *(column[unit] for column in values.values())) for unit in placed]
    wave, when = (2 if early else 1), council.on(ended + 5)
    acting.measure(council, trial, ("unit", *columns), outcomes, at=when, wave=wave)
    return trial, plan


def finished(
    council: Council,
    plan: Plan,
    *,
    each: int,
    days: tuple[int, int, int],
    report: int,
    code: str,
    events: Mapping[str, int],
    harm: Mapping[str, Mapping[str, int]],
    further: Mapping[str, Mapping[str, int]] | None = None,
    early: Mapping[str, int] | None = None,
    story: Mapping[str, Any] = STORY,
    idea: str = "",
    meanwhile: Callable[[str], None] | None = None,
) -> str:
    """The same, analysed and published; `meanwhile` is done with the trial before its end."""
    trial, _ = measured(
        council,
        plan,
        days=days,
        each=each,
        events=events,
        code=code,
        further={**(further or {}), **harm},
        early=early,
        idea=idea,
    )
    if meanwhile:
        meanwhile(trial)
    acting.analyse(council, trial, at=council.on(report - 5))
    acting.publish(council, trial, story, why=NOT_MEASURED, at=council.on(report))
    return trial


def _group(code: str, name: str, words: str, *, control: bool = False) -> dict[str, Any]:
    return {
        "code": code,
        "name": name,
        "description": words,
        "control": control,
        "share": 1,
        "cost_pence": None,
    }
