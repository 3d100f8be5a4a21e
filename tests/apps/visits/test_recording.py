import hashlib
import json
from datetime import timedelta
from itertools import permutations
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction

from tests.apps.visits.conftest import NOW, TODAY
from tests.apps.visits.handset import Handset
from trialogue.methods.problems import InputError
from trialogue.visits import queries, sealing, states
from trialogue.visits.models import (
    Answer,
    Concern,
    HeldEvent,
    ServerKey,
    Suspension,
    Visit,
    VisitEvent,
    Visitor,
)
from trialogue.visits.services import keys, phones, recording, settling

LATER = NOW + timedelta(hours=2)
ANSWERS = {"answers": {"self": {"answer": "yes", "note": ""}}, "noticed": ""}


@pytest.fixture
def handset(visits, cast):
    return Handset(Visitor.objects.get(person=cast.sam), cast.desk, at=NOW)


@pytest.fixture
def send():
    """Send bytes two hours into the round; what came of them, as HTTP says it."""

    def put(event_id, raw):
        try:
            return recording.take_event(event_id=event_id, raw=raw, at=LATER).status
        except recording.RefusedError as error:
            return error.status

    return put


def test_a_record_is_kept_once_with_its_answers(handset, visits, send):
    event_id, raw = handset.record("visit_recorded", visits[0], ANSWERS, at=NOW)

    assert [send(event_id, raw) for _ in range(3)] == [201, 200, 200]

    event = VisitEvent.objects.get()
    assert (event.visit, event.body, event.received_at) == (visits[0], ANSWERS, LATER)
    assert event.sha256 == hashlib.sha256(raw).hexdigest()
    kept = Answer.objects.get()
    asked = visits[0].asks[0]
    assert (kept.question, kept.answer, kept.variant) == ("self", "yes", asked["variant"])
    assert kept.set_number == 1


def test_the_door_names_the_record_and_its_bytes_and_needs_no_session(handset, visits, client):
    event_id, raw = handset.record("declined", visits[0], at=NOW)

    def put(sent):
        return client.put(f"/visits/events/{event_id}", sent, content_type="application/json")

    first, again, wrong = put(raw), put(raw), put(b"{}")

    assert [one.status_code for one in (first, again, wrong)] == [201, 200, 401]
    assert first.json()["id"] == str(event_id)
    assert first.json()["sha256"] == hashlib.sha256(raw).hexdigest()
    assert "signed" in wrong.json()["problem"]
    assert first["Cache-Control"] == "no-store"
    assert not client.cookies
    assert client.get(f"/visits/events/{event_id}").status_code == 405


@pytest.mark.parametrize(
    "changed",
    [
        {"type": "visit_imagined"},
        {"schema": 99},
        {"schema": "1"},
        {"visit": str(uuid4())},
        {"visit": None},
        {"seq": -1},
        {"seq": 2**80},
        {"at": "yesterday"},
        {"at": "2027-03-02T09:00:00"},
        {"body": ["a list"]},
        {"body": {"answers": {"self": {"answer": "maybe"}}}},
        {"body": {"answers": {"weight": {"answer": "yes"}}}},
        {"body": {"answers": {}, "noticed": "x" * 2001}},
        {"body": {"answers": {}, "noticed": "a\0b"}},
        {"body": {"answers": {}, "noticed": "\ud800"}},
        {"body": {"answers": {}, "minutes": float("nan")}},
        {"body": {"answers": {}, "minutes": float("inf")}},
        {"body": json.loads('{"deep": ' + "[" * 600 + "]" * 600 + "}")},
        {"type": []},
        {"type": "correction", "body": {"corrects": str(uuid4()), "type": [], "body": {}}},
        {"type": "correction", "body": {"corrects": str(uuid4()), "type": "", "body": [1]}},
        {"type": "correction", "body": {"corrects": str(uuid4()), "body": {"answers": "yes"}}},
        {"device": str(uuid4())},
        {"id": str(uuid4())},
    ],
)
def test_what_cannot_be_taken_is_held_and_received_all_the_same(handset, visits, send, changed):
    event_id, raw = handset.record("visit_recorded", visits[0], ANSWERS, at=NOW, changed=changed)

    assert [send(event_id, raw) for _ in range(2)] == [202, 202]

    held = HeldEvent.objects.get()
    assert (held.why, bytes(held.sealed)) == ("unknown", raw)
    assert held.what
    assert not VisitEvent.objects.exists()


@pytest.mark.parametrize("text", [b"", b"no json", b"[" * 30_000, b'"text"', b"\xff\xfe"])
def test_a_seal_around_anything_is_held(handset, visits, send, text):
    event_id = uuid4()

    assert send(event_id, handset.sealed(event_id, text)) == 202

    assert HeldEvent.objects.get().why == "unknown"


