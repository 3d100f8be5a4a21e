"""Looking around: in the demonstration, and in no way anywhere else."""

import fcntl

import pytest
from django.contrib.auth import SESSION_KEY

from tests.apps.conftest import NOW
from trialogue.accounts.models import Notification, Person
from trialogue.site.demonstration import PASSWORD, again
from trialogue.site.demonstration.people import make_people

ADDRESSES = ("/demo/", "/demo/be/priya/", "/demo/outbox/", "/demo/outbox/1/", "/demo/start-again/")


@pytest.fixture
def cast(db, settings):
    settings.DEMONSTRATION = True
    return make_people(NOW)


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("address", ADDRESSES)
def test_nothing_of_it_is_there_on_a_real_site(client, council, address, method):
    make = Person(email="priya@wrenmoor.example", name="Priya", created_at=NOW)
    make.set_password(PASSWORD)
    make.save()

    assert getattr(client, method)(address).status_code == 404
    assert SESSION_KEY not in client.session


def test_a_button_makes_one_the_person_it_names(client, cast):
    answer = client.post("/demo/be/ruth/")

    assert answer["Location"] == "/your-work/"
    assert client.session[SESSION_KEY] == str(cast["ruth"].pk)


def test_following_a_link_signs_nobody_in(client, cast):
    assert client.get("/demo/be/ruth/").status_code == 405
    assert SESSION_KEY not in client.session


def test_a_button_opens_no_account_whose_password_is_its_own(client, cast):
    cast["ruth"].set_password("something-of-her-own")
    cast["ruth"].save()

    page = client.post("/demo/be/ruth/", follow=True).content.decode()

    assert "Somebody changed the account of Ruth Adeyemi" in page
    assert SESSION_KEY not in client.session


def test_a_button_leads_to_its_stop_and_nowhere_else(client, cast):
    to_idea = client.post("/demo/be/priya/", {"stop": "suggest"})
    elsewhere = client.post("/demo/be/priya/", {"stop": "https://elsewhere.example/"})

    assert to_idea["Location"] == "/ideas/new/"
    assert elsewhere["Location"] == "/your-work/"


def test_nobody_is_who_is_not_in_the_cast(client, cast):
    assert client.post("/demo/be/anil/").status_code == 404


def test_the_e_mails_are_listed_and_read_with_a_link_that_works(client, cast, settings):
    settings.PUBLIC_URL = "https://look.wrenmoor.example"
    kept = Notification.objects.create(
        key="one",
        to_email="ruth@wrenmoor.example",
        letter="E",
        subject="Idea to answer",
        body="12 staff <b>support</b> it.",
        link="https://look.wrenmoor.example/ideas/3-bins/",
        created_at=NOW,
    )

    everyone = client.get("/demo/outbox/").content.decode()
    nobody = client.get("/demo/outbox/?to=helen").content.decode()
    letter = client.get(f"/demo/outbox/{kept.pk}/").content.decode()

    assert f'href="{kept.pk}/"' in everyone
    assert "No e-mail to that name." in nobody
    assert 'href="/ideas/3-bins/"' in letter
    assert "&lt;b&gt;support" in letter


def test_the_page_to_sign_in_names_the_password_in_the_demonstration_alone(client, cast, settings):
    assert PASSWORD in client.get("/account/sign-in/").content.decode()

    settings.DEMONSTRATION = False
    assert PASSWORD not in client.get("/account/sign-in/").content.decode()


def test_starting_again_goes_on_once_at_a_time(cast, settings):
    with (settings.DATA_DIR / "again.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        (settings.DATA_DIR / "again").write_text("3 of 12 trials, street champions")

        far = again.how_far()

        assert (far.going, far.percent) == (True, 16)
        assert not again.start_again_behind()
    assert again.how_far().ended_early


def test_what_stopped_it_stands_on_the_page(client, cast, settings, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing")

    with pytest.raises(RuntimeError):
        again.start_again(lambda step: None)

    page = client.get("/demo/start-again/?waiting=yes").content.decode()
    if again.can_start_again():
        assert "Nothing was changed" in page
        assert "What it said last: " in page
    else:
        assert "This demonstration keeps its records in PostgreSQL" in page
    assert "has started again" not in page


def test_the_end_is_said_by_the_page_that_waited(client, cast):
    for _ in range(2):  # the script asks once before the page is read
        page = client.get("/demo/start-again/?waiting=yes").content.decode()

        assert "The demonstration has started again" in page
