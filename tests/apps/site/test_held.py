"""Who looked at whose records, and everything that is held about one person."""

import json
import re
from datetime import timedelta

import pytest
from django.apps import apps
from django.test import Client

from tests.apps.conftest import NOW, PASSWORD
from trialogue.accounts import services
from trialogue.accounts.models import AuditEntry, Membership, Person
from trialogue.ideas import services as ideas
from trialogue.ideas.models import Confirmation, SupportAsked
from trialogue.ideas.services import Words
from trialogue.site import held
from trialogue.site.personal import ABOUT, PERSONAL, WORK, WRITTEN
from trialogue.trials.models import (
    Analysis,
    Draw,
    HarmReport,
    Look,
    Measurement,
    Trial,
    TrialMember,
    Unit,
    UnitIdentity,
    Withdrawal,
)

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


def pointing_at_persons():
    return {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if field.related_model is Person
    }


def given():
    """The tables whose rows are given out whole."""
    labels = {one.rsplit(".", 1)[0] for one in ABOUT} | set(WRITTEN)
    return [apps.get_model(label) for label in labels | {"accounts.Person", "accounts.AuditEntry"}]


def test_every_field_that_points_at_a_person_tells_of_them_or_of_their_work():
    by_an_identifier = {"accounts.AuditEntry.by"}

    assert ABOUT | set(WORK) == pointing_at_persons() | by_an_identifier
    assert not ABOUT & set(WORK)


def test_every_table_about_persons_is_looked_through():
    by_other_ways = {"accounts.Person", "sessions.Session", "trials.UnitIdentity"}
    # They have no account: the desk gives them all that is held of them.
    of_residents = {"visits.Resident", "visits.Visit", "visits.Answer", "visits.Escalation"}
    looked_through = {one.rsplit(".", 1)[0] for one in ABOUT | set(WORK)} | set(WRITTEN)

    assert looked_through >= PERSONAL - by_other_ways - of_residents


def test_no_field_that_opens_a_door_is_given():
    opens = re.compile("password|token|key|seed|secret|link|data$")
    fields = {field.name for model in given() for field in model._meta.concrete_fields}

    tells_who = {"key_holder"}  # of a house
    assert {name for name in fields if opens.search(name)} - tells_who <= held.SECRET


def test_the_officer_finds_a_person_and_takes_everything_away(
    as_officer, officer, person, settings
):
    ideas.suggest(WORDS, by=person, at=NOW)
    services.make_token(label="Waste system", by=person, at=NOW)
    door = "/account/new-password/opens-a-door/"
    services.notify([person], letter="G", subject="R", body="B", link=door, key="ring", at=NOW)
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
    assert "opens-a-door" not in told
    assert "ring" not in told


def test_somebody_without_an_account_is_found_where_they_are_written(as_officer, person):
    draft = ideas.suggest(WORDS, by=person, at=NOW)
    Confirmation.objects.create(
        idea=draft, token_hash="h", email="rosa@home.example", name="Rosa Diaz", asked_at=NOW
    )

    page = as_officer.get(SEARCH, {"who": "rosa@home"}).content.decode()

    assert "Suggested an idea, not confirmed yet" in page
    assert "Nobody of that name" in as_officer.get(SEARCH, {"who": "zz"}).content.decode()


def ask_to_support(idea, email):
    return SupportAsked.objects.create(
        idea=idea, token_hash=email, email=email, came_from="", asked_at=NOW
    )


def test_a_resident_who_did_not_confirm_is_found_by_address_and_gets_a_file(as_officer, person):
    idea = ideas.suggest(WORDS, by=person, at=NOW)
    ask_to_support(idea, "rosa@home.example")
    services.write_to(
        "Rosa@home.example", letter="D", subject="Confirm", body="B", link="/x/", key="k", at=NOW
    )
    Client().post("/account/sign-in/", {"username": "rosa@home.example", "password": "wrong"})
    found = as_officer.get(SEARCH, {"who": "ROSA@home"}).content.decode()
    assert found.count("See what is held") == 1
    assert "Supported an idea, not confirmed yet" in found
    assert f"{SEARCH}address/?who=" in found

    page = as_officer.get(f"{SEARCH}address/", {"who": "rosa@home.example"}).content.decode()
    file = as_officer.get(f"{SEARCH}address.json", {"who": "rosa@home.example"})

    assert "Nobody here has this address" in page
    all_of_it = json.loads(file.content)
    assert all_of_it["person"] is None
    assert {label: len(rows) for label, rows in all_of_it["tables"].items()} == {
        "accounts.Notification": 1,
        "axes.AccessAttempt": 1,
        "ideas.SupportAsked": 1,
    }
    assert not AuditEntry.objects.filter(thing__icontains="rosa").exists()
    assert ("look at everything held", "address") in looks()


