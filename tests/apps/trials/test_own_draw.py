"""Our own draw: committed, fixed, drawn once, and re-derived from the record alone."""

import csv

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction

from tests.apps.trials import loop, real
from trialogue.evidence import queries as register
from trialogue.methods import allocation
from trialogue.methods.problems import InputError
from trialogue.trials.models import Assignment
from trialogue.trials.queries.trials import protocol_of
from trialogue.trials.seal import unseal
from trialogue.trials.services.allocation import allocate, enrol_late, fix_list, units_as_drawn
from trialogue.trials.services.planning import begin_trial, save_answer

OWN = {
    **real.LETTERS,
    "strata": {
        "by": ["month"],
        "method": "complete",
        "block": 0,
        "drawn_by": "",
        "drawn_how": "",
        "blocks": "",
    },
    "dates": {
        "recorded": "before",
        "start": "2027-02-14",
        "end": "2027-05-14",
        "waves": [{"number": 1, "name": "Main", "opens": "2027-02-15", "closes": "2027-05-20"}],
        "registered_elsewhere": "",
    },
}


@pytest.fixture
def ward_list(tmp_path):
    path = tmp_path / "families.csv"
    with path.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["family", "month"])
        rows.writerows([f"F{n:03d}", "July" if n % 2 else "August"] for n in range(60))
    return path


@pytest.fixture
def drawn(people, ward_list):
    trial = loop.registered(people, OWN)
    loop.listed(people, trial, ward_list)
    loop.placed(people, trial)
    trial.refresh_from_db()
    return trial


def test_the_draw_follows_from_the_published_seed_and_the_list(people, drawn):
    events = {entry.kind: entry.body for entry in register.events(drawn.public_id)}
    seed = unseal(drawn.draw.sealed_seed)
    protocol, units = protocol_of(drawn), units_as_drawn(drawn)
    placed = dict(drawn.assignments.values_list("unit__study_id", "arm"))

    assert allocation.commitment(seed) == events["registration"]["allocation"]["commitment"]
    assert allocation.list_hash(units, protocol.design) == events["list"]["list_hash"]
    assert allocation.differences(units, placed, protocol.design, seed) == []
    assert [arm["units"] for arm in events["started"]["arms"]] == [20, 20, 20]
    assert list(events) == ["registration", "list", "started"]


def test_the_seed_is_in_no_event_and_no_answer_before_the_result(drawn):
    seed = str(unseal(drawn.draw.sealed_seed))

    assert not any(seed in str(entry.body) for entry in register.events(drawn.public_id))
    assert seed.encode() not in bytes(drawn.draw.sealed_seed)


def test_a_second_draw_changes_nothing(people, drawn):
    before = list(drawn.assignments.order_by("sequence").values_list("unit_id", "arm"))

    allocate(public_id=drawn.public_id, by=people["lead"], at=loop.later(1))

    assert list(drawn.assignments.order_by("sequence").values_list("unit_id", "arm")) == before
    assert len(register.events(drawn.public_id)) == 3


def test_the_database_refuses_to_change_who_got_what(drawn):
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Assignment.objects.filter(trial=drawn).update(arm="usual")


def test_a_list_cannot_change_once_its_hash_is_public(people, ward_list):
    trial = loop.registered(people, OWN)
    loop.listed(people, trial, ward_list)
    fix_list(public_id=trial.public_id, by=people["lead"], at=loop.NOW)
    ward_list.write_text("family,month\nF1,July\nF2,July\nF3,July\n")

    with pytest.raises(InputError, match="fixed and cannot change"):
        loop.listed(people, trial, ward_list)


def test_a_late_arrival_is_enrolled_first_and_gets_the_next_of_the_sequence(people, drawn):
    def late(name):
        return enrol_late(
            public_id=drawn.public_id,
            study_id=name,
            strata=["July"],
            cluster="",
            on=loop.NOW.date(),
            by=people["lead"],
            at=loop.NOW,
        )

    arms = [late(f"L{n}").arm for n in range(6)]

    seed = unseal(drawn.draw.sealed_seed)
    assert arms == allocation.late_arms(protocol_of(drawn).design, seed, "July", 6)
    assert late("L0").arm == arms[0]
    assert drawn.assignments.count() == 66


def test_nobody_without_a_part_in_it_can_place_or_answer(people, drawn):
    with pytest.raises(PermissionDenied):
        allocate(public_id=drawn.public_id, by=people["analyst"], at=loop.NOW)
    with pytest.raises(PermissionDenied):
        fix_list(public_id=drawn.public_id, by=people["member"], at=loop.NOW)


def test_two_people_on_one_answer_lose_nothing(people):
    trial = begin_trial(
        title="Evening text",
        query="text",
        going_ahead="nobody close",
        why="",
        by=people["lead"],
        at=loop.NOW,
    )
    body = real.LETTERS["team"]
    save = {"public_id": trial.public_id, "question": "team", "by": people["lead"]}
    save_answer(**save, body=body, based_on=0, at=loop.NOW)
    other = {**body, "contact": "somebody@wrenmoor.example"}

    with pytest.raises(Exception, match="newer") as refused:
        save_answer(**save, body=other, based_on=0, at=loop.NOW)

    assert refused.value.current.body == body
    assert refused.value.typed == other
    assert save_answer(**save, body=other, based_on=1, at=loop.NOW).version == 2
    assert trial.answers.count() == 2


def test_the_gate_cannot_be_skipped(people):
    with pytest.raises(InputError, match="why you go ahead"):
        begin_trial(
            title="Evening text",
            query="text",
            going_ahead="",
            why="",
            by=people["lead"],
            at=loop.NOW,
        )


def test_the_page_of_a_running_trial_asks_twelve_times_at_most(
    client, people, drawn, django_assert_max_num_queries
):
    client.force_login(people["manager"])
    client.get("/about/")  # the first page of a session notes that the person was here

    with django_assert_max_num_queries(11):  # one more where it came from an idea
        page = client.get(f"/trials/{drawn.public_id}/")

    assert page.status_code == 200


@pytest.mark.parametrize("question", ["arms", "unit", "strata"])
def test_what_the_fixed_list_names_cannot_be_amended_before_the_draw(people, ward_list, question):
    trial = loop.registered(people, OWN)
    loop.listed(people, trial, ward_list)
    amended = {"public_id": trial.public_id, "by": people["lead"], "reason": "We thought again"}
    body = {
        "arms": {**OWN["arms"], "usual_practice": "A notice in July"},
        "unit": {**OWN["unit"], "setting": "At home"},
        "strata": {**OWN["strata"], "by": []},
    }[question]
    fix_list(public_id=trial.public_id, by=people["lead"], at=loop.NOW)

    with pytest.raises(InputError, match="The list is fixed, so this cannot change"):
        loop.amending.amend_plan(question=question, body=body, at=loop.NOW, **amended)

    allocate(public_id=trial.public_id, by=people["lead"], at=loop.NOW)
    with pytest.raises(InputError, match="The groups are placed, so this cannot change"):
        loop.amending.amend_plan(question=question, body=body, at=loop.NOW, **amended)
