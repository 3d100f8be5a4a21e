"""The registers of two other councils, made up too: what they tried, and copies of their logs.

Each runs its trials here by the services that people use, in a transaction that is taken back, and
signs them with a key that is then thrown away. Only the logs stay, as another site would serve
them; `evidence.services.receive` checks every byte before anything of them is shown.
"""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from trialogue.accounts.models import Organisation
from trialogue.evidence import queries as evidence
from trialogue.evidence import services
from trialogue.evidence.copies import Copy
from trialogue.site.demonstration import acting
from trialogue.site.demonstration.acting import Council
from trialogue.site.demonstration.people import make_people
from trialogue.site.demonstration.plans import Plan, copied, dated, two_groups
from trialogue.site.demonstration.trials import STORY, finished
from trialogue.trials.queries.trials import identifiers
from trialogue.trials.services import amending, clock


@dataclass(frozen=True)
class Register:
    """Another council. `checked` is the day on which its log was last copied."""

    name: str
    code: str
    checked: int
    trials: Sequence[Callable[[Council], str]]


def copies(at: datetime, *, folders: Sequence[str]) -> dict[str, Copy]:
    """Return the logs of the other councils by their names. The site has to be empty.

    Nothing of them stays: not in the database, nor in these folders of the data folder.
    """
    made = {}
    with transaction.atomic():
        council = Council(make_people(at), at)
        for register in ALL:
            with transaction.atomic():
                made[register.name] = _copy(register, council)
                transaction.set_rollback(True)
            for folder in folders:
                shutil.rmtree(settings.DATA_DIR / folder, ignore_errors=True)
        transaction.set_rollback(True)
    return made


def receive(council: Council, logs: dict[str, Copy]) -> None:
    """Take the logs in, each on the day on which it last answered."""
    for register in ALL:
        by, at = council.people["gareth"], council.on(register.checked)
        services.receive(logs[register.name], drafts=identifiers(), by=by, at=at)


def _copy(register: Register, council: Council) -> Copy:
    """Have a council try what it tried; return its log."""
    Organisation.objects.filter(kind=Organisation.Kind.COUNCIL).update(
        name=register.name, gss_code=register.code
    )
    for make in register.trials:
        make(council)
    entries, note = evidence.log_file(0), evidence.checkpoint()
    if entries is None or note is None or evidence.log_file(1):
        raise ValueError(f"the log of {register.name} is not one file long")
    return Copy(register.name, entries, note.encode(), evidence.published_keys())


def _evening_text(where: str, each: int) -> Plan:
    plan = copied(
        "evening-text",
        strata={"by": ["ward"], "method": "complete", "block": 0},
        size={"baseline": 0.3, "effect": -0.09, "clusters_per_arm": each},
    )
    plan["question"] |= {
        "title": "Text the evening before a bulky collection, tried again",
        "other_names": ["evening text again", "bulky waste reminder"],
    }
    complaint = [row for row in plan["outcomes"]["guardrails"] if row["code"] == "complaint"]
    plan["outcomes"] |= {"secondary": [], "guardrails": complaint}
    return _at(plan, where)


def _at(plan: Plan, where: str) -> Plan:
    """Return a plan as of another place."""
    plan["unit"] |= {"setting": f"The whole of {where}."}
    plan["team"] |= {"contact": f"trials@{where.lower().replace(' ', '')}.example"}
    return plan


def evening_text_hollin_vale(council: Council) -> str:
    """Worked: 210 of 700 missed, and 168 of 700 with the text."""
    return finished(
        council, _evening_text("Hollin Vale", 700), each=700, days=(-250, -240, -120), report=-52,
        code="B", events={"usual": 210, "text": 168},
        harm={"complaint": {"usual": 8, "text": 9}},
    )  # fmt: skip


def evening_text_cadderby(council: Council) -> str:
    """Too small to tell: 90 of 300 missed, and 75 of 300 with the text."""
    return finished(
        council, _evening_text("Cadderby", 300), each=300, days=(-240, -230, -110), report=-48,
        code="B", events={"usual": 90, "text": 75},
        harm={"complaint": {"usual": 6, "text": 5}},
    )  # fmt: skip


def library_text(council: Council) -> str:
    """Helped, but less than hoped: 2,400 of 4,000 renewed, and 2,500 of 4,000 with the text."""
    plan = two_groups(
        title="Library renewal text, so that books come back or are renewed",
        summary="A text three days before a loan ends says what is due and how to renew it. "
        "Chance decides which readers get one. We count who renews or returns in time.",
        problem="Four readers in ten keep a book past its day, and some never come back.",
        other_names=["loan reminder", "overdue books text"],
        new="A text three days before",
        usual="A slip in the book",
        unit=("reader", "readers"),
        service="libraries",
        outcome=("renewed-in-time", "Renewed or returned in time"),
        direction="higher",
        smallest_change=0.05,
        baseline=0.6,
        effect=0.05,
        each=4000,
        cost_pence=3,
    )
    story = STORY | {"decision": "adapt", "differently": "Put the renewal link into the text."}
    return finished(
        council, _at(plan, "Hollin Vale"), each=4000, days=(-330, -320, -230), report=-150,
        code="L", story=story, events={"usual": 2400, "new": 2500},
        harm={},  # the library counts no complaints: software finds that, and it is said
    )  # fmt: skip


