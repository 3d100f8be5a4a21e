"""A look for harm: the rule answers by the planned analysis, the safety person decides."""

import re
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction

from tests.apps.trials import loop
from tests.apps.trials.test_hidden import plan
from trialogue.accounts.models import AuditEntry, Notification
from trialogue.evidence.models import Event
from trialogue.methods.problems import InputError
from trialogue.trials.models import Look, LookDecision, Trial
from trialogue.trials.planned_power import panel
from trialogue.trials.services import harm

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


def complain(people, trial, folder, at=loop.NOW, reason="", **of):
    """Load how many of each group complained, of all of them."""
    lines, left = ["person,complaint"], dict(of)
    for study_id, arm in trial.assignments.values_list("unit__study_id", "arm"):
        lines.append(f"{study_id},{int(left[arm] > 0)}")
        left[arm] -= 1
    (folder / "complaints.csv").write_text("\n".join(lines) + "\n")
    loop.measured(people, trial, folder / "complaints.csv", at=at, reason=reason)


def measure(people, trial, folder, ids, *, at):
    """Load that none of these complained."""
    (folder / "none.csv").write_text("person,complaint\n" + "".join(f"{i},0\n" for i in ids))
    loop.measured(people, trial, folder / "none.csv", at=at)


def amend(people, trial, question, change):
    loop.amending.amend_plan(
        public_id=trial.public_id,
        question=question,
        body=plan(loop.NOW.date())[question] | change,
        reason="Nobody can look.",
        by=people["lead"],
        at=loop.NOW,
    )


def look(people, trial, by="safety"):
    return harm.look_for_harm(public_id=trial.public_id, by=people[by], at=loop.NOW)


def decide(people, trial, answer="go on", by="safety", reason="9 of 20, no more.", **of):
    return harm.decide_on_look(
        public_id=trial.public_id,
        number=of.pop("number", 1),
        answer=answer,
        reason=reason,
        by=people[by],
        at=loop.NOW,
        **of,
    )


STOP = {"answer": "stop for harm", "advise_another": "no"}
FIGURES = re.compile(r"\d+ of \d+|\d\.\d|\b14\b")


def told(person):
    """What somebody was written, in order."""
    found = Notification.objects.filter(person=person).order_by("pk")
    return [(row.subject, row.body) for row in found]


@pytest.mark.parametrize(
    ("usual", "visit", "answer"),
    [
        (2, 14, "stop and look"),  # p = 0.00002
        (2, 8, "go on"),  # beyond the limit of 1 in 100, and p = 0.015: chance would do as much
        (14, 2, "go on"),  # the arm spares complaints
    ],
)
def test_only_harm_beyond_chance_stops_and_opens_the_figures(
    people, trial, tmp_path, usual, visit, answer
):
    complain(people, trial, tmp_path, usual=usual, visit=visit)

    taken = look(people, trial)
    (seen,) = harm.read_look(public_id=trial.public_id, number=1, by=people["safety"], at=loop.NOW)

    assert taken.result == answer
    assert [group.answer for group in seen.groups] == ["", answer]
    assert seen.open is (answer == "stop and look")
    figures = [group.had for group in seen.groups]
    assert figures == ([f"{usual} of 20", f"{visit} of 20"] if seen.open else [None, None])
    assert not FIGURES.search(f"{AuditEntry.objects.filter(action='look for harm').get().after}")
    read = AuditEntry.objects.get(action="look at harm by group")
    assert (read.by, read.thing) == (people["safety"].public_id, trial.public_id)


def test_figures_are_those_of_the_moment_of_the_look(people, trial, tmp_path):
    complain(people, trial, tmp_path, usual=2, visit=14)
    taken = look(people, trial)
    later = loop.NOW + timedelta(days=1)
    complain(people, trial, tmp_path, at=later, reason="Read again", usual=3, visit=3)

    (seen,) = harm.read_look(public_id=trial.public_id, number=1, by=people["analyst"], at=later)

    assert taken.result == "stop and look"
    assert [group.had for group in seen.groups] == ["2 of 20", "14 of 20"]


