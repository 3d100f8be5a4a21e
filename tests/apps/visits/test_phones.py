import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied

from tests.apps.visits.conftest import NOW, TODAY
from tests.apps.visits.handset import Handset
from trialogue.accounts.models import AuditEntry, Person
from trialogue.methods.problems import InputError
from trialogue.visits.models import Device, Suspension, Visit, VisitList, Visitor
from trialogue.visits.queries import phones as queries
from trialogue.visits.services import phones
from trialogue.visits.services.recording import RefusedError

HOUR = timedelta(hours=1)


@pytest.fixture
def sam(visits, cast):
    return Visitor.objects.get(person=cast.sam)


@pytest.fixture
def handset(sam, cast):
    return Handset(sam, cast.desk, at=NOW)


def fetch(handset, person, *, at=NOW):
    return phones.fetch_list(handset.word("list", at=at), by=person, at=at)


def test_a_code_sets_up_one_phone_once_and_the_same_phone_may_ask_again(sam, cast, handset):
    added = phones.add_phone(visitor=sam.public_id, label="blue", by=cast.desk, at=NOW)
    same = phones.add_phone(visitor=sam.public_id, label="blue", by=cast.desk, at=NOW)
    token = phones.token_of(Device.objects.get(pk=added.pk))

    made = phones.set_up(token=token, public_key=handset.public_key, at=NOW + HOUR / 4)
    again = phones.set_up(token=token, public_key=handset.public_key, at=NOW + HOUR / 4)

    assert added.pk == same.pk == made.pk == again.pk
    assert token not in json.dumps(list(Device.objects.values()), default=str)
    other = Handset(sam, cast.desk, at=NOW).public_key
    for key, at in ((other, NOW), (handset.public_key, NOW + HOUR)):
        with pytest.raises(InputError, match="used or is too old"):
            phones.set_up(token=token, public_key=key, at=at)


def test_another_code_makes_the_old_one_useless(sam, cast):
    added = phones.add_phone(visitor=sam.public_id, label="blue", by=cast.desk, at=NOW)
    old = phones.token_of(added)

    phones.renew_code(added.public_id, by=cast.desk, at=NOW + HOUR)

    assert phones.token_of(Device.objects.get(pk=added.pk)) != old
    with pytest.raises(InputError):
        phones.set_up(token=old, public_key="", at=NOW)


@pytest.mark.parametrize("key", ["", "AAAA", "not base64!", "x" * 5000])
def test_a_key_that_is_none_is_refused(sam, cast, key):
    added = phones.add_phone(visitor=sam.public_id, label="blue", by=cast.desk, at=NOW)

    with pytest.raises(InputError):
        phones.set_up(token=phones.token_of(added), public_key=key, at=NOW)


def test_the_list_holds_the_least_that_a_door_needs_in_the_order_of_the_round(
    handset, cast, visits, residents
):
    Suspension.objects.create(resident=residents[1], first=TODAY, why="hospital", at=NOW)
    residents[2].address = residents[0].address
    residents[2].save()

    given = fetch(handset, cast.sam)

    stops = given["list"]["stops"]
    assert [one["visit"] for one in stops] == [str(one.public_id) for one in visits[:3]]
    assert [one["paused"] for one in stops] == [False, True, False]
    assert [one["whole"] for one in stops] == ["Ada Kent", "", "Clara Nunn"]
    assert stops[0]["new"]
    assert stops[0]["expected"] == "9:05am"
    assert set(stops[0]) == {
        *("visit", "name", "whole", "address", "postcode", "flag", "notes", "word", "telephone"),
        *("minutes", "expected", "round", "paused", "new", "asks"),
    }
    text = json.dumps(given)
    for never in ("hospital", "Kin of", "Flo Quill", "Clara", residents[0].uprn)[:3]:
        assert never not in text
    assert residents[0].uprn not in text
    assert given["desk"] == "01632 960001"
    assert VisitList.objects.get().device == handset.device
    assert (
        AuditEntry.objects.filter(action__startswith="look ", by=cast.sam.public_id).count() == 1
    )


def test_a_visit_that_went_elsewhere_is_not_on_the_list(handset, cast, visits):
    Visit.objects.filter(pk=visits[0].pk).update(moved="telephone")
    Visit.objects.filter(pk=visits[1].pk).update(visitor=None)

    assert len(fetch(handset, cast.sam)["list"]["stops"]) == 1


def test_only_the_visitor_whose_phone_it_is_gets_its_list(handset, cast):
    for who in (cast.anya, cast.desk, cast.member):
        with pytest.raises(PermissionDenied):
            fetch(handset, Person.objects.get(pk=who.pk))


def test_no_list_without_training_and_police_check(handset, cast, sam):
    Visitor.objects.filter(pk=sam.pk).update(trained_on=None)

    with pytest.raises(PermissionDenied, match="training"):
        fetch(handset, cast.sam)


def test_a_revoked_phone_gets_no_list_and_hears_why(handset, cast):
    phones.revoke(handset.device.public_id, by=cast.desk, at=NOW)
    phones.revoke(handset.device.public_id, by=cast.deputy, at=NOW + HOUR)

    given = fetch(handset, cast.sam)

    assert set(given) == {"now", "revoked"}
    assert Device.objects.get(pk=handset.device.pk).revoked_by == cast.desk
    assert not VisitList.objects.exists()


