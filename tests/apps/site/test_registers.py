"""An administrator takes in another council's register by its three files."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.apps.evidence import elsewhere
from tests.apps.site.words import text_of
from trialogue.accounts.models import Membership
from trialogue.evidence.models import Event, Publisher

PAGE = "/settings/registers/"


@pytest.fixture
def there():
    register = elsewhere.Register()
    register.reported()
    return register


@pytest.fixture
def administrator(client, person):
    Membership.objects.filter(person=person).update(roles=["administrator"])
    client.force_login(person)
    return person


def send(client, copy, **changes):
    files = {
        "entries": copy.entries,
        "checkpoint": copy.checkpoint,
        "description": json.dumps({"keys": copy.keys}).encode(),
    } | changes
    sent = {name: SimpleUploadedFile(name, content) for name, content in files.items()}
    return client.post(PAGE, {"name": copy.name, **sent}, follow=True)


def test_a_register_is_taken_in_and_listed_with_its_trials(client, administrator, there):
    said = text_of(send(client, there.copy()))

    assert "Cadderby City Council: everything verifies, 4 new entries" in said
    assert Publisher.objects.get(own=False).code == "X99000003"
    page = text_of(client.get(PAGE))
    assert "Registers taken in" in page
    assert "X99000003 1" in " ".join(page.split())
    assert "everything verifies, 0 new entries" in text_of(send(client, there.copy()))


def test_a_copy_that_does_not_verify_is_refused_in_words_and_nothing_is_kept(
    client, administrator, there
):
    copy = there.copy()
    said = text_of(send(client, copy, entries=copy.entries.replace(b"letter", b"lettre", 1)))

    assert "There is a problem" in said
    assert not Event.objects.exists()
    assert not Publisher.objects.filter(own=False).exists()


@pytest.mark.parametrize("description", [b"", b"[1]", b'{"keys": 3}', b"\xff", b"{"])
def test_what_is_no_description_is_named(client, administrator, there, description):
    said = text_of(send(client, there.copy(), description=description))

    assert "description" in said
    assert not Event.objects.exists()


def test_a_manager_cannot_take_a_register_in(client, person, there):
    Membership.objects.filter(person=person).update(roles=["manager"])
    client.force_login(person)

    assert send(client, there.copy()).status_code == 403
    assert not Event.objects.exists()