def test_who_is_not_known_or_did_not_sign_is_refused_and_nothing_is_kept(handset, visits, send):
    event_id, raw = handset.record("declined", visits[0], at=NOW)
    parts = json.loads(raw)
    other = sealing.to_text(b"\1" * 64)
    tries = {
        401: [
            b"",
            b"[]",
            b"{}",
            json.dumps(parts | {"signature": other}).encode(),
            json.dumps(parts | {"iv": "AAAA"}).encode(),
            json.dumps(parts | {"sealed": "?"}).encode(),
            json.dumps(parts | {"sealed": None}).encode(),
        ],
        403: [json.dumps(parts | {"device": str(uuid4())}).encode()],
        413: [raw + b" " * 64 * 1024],
    }

    found = {status: {send(event_id, one) for one in sent} for status, sent in tries.items()}

    assert found == {status: {status} for status in tries}
    assert send(uuid4(), raw) == 401  # the identifier is part of what is signed
    assert not VisitEvent.objects.exists()
    assert not HeldEvent.objects.exists()


def test_the_same_identifier_with_other_bytes_is_kept_apart(handset, visits, send):
    event_id, said = handset.event("declined", visits[0], at=NOW)
    first, second = handset.sealed(event_id, said), handset.sealed(event_id, said)

    assert [send(event_id, one) for one in (first, second, second)] == [201, 409, 409]

    assert HeldEvent.objects.get().why == "other bytes"
    assert VisitEvent.objects.count() == 1


def test_other_contents_of_a_record_that_is_here_cannot_be_taken(handset, visits, send, cast):
    event_id, said = handset.event("declined", visits[0], at=NOW)
    send(event_id, handset.sealed(event_id, said))
    send(event_id, handset.sealed(event_id, said | {"seq": 2, "body": {"note": "busy"}}))
    held = HeldEvent.objects.get()

    with pytest.raises(InputError, match="it is here already, with other contents"):
        settling.judge(held.pk, take=True, by=cast.desk, at=LATER)

    settling.judge(held.pk, take=False, by=cast.desk, at=LATER)
    assert VisitEvent.objects.get().body == {}


def test_a_key_by_a_name_that_none_has_is_refused(handset, visits, send):
    event_id, raw = handset.record("declined", visits[0], at=NOW)
    for name in ("\0", "\ud800", "x" * 5000, "../keys/seeds", "", None):
        parts = json.loads(raw) | {"key_id": name}
        assert send(event_id, json.dumps(parts).encode()) == 401, name
    assert not HeldEvent.objects.exists()


def test_a_number_used_twice_is_held(handset, visits, send):
    send(*handset.record("declined", visits[0], at=NOW))

    assert send(*handset.record("declined", visits[1], at=NOW, changed={"seq": 1})) == 202

    assert "used before" in HeldEvent.objects.get().what


def test_a_revoked_phone_is_received_into_quarantine_and_told(handset, visits, send, cast):
    phones.revoke(handset.device.public_id, by=cast.desk, at=NOW)

    event_id, raw = handset.record("declined", visits[0], at=NOW)
    receipt = recording.take_event(event_id=event_id, raw=raw, at=LATER)

    assert (receipt.status, receipt.revoked) == (202, True)
    assert HeldEvent.objects.get().why == "revoked"


def test_a_record_for_a_key_that_is_gone_waits_and_is_taken_when_the_key_is_back(
    handset, visits, send
):
    key = ServerKey.objects.get()
    file = settings.DATA_DIR / "keys" / f"visits-{key.key_id}"
    away = file.rename(file.with_suffix(".away"))
    event_id, raw = handset.record("declined", visits[0], at=NOW)

    assert [send(event_id, raw) for _ in range(2)] == [422, 422]
    assert HeldEvent.objects.get().why == "no key"
    away.rename(file)
    assert send(event_id, raw) == 201

    held = HeldEvent.objects.get()
    assert (held.taken, held.sealed) == (True, None)
    assert send(event_id, raw) == 200


def test_keys_change_every_month_and_old_ones_open_for_ninety_days_more(handset, visits, send):
    event_id, raw = handset.record("declined", visits[0], at=NOW)
    first = keys.current_key(NOW)

    keys.rotate_keys(NOW + timedelta(days=29))
    assert keys.current_key(NOW) == first
    keys.rotate_keys(NOW + timedelta(days=31))
    keys.rotate_keys(NOW + timedelta(days=31))
    second = keys.current_key(NOW)
    assert second != first
    keys.rotate_keys(NOW + timedelta(days=31 + 89))
    assert send(event_id, raw) == 201
    keys.rotate_keys(NOW + timedelta(days=31 + 91))

    assert not ServerKey.objects.filter(pk=first.pk).exists()
    assert not (settings.DATA_DIR / "keys" / f"visits-{first.key_id}").exists()