def test_a_word_of_a_phone_tells_its_clock_and_what_it_holds(handset, visits):
    handset.clock, handset.seq = timedelta(minutes=-7), 14

    told = phones.hear(handset.word("contact", at=NOW), at=NOW)

    assert told["now"] == NOW.isoformat()
    [phone] = queries.with_counts(Device.objects.filter(pk=handset.device.pk))
    assert (phone.clock, phone.missing) == ("7 minutes slow", 14)


def test_a_word_that_nobody_signed_or_for_something_else_is_refused(handset):
    word = handset.word("contact", at=NOW)
    parts = json.loads(word)
    tries = {
        400: [b"", b"[]", b"{}", b"[" * 9000, json.dumps(parts | {"said": "{"}).encode()],
        401: [
            handset.word("list", at=NOW),
            json.dumps(parts | {"signature": "AAAA"}).encode(),
            json.dumps(parts | {"said": parts["said"] + " "}).encode(),
        ],
        403: [json.dumps(parts | {"device": str(uuid4())}).encode()],
    }
    found = {}
    for status, words in tries.items():
        for one in words:
            with pytest.raises(RefusedError) as refused:
                phones.hear(one, at=NOW)
            found.setdefault(status, set()).add(refused.value.status)

    assert found == {status: {status} for status in tries}


def test_a_round_manager_manages_the_phones_of_their_own_partner_only(handset, cast, client):
    mine, theirs = (
        Person.objects.get(pk=one.pk) for one in (cast.round_manager, cast.other_round_manager)
    )

    assert list(queries.devices_of(mine)) == [handset.device]
    assert list(queries.devices_of(theirs)) == []
    for person, status in ((mine, 200), (theirs, 404)):
        client.force_login(person)
        for path in ("", "revoke/"):
            address = f"/visits/phones/{handset.device.public_id}/{path}"
            assert client.get(address).status_code == status


@pytest.mark.parametrize(
    ("who", "may"),
    [
        ("desk", True),
        ("duty_manager", True),
        ("round_manager", True),
        ("sam", False),
        ("member", False),
    ],
)
def test_who_may_manage_phones(sam, cast, who, may):
    by = Person.objects.get(pk=getattr(cast, who).pk)

    def add():
        return phones.add_phone(visitor=sam.public_id, label="blue", by=by, at=NOW)

    if may:
        assert phones.revoke(add().public_id, by=by, at=NOW).revoked_by == by
    else:
        with pytest.raises(PermissionDenied):
            add()


def test_a_phone_is_set_up_by_the_pages(client, cast, sam):
    client.force_login(Person.objects.get(pk=cast.desk.pk))
    wrong = client.post("/visits/phones/", {"visitor": "", "label": ""})
    assert b"Choose whose phone it is" in wrong.content

    answer = client.post(
        "/visits/phones/", {"visitor": str(sam.public_id), "label": "blue"}, follow=True
    )

    page = answer.content.decode()
    device = Device.objects.get(label="blue")
    address = f"http://testserver/round/#set-up={phones.token_of(device)}"
    assert address in page
    assert "<svg" in page
    assert answer["Cache-Control"] == "no-store"


def test_the_page_of_a_round_is_the_same_for_everyone_and_is_light(client, cast, visits):
    pages = []
    for person in (None, cast.sam):
        if person:
            client.force_login(Person.objects.get(pk=person.pk))
        pages.append([client.get(path).content for path in ("/round/", "/round/worker.js")])

    assert pages[0] == pages[1]
    assert b"Sam" not in pages[1][0]


def test_sixty_stops_weigh_a_hundred_kilobytes_at_most(handset, cast, visits, residents):
    for number in range(57):
        visits[0].resident.pk = None
        resident = residents[0]
        resident.pk, resident.public_id, resident.key = None, uuid4(), uuid4()
        resident.reference, resident.door_notes = f"X{number}", "w" * 200
        resident.save()
        visit = visits[0]
        visit.pk, visit.public_id, visit.resident = None, uuid4(), resident
        visit.code, visit.place = f"{number:04}", 10 + number
        visit.save()

    given = fetch(handset, cast.sam)

    assert len(given["list"]["stops"]) == 60
    assert len(json.dumps(given).encode()) <= 100_000


NO_WORDS = {
    "empty": b"",
    "no object": b"[]",
    "deep": b"[" * 60_000,
    "half a letter": b'{"token": "\\ud800", "public_key": "AA"}',
    "the letter 0": b'{"token": "\\u0000", "public_key": "\\u0000"}',
}


@pytest.mark.parametrize("sent", NO_WORDS.values(), ids=NO_WORDS)
@pytest.mark.parametrize("door", ["set-up", "contact"])
def test_whatever_anybody_sends_is_answered(client, scheme, door, sent):
    answer = client.post(f"/round/{door}/", sent, content_type="application/json")
    assert answer.status_code == 400
    assert answer.json()["problem"]


def test_a_word_with_half_a_letter_is_no_word(handset, client):
    said = {"about": "contact", "at": NOW.isoformat(), "recorded": 1, "more": "\ud800"}
    sent = {"device": str(handset.device.public_id), "signature": "AA"}
    sent["said"] = json.dumps(said, ensure_ascii=False)
    answer = client.post("/round/contact/", json.dumps(sent), content_type="application/json")
    assert answer.status_code == 400