def friendly_benches(council: Council) -> str:
    """Made no real difference; one amendment and one deviation."""
    plan = two_groups(
        title="Friendly benches, so that fewer people sit alone",
        summary="A sign on a park bench says: sit here if you are happy to chat. Chance decides "
        "on which days the signs are up. A watcher counts who talks with a stranger.",
        problem="People sit alone, one to a bench, and say that nobody speaks to them.",
        other_names=["happy to chat benches", "chatty benches", "buddy bench"],
        new="A sign on the bench",
        usual="No sign",
        unit=("visitor", "visitors"),
        service="parks",
        outcome=("talked-with-stranger", "Talked with somebody they did not know"),
        direction="higher",
        smallest_change=0.1,
        baseline=0.15,
        effect=0.1,
        each=400,
        cost_pence=4,
    )
    registered, started, ended, report = -310, -300, -200, -140

    def meanwhile(trial: str) -> None:
        shorter = dated(plan, start=council.day(started), end=council.day(ended + 7))["dates"]
        amending.amend_plan(
            public_id=trial,
            question="dates",
            body=shorter,
            reason="The watchers can stay a week longer.",
            by=council.people["tom"],
            at=council.on(started + 20),
        )
        amending.record_deviation(
            public_id=trial,
            item="Where the signs stood",
            planned="On all twelve benches",
            done="On eleven: one bench was mended for two weeks",
            reason="A storm broke it.",
            effect="small",
            found_by="person",
            by=council.people["tom"],
            at=council.on(started + 41),
        )

    story = STORY | {"decision": "stop", "differently": "Ask the café to put out a table first."}
    return finished(
        council, _at(plan, "Cadderby"), each=400, days=(registered, started, ended), report=report,
        code="S", story=story, events={"usual": 60, "new": 62}, meanwhile=meanwhile,
        harm={"complaint": {"usual": 0, "new": 0}},
    )  # fmt: skip


def travel_badges(council: Council) -> str:
    """Could not be tested: the children shared their badges."""
    plan = two_groups(
        title="School travel badges, so that more children walk",
        summary="A child who walks to school gets a badge each week. Chance decides which "
        "children can get them. Teachers, who do not know, note who came on foot on Friday.",
        problem="Half of the children who live near are driven to school.",
        other_names=["walk to school badges", "walking rewards"],
        new="A badge for each week of walking",
        usual="An assembly about walking",
        unit=("child", "children"),
        service="schools",
        outcome=("walked-to-school", "Walked to school on the last Friday"),
        direction="higher",
        smallest_change=0.1,
        baseline=0.5,
        effect=0.12,
        each=300,
        cost_pence=240,
    )
    story = STORY | {
        "contaminated": "badges were shared between the groups",
        "decision": "adapt",
        "differently": "Let chance choose whole schools, not children in one class.",
        "limitations": "The groups mixed, so this trial cannot say whether badges work.",
    }
    return finished(
        council, _at(plan, "Cadderby"), each=300, days=(-290, -280, -190), report=-120, code="T",
        story=story, events={"usual": 150, "new": 159}, harm={"complaint": {"usual": 0, "new": 0}},
    )  # fmt: skip


def clinic_text(council: Council) -> str:
    """Not reported: it ended 300 days ago, and nobody said what happened."""
    plan = two_groups(
        title="Evening text for clinic visits, so that fewer are missed",
        summary="A text at six the evening before a visit to the leg clinic. Chance decides who "
        "gets one. We count who came.",
        problem="One visit in eight is missed, and nobody else can have the time.",
        other_names=["appointment reminder", "clinic reminder text"],
        new="A text the evening before",
        usual="The date by letter",
        unit=("appointment", "appointments"),
        service="public health",
        outcome=("attended", "Came to the appointment"),
        direction="higher",
        smallest_change=0.03,
        baseline=0.87,
        effect=0.05,
        each=500,
        cost_pence=3,
    )
    plan = dated(_at(plan, "Hollin Vale"), start=council.day(-400), end=council.day(-300))
    trial = acting.plan_trial(council, plan, at=council.on(-440))
    acting.register_trial(council, trial, at=council.on(-410))
    rows = [(f"A-{n:04d}", acting.WARDS[n % 5]) for n in range(1, 1001)]
    acting.load_list(council, trial, ("appointment", "ward"), rows, at=council.on(-401))
    acting.place(council, trial, at=council.on(-400) + timedelta(hours=1))
    clock.publish_not_reported(council.on(-120))
    return trial


# In the order in which each council registered them: a key signs from its first entry on.
ALL = (
    Register(
        "Hollin Vale Council",
        "X99000002",
        0,
        (clinic_text, library_text, evening_text_hollin_vale),
    ),
    Register(
        "Cadderby City Council",
        "X99000003",
        -16,
        (friendly_benches, travel_badges, evening_text_cadderby),
    ),
)
