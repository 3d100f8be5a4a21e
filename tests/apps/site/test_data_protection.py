import re
from datetime import timedelta
from pathlib import Path

from django.apps import apps
from django.contrib.sessions.models import Session

from tests.apps.conftest import NOW, PASSWORD
from trialogue.accounts import services
from trialogue.accounts.models import ApiToken, Invitation, Notification, Work
from trialogue.ideas import services as ideas
from trialogue.ideas.models import Confirmation, Idea, SupportAsked
from trialogue.site import clock
from trialogue.site.personal import OF_THINGS, PERSONAL, SWITCHED_OFF, TELLING

PAGE = (Path(__file__).parents[3] / "docs/data-protection.md").read_text()


def explained():
    """Table -> the fields its part of the page explains, with purpose, basis and time."""
    tables = {}
    for part in re.split(r"^## ", PAGE, flags=re.M)[1:]:
        heading = part.splitlines()[0].strip("`")
        fields = tables.setdefault(heading, [])
        for row in re.findall(r"^\| (`.*)\|$", part, flags=re.M):
            cells = [cell.strip() for cell in row.split("|")]
            assert len(cells) == 4, row
            assert all(cells), row
            fields += re.findall(r"`(\w+)`", cells[0])
    return tables


def columns(label):
    return sorted(
        field.name for field in apps.get_model(label)._meta.concrete_fields if field.name != "id"
    )


def test_every_field_about_persons_is_explained_and_no_other():
    assert {label: sorted(fields) for label, fields in explained().items()} == {
        label: columns(label) for label in PERSONAL
    }


def test_a_field_named_as_those_about_persons_is_stands_in_a_personal_table():
    found = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if model._meta.label not in PERSONAL | SWITCHED_OFF and field.name in TELLING
    }

    assert found == OF_THINGS


def test_what_is_switched_off_stands_empty_after_signing_in_and_out(client, person):
    right = {"username": person.email, "password": PASSWORD}
    client.post("/account/sign-in/", right | {"password": "wrong"})
    client.post("/account/sign-in/", right)
    assert client.get("/account/").status_code == 200
    client.post("/account/sign-out/")

    rows = {label: apps.get_model(label).objects.count() for label in SWITCHED_OFF}

    assert set(rows.values()) == {0}, rows


def test_residents_who_did_not_confirm_count_among_what_goes(council):
    idea = Idea.objects.create(title="A hose", created_at=NOW)
    asked = {"idea": idea, "email": "rosa@home.example", "asked_at": NOW}
    Confirmation.objects.create(**asked, token_hash="c", name="Rosa Diaz")
    SupportAsked.objects.create(**asked, token_hash="s", came_from="")
    ours = ("Senders of an idea who did not confirm", "Supporters of an idea who did not confirm")

    def going(days):
        counts = dict(clock.past_their_time(NOW + timedelta(days=days)))
        return [counts[one] for one in ours]

    assert going(6) == [0, 0]
    assert going(8) == [1, 1]
    ideas.forget_unconfirmed(NOW + timedelta(days=8))
    assert going(8) == [0, 0]


def test_what_is_past_its_time_is_deleted_and_nothing_else(person, council):
    for age, name in ((400, "old"), (1, "new")):
        at = NOW - timedelta(days=age)
        Invitation.objects.create(
            token_hash=name,
            email=f"{name}@wrenmoor.example",
            name=name,
            organisation=council,
            invited_by=person,
            created_at=at,
            expires_at=at,
        )
        Work.objects.create(title=name, started_by=person, leads_to="/", created_at=at)
        ApiToken.objects.create(
            person=person, label=name, token_hash=name, created_at=at, revoked_at=at
        )
        Session.objects.create(session_key=name, session_data="", expire_date=at)
        services.notify([person], letter="G", subject=name, body="", link="/", key=name, at=at)
    Session.objects.filter(session_key="new").update(expire_date=NOW + timedelta(minutes=1))

    assert services.forget(NOW) == 5
    assert services.forget(NOW) == 0

    assert Invitation.objects.get().name == "new"
    assert Work.objects.get().title == "new"
    assert ApiToken.objects.get().label == "new"
    assert Notification.objects.get().subject == "new"
    assert Session.objects.get().session_key == "new"
