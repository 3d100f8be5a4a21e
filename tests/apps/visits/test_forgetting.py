"""What is past its time goes, by rule or on request; counts and a trial's numbers stay."""

import json
import os
import shutil
import subprocess
import sys
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.urls import reverse

from tests.apps.visits import erasing
from tests.apps.visits.conftest import NOW, TODAY
from tests.apps.visits.happening import phone
from trialogue.accounts import services as accounts
from trialogue.accounts.models import AuditEntry, Notification
from trialogue.methods.problems import InputError
from trialogue.visits import services
from trialogue.visits.models import (
    Answer,
    Concern,
    ListFile,
    Resident,
    TravelTimes,
    Visit,
    VisitEvent,
    VisitList,
)
from trialogue.visits.services.forgetting import forget, past_their_time

SECRET = ("Ada Kent", "Mrs Kent", "1 Mill Lane", "Kin of Ada", "kin0@home", "cold boiler", "gas")


@pytest.fixture
def recorded(visits):
    """Ada's visit with an answer and its note, and a concern that is closed."""
    visit = visits[0]
    event = VisitEvent.objects.create(
        id=uuid4(),
        scheme=visit.scheme,
        visit=visit,
        type="visit_recorded",
        at=NOW,
        about_at=NOW,
        quality="clock",
        received_at=NOW,
        schema=1,
        body={"answers": {"home": {"answer": "no", "note": "cold boiler"}}},
        sha256="0" * 64,
    )
    Answer.objects.create(
        visit=visit,
        event=event,
        question="home",
        set_number=1,
        variant=0,
        language="en",
        answer="no",
        note="cold boiler",
    )
    Concern.objects.create(
        scheme=visit.scheme,
        resident=visit.resident,
        visit=visit,
        level="amber",
        kind="home",
        words="Smell of gas",
        origin="doorstep",
        raised_at=NOW,
        received_at=NOW,
        clock_from=NOW,
        deadline=NOW,
        state="closed",
        outcome="advice given",
        closed_at=NOW,
    )
    return visit.resident


def going(now):
    """How much of each kind goes."""
    return accounts.count_each(past_their_time(now))


def months(number):
    return NOW + timedelta(days=31 * number)


def test_each_kind_goes_after_its_time_and_twice_is_as_once(recorded, plan, scheme, cast):
    assert set(going(NOW).values()) == {0}
    due = going(months(14))
    assert (due["What was recorded at doors"], due["Notes of answers"]) == (1, 1)
    assert due["What was asked at visits"] == 6
    assert due["Closed concerns"] == 0
    assert forget(months(14)) == 8
    assert set(going(months(14)).values()) == {0}
    event = VisitEvent.objects.get()
    assert (event.body, event.type) == (None, "visit_recorded")
    assert Answer.objects.get().answer == "no"
    assert Concern.objects.get().words == "Smell of gas"
    assert going(months(80))["Closed concerns"] == 1
    forget(months(80))
    assert Concern.objects.get().words == ""


def test_whose_list_was_on_a_phone_or_on_paper_goes_with_the_answers(visits, cast):
    walker = visits[0].visitor
    for day in (TODAY, TODAY + timedelta(days=60)):
        VisitList.objects.create(device=phone(walker), day=day, by=cast.sam, at=NOW)
        VisitList.objects.create(visitor=walker, day=day, by=cast.desk, at=NOW)

    forget(months(12))
    assert VisitList.objects.count() == 4
    forget(months(14))

    assert {one.day for one in VisitList.objects.all()} == {TODAY + timedelta(days=60)}


def test_who_left_goes_after_three_months_but_not_with_a_concern_that_is_kept(
    recorded, residents, cast
):
    bill = residents[1]
    key = bill.key
    for one in (recorded, bill):
        services.end_visits(one.public_id, why="moved", by=cast.desk, at=NOW)
    assert going(months(2))["Residents who left"] == 0
    assert going(months(4))["Residents who left"] == 1
    forget(months(4))
    bill.refresh_from_db()
    assert (bill.full_name, bill.address, bill.x) == ("", "", None)
    assert bill.key != key
    assert Visit.objects.filter(resident=bill).count() == 1
    recorded.refresh_from_db()
    assert recorded.full_name == "Ada Kent"


def test_a_setting_of_the_scheme_counts(recorded, scheme, cast):
    services.set_timers(scheme.pk, times={"keep_answers": 3}, by=cast.duty_manager, at=NOW)
    assert going(months(4))["What was recorded at doors"] == 1