def test_a_stop_takes_effect_at_once_and_tells_no_figure(client, people, trial, tmp_path):
    complain(people, trial, tmp_path, usual=2, visit=14)
    look(people, trial)

    decided = decide(people, trial, **STOP, reason="14 of 20 complained, against 2 of 20.")

    trial.refresh_from_db()
    assert trial.stopped_at == loop.NOW
    assert Look.objects.get().decided == decided
    request = trial.stop_requests.get()
    assert (request.for_harm, request.agreed, request.by) == (True, True, people["safety"])
    assert (
        "The trial was stopped for harm by its safety person."
        in dict(told(people["manager"])).values()
    )
    assert f"Stopped: {trial.title}" in dict(told(people["lead"]))
    event = Event.objects.get(trial=trial.public_id, kind="stopped")
    kept = [
        *told(people["manager"]),
        *told(people["lead"]),
        *AuditEntry.objects.values_list("action", "before", "after"),
        event.document["body"],
    ]
    assert not FIGURES.search(f"{kept}")
    for part in ("manager", "lead"):
        client.force_login(people[part])
        assert client.get(f"/trials/{trial.public_id}/looks/1/").status_code == 403
        for path in (
            f"/trials/{trial.public_id}/stop/",
            f"/trials/{trial.public_id}/",
            f"/evidence/{trial.public_id}/",
            f"/api/v1/trials/{trial.public_id}",
            f"/api/v1/evidence/{trial.public_id}",
            "/evidence/?q=complaints",
            "/settings/audit/",
        ):
            page = client.get(path).content.decode()
            assert "14 of 20" not in page, path
            assert "stop and look" not in page, path
    for part in ("safety", "analyst"):
        client.force_login(people[part])
        page = client.get(f"/trials/{trial.public_id}/looks/1/").content.decode()
        assert "14 of 20" in page
        assert "14 of 20 complained, against 2 of 20." in page
    with pytest.raises(InputError, match="There is nothing to analyse"):
        loop.analysis.lock_data(
            public_id=trial.public_id,
            by=people["analyst"],
            at=loop.NOW,
            today=trial.ends_on + timedelta(days=1),
        )


def test_the_manager_and_the_lead_are_told_that_it_goes_on(client, people, trial, tmp_path):
    complain(people, trial, tmp_path, usual=9, visit=9)
    look(people, trial, by="analyst")
    assert f"Decision asked: look for harm in {trial.title}" in dict(told(people["safety"]))

    decide(people, trial)

    trial.refresh_from_db()
    assert trial.stopped_at is None
    words = "The safety person looked for harm, as the plan says, and lets the trial go on."
    for part in ("manager", "lead"):
        assert dict(told(people[part]))[f"Goes on: {trial.title}"] == words
        client.force_login(people[part])
        page = client.get(f"/trials/{trial.public_id}/stop/").content.decode()
        assert "decided: go on." in page
        assert "9 of 20" not in page
    assert not FIGURES.search(f"{AuditEntry.objects.values_list('after')}")


def test_only_the_safety_person_decides(client, people, trial, tmp_path):
    complain(people, trial, tmp_path, usual=2, visit=14)
    look(people, trial)

    for part in ("lead", "manager"):
        with pytest.raises(PermissionDenied, match="analyst or safety person"):
            look(people, trial, by=part)
        with pytest.raises(PermissionDenied, match="analyst or safety person"):
            harm.read_look(public_id=trial.public_id, number=1, by=people[part], at=loop.NOW)
    for part in ("lead", "manager", "analyst"):
        with pytest.raises(PermissionDenied, match="look for harm: safety person"):
            decide(people, trial, **STOP, by=part)
    client.force_login(people["analyst"])
    page = client.get(f"/trials/{trial.public_id}/looks/1/").content.decode()
    assert f"The safety person decides: {people['safety'].name}." in page
    assert "Send decision" not in page
    assert not LookDecision.objects.exists()


