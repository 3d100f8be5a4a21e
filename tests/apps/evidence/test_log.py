import os
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from tests.apps.evidence import bodies
from trialogue.evidence import queries, record, services
from trialogue.evidence.models import Checkpoint, Event, PublisherKey, TrialRecord
from trialogue.methods.problems import InputError

ROOT = Path(__file__).parents[3]


def test_first_event_follows_nothing_and_each_later_one_its_forerunner(reported):
    events = list(Event.objects.order_by("seq"))

    assert [event.seq for event in events] == [0, 1, 2, 3, 4, 5]
    assert events[0].prev == "0" * 64
    assert [event.prev for event in events[1:]] == [event.hash for event in events[:-1]]


def test_entry_says_what_was_appended(reported):
    entries = queries.events(reported)

    assert [entry.kind for entry in entries] == [
        "registration",
        "amendment",
        "list",
        "started",
        "deviation",
        "result",
    ]
    assert entries[0].created == bodies.NOW
    assert entries[0].body == bodies.registration()


def test_event_is_signed_with_the_key_that_is_published(trial):
    event = Event.objects.get()
    key = PublisherKey.objects.get()

    assert event.document["key_id"] == key.key_id
    assert record.is_signed_by(event.document, record.public_bytes(key.public_key))
    altered = {**event.document, "id": "EC-0123456789T"}
    assert not record.is_signed_by(altered, record.public_bytes(key.public_key))


def test_private_key_is_kept_from_others_on_the_machine(trial, settings):
    kept = settings.DATA_DIR / "keys" / "record"

    assert kept.stat().st_mode & 0o077 == 0
    assert kept.parent.stat().st_mode & 0o077 == 0


def test_new_key_ends_the_old_one_and_both_stay_known(trial, settings):
    (settings.DATA_DIR / "keys" / "record").unlink()

    services.append(trial, "deviation", bodies.deviation(), at=bodies.later(1))

    old, new = PublisherKey.objects.order_by("valid_from")
    assert (old.valid_until, new.valid_until) == (bodies.later(1), None)
    assert queries.events(trial)[1].kind == "deviation"


@pytest.mark.parametrize("sentence", ["UPDATE {} SET kind = 'result'", "DELETE FROM {}"])
def test_database_refuses_to_change_the_log(trial, sentence):
    table = Event._meta.db_table

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        connection.cursor().execute(sentence.format(table))

    assert Event.objects.get().kind == "registration"


@pytest.mark.parametrize("kind", ["registration", "list", "started", "result"])
def test_what_happens_once_is_recorded_once(reported, kind):
    body = queries.events(reported)
    body = next(entry.body for entry in body if entry.kind == kind)

    with pytest.raises(InputError, match="already"):
        services.append(reported, kind, body, at=bodies.later(9))


def test_nothing_is_recorded_of_a_trial_that_is_not_registered(council):
    with pytest.raises(InputError, match="not registered yet"):
        services.append("EC-0123456789T", "started", bodies.started(), at=bodies.NOW)

    assert not Event.objects.exists()


def test_refused_body_changes_nothing_and_names_the_field(trial):
    with pytest.raises(InputError) as refused:
        services.append(trial, "stopped", {**bodies.stopped(), "words": ""}, at=bodies.NOW)

    assert [problem.column for problem in refused.value.problems] == ["words"]
    assert Event.objects.count() == 1


def test_what_fails_after_an_event_takes_the_event_with_it(trial):
    with transaction.atomic():
        services.append(trial, "deviation", bodies.deviation(), at=bodies.later(1))
        transaction.set_rollback(True)

    assert Event.objects.count() == 1
    assert Checkpoint.objects.get().size == 1


def test_lists_are_the_same_after_they_are_made_again(reported, council, capsys):
    other = services.new_identifier()
    services.append(other, "registration", bodies.registration(), at=bodies.NOW)
    services.append(other, "stopped", bodies.stopped(), at=bodies.later(30))
    before = list(TrialRecord.objects.order_by("trial").values())

    call_command("rebuild_evidence")

    after = list(TrialRecord.objects.order_by("trial").values())
    assert [{**row, "id": 0} for row in after] == [{**row, "id": 0} for row in before]
    assert "2 trials" in capsys.readouterr().out


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_writers_at_once_get_places_one_after_another(tmp_path, migrated):
    folder = shutil.copytree(migrated, tmp_path / "site")
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'src'}"}
    environment["TRIALOGUE_DATA"] = str(folder)
    if connection.vendor == "postgresql":
        address = urlsplit(os.environ["DATABASE_URL"])
        name = connection.settings_dict["NAME"]
        environment["DATABASE_URL"] = address._replace(path=f"/{name}").geturl()

    identifiers = [record.random_identifier() for _ in range(12)]
    script = Path(__file__).with_name("writer.py")
    writers = [
        subprocess.Popen([sys.executable, script, *half], env=environment)
        for half in (identifiers[:6], identifiers[6:])
    ]
    codes = [writer.wait(60) for writer in writers]

    assert codes == [0, 0]
    count = "from trialogue.evidence.models import Event; print(*Event.objects.order_by('seq')"
    shown = subprocess.run(
        [
            sys.executable,
            "-c",
            f"import django; django.setup(); {count}.values_list('seq', flat=True))",
        ],
        check=True,
        capture_output=True,
        text=True,
        env=environment,
    )
    assert shown.stdout.split() == [str(seq) for seq in range(12)]
