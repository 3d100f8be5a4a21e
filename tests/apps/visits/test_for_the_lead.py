"""What is for the safeguarding lead alone stays so, at every door that tells of a visit."""

import json
from datetime import timedelta

import pytest

from tests.apps.visits.conftest import NOW, TODAY
from tests.apps.visits.handset import Handset
from trialogue.visits import queries, services
from trialogue.visits.models import Concern, HeldEvent, VisitEvent, Visitor
from trialogue.visits.queries.day import accounts_of
from trialogue.visits.services import phones, recording

LATER = NOW + timedelta(hours=2)
SAID = {"level": "red", "kind": "safeguarding", "words": "Afraid of a nephew"}


@pytest.fixture
def handset(visits, cast):
    return Handset(Visitor.objects.get(person=cast.sam), cast.desk, at=NOW)


def send(handset, kind, visit, body):
    event_id, raw = handset.record(kind, visit, body, at=NOW)
    recording.take_event(event_id=event_id, raw=raw, at=LATER)
    return event_id


@pytest.fixture
def told(handset, visits):
    """Ada's visit, at which she told of a nephew; the visitor put his words right after it."""
    visit = visits[0]
    send(handset, "visit_recorded", visit, {"answers": {"self": {"answer": "yes"}}})
    raised = send(handset, "concern_raised", visit, SAID)
    put_right = {"type": "concern_raised", "body": SAID | {"words": "Afraid of her nephew"}}
    send(handset, "correction", visit, {"corrects": str(raised)} | put_right)
    return visit


def held_about(client, person, visit):
    client.force_login(person)
    page = client.get(f"/visits/residents/{visit.resident.public_id}/held.json")
    return json.loads(page.content)


def test_the_copy_of_what_is_held_tells_the_desk_nothing_of_it(client, cast, told):
    contact = told.resident.contacts.get()
    services.never_tell(
        contact.public_id, never=True, why="She fears him", by=cast.safeguarding, at=NOW
    )

    desk, lead = (held_about(client, by, told) for by in (cast.desk, cast.safeguarding))

    assert "nephew" not in json.dumps(desk)
    assert "fears" not in json.dumps(desk)
    assert [one["type"] for one in desk["recorded"]] == ["visit_recorded"]
    assert (len(lead["recorded"]), lead["contacts"][0]["never_told_why"]) == (3, "She fears him")


def test_the_accounts_of_a_visit_tell_nothing_of_it(told):
    (account,) = accounts_of(told)
    assert account.lines[0] == "Visit recorded"
    assert not any("nephew" in line or "Concern" in line for line in account.lines)


def test_a_concern_given_to_the_lead_later_is_gone_from_them_too(handset, visits, cast):
    send(handset, "concern_raised", visits[0], SAID | {"kind": "home"})
    assert "Afraid of a nephew" in accounts_of(visits[0])[0].lines
    services.acknowledge(
        Concern.objects.get().number,
        will_do="Ring her",
        look_again_at=LATER + timedelta(hours=1),
        by=cast.desk,
        at=LATER,
    )
    services.make_safeguarding(
        Concern.objects.get().number, safe=True, why="The words", by=cast.desk, at=LATER
    )
    assert accounts_of(visits[0]) == []


@pytest.mark.parametrize("later", [False, True], ids=["at the door", "by the desk"])
def test_a_contact_cannot_guess_it_from_all_well(handset, visits, cast, later):
    send(handset, "visit_recorded", visits[0], {"answers": {"self": {"answer": "yes"}}})
    send(handset, "concern_raised", visits[0], SAID | ({"kind": "home"} if later else {}))
    contact = visits[0].resident.contacts.get()

    def said():
        return queries.for_contact(contact, now=LATER).days[0].words

    if later:
        assert "something was asked for" in said()
        Concern.objects.update(kind="safeguarding")
    assert said().endswith("all well")


def test_two_weeks_of_visits_are_told_in_few_queries(
    handset, visits, django_assert_max_num_queries
):
    contact = visits[0].resident.contacts.get()
    for days, visit in enumerate(visits[:3]):
        visit.resident, visit.day = visits[0].resident, TODAY - timedelta(days=days)
        visit.save()
        send(handset, "visit_recorded", visit, {"answers": {"self": {"answer": "yes"}}})
    with django_assert_max_num_queries(8):
        assert len(queries.for_contact(contact, now=LATER).days) == 3


def test_a_held_record_of_it_is_taken_or_left_without_its_words(client, cast, handset, visits):
    phones.revoke(handset.device.public_id, by=cast.desk, at=NOW)
    send(handset, "concern_raised", visits[0], SAID)
    held = HeldEvent.objects.get()
    client.force_login(cast.desk)
    address = f"/visits/day/{TODAY}/held/{held.pk}/"

    page = client.get(address).content.decode()

    assert "nephew" not in page
    assert "For the safeguarding lead" in page
    client.post(address, {"act": "take"})
    assert (VisitEvent.objects.count(), Concern.objects.get().kind) == (1, "safeguarding")


def test_an_account_that_says_answers_where_there_are_none_is_shown(handset, visits):
    send(handset, "declined", visits[0], {"answers": ["yes"], "note": "busy"})
    (account,) = accounts_of(visits[0])
    assert account.lines == ["Declined today", "busy"]