def test_the_database_refuses_to_change_or_delete_what_was_recorded(handset, visits, send):
    send(*handset.record("declined", visits[0], at=NOW))

    for change in (
        lambda: VisitEvent.objects.update(type="visit_recorded"),
        lambda: VisitEvent.objects.update(body={"note": "other"}),
        lambda: VisitEvent.objects.all().delete(),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()
    VisitEvent.objects.update(body=None)
    assert VisitEvent.objects.get().body is None


def test_a_wrong_clock_is_put_right_and_never_moves_the_day(visits, cast, send):
    sam = Visitor.objects.get(person=cast.sam)
    found = {}
    for days in (-1, 0, 1):
        handset = Handset(sam, cast.desk, at=NOW, clock=timedelta(days=days))
        event_id, raw = handset.record("declined", visits[0], at=NOW + timedelta(hours=1))
        assert send(event_id, raw) == 201
        event = VisitEvent.objects.get(pk=event_id)
        found[days] = (event.about_at, event.quality, event.visit.day)

    right = NOW + timedelta(hours=1)
    assert found == {
        -1: (right, "corrected", TODAY),
        0: (right, "clock", TODAY),
        1: (right, "corrected", TODAY),
    }


def test_a_time_that_cannot_be_is_taken_from_the_list_or_the_receipt(handset, visits, send, cast):
    cast.sam = type(cast.sam).objects.get(pk=cast.sam.pk)
    given = phones.fetch_list(handset.word("list", at=NOW), by=cast.sam, at=NOW)
    handset.list = given["list"]["id"]
    early, late = NOW - timedelta(days=1), NOW + timedelta(days=1)
    found = []
    for at in (early, late):
        event_id, raw = handset.record("declined", visits[0], at=at, changed={"error_ms": 0})
        send(event_id, raw)
        event = VisitEvent.objects.get(pk=event_id)
        found.append((event.at, event.about_at, event.quality))

    assert found == [(early, NOW, "order"), (late, LATER, "received")]


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+00:00", "1970-01-01T00:00:09+00:00"])
def test_a_clock_that_stood_still_makes_no_time_that_no_page_can_show(
    handset, visits, send, cast, client, at
):
    """Without a list, as after a phone was wiped."""
    body = {"level": "amber", "kind": "home", "words": "The boiler"}
    changed = {"at": at, "error_ms": 0}
    send(*handset.record("concern_raised", visits[0], body, at=NOW, changed=changed))
    raised = Concern.objects.get()
    assert raised.raised_at == LATER
    client.force_login(cast.desk)
    for page in (f"concerns/{raised.number}/", "", f"day/{TODAY}/"):
        assert client.get(f"/visits/{page}").status_code == 200


def test_every_order_of_a_visits_events_gives_the_same_state_and_answers(handset, visits, send):
    visit = visits[0]
    no = {"answers": {"self": {"answer": "no", "note": "a cough"}}, "noticed": ""}

    def made(minute, kind, body=None):
        return handset.record(kind, visit, body, at=NOW + timedelta(minutes=minute))

    first = made(1, "visit_recorded", ANSWERS)
    events = [
        made(0, "no_answer_step", {"step": "knocked"}),
        first,
        made(2, "correction", {"corrects": str(first[0]), "type": "declined", "body": {}}),
        made(3, "correction", {"corrects": str(first[0]), "type": "visit_recorded", "body": no}),
    ]
    seen = set()
    for order in permutations(events):
        with transaction.atomic():
            for one in order:
                assert send(*one) == 201
            rows = VisitEvent.objects.filter(visit=visit).select_related("device", "person")
            state = states.state_of(map(queries.happened, rows))
            seen.add((state, *Answer.objects.values_list("question", "answer", "note")))
            transaction.set_rollback(True)

    assert seen == {(states.State.DONE, ("self", "no", "a cough"))}


def test_the_same_text_never_seals_to_the_same_bytes():
    private = sealing.new_private()
    signer = sealing.ec.generate_private_key(sealing.CURVE)
    to = sealing.to_text(sealing.point_of(private))
    event_id, device = uuid4(), UUID(int=7)

    raws = {
        sealing.seal(b"a cough", event_id=event_id, device=device, signer=signer, to=to)
        for _ in range(5)
    }

    assert len(raws) == 5
    assert {sealing.open_sealed(sealing.read(raw), event_id, private) for raw in raws} == {
        b"a cough"
    }
    with pytest.raises(sealing.NotSealedError):
        sealing.open_sealed(sealing.read(raws.pop()), uuid4(), private)


def test_what_was_recorded_of_somebody_paused_since_counts_all_the_same(
    handset, visits, residents, send
):
    """F17: the list was fetched before the pause."""
    Suspension.objects.create(resident=residents[0], first=TODAY, why="hospital", at=NOW)

    assert send(*handset.record("visit_recorded", visits[0], ANSWERS, at=NOW)) == 201

    rows = Visit.objects.filter(pk=visits[0].pk).select_related("resident")
    [shown] = queries.show(rows, scheme=visits[0].scheme, now=LATER)
    assert shown.state == states.State.DONE


def test_a_concern_opens_in_the_transaction_that_keeps_its_record(handset, visits, send):
    body = {"level": "red", "kind": "health", "words": "a fall"}

    assert send(*handset.record("concern_raised", visits[0], body, at=NOW)) == 201

    concern = Concern.objects.get()
    assert (concern.level, concern.received_at, concern.event.visit) == ("red", LATER, visits[0])
    told = phones.hear(handset.word("contact", at=LATER), at=LATER)
    assert told["concerns"] == {str(concern.event_id): "Received. Nobody has taken it on yet."}
