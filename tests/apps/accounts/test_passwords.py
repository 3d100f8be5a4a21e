import pytest

from tests.apps.conftest import NOW, PASSWORD
from trialogue.accounts import services
from trialogue.accounts.models import Notification, Person
from trialogue.methods.problems import InputError

NEW = "quarry-staithe-linney"


def ask(client, email):
    return client.post("/account/password/", {"email": email})


def link():
    return Notification.objects.get(letter="B").link


def test_asking_says_the_same_whether_or_not_the_address_has_an_account(client, person):
    known, unknown = ask(client, "PRIYA@wrenmoor.example"), ask(client, "no@wrenmoor.example")

    assert known.content == unknown.content
    assert Notification.objects.count() == 1


def test_asking_twice_in_a_minute_sends_one_message(person):
    for _ in range(2):
        services.ask_for_password(person.email, at=NOW)

    assert Notification.objects.count() == 1


def test_a_leaver_gets_no_link(person):
    Person.objects.update(is_active=False)

    services.ask_for_password(person.email, at=NOW)

    assert not Notification.objects.exists()


def test_the_link_sets_a_password_once_and_ends_other_sessions(client, person):
    elsewhere = type(client)()
    elsewhere.force_login(person)
    ask(client, person.email)
    address = link()

    assert client.post(address, {"password": NEW})["Location"] == "/"

    assert Person.objects.get().check_password(NEW)
    assert elsewhere.get("/account/").status_code == 302
    assert client.get("/account/").status_code == 200
    assert client.get(address).status_code == 410


def test_the_link_is_forgotten_once_it_is_sent(person):
    services.ask_for_password(person.email, at=NOW)

    services.send_messages(NOW)

    assert link() == ""


def test_a_new_password_ends_the_wait_after_too_many_tries(client, person):
    for _ in range(8):
        client.post("/account/sign-in/", {"username": person.email, "password": "wrong"})
    ask(client, person.email)
    client.post(link(), {"password": NEW})
    fresh = type(client)()

    answer = fresh.post("/account/sign-in/", {"username": person.email, "password": NEW})

    assert answer.status_code == 302


@pytest.mark.parametrize(
    ("password", "words"),
    [("short", "too short"), ("password123", "Many people use"), ("priya nair 1", "too like")],
)
def test_a_weak_password_is_refused(client, person, password, words):
    ask(client, person.email)

    page = client.post(link(), {"password": password}).content.decode()

    assert words in page
    assert Person.objects.get().check_password(PASSWORD)


def test_changing_a_password_needs_the_old_one(person):
    with pytest.raises(InputError, match="not your password"):
        services.change_password(by=person, old="wrong", new=NEW, at=NOW)

    services.change_password(by=person, old=PASSWORD, new=NEW, at=NOW)
    assert Person.objects.get().check_password(NEW)


def test_changing_a_password_keeps_this_session_and_ends_the_others(client, person):
    elsewhere = type(client)()
    for one in (client, elsewhere):
        one.force_login(person)

    client.post("/account/change-password/", {"old_password": PASSWORD, "password": NEW})

    assert client.get("/account/").status_code == 200
    assert elsewhere.get("/account/").status_code == 302


def test_a_sign_in_from_a_new_browser_is_told_and_the_next_is_not(client, person):
    for _ in range(2):
        client.post(
            "/account/sign-in/",
            {"username": person.email, "password": PASSWORD},
            headers={"user-agent": "Mozilla/5.0 (Windows NT 10.0) Firefox/140.0"},
        )

    (message,) = Notification.objects.filter(letter="N")
    assert "Firefox on Windows" in message.body


def test_a_session_in_use_goes_on_and_the_last_visit_is_kept(client, person):
    client.force_login(person)
    assert Person.objects.get().last_seen_at is None

    client.get("/account/")

    assert Person.objects.get().last_seen_at
    assert "renewed" in client.session
