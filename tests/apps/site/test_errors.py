import pytest
from django.db import OperationalError
from django.test import Client, RequestFactory

from trialogue.site.views import errors


def test_a_page_that_is_not_there_says_what_to_do(client, council):
    answer = client.get("/nowhere/")

    assert answer.status_code == 404
    assert "If you typed the address, check it" in answer.content.decode()


def test_a_form_without_its_token_changes_nothing_and_says_so(council, person):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(person)

    answer = strict.post("/account/sign-out/")

    assert answer.status_code == 403
    assert "Nothing was changed" in answer.content.decode()
    assert strict.session["_auth_user_id"] == str(person.pk)


def test_too_large_a_form_says_how_much_we_can_read(client, council, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100

    answer = client.post("/account/sign-in/", {"username": "a" * 200})

    assert answer.status_code == 413
    assert "200 MB" in answer.content.decode()


@pytest.mark.parametrize(
    ("error", "status"), [(ValueError("ours"), 500), (OperationalError("gone"), 503)]
)
def test_what_goes_wrong_gives_a_reference_that_is_in_the_log(error, status, caplog):
    try:
        raise error
    except type(error):
        answer = errors.our_fault(RequestFactory().get("/ideas/"))

    assert answer.status_code == status
    assert caplog.records[0].args[0] in answer.content.decode()
    assert str(error) not in answer.content.decode()


def test_a_host_that_is_not_ours_is_a_bad_request(council, client, settings):
    settings.ALLOWED_HOSTS = ["trials.example.gov.uk"]

    answer = client.get("/", HTTP_HOST="elsewhere.example")

    assert answer.status_code == 400
    assert "Nothing was changed" in answer.content.decode()
