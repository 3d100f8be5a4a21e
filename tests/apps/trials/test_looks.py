"""A look for harm says what follows, and no figure; what it counts is the planned analysis."""

import re

import pytest

from tests.apps.trials import loop
from tests.apps.trials.test_hidden import plan
from trialogue.accounts.models import AuditEntry
from trialogue.methods.problems import InputError
from trialogue.trials.planned_power import panel
from trialogue.trials.services.stopping import look_for_harm

SIZE = 40


@pytest.fixture
def trial(people, tmp_path):
    """Placed, with two looks in its plan and a safety person; nothing is measured."""
    made = plan(loop.NOW.date())
    made["risks"] = made["risks"] | {"looks": 2}
    trial = loop.registered(people, made)
    loop.planning.add_member(
        public_id=trial.public_id,
        email=people["safety"].email,
        role="safety person",
        by=people["lead"],
        at=loop.NOW,
    )
    path = tmp_path / "people.csv"
    path.write_text("person\n" + "\n".join(f"P{n:02d}" for n in range(SIZE)) + "\n")
    loop.listed(people, trial, path)
    loop.placed(people, trial)
    return trial


def complain(people, trial, folder, **of):
    """Load how many of each group complained, of all of them."""
    lines, left = ["person,complaint"], dict(of)
    for study_id, arm in trial.assignments.values_list("unit__study_id", "arm"):
        lines.append(f"{study_id},{int(left[arm] > 0)}")
        left[arm] -= 1
    (folder / "complaints.csv").write_text("\n".join(lines) + "\n")
    loop.measured(people, trial, folder / "complaints.csv")


def look(people, trial):
    return look_for_harm(public_id=trial.public_id, by=people["safety"], at=loop.NOW)


@pytest.mark.parametrize(
    ("usual", "visit", "answer"),
    [
        (2, 14, "stop and look"),  # p = 0.00002
        (2, 8, "go on"),  # beyond the limit of 1 in 100, and p = 0.015: chance would do as much
        (14, 2, "go on"),  # the arm spares complaints
    ],
)
def test_only_harm_beyond_chance_stops(people, trial, tmp_path, usual, visit, answer):
    complain(people, trial, tmp_path, usual=usual, visit=visit)

    taken, said = look(people, trial)

    assert taken.result == answer
    assert said == [f"Complaints, Look-in: {answer}."]
    entry = AuditEntry.objects.filter(action="look for harm").get()
    assert not re.search(r"\d\.\d", f"{entry.after}{taken.decision}{said}")


def test_nothing_measured_cannot_say_and_the_looks_run_out(people, trial):
    for number in (1, 2):
        taken, said = look(people, trial)
        assert (taken.number, taken.result) == (number, "cannot say")
        assert said == ["Complaints: nothing measured yet."]

    with pytest.raises(InputError, match="The plan has 2 looks for harm, and they were taken"):
        look(people, trial)


def test_the_power_of_a_plan_says_what_its_looks_cost():
    made = plan(loop.NOW.date())
    without = panel(made | {"risks": made["risks"] | {"looks": 0}})

    with_two = panel(made | {"risks": made["risks"] | {"looks": 2}})

    assert with_two.sentences[:-1] == without.sentences
    assert with_two.sentences[-1].startswith("Looking for harm twice lowers the chance")
