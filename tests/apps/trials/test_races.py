"""Threads on PostgreSQL, where rows are locked and not the whole database.

On the embedded database the same races are run at the served site: `tests/faults/test_races.py`.
"""

import csv
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections

from tests.apps.conftest import NOW
from tests.apps.trials import loop, real
from tests.apps.trials import test_hidden as hidden
from tests.apps.trials.test_own_draw import OWN
from trialogue.accounts.models import AuditEntry
from trialogue.evidence import record
from trialogue.evidence.models import Event, Publisher
from trialogue.methods.problems import InputError
from trialogue.trials.models import Answer, LookDecision, Upload
from trialogue.trials.services import allocation, harm, measurement, planning, registration
from trialogue.trials.services.planning import AnswerConflictError

pytestmark = [
    pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL"),
    pytest.mark.django_db(transaction=True),
]
CODE = real.LETTERS["outcomes"]["primary"]["code"]


def at_once(deeds):
    """Do everything at the same moment; what came of each, or how it was refused."""
    ready = threading.Barrier(len(deeds))

    def one(deed):
        ready.wait(10)
        try:
            return deed()
        except (InputError, AnswerConflictError) as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(deeds)) as threads:
        return list(threads.map(one, deeds))


def refused(results):
    return [result for result in results if isinstance(result, Exception)]


@pytest.fixture
def families(tmp_path):
    path = tmp_path / "families.csv"
    with path.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["family", "month"])
        rows.writerows([f"F{n:03d}", "July" if n % 2 else "August"] for n in range(60))
    return path


def test_eight_draws_at_once_are_one(people, families):
    trial = loop.registered(people, OWN)
    loop.listed(people, trial, families)
    by = {"public_id": trial.public_id, "by": people["lead"], "at": NOW}

    fixed = at_once([lambda: allocation.fix_list(**by)] * 8)
    drawn = at_once([lambda: allocation.allocate(**by)] * 8)

    assert refused(fixed + drawn) == []
    assert trial.assignments.count() == 60
    assert [event.kind for event in Event.objects.order_by("seq")] == [
        *("registration", "list", "started")
    ]
    assert AuditEntry.objects.filter(action="place by chance").count() == 1


def test_trials_registered_at_once_are_chained_one_after_another(people):
    """The first events of a register, each trial's from two tabs."""
    trials = []
    for _ in range(4):
        trial = loop.begun(people, OWN)
        planning.ask_for_sign_off(
            public_id=trial.public_id, by=people["lead"], at=NOW, today=NOW.date()
        )
        planning.sign_off_plan(
            public_id=trial.public_id,
            document_hash=planning.hash_to_sign(trial.public_id),
            agreed=True,
            note="",
            by=people["manager"],
            at=NOW,
        )
        trials.append(trial)

    def register(trial):
        return lambda: registration.register_trial(
            public_id=trial.public_id, by=people["lead"], at=NOW, today=NOW.date()
        )

    came = at_once([register(trial) for trial in trials * 2])

    assert refused(came) == []
    events = list(Event.objects.order_by("seq"))
    assert sorted(event.trial for event in events) == sorted(t.public_id for t in trials)
    assert [event.seq for event in events] == [0, 1, 2, 3]
    before = record.FIRST_PREV
    for event in events:
        assert event.prev == before
        before = record.sha256(event.line.encode())
    assert Publisher.objects.count() == 1
    assert len({bytes(trial.draw.sealed_seed) for trial in trials}) == 4


def test_one_answer_of_many_is_the_next_version_and_no_other_is_lost(people):
    trial = loop.begun(people, OWN)
    held = trial.answers.filter(question="team").count()

    def save(number):
        body = {**OWN["team"], "contact": f"n{number}@wrenmoor.example"}
        return lambda: planning.save_answer(
            public_id=trial.public_id,
            question="team",
            body=body,
            based_on=held,
            by=people["lead"],
            at=NOW,
        )

    came = at_once([save(number) for number in range(6)])

    (kept,) = [answer for answer in came if isinstance(answer, Answer)]
    assert kept.version == held + 1
    conflicts = refused(came)
    assert len(conflicts) == 5
    assert all(each.current.body == kept.body for each in conflicts)
    assert all(each.typed != kept.body for each in conflicts)


def test_the_same_outcomes_loaded_twice_at_once_are_held_once(people, families, tmp_path):
    trial = loop.registered(people, OWN)
    loop.listed(people, trial, families)
    loop.placed(people, trial)
    path = tmp_path / "outcomes.csv"
    path.write_text(f"family,{CODE}\n" + "".join(f"F{n:03d},{n % 2}\n" for n in range(60)))
    files = [loop.uploaded(people, trial, Upload.Kind.OUTCOMES, path) for _ in range(2)]

    def load(upload):
        return lambda: measurement.load_outcomes(
            upload_id=str(upload.public_id),
            leave_out=frozenset(),
            reason="",
            by=people["lead"],
            at=NOW,
        )

    came = at_once([load(upload) for upload in files * 2])

    assert trial.measurements.count() == 60
    assert 60 in came
    assert {each.problems[0].what for each in refused(came)} <= {
        "60 values were recorded after this file was read"
    }


def test_looks_and_decisions_at_once_are_one_each(people, tmp_path):
    made = hidden.plan(NOW.date())
    made["risks"] = made["risks"] | {"looks": 2}
    trial = loop.registered(people, made)
    second = people["member"]
    for person in (people["safety"], second):
        planning.add_member(
            public_id=trial.public_id,
            email=person.email,
            role="safety person",
            by=people["lead"],
            at=NOW,
        )
    path = tmp_path / "people.csv"
    path.write_text("person\n" + "\n".join(f"P{n:02d}" for n in range(40)) + "\n")
    loop.listed(people, trial, path)
    loop.placed(people, trial)
    (tmp_path / "none.csv").write_text(
        "person,complaint\n" + "".join(f"P{n:02d},{n % 2}\n" for n in range(40))
    )
    loop.measured(people, trial, tmp_path / "none.csv")
    of = {"public_id": trial.public_id, "at": loop.NOW}

    looks = at_once(
        [lambda by=by: harm.look_for_harm(by=by, **of) for by in (people["safety"], second)]
    )
    decisions = at_once(
        [
            lambda: harm.decide_on_look(
                number=1, answer="go on", reason="As expected", by=people["safety"], **of
            ),
            lambda: harm.decide_on_look(
                number=1,
                answer="stop for harm",
                reason="More than expected",
                advise_another="no",
                by=second,
                **of,
            ),
        ]
    )

    assert [str(error) for error in refused(looks)] == [
        f"Look 1 by {trial.looks.get().by.name} waits for a decision;"
        " the safety person decides on it first"
    ]
    (late,) = refused(decisions)
    kept = LookDecision.objects.get()
    assert str(late).startswith(f"{kept.by.name} decided on this look: {kept.answer}")
    trial.refresh_from_db()
    assert (trial.stopped_at is not None) == (kept.answer == "stop for harm")
