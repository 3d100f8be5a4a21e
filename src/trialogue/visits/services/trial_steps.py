"""The plan of a trial whose areas start one after another, as the partner can open them."""

from datetime import date, timedelta
from math import ceil
from typing import Any

from trialogue.evidence.queries.catalogue import StarterPlan

MOST_STEPS = 8
TO_PREPARE = timedelta(weeks=8)  # to sign off, register, ask everybody once and train the first
STEP = timedelta(weeks=10)
ASKING = timedelta(weeks=2)  # how long everybody is asked, before each step
WHEN = "before the first step and after each"
HOW_LONG = "About 5 minutes, from the first day of the area until the trial ends."

SUMMARY = (
    "Some older people see nobody for days. A postal worker passes their door on most days. In "
    "this trial areas start short visits one after another. Chance decides in which order. A "
    "visit takes about five minutes: a hello, five questions, and any worry passed on at once. "
    "Before the first area starts and after each step, we ask people in all areas how lonely they "
    "feel. In the end every area has visits."
)


def stepped_answers(
    starter: StarterPlan, *, areas: int, agreed: int, today: date
) -> dict[str, dict[str, Any]]:
    """Return the answers that differ from the starter plan, with dates that can be changed.

    Everybody in all areas is asked in the two weeks before each step, and once more when the last
    step has run as long as the others.
    """
    # How many start together. Chance puts those left over at one step or another, so that there
    # are no fewer than the plan counts on.
    each = ceil(areas / MOST_STEPS)
    first = today + TO_PREPARE
    first += timedelta(days=-first.weekday() % 7)  # a Monday
    steps = [first + number * STEP for number in range(areas // each)]
    asked = [*steps, steps[-1] + STEP]
    names = ["Before anybody starts", *(f"After step {n + 1}" for n in range(len(steps)))]
    answers = starter.answers
    later, now = answers["arms"]["list"]
    return {
        "question": {**answers["question"], "summary": SUMMARY},
        "arms": {**answers["arms"], "list": [{**later, "name": "No visits yet"}, now]},
        "size": {
            **answers["size"],
            "clusters_per_arm": each,
            "cluster_size": max(1, round(agreed / areas)),
        },
        "outcomes": {
            **answers["outcomes"],
            "primary": {**answers["outcomes"]["primary"], "when": WHEN},
            "secondary": [{**one, "when": WHEN} for one in answers["outcomes"]["secondary"]],
            "covariates": [],  # each area is compared with itself before
        },
        "delivery": {**answers["delivery"], "how_long": HOW_LONG},
        "risks": {**answers["risks"], "looks": 0},
        "dates": {
            "recorded": "before",
            "start": first.isoformat(),
            "end": (asked[-1] - timedelta(days=1)).isoformat(),
            "waves": [
                {
                    "number": number,
                    "name": name,
                    "opens": (day - ASKING).isoformat(),
                    "closes": (day - timedelta(days=1)).isoformat(),
                }
                for number, (name, day) in enumerate(zip(names, asked, strict=True), start=1)
            ],
            "steps": [{"starts": day.isoformat()} for day in steps],
            "registered_elsewhere": "",
        },
    }