def test_a_decision_says_why_and_stands(people, trial, tmp_path):
    complain(people, trial, tmp_path, usual=2, visit=14)
    look(people, trial)

    with pytest.raises(InputError) as refused:
        decide(people, trial, answer="stop for harm", reason=" ")
    assert [problem.column for problem in refused.value.problems] == ["reason", "advise_another"]
    with pytest.raises(InputError, match="Choose if the trial goes on"):
        decide(people, trial, answer="perhaps")
    first = decide(people, trial)
    assert decide(people, trial, reason="Another.") == first
    with pytest.raises(InputError, match="decided on this look: go on"):
        decide(people, trial, **STOP)
    with pytest.raises(DatabaseError), transaction.atomic():
        LookDecision.objects.update(answer="stop for harm")
    with pytest.raises(DatabaseError), transaction.atomic():
        Look.objects.update(result="go on")


def test_a_look_waits_for_its_decision_and_for_more_outcomes(people, trial, tmp_path):
    with pytest.raises(InputError, match="Too little is measured"):
        look(people, trial)
    complain(people, trial, tmp_path, usual=2, visit=3)
    look(people, trial)

    with pytest.raises(InputError, match="waits for a decision"):
        look(people, trial, by="analyst")
    decide(people, trial)
    with pytest.raises(InputError, match="Too little is new since the last look"):
        look(people, trial)
    assert Look.objects.count() == 1


def test_looks_run_out(people, trial, tmp_path):
    ids = list(trial.assignments.values_list("unit__study_id", flat=True))
    for number, share in ((1, 13), (2, 26)):
        measure(people, trial, tmp_path, ids[:share], at=loop.NOW + timedelta(days=number))
        at = loop.NOW + timedelta(days=number, hours=1)
        taken = harm.look_for_harm(public_id=trial.public_id, by=people["safety"], at=at)
        assert taken.number == number
        decide(people, trial, number=number)
    measure(people, trial, tmp_path, ids, at=loop.NOW + timedelta(days=3))

    with pytest.raises(InputError, match="The plan has 2 looks for harm, and they were taken"):
        harm.look_for_harm(
            public_id=trial.public_id, by=people["safety"], at=loop.NOW + timedelta(days=4)
        )


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"locked_at": loop.NOW}, "This trial has ended"),
        ({"started_at": None}, "before the groups are placed"),
    ],
)
def test_no_look_before_the_draw_nor_after_the_lock(people, trial, tmp_path, change, said):
    complain(people, trial, tmp_path, usual=2, visit=14)
    Trial.objects.filter(pk=trial.pk).update(**change)

    with pytest.raises(InputError, match=said):
        look(people, trial)


def test_no_decision_after_the_lock(people, trial, tmp_path):
    complain(people, trial, tmp_path, usual=2, visit=14)
    look(people, trial)
    Trial.objects.filter(pk=trial.pk).update(locked_at=loop.NOW)

    with pytest.raises(InputError, match="This trial has ended"):
        decide(people, trial, **STOP)
    assert not LookDecision.objects.exists()


def test_a_plan_without_looks_has_none_to_take(people, trial, tmp_path):
    complain(people, trial, tmp_path, usual=2, visit=14)
    amend(people, trial, "risks", {"looks": 0})

    with pytest.raises(InputError, match="The plan has no looks for harm"):
        look(people, trial)


def test_no_plan_is_without_a_harm_to_watch(people, trial):
    with pytest.raises(InputError, match="Enter at least one harm to watch"):
        amend(people, trial, "outcomes", {"guardrails": []})


def test_the_power_of_a_plan_says_what_its_looks_cost():
    made = plan(loop.NOW.date())
    without = panel(made | {"risks": made["risks"] | {"looks": 0}})

    with_two = panel(made | {"risks": made["risks"] | {"looks": 2}})

    assert with_two.sentences[:-1] == without.sentences
    assert with_two.sentences[-1].startswith("Looking for harm twice lowers the chance")
