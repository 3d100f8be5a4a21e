"""Real trials through the whole loop: the record's figures are the published ones."""

import pytest

from tests.apps.trials import loop, real
from trialogue.evidence import queries as register

KEYS = ("estimate", "se", "df", "ci_low", "ci_high", "p", "p_adjusted")
LETTERS = real.REAL / "recertification_letters" / "families.csv"


@pytest.fixture
def letters(people):
    trial = loop.registered(people, real.LETTERS)
    loop.listed(people, trial, LETTERS)
    loop.measured(people, trial, LETTERS)
    loop.analysed(people, trial)
    return trial


def test_reminder_letters_go_round_the_loop_with_the_published_figures(people, letters):
    loop.published(people, letters, real.STORY)

    result = next(e.body for e in register.events(letters.public_id) if e.kind == "result")
    by_month = next(
        case
        for case in real.expected("recertification_letters")["analyse"]
        if "--strata month" in case["command"] and "--correction" not in case["command"]
    )
    shown = {row["arm"]: row for row in result["effects"]["effects"]}
    for row in by_month["effects"]:
        for key in set(KEYS) & row.keys():
            found = shown[row["arm"].replace(" ", "-")][key]
            assert found == pytest.approx(row[key], rel=1e-8), (row["arm"], key)
    assert [verdict["words"] for verdict in result["verdicts"]] == ["Worked", "Worked"]
    assert "about 40 kept their support" in result["verdicts"][0]["sentence"]
    assert result["effects"]["missing"] == {"usual": 5, "open-letter": 5, "dated-letter": 9}
    assert result["strength"]["reasons"] == ["It was not registered before it started."]
    assert result["seed"] is None
