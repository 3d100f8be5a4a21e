"""Whatever is typed into an address or sent by hand is answered: refused, never an error."""

from uuid import uuid4

import pytest

from tests.apps.visits.conftest import NOW
from trialogue.visits.models import PartnerAgreement, Scheme


@pytest.fixture(autouse=True)
def on_that_day(monkeypatch):
    """The day of the fixtures."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


@pytest.fixture
def manager(client, cast):
    client.force_login(cast.duty_manager)
    return client


LONG = "9" * 5000  # more digits than Python reads as a number


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("day/9999-12-31/", 404),
        ("day/0001-01-01/", 404),
        ("day/tomorrow/", 404),
        (f"plan/?day={LONG}", 200),
        ("plan/?day=-1", 200),
        ("residents/?q=%00Kent", 200),
        ("residents/?q=%00Kent&format=csv", 200),
        ("concerns/new/?q=%00Kent", 200),
        ("concerns/new/?resident=%00", 200),
        (f"concerns/{LONG}/", 404),
        ("report/2027-13/", 404),
    ],
    ids=range(11),
)
def test_an_odd_address_is_answered(manager, plan, address, status):
    assert manager.get(f"/visits/{address}").status_code == status


@pytest.mark.parametrize("number", [LONG, "9" * 30, "²", "-1", "", "x"])
def test_a_number_that_is_none_changes_nothing(manager, cast, residents, rounds, number):
    resident, round_ = residents[0].public_id, rounds["A"].public_id
    who = {"full_name": "X", "priority": "high", "language": "en", "version": number}
    for address, sent in (
        (f"residents/{resident}/", {"act": "unpause", "pause": number}),
        (f"residents/{resident}/who/", who),
        (f"residents/{resident}/places/", {"place": f"{round_} {number}"}),
        ("setup/rota/", {"take_off": number}),
    ):
        assert manager.post(f"/visits/{address}", sent).status_code in (200, 302), address
    assert manager.post("/visits/hand-over/", {"take": number}).status_code in (200, 404)
    residents[0].refresh_from_db()
    assert residents[0].full_name == "Ada Kent"


def test_a_contact_of_somebody_else_is_not_there(manager, residents):
    resident, other = residents[0].public_id, residents[1].contacts.get().public_id
    for contact in (other, uuid4()):
        for page in ("", "link/"):
            address = f"/visits/residents/{resident}/contacts/{contact}/{page}"
            assert manager.post(address, {"act": "remove"}).status_code == 404
    assert residents[1].contacts.get().removed_at is None


def test_sums_that_no_council_pays_are_refused(manager, scheme, cast):
    PartnerAgreement.objects.create(scheme=scheme, partner=cast.mail)
    for address, sent in (
        ("partners", {"partner": "mail", "pounds_a_visit": "1e300"}),
        ("partners", {"partner": "mail", "pounds_an_hour": "30000000"}),
        ("costs", {"desk_hours_a_week": "1e308"}),
        ("costs", {"software_pounds_a_week": "1e307"}),
        ("details", {"name": "A", "telephone": "1", "desk_opens": "8:00", "version": "1"}),
    ):
        answer = manager.post(f"/visits/setup/{address}/", {"desk_closes": "18:00"} | sent)
        assert answer.status_code == 200, address
        assert answer.context["form"].errors, address
    assert "costs" not in Scheme.objects.get().settings
