"""Who looked at whose records, and everything that is held about one person."""

import json
from datetime import timedelta

import pytest
from django.apps import apps
from django.test import Client

from tests.apps.conftest import NOW, PASSWORD
from trialogue.accounts import services
from trialogue.accounts.models import AuditEntry, Membership, Person
from trialogue.ideas import services as ideas
from trialogue.ideas.models import Confirmation
from trialogue.ideas.services import Words
from trialogue.site import held
from trialogue.site.personal import PERSONAL

SEARCH = "/settings/audit/person/"
WORDS = Words(
    title="A hose for the allotments",
    problem="The far tap is too far, and the old ones stop coming.",
    proposal="Lay a hose along the middle path.",
)


def make(council, name, *roles):
    email = f"{name.split()[0].lower()}@wrenmoor.example"
    made = Person(email=email, name=name, created_at=NOW)
    made.set_password(PASSWORD)
    made.save()
    Membership.objects.create(person=made, organisation=council, roles=list(roles), created_at=NOW)
    return made


@pytest.fixture
def officer(council):
    return make(council, "Carys Bevan", "data protection officer")


@pytest.fixture
def as_officer(client, officer):
    client.force_login(officer)
    return client


def looks():
    rows = AuditEntry.objects.filter(action__startswith="look ").order_by("pk")
    return list(rows.values_list("action", "thing"))


def test_every_table_about_persons_is_looked_through():
    by_other_ways = {"accounts.Person", "accounts.AuditEntry", "sessions.Session"}
    by_its_file = {"trials.Upload"}  # its bytes are the trial's: the page says that they are not

    for label in PERSONAL - by_other_ways - by_its_file:
        assert held._pointing(apps.get_model(label)) or label in held.WRITTEN, label


def test_the_officer_finds_a_person_and_takes_everything_away(
    as_officer, officer, person, settings
):
    ideas.suggest(WORDS, by=person, at=NOW)
    services.make_token(label="Waste system", by=person, at=NOW)
    services.notify([person], letter="G", subject="R", body="B", link="", key="k", at=NOW)
    Client().post("/account/sign-in/", {"username": person.email, "password": "wrong"})
    browser = Client()
    browser.force_login(person)
    assert "Priya Nair" in as_officer.get(SEARCH, {"who": "priya"}).content.decode()

    page = as_officer.get(f"{SEARCH}{person.public_id}/").content.decode()
    file = as_officer.get(f"{SEARCH}{person.public_id}.json")

    assert "Idea" in page
    assert "attachment" in file["Content-Disposition"]
    all_of_it = json.loads(file.content)
    assert all_of_it["person"]["email"] == person.email
    assert all_of_it["open_sessions"] == 1
    assert {
        "accounts.Membership",
        "accounts.ApiToken",
        "accounts.AuditEntry",
        "accounts.Notification",
        "axes.AccessAttempt",
        "ideas.Idea",
    } <= set(all_of_it["tables"])
    told = file.content.decode()
    assert person.password not in told
    assert person.session_key.hex not in told.replace("-", "")
    assert person.tokens.get().token_hash not in told


def test_somebody_without_an_account_is_found_where_they_are_written(as_officer, person):
    draft = ideas.suggest(WORDS, by=person, at=NOW)
    Confirmation.objects.create(
        idea=draft, token_hash="h", email="rosa@home.example", name="Rosa Diaz", asked_at=NOW
    )

    page = as_officer.get(SEARCH, {"who": "rosa@home"}).content.decode()

    assert "Suggested an idea, not confirmed yet" in page
    assert "Nobody of that name" in as_officer.get(SEARCH, {"who": "zz"}).content.decode()


def test_nobody_elses_records_are_in_it(as_officer, officer, person, council):
    tom = make(council, "Tom Okafor", "member")
    ideas.suggest(WORDS, by=tom, at=NOW)

    file = as_officer.get(f"{SEARCH}{person.public_id}.json").content.decode()

    assert "allotments" not in file
    assert "Tom Okafor" not in file


def test_each_look_is_written_down_with_who_and_whose(as_officer, officer, person):
    as_officer.get(SEARCH, {"who": "priya"})
    as_officer.get(f"{SEARCH}{person.public_id}/")
    as_officer.get(f"{SEARCH}{person.public_id}.json")

    of_priya = str(person.public_id)
    assert looks() == [
        ("look for a person", "search"),
        ("look at what is held", of_priya),
        ("look at everything held", of_priya),
    ]
    assert set(AuditEntry.objects.values_list("by", flat=True)) == {officer.public_id}


def test_opening_a_person_is_a_look(client, council, person):
    client.force_login(make(council, "Gareth Pugh", "administrator"))

    client.get(f"/settings/people/{person.public_id}/")

    assert looks() == [("look at a person", str(person.public_id))]


def test_the_trail_shows_looks_alone_or_changes_alone(as_officer, officer, person):
    services.record(by=officer, action="amend", on="trial", thing="EC-1", at=NOW)
    at = NOW + timedelta(minutes=1)
    services.note_look("at a person", on="person", thing="P-1", by=officer, at=at)

    def shown(kind):
        page = as_officer.get("/settings/audit/", {"kind": kind}).content.decode()
        return "person P-1" in page, "EC-1" in page

    assert shown("looks") == (True, False)
    assert shown("changes") == (False, True)
    assert shown("") == (True, True)


@pytest.mark.parametrize("role", ["member", "manager"])
def test_nobody_else_sees_what_is_held(client, council, person, role):
    client.force_login(make(council, "Tom Okafor", role))

    for path in ("", f"{person.public_id}/", f"{person.public_id}.json"):
        assert client.get(f"{SEARCH}{path}").status_code == 403

    assert looks() == []


def test_pages_of_what_is_held_are_light(as_officer, person, django_assert_max_num_queries):
    as_officer.get("/account/")

    for path in ("", "?who=priya", f"{person.public_id}/"):
        with django_assert_max_num_queries(14 if "who" in path else 12):
            assert as_officer.get(f"{SEARCH}{path}").status_code == 200
