"""What a group costs, who pays and what it releases: planned, registered, published, shown."""

import csv
from copy import deepcopy

import pytest
from django.test import Client

from tests.apps.evidence import stories
from tests.apps.trials import loop, real
from tests.apps.trials.test_costs import TEXTS
from trialogue.evidence import queries as register
from trialogue.evidence import schema

ARMS = {
    "usual": {"cost_pence": 30, "council_pence": 30, "partner_pence": 0, "hours": 0.05},
    "text": {
        "cost_pence": 33,
        "council_pence": 25,
        "partner_pence": 8,
        "hours": 0.03,
        "set_up_pence": 18_000,
    },
}


def costed():
    """The plan of the texts, with all that it can say of costs."""
    plan = deepcopy(TEXTS)
    arms = [{**arm, **ARMS[arm["code"]]} for arm in plan["arms"]["list"]]
    plan["arms"] |= {"list": arms, "a_month": 1_600, "whose_hours": "the contact centre"}
    return plan


def reported(people, folder, plan, *, missed):
    """Take the trial to its result; `missed` of 400 in each group missed their collection."""
    path = folder / "bookings.csv"
    with path.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["booking", "arm", "collection-missed"])
        for arm, many in missed.items():
            rows.writerows((f"{arm[0]}{n}", arm, int(n < many)) for n in range(400))
    trial = loop.registered(people, plan)
    loop.listed(people, trial, path)
    loop.measured(people, trial, path)
    loop.analysed(people, trial)
    loop.published(people, trial, real.STORY)
    return trial


def words(address):
    return Client().get(address).content.decode()


@pytest.mark.slow
def test_a_result_says_who_pays_what_is_released_and_at_what_worth(people, tmp_path):
    trial = reported(people, tmp_path, costed(), missed={"usual": 132, "text": 96})

    (arm,) = register.events(trial.public_id)[-1].body["cost"]["arms"]
    paid = {part["payer"]: part["estimate"] for part in arm["payers"]}
    assert paid == pytest.approx({"council": -0.05, "partner": 0.08})
    assert arm["released"]["hours"]["estimate"] == pytest.approx(0.02 * 1_600)
    assert arm["released"]["pounds"]["estimate"] == pytest.approx(-0.03 * 1_600)
    assert arm["set_up"] == pytest.approx(
        {"pounds": 180, "over": 400, "here": 0.03 + 180 / 400, "at_scale": 0.03 + 0.18}
    )
    assert arm["worth"]["even"] == pytest.approx(0.03 / 0.09)
    chances = [point["probability"] for point in arm["worth"]["points"][1:]]
    assert chances == sorted(chances)
    assert chances[5] < 0.5 < chances[6]  # the values are 6/20 and 7/20 of three times the even

    page = words(f"/evidence/{trial.public_id}/")
    for said in (
        "Setting up cost £180 once. Shared by the 400 here, one booking cost £0.48 beside",
        "Who pays and who gains",
        "£0.05 less a booking",
        "£0.08 more a booking",
        "£0.03 more a booking",
        "It releases 32 hours a month.",
        "It takes £576 more a year.",
        "Not claimed",
        "Nobody timed each one.",
        "The hours are those of: the contact centre.",
    ):
        assert said in page, said
    technical = words(f"/evidence/{trial.public_id}/technical/")
    assert "Was it worth its cost?" in technical
    assert "The chance that it was worth its cost: if one more" in technical
    assert "<svg" in technical


@pytest.mark.slow
def test_what_may_buy_nothing_is_said_so(people, tmp_path):
    trial = reported(people, tmp_path, costed(), missed={"usual": 100, "text": 99})

    said = register.events(trial.public_id)[-1].body["cost"]["sentences"][0]

    assert said.endswith(
        "It cost £0.03 more a booking. It may cost £0.03 a booking to get nothing."
    )


@pytest.mark.slow
def test_a_plan_without_more_on_costs_has_a_result_without(people, tmp_path):
    trial = reported(people, tmp_path, TEXTS, missed={"usual": 132, "text": 96})

    (arm,) = register.events(trial.public_id)[-1].body["cost"]["arms"]
    assert (arm["set_up"], arm["released"], arm["payers"]) == (None, None, [])
    page = words(f"/evidence/{trial.public_id}/")
    assert "Who pays and who gains" not in page
    assert "Released" not in page


def test_who_pays_adds_up_to_the_cost_of_the_group():
    arms = costed()["arms"]
    assert list(schema.problems("arms", arms)) == []

    arms["list"][1]["partner_pence"] = 9
    (problem,) = schema.problems("arms", arms)

    assert problem.what == "What each pays for “Evening text” is £0.34, not its cost"
    assert problem.column == "list.1.cost_pence"


def test_a_result_published_before_these_costs_still_checks_and_shows_none(council):
    trial = stories.reported()

    assert "arms" not in register.whole(trial).result.body["cost"]
    assert register.costs_shown(register.whole(trial)) == register.CostsShown((), (), (), "", ())
    assert "What it cost" in words(f"/evidence/{trial}/")
