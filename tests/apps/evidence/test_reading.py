"""The log as a stranger reads it: by its addresses, with nothing of ours but the bytes."""

import base64
import hashlib
import json

import pytest
import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from tests.apps.evidence import bodies
from trialogue.evidence import services


def read_log(fetch):
    """Check every event of a log and its checkpoint; return the events."""
    known = json.loads(fetch("/.well-known/evidence-commons.json"))
    keys = {
        key["id"]: Ed25519PublicKey.from_public_bytes(base64.b64decode(key["public_key"]))
        for key in known["keys"]
    }
    text, _, signatures = fetch("/commons/v1/checkpoint").decode().partition("\n\n")
    name, size, head = text.split("\n")
    events, prev = [], "0" * 64
    for number in range(-(-int(size) // 256)):
        lines = fetch(f"/commons/v1/entries/{number // 1000:03d}/{number % 1000:03d}.ndjson")
        for line in lines.splitlines():
            event = json.loads(line)
            assert rfc8785.dumps(event) == line
            assert (event["seq"], event["prev"]) == (len(events), prev)
            unsigned = {field: value for field, value in event.items() if field != "signature"}
            signature = base64.b64decode(event["signature"])
            keys[event["key_id"]].verify(signature, rfc8785.dumps(unsigned))
            events.append(event)
            prev = hashlib.sha256(line).hexdigest()
    assert (len(events), base64.b64decode(head).hex()) == (int(size), prev)
    dash, signer, signed = signatures.strip().split(" ")
    assert (dash, signer) == ("—", name)
    key = keys[events[-1]["key_id"]]
    raw = base64.b64decode(signed)
    named = hashlib.sha256(name.encode() + b"\n\x01" + key.public_bytes_raw()).digest()
    assert raw[:4] == named[:4]
    key.verify(raw[4:], f"{text}\n".encode())
    return events


@pytest.fixture
def fetch(client):
    return lambda address: client.get(address).content


def test_a_stranger_checks_the_whole_log(reported, fetch):
    events = read_log(fetch)

    assert [event["type"] for event in events][-1] == "result"
    assert {event["licence"] for event in events} == {"OGL-UK-3.0"}
    assert {event["publisher"] for event in events} == {"X99000001"}


@pytest.mark.parametrize(
    "change", [(b'"units":800', b'"units":801'), (b"X99000001", b"X99000002")]
)
def test_a_stranger_finds_one_changed_character(reported, fetch, change):
    def altered(address):
        return fetch(address).replace(*change) if "entries" in address else fetch(address)

    with pytest.raises((AssertionError, InvalidSignature)):
        read_log(altered)


def test_full_file_may_be_kept_for_ever_and_the_last_may_not(trial, client):
    for number in range(256):
        services.append(trial, "deviation", bodies.deviation(), at=bodies.later(number))

    first = client.get("/commons/v1/entries/000/000.ndjson")
    last = client.get("/commons/v1/entries/000/001.ndjson")

    assert first.content.count(b"\n") == 256
    assert "immutable" in first["Cache-Control"]
    assert last.content.count(b"\n") == 1
    assert "immutable" not in last["Cache-Control"]
    assert client.get("/commons/v1/entries/000/002.ndjson").status_code == 404


def test_json_of_a_trial_holds_its_events_as_they_stand_in_the_log(reported, client, fetch):
    document = client.get(f"/evidence/{reported}.json").json()

    assert document["events"] == read_log(fetch)
    assert (document["id"], document["state"], document["verdict"]) == (
        reported,
        "reported",
        "worked",
    )


@pytest.mark.parametrize(
    "address",
    ["/evidence/EC-0123456789T.json", "/commons/v1/checkpoint", "/commons/v1/schema/x.json"],
)
def test_what_is_not_there_is_not_found(db, client, address):
    assert client.get(address).status_code == 404


def test_schemas_are_public(db, client):
    assert client.get("/commons/v1/schema/events/result.json").json()["title"] == "Result"
