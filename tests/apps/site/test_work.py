from django.test import Client

from tests.apps.conftest import NOW
from trialogue.accounts import services
from trialogue.accounts.models import Membership, Person
from trialogue.methods.problems import Problem


def begin(person):
    return services.start_work(title="Reading the file", by=person, at=NOW, leads_to="/healthz")


def test_long_work_shows_how_far_it_is_in_words_and_in_percent(client, person):
    work = begin(person)
    services.step_work(work, done=50, total=200, step="Checking rows")
    client.force_login(person)

    page = client.get(f"/work/{work.public_id}/").content.decode()

    assert "Checking rows" in page
    assert "25% done" in page
    assert "Check again" in page


def test_long_work_leads_on_when_it_is_done(client, person):
    work = begin(person)
    services.finish_work(work, at=NOW)
    client.force_login(person)

    assert client.get(f"/work/{work.public_id}/")["Location"] == "/healthz"


def test_long_work_goes_on_until_its_starter_asks_it_to_stop(client, person):
    work = begin(person)
    client.force_login(person)
    assert services.step_work(work, done=1, total=2, step="One")

    client.post(f"/work/{work.public_id}/")

    assert not services.step_work(work, done=1, total=2, step="One")
    services.finish_work(work, at=NOW)
    assert "It was stopped" in client.get(f"/work/{work.public_id}/").content.decode()


def test_long_work_says_what_to_mend(client, person):
    work = begin(person)
    services.finish_work(
        work, at=NOW, problems=[Problem("No column", "Add it", file="a.csv", row=3, column="kg")]
    )
    client.force_login(person)

    page = client.get(f"/work/{work.public_id}/").content.decode()

    assert "a.csv, row 3, kg: No column. Add it." in page


def test_long_work_is_shown_and_stopped_by_its_starter_alone(person, council):
    work = begin(person)
    other = Person.objects.create(email="tom@wrenmoor.example", name="Tom", created_at=NOW)
    Membership.objects.create(person=other, organisation=council, roles=["member"], created_at=NOW)
    client = Client()
    client.force_login(other)

    assert client.get(f"/work/{work.public_id}/").status_code == 404
    client.post(f"/work/{work.public_id}/")

    assert services.step_work(work, done=1, total=2, step="One")
