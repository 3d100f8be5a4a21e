"""Checks a register from outside: each event's hash, place, signature and key; the checkpoint.

python docs/examples/check_log.py https://trials.example.gov.uk

It uses none of Trialogue's own code: two libraries, and the format in docs/methods/record.md.
"""

import base64
import hashlib
import json
import sys
import urllib.request
from datetime import datetime

import rfc8785  # canonical JSON
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


def fetch(address):
    with urllib.request.urlopen(address, timeout=30) as answer:
        return answer.read()


def check(site, fetch=fetch):
    known = json.loads(fetch(f"{site}/.well-known/evidence-commons.json"))
    keys = {key["id"]: key for key in known["keys"]}
    note = fetch(f"{site}/commons/v1/checkpoint").decode()
    name, size, head = note.split("\n")[:3]
    seq, prev, made, trials = 0, "0" * 64, None, set()
    for number in range(-(-int(size) // 256)):
        file = f"{number // 1000:03d}/{number % 1000:03d}.ndjson"
        for line in fetch(f"{site}/commons/v1/entries/{file}").splitlines():
            event = json.loads(line)
            assert rfc8785.dumps(event) == line, f"event {seq} is not canonical"
            assert event["seq"] == seq, f"event {seq} is not in its place"
            assert event["prev"] == prev, f"event {seq} does not follow the one before"
            key, made = keys[event["key_id"]], datetime.fromisoformat(event["created"])
            assert held(key, made), f"event {seq} is signed with a key that was not in use"
            signature = base64.b64decode(event.pop("signature"))
            public(key).verify(signature, rfc8785.dumps(event))  # raises if it is false
            seq, prev = seq + 1, hashlib.sha256(line).hexdigest()
            trials.add(event["id"])
    assert seq == int(size), f"{seq} events where the checkpoint says {size}"
    assert prev == base64.b64decode(head).hex(), "the last event is not that of the checkpoint"
    check_note(note, name, keys.values(), made)
    return f"{name}: {seq} events of {len(trials)} trials; chain and signatures hold"


def public(key):
    return Ed25519PublicKey.from_public_bytes(base64.b64decode(key["public_key"]))


def held(key, moment):
    """Whether a key was in use at a moment: from its beginning, to its end if it has one."""
    if moment < datetime.fromisoformat(key["from"]):
        return False
    return key["until"] is None or moment <= datetime.fromisoformat(key["until"])


def check_note(note, name, keys, newest):
    """The checkpoint is a C2SP signed note; a key that ended before the last event signs none."""
    text, _, lines = note.partition("\n\n")
    signature = base64.b64decode(lines.removeprefix(f"— {name} "))
    for key in keys:
        named = f"{name}\n".encode() + b"\x01" + base64.b64decode(key["public_key"])
        if hashlib.sha256(named).digest()[:4] == signature[:4]:
            public(key).verify(signature[4:], f"{text}\n".encode())  # raises if it is false
            ended = key["until"] and datetime.fromisoformat(key["until"]) < newest
            assert not ended, "the checkpoint is signed with a key that had ended"
            return
    raise AssertionError("the checkpoint is signed with no key of this register")


if __name__ == "__main__":
    print(check(sys.argv[1].rstrip("/")))
