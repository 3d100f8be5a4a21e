import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from tests.apps.conftest import NOW, PASSWORD
from trialogue.accounts.models import Membership, Person

TYPED = {"name": "Priya N. Nair", "job": "Street care, nights"}


@pytest.fixture
def browser(person):
    """A browser in which Priya signed in, and whose session has ended since."""
    client = Client(enforce_csrf_checks=False)
    sign_in(client, person)
    Session.objects.all().delete()
    return client


def sign_in(client, person, next_page="/"):
    return client.post(
        "/account/sign-in/",
        {"username": person.email, "password": PASSWORD, "next": next_page},
    )


def test_what_was_typed_is_there_again_after_signing_in(browser, person):
    sent = browser.post("/account/change/", TYPED)
    assert sent["Location"] == "/account/sign-in/?next=/account/change/"
    page = browser.get(sent["Location"]).content.decode()
    assert "You were signed out after 60 minutes. Your answers are safe" in page

    back = sign_in(browser, person, "/account/change/")
    page = browser.get(back["Location"]).content.decode()

    assert 'value="Priya N. Nair"' in page
    assert 'value="Street care, nights"' in page
    assert "We put back what you typed" in page
    assert Person.objects.get(pk=person.pk).name == "Priya Nair"


def test_it_is_put_back_once(browser, person):
    browser.post("/account/change/", TYPED)
    sign_in(browser, person)
    browser.get("/account/change/")

    assert "Priya N. Nair" not in browser.get("/account/change/").content.decode()


def test_it_waits_for_its_own_page(browser, person):
    browser.post("/account/change/", TYPED)
    sign_in(browser, person)

    assert "Priya N. Nair" not in browser.get("/account/tokens/").content.decode()
    assert "Priya N. Nair" in browser.get("/account/change/").content.decode()


def test_it_is_shown_to_nobody_else_on_the_same_computer(browser, person, council):
    other = Person(email="tom@wrenmoor.example", name="Tom Okafor", created_at=NOW)
    other.set_password(PASSWORD)
    other.save()
    Membership.objects.create(person=other, organisation=council, roles=[], created_at=NOW)
    browser.post("/account/change/", TYPED)

    sign_in(browser, other)

    assert "Priya N. Nair" not in browser.get("/account/change/").content.decode()


def test_a_stranger_fills_no_session(client, person):
    client.post("/account/change/", TYPED)

    assert not Session.objects.exists()


def test_passwords_and_tokens_of_forms_are_not_kept(browser):
    browser.post(
        "/account/change-password/",
        {"old_password": "secret-one", "password": "secret-two", "csrfmiddlewaretoken": "x"},
    )

    assert not Session.objects.exists()


def test_more_than_a_million_letters_are_not_kept(browser):
    browser.post("/account/change/", {"name": "a" * 1_100_000})

    assert not Session.objects.exists()


def test_a_form_sent_elsewhere_comes_back_to_the_page_it_stood_on(browser, person):
    sent = browser.post(
        "/account/sign-out-everywhere/",
        TYPED,
        headers={"referer": "http://testserver/account/change/"},
    )

    assert sent["Location"] == "/account/sign-in/?next=/account/change/"
    sign_in(browser, person)
    assert "Priya N. Nair" in browser.get("/account/change/").content.decode()


def test_another_site_cannot_say_where_to_go_back_to(browser):
    sent = browser.post(
        "/account/change/", TYPED, headers={"referer": "https://evil.example/account/"}
    )

    assert sent["Location"] == "/account/sign-in/?next=/account/change/"
