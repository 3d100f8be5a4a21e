"""What one more outcome cost, in the direction that helps."""

import csv

import pytest

from tests.apps.trials import loop, real
from trialogue.evidence import queries as register

TEXTS = real.plan(
    title="Evening text, so that fewer collections are missed",
    arms=[
        real.arm("usual", "Letter", control=True, cost_pence=0),
        real.arm("text", "Evening text", cost_pence=3),
    ],
    unit=("booking", "bookings", "booking", "bookings"),
    outcome=("collection-missed", "Missed a collection"),
    kind="binary",
    smallest_change=0.05,
    baseline=0.33,
    effect=-0.09,
    clusters_per_arm=400,
    correction="none",
)
TEXTS["outcomes"]["primary"]["direction"] = "lower"


@pytest.mark.slow
def test_an_outcome_that_is_spared_has_its_price(people, tmp_path):
    """132 of 400 missed, 96 of 400 with a text at 3p: 0.03 / 0.09 = 33p for each one fewer."""
    path = tmp_path / "bookings.csv"
    with path.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["booking", "arm", "collection-missed"])
        rows.writerows((f"U{n}", "usual", int(n < 132)) for n in range(400))
        rows.writerows((f"T{n}", "text", int(n < 96)) for n in range(400))
    trial = loop.registered(people, TEXTS)
    loop.listed(people, trial, path)
    loop.measured(people, trial, path)
    loop.analysed(people, trial)

    loop.published(people, trial, real.STORY)

    result = register.events(trial.public_id)[-1].body
    assert result["effects"]["costs"][0]["cost_per_outcome"] == pytest.approx(0.03 / 0.09)
    said = result["cost"]["sentences"][0]
    assert said.startswith("One more “missed a collection” avoided cost about £0.33 (£0.20 to")
