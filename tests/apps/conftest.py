from datetime import UTC, datetime

import pytest

from trialogue.accounts.models import Membership, Organisation, Person

NOW = datetime(2027, 2, 3, 9, 0, tzinfo=UTC)
PASSWORD = "a-long-enough-password"


@pytest.fixture(autouse=True)
def quick_passwords(settings):
    """One that is slow to guess is slow to make: half a second of each test that has one."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def folder_of_its_own(settings, tmp_path):
    """Not the folder of a site that runs from this checkout, which may be the demonstration."""
    settings.DATA_DIR = tmp_path
    settings.MEDIA_ROOT = tmp_path / "uploads"
    settings.DEMONSTRATION = False


@pytest.fixture
def council(db):
    return Organisation.objects.create(
        name="Wrenmoor Borough Council", slug="wrenmoor", kind="council", created_at=NOW
    )


@pytest.fixture
def person(council):
    made = Person(email="priya@wrenmoor.example", name="Priya Nair", created_at=NOW)
    made.set_password(PASSWORD)
    made.save()
    Membership.objects.create(person=made, organisation=council, roles=["member"], created_at=NOW)
    return made
