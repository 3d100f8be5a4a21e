"""What keeps a session, a cookie and a form safe from others."""

import json
import os
import subprocess
import sys

import pytest
from django.test import Client

from tests.apps.conftest import NOW, PASSWORD
from tests.apps.site.test_every_address import EVERY, filled
from trialogue.accounts import services
from trialogue.accounts.models import Invitation, Membership, Notification, Person

COOKIES = ("sessionid", "csrftoken", "was")
ASKS = """
import json
from trialogue.site import settings as s
print(json.dumps([s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SECURE_HSTS_SECONDS > 0]))
"""


def sign_in(client, password=PASSWORD, next_page="", **more):
    typed = {"username": "priya@wrenmoor.example", "password": password, "next": next_page}
    return client.post("/account/sign-in/", typed, **more)


@pytest.fixture
def resident(db):
    """Somebody who confirmed an idea by e-mail, and works for nobody here."""
    made = Person(email="rosa@home.example", name="Rosa Diaz", created_at=NOW)
    made.set_unusable_password()
    made.save()
    return made


@pytest.mark.parametrize(
    ("url", "safe"), [("https://trials.example.gov.uk", True), ("http://127.0.0.1:8000", False)]
)
def test_a_site_of_https_sends_cookies_by_nothing_else(tmp_path, url, safe):
    env = {**os.environ, "TRIALOGUE_DATA": str(tmp_path), "TRIALOGUE_URL": url}

    said = subprocess.run([sys.executable, "-c", ASKS], env=env, capture_output=True, check=True)

    assert json.loads(said.stdout) == [safe, safe, safe]


def test_cookies_are_for_this_site_alone_and_those_that_open_it_for_no_script(
    client, person, settings
):
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    client.get("/account/sign-in/", secure=True)

    sign_in(client, secure=True)

    for name in COOKIES:
        assert client.cookies[name]["secure"], name
        assert client.cookies[name]["samesite"] == "Lax", name
    assert client.cookies["sessionid"]["httponly"]
    assert client.cookies["was"]["httponly"]


def test_a_session_from_before_signing_in_opens_nothing_after(client, person):
    before = client.session
    before["draft"] = 1
    before.save()
    client.cookies["sessionid"] = planted = before.session_key

    sign_in(client)

    assert client.cookies["sessionid"].value != planted
    stranger = Client()
    stranger.cookies["sessionid"] = planted
    assert stranger.get("/account/").status_code == 302


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "http:///evil.example/",
        "javascript:alert(1)",
        " https://evil.example/",
    ],
)
def test_nobody_is_sent_to_another_host_after_signing_in(client, person, elsewhere):
    client.get("/account/sign-in/", {"next": elsewhere})

    assert sign_in(client, next_page=elsewhere)["Location"] == "/your-work/"


def test_a_form_too_old_is_refused_and_its_words_are_put_back(person):
    strict = Client(enforce_csrf_checks=True)
    strict.get("/account/sign-in/")
    token = strict.cookies["csrftoken"].value
    sign_in(strict, headers={"X-CSRFToken": token})  # in another tab: the token is a new one now

    page = "http://testserver/account/change/"
    typed = {"name": "Priya N. Nair", "job": "Nights", "csrfmiddlewaretoken": token}
    refused = strict.post("/account/change/", typed, headers={"Referer": page})

    assert refused.status_code == 403
    assert 'href="/account/change/">Open the page again' in refused.content.decode()
    again = strict.get("/account/change/").content.decode()
    assert 'value="Priya N. Nair"' in again
    assert Person.objects.get(pk=person.pk).name == "Priya Nair"


def test_another_site_puts_no_words_into_our_forms(person):
    strict = Client(enforce_csrf_checks=True)
    token = strict.get("/account/sign-in/").cookies["csrftoken"].value
    sign_in(strict, headers={"X-CSRFToken": token})

    refused = strict.post(
        "/account/change/", {"name": "Mallory"}, headers={"Referer": "https://evil.example/"}
    )

    assert refused.status_code == 403
    assert "Open the page again" not in refused.content.decode()
    assert "Mallory" not in strict.get("/account/change/").content.decode()


@pytest.mark.parametrize("signed_in", [False, True])
def test_no_page_runs_a_script_or_opens_a_frame_of_others(client, person, signed_in):
    Membership.objects.filter(person=person).update(roles=["administrator"])
    if signed_in:
        client.force_login(person)

    for address, entry in EVERY:
        answer = client.get(filled(address, entry))
        policy = answer["Content-Security-Policy"]
        assert "default-src 'none'" in policy, address
        assert "unsafe" not in policy, address
        assert answer["X-Content-Type-Options"] == "nosniff", address
        assert answer["X-Frame-Options"] == "DENY", address
        assert answer["Referrer-Policy"] == "same-origin", address


def test_wrong_passwords_are_counted_past_a_made_up_address(client, person, settings):
    settings.TRUSTED_PROXIES = 1

    for number in range(8):
        forged = f"198.51.100.{number}, 203.0.113.7"  # the last one is written by our own proxy
        answer = sign_in(client, "wrong", headers={"X-Forwarded-For": forged})

    assert answer.status_code == 429
    elsewhere = sign_in(client, headers={"X-Forwarded-For": "203.0.113.7, 203.0.113.8"})
    assert elsewhere.status_code == 302


@pytest.mark.parametrize("proxies", [0, 2])
def test_without_so_many_proxies_the_header_is_not_believed(client, person, settings, proxies):
    settings.TRUSTED_PROXIES = proxies

    for number in range(8):
        answer = sign_in(client, "wrong", headers={"X-Forwarded-For": f"198.51.100.{number}"})

    assert answer.status_code == 429


def test_ideas_without_an_account_are_counted_past_a_made_up_address(council, settings):
    settings.TRUSTED_PROXIES = 1
    words = {
        "problem": "The far tap is too far, and the old ones stop coming.",
        "proposal": "Lay a hose along the middle path of the allotments.",
        "title": "A hose",
    }

    for number in range(11):
        passed = f"198.51.100.{number}, 203.0.113.7"
        answer = Client().post("/ideas/new/problem/", words, headers={"X-Forwarded-For": passed})
        assert (answer.status_code == 302) == (number < 10), number

    assert "Too many ideas came from where you are" in answer.content.decode()


def test_a_resident_has_no_account_and_gets_no_link_for_a_password(client, council, resident):
    answer = client.post("/account/password/", {"email": resident.email})

    assert answer.status_code == 200
    assert not Notification.objects.exists()


def test_a_resident_is_never_signed_in(client, council, resident):
    client.force_login(resident)

    assert client.get("/your-work/").status_code == 302
    assert resident.roles == frozenset()


def test_a_resident_who_comes_to_work_here_goes_on_as_the_same_person(
    client, council, person, resident
):
    Membership.objects.filter(person=person).update(roles=["administrator"])
    person = Person.objects.get(pk=person.pk)
    services.invite(
        name="Rosa Diaz",
        email=resident.email,
        organisation=council.slug,
        roles=["member"],
        by=person,
        at=NOW,
    )
    token = services.invitation_link(Invitation.objects.get()).split("/")[-2]

    services.accept_invitation(token, name="Rosa Diaz", job="Parks", password=PASSWORD, at=NOW)

    rosa = Person.objects.get(email=resident.email)
    assert rosa.pk == resident.pk
    assert rosa.roles == {"signed in", "staff", "member"}
    assert rosa.check_password(PASSWORD)
