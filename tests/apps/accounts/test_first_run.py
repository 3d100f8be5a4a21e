import pytest

from tests.apps.conftest import NOW
from trialogue.accounts import services
from trialogue.accounts.models import Membership, Organisation, Person

ASKED = {
    "council": "Wrenmoor Borough Council",
    "gss_code": "",
    "contact": "trials@wrenmoor.example",
    "name": "Gareth Pugh",
    "email": "gareth@wrenmoor.example",
    "password": "quarry-staithe-linney",
}


@pytest.fixture(autouse=True)
def data_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    return tmp_path


def test_the_code_from_the_console_makes_the_council_and_its_administrator(client, db):
    code = services.offer_setup_code()

    answer = client.post("/setup/", ASKED | {"code": code.lower()})

    assert answer["Location"] == "/settings/first-steps/"
    assert Organisation.objects.get().name == "Wrenmoor Borough Council"
    assert "administrator" in Person.objects.get().roles
    assert "Invite two people" in client.get("/settings/first-steps/").content.decode()


def test_the_set_up_is_shut_once_there_is_an_administrator(client, db, data_folder):
    code = services.offer_setup_code()
    client.post("/setup/", ASKED | {"code": code})

    assert client.get("/setup/").status_code == 404
    assert services.offer_setup_code() is None
    later = ASKED | {"code": code, "email": "b@wrenmoor.example"}
    assert client.post("/setup/", later).status_code == 404
    assert Person.objects.count() == 1


def test_the_code_is_kept_as_its_hash_and_gone_after_use(
    client, db, data_folder, django_capture_on_commit_callbacks
):
    code = services.offer_setup_code()
    kept = data_folder / "setup-code"
    assert code not in kept.read_text()
    assert kept.stat().st_mode & 0o077 == 0

    with django_capture_on_commit_callbacks(execute=True):
        client.post("/setup/", ASKED | {"code": code})

    assert not kept.exists()


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"code": "AAAAA-AAAAA-AAAAA"}, "This code does not open the set-up"),
        ({"password": "short"}, "too short"),
        ({"gss_code": "12"}, "not a GSS code"),
        ({"email": "gareth"}, "Enter an e-mail address like"),
    ],
)
def test_a_wrong_set_up_says_what_to_mend_and_makes_nothing(client, db, changed, words):
    code = services.offer_setup_code()

    page = client.post("/setup/", ASKED | {"code": code} | changed).content.decode()

    assert words in page
    assert 'value="Gareth Pugh"' in page
    assert not Person.objects.exists()
    assert not Organisation.objects.exists()


def test_without_a_code_nobody_sets_up(client, db):
    page = client.post("/setup/", ASKED | {"code": ""}).content.decode()

    assert "Enter the code that the console shows" in page
    assert "does not open" in client.post("/setup/", ASKED | {"code": "X"}).content.decode()


def test_a_new_code_is_made_when_the_last_administrator_is_away(council):
    gone = Person.objects.create(
        email="g@wrenmoor.example", name="G", is_active=False, created_at=NOW
    )
    Membership.objects.create(
        person=gone, organisation=council, roles=["administrator"], created_at=NOW
    )

    code = services.offer_setup_code()
    services.set_up(code=code, at=NOW, **ASKED)

    assert Organisation.objects.count() == 1