def test_a_list_that_nobody_took_in_goes_with_its_bytes(scheme, cast, settings):
    from django.core.files.uploadedfile import SimpleUploadedFile

    services.keep_list(
        scheme,
        "residents",
        file=SimpleUploadedFile("r.csv", b"full_name,address_1\nAda,1 Mill Lane\n"),
        by=cast.desk,
        at=NOW,
    )
    forget(NOW + timedelta(days=2))
    assert not ListFile.objects.exists()
    assert not [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]


def test_a_resident_is_erased_at_once_on_request(client, cast, recorded):
    client.force_login(cast.duty_manager)
    page = reverse("visits:erase", args=[recorded.public_id])
    assert "Visits go on" in client.post(page, {"sure": "on"}).content.decode()
    services.end_visits(recorded.public_id, why="asked", by=cast.desk, at=NOW)
    assert "Tick this if they ask" in client.post(page, {}).content.decode()

    assert client.post(page, {"sure": "on"}).status_code == 302

    rows = "\n".join(connection.connection.iterdump()) if sqlite() else ""
    assert [word for word in SECRET if word in rows] == []
    assert AuditEntry.objects.filter(action="erase a resident").count() == 1
    assert Visit.objects.filter(resident__erased_at__isnull=False).count() == 1
    assert client.get(reverse("visits:resident", args=[recorded.public_id])).status_code == 404


def test_what_else_names_who_is_erased_goes_too(scheme, cast, visits, residents):
    """The message to a contact, own travel times, and where they made room for another."""
    ada, other = residents[0], residents[4]
    services.send_contact_link(ada.contacts.get().public_id, by=cast.desk, at=NOW)
    services.send_contact_link(other.contacts.get().public_id, by=cast.desk, at=NOW)
    pairs = [["A/1", "R1", 60.0], ["R1", "A/2", 50.0], ["A/1", "R2", 40.0]]
    TravelTimes.objects.create(scheme=scheme, filename="t", pairs=pairs, by=cast.desk, at=NOW)
    Visit.objects.filter(resident=other).update(moved_why="Where Mrs Kent makes room")
    services.end_visits(ada.public_id, why="asked", by=cast.desk, at=NOW)

    services.erase_on_request(ada.public_id, by=cast.duty_manager, at=NOW)

    assert Notification.objects.get(letter="M").to_email == other.contacts.get().email
    assert TravelTimes.objects.get().pairs == [["A/1", "R2", 40.0]]
    assert not Visit.objects.exclude(moved_why="").exists()


def sqlite():
    return connection.vendor == "sqlite"


@pytest.mark.slow
@pytest.mark.skipif(not sqlite(), reason="the files of PostgreSQL are its server's")
def test_no_word_of_who_was_erased_is_left_in_the_file_of_the_database(migrated, tmp_path):
    """Free pages and the write-ahead log are searched too."""
    folder = tmp_path / "data"
    shutil.copytree(migrated, folder)

    def found():
        return {
            word
            for path in folder.glob("trialogue.sqlite3*")
            for word in erasing.WORDS
            if word.encode() in path.read_bytes()
        }

    def run(step):
        subprocess.run(
            [sys.executable, "-m", "tests.apps.visits.erasing", step],
            env=os.environ | {"TRIALOGUE_DATA": str(folder)},
            check=True,
        )

    run("enrol")
    assert found() == set(erasing.WORDS)
    run("erase")
    assert found() == set()


def test_everything_held_is_given_as_a_file_and_the_look_is_written_down(client, cast, recorded):
    Concern.objects.update(kind="safeguarding")
    client.force_login(cast.desk)
    held = client.get(reverse("visits:everything", args=[recorded.public_id]))
    told = json.loads(held.content)
    assert told["resident"]["full_name"] == "Ada Kent"
    assert told["answers"][0]["note"] == "cold boiler"
    assert told["concerns"] == []
    assert AuditEntry.objects.filter(
        thing=str(recorded.public_id), by=cast.desk.public_id
    ).exists()
    client.force_login(cast.safeguarding)
    told = json.loads(client.get(reverse("visits:everything", args=[recorded.public_id])).content)
    assert told["concerns"][0]["words"] == "Smell of gas"
    client.force_login(cast.round_manager)
    assert client.get(reverse("visits:everything", args=[recorded.public_id])).status_code == 403


def test_nobody_is_erased_while_a_concern_is_open(cast, recorded):
    services.end_visits(recorded.public_id, why="asked", by=cast.desk, at=NOW)
    Concern.objects.update(state="raised", outcome="", closed_at=None)
    with pytest.raises(InputError, match="A concern is open"):
        services.erase_on_request(recorded.public_id, by=cast.duty_manager, at=NOW)
    assert Resident.objects.get(pk=recorded.pk).full_name == "Ada Kent"
