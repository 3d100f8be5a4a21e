from datetime import UTC, datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, connection, transaction

from tests.apps.conftest import NOW, PASSWORD
from trialogue.accounts import permissions, services
from trialogue.accounts.models import AuditEntry, Notification, Organisation, Person


def record(person):
    services.record(by=person, action="try", on="thing", thing="T-1", at=NOW, after={"a": 1})


def test_the_database_refuses_to_change_the_audit_trail(person):
    record(person)

    for change in (
        lambda: AuditEntry.objects.update(action="nothing happened"),
        lambda: AuditEntry.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()

    assert AuditEntry.objects.get().action == "try"


def test_one_person_an_email_whatever_its_capitals(person):
    with pytest.raises(IntegrityError), transaction.atomic():
        Person.objects.create(email="PRIYA@wrenmoor.example", name="Other", created_at=NOW)


def test_one_council_an_instance(council):
    with pytest.raises(IntegrityError), transaction.atomic():
        Organisation.objects.create(name="Second", slug="second", kind="council", created_at=NOW)


def test_the_same_notice_is_kept_once(person):
    for _ in range(2):
        services.notify(
            [person],
            letter="G",
            subject="Registered",
            body="The plan is fixed.",
            link="/",
            key="registered T-1",
            at=NOW,
        )

    assert Notification.objects.count() == 1


def test_roles_come_from_memberships_and_end_with_access(person):
    assert person.roles == {"signed in", "staff", "member"}
    assert permissions.allows(person, "plan a trial")

    left = Person.objects.get(pk=person.pk)
    left.is_active = False

    assert left.roles == frozenset()
    assert not permissions.allows(left, "plan a trial")


def test_who_can_is_said_when_somebody_may_not(person):
    with pytest.raises(PermissionDenied, match="administrator"):
        permissions.check(person, "manage people")


def test_a_role_in_the_thing_itself_counts(person):
    permissions.check(person, "register a trial", also=frozenset({"lead"}))
    with pytest.raises(PermissionDenied):
        permissions.check(person, "register a trial")


def sign_in(client, password, email="priya@wrenmoor.example"):
    return client.post("/account/sign-in/", {"username": email, "password": password})


def test_signing_in_with_any_capitals(client, person):
    assert sign_in(client, PASSWORD, "Priya@Wrenmoor.Example").status_code == 302
    assert b"Sign out" in client.get("/").content


def test_a_wrong_password_does_not_say_whether_the_address_has_an_account(client, person):
    wrong = sign_in(client, "wrong")
    nobody = sign_in(client, "wrong", "nobody@wrenmoor.example")

    words = "The e-mail address or password does not match"
    assert words in wrong.content.decode()
    assert words in nobody.content.decode()


def test_too_many_tries_are_refused(client, person):
    for _ in range(8):
        answer = sign_in(client, "wrong")

    assert answer.status_code == 429
    assert "Wait 15 minutes" in answer.content.decode()
    assert sign_in(client, PASSWORD).status_code == 429


def test_signing_out_everywhere_ends_every_session(client, person):
    sign_in(client, PASSWORD)
    person.session_key = "00000000-0000-4000-8000-000000000001"
    person.save()

    assert b"Sign out" not in client.get("/").content


def test_text_is_unicode_in_this_database(council):
    with connection.cursor() as cursor:
        cursor.execute("SELECT length(%s)", ["Môn"])
        assert cursor.fetchone()[0] == 3


def test_moments_are_kept_in_utc(council):
    assert Organisation.objects.get().created_at == datetime(2027, 2, 3, 9, 0, tzinfo=UTC)