def test_an_address_that_somebody_has_leads_to_them(as_officer, person):
    ask_to_support(ideas.suggest(WORDS, by=person, at=NOW), "Priya@wrenmoor.example")

    found = held.search("priya")
    page = as_officer.get(f"{SEARCH}address/", {"who": "PRIYA@wrenmoor.example"}).content.decode()
    file = json.loads(as_officer.get(f"{SEARCH}{person.public_id}.json").content)

    assert [one.person for one in found] == [person]
    assert "What is held about Priya Nair" in page
    assert len(file["tables"]["ideas.SupportAsked"]) == 1
    assert ("look at what is held", str(person.public_id)) in looks()


@pytest.mark.parametrize("who", ["", " ", "a\0b"])
def test_no_address_is_no_page(as_officer, who):
    assert as_officer.get(f"{SEARCH}address/", {"who": who}).status_code == 404
    assert as_officer.get(f"{SEARCH}address.json", {"who": who}).status_code == 404


@pytest.fixture
def trial(person):
    """A trial that runs, led by Priya, with one unit."""
    made = Trial.objects.create(
        public_id="EC-1", title="Letters", similar={}, created_by=person, created_at=NOW
    )
    TrialMember.objects.create(trial=made, person=person, role="lead", since=NOW)
    Unit.objects.create(trial=made, study_id="H1", order=1)
    return made


def test_what_somebody_entered_as_their_work_is_counted_and_never_told(as_officer, person, trial):
    unit, later = trial.units.get(), NOW + timedelta(days=2)
    did = {"trial": trial, "by": person}
    for wave, at in ((1, NOW), (2, later)):
        Measurement.objects.create(
            **did, unit=unit, outcome="paid", wave=wave, value=41.375, at=at
        )
    HarmReport.objects.create(**did, words="A scald", on=NOW.date(), at=NOW)
    Look.objects.create(**did, number=1, result=Look.Result.STOP, at=NOW)
    Analysis.objects.create(
        **did, planned=True, rule={}, inputs_hash="h", document={"effect": 7.25}, at=NOW
    )
    Withdrawal.objects.create(
        unit=unit, scope="lost", reason="moved", words="To Leeds", on=NOW.date(), by=person, at=NOW
    )
    Draw.objects.create(
        trial=trial, commitment="c", sealed_seed=b"sealed", committed_at=NOW, drawn_by=person
    )

    page = as_officer.get(f"{SEARCH}{person.public_id}/").content.decode()
    told = as_officer.get(f"{SEARCH}{person.public_id}.json").content.decode()

    for secret in ("41.375", "scald", "stop and look", "7.25", "moved", "Leeds", "sealed"):
        assert secret not in told + page, secret
    file = json.loads(told)
    assert file["work"]["trials.Measurement.by"] == {
        "many": 2,
        "first": "2027-02-03T09:00:00Z",
        "last": "2027-02-05T09:00:00Z",
    }
    assert set(file["work"]) == {
        "trials.Trial.created_by",
        "trials.Draw.drawn_by",
        *(f"trials.{name}.by" for name in ("Measurement", "HarmReport", "Look", "Analysis")),
        "trials.Withdrawal.by",
    }
    assert not [label for label in file["tables"] if label in {"trials.Trial", "trials.Draw"}]
    assert len(file["tables"]["trials.TrialMember"]) == 1
    assert "3 Feb 2027 to 5 Feb 2027" in page


def test_somebody_of_the_same_name_is_named_on_the_page_and_not_in_the_file(
    as_officer, person, trial
):
    UnitIdentity.objects.create(unit=trial.units.get(), name="priya nair")

    page = as_officer.get(f"{SEARCH}{person.public_id}/").content.decode()
    file = as_officer.get(f"{SEARCH}{person.public_id}.json").content.decode()
    found = as_officer.get(SEARCH, {"who": "priya"}).content.decode()

    assert "May be somebody else" in page
    assert "priya nair: Takes part in EC-1" in page
    assert "priya nair" not in file
    assert "UnitIdentity" not in file
    assert "It may be somebody else" in found


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

    of_address = ("address/?who=a@b.example", "address.json?who=a@b.example")
    for path in ("", f"{person.public_id}/", f"{person.public_id}.json", *of_address):
        assert client.get(f"{SEARCH}{path}").status_code == 403

    assert looks() == []


def test_pages_of_what_is_held_are_light(as_officer, person, django_assert_max_num_queries):
    as_officer.get("/account/")

    for path in ("", "?who=priya", f"{person.public_id}/", "address/?who=a@b.example"):
        with django_assert_max_num_queries(14 if path.startswith("?") else 12):
            assert as_officer.get(f"{SEARCH}{path}").status_code == 200
