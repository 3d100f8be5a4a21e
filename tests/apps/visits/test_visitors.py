"""Visitors who no longer visit: no round, no list, nobody sent in silence."""

import pytest
from django.urls import reverse

from tests.apps.visits.conftest import NOW, TODAY
from trialogue.visits import queries, services
from trialogue.visits.models import Device, Visit, VisitEvent, Visitor
from trialogue.visits.services.listing import walkers_of


@pytest.fixture
def sam(rounds):
    return rounds["A"].walks.first().visitor


@pytest.fixture
def phone(sam):
    return Device.objects.create(
        visitor=sam, label="Sam’s phone", public_key="key", created_at=NOW
    )


def test_who_no_longer_visits_has_no_round_no_phone_and_no_visit_of_today(
    sam, phone, rounds, visits, cast
):
    Visit.objects.filter(round=rounds["A"]).update(visitor=sam)

    services.end_visitor(sam.public_id, by=cast.round_manager, at=NOW)
    services.end_visitor(sam.public_id, by=cast.round_manager, at=NOW)

    assert walkers_of(TODAY).get(rounds["A"].pk) is None
    assert not sam.walks.exists()
    assert set(Visit.objects.filter(round=rounds["A"]).values_list("visitor", flat=True)) == {None}
    phone.refresh_from_db()
    assert phone.revoked_at == NOW
    week = queries.this_week(rounds["A"].scheme, day=TODAY)
    spare = {one.id: one.spare_s for one in week.instance.rounds}
    assert set(spare[str(rounds["A"].public_id)]) == {0.0}


def test_whose_account_is_closed_is_sent_nowhere(sam, rounds):
    assert walkers_of(TODAY)[rounds["A"].pk] == sam

    type(sam.person).objects.filter(pk=sam.person_id).update(is_active=False)

    assert walkers_of(TODAY)[rounds["A"].pk] is None


def test_another_partners_manager_ends_nobody_of_ours(sam, cast):
    with pytest.raises(Visitor.DoesNotExist):
        services.end_visitor(sam.public_id, by=cast.other_round_manager, at=NOW)

    sam.refresh_from_db()
    assert sam.ended_on is None


def test_a_manager_ends_and_takes_back_a_visitor_on_their_page(client, sam, cast):
    client.force_login(cast.round_manager)
    page = reverse("visits:visitor", args=[sam.public_id])

    ended = client.post(page, {"act": "end"})

    assert ended.url == reverse("visits:visitors")
    listed = client.get(ended.url).content.decode()
    assert f"{sam.person.name}, {sam.partner.name}" in listed  # may be added again
    assert "No longer visits since" in client.get(page).content.decode()
    client.post(page, {"checked_on_0": "", "card": "M-9"})
    sam.refresh_from_db()
    assert sam.ended_on is None
    assert VisitEvent.objects.count() == 0
