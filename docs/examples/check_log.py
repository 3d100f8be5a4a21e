"""Checks a register from outside: every event's hash, place in the chain and signature.

python docs/examples/check_log.py https://trials.example.gov.uk

It uses none of Trialogue's own code: two libraries, and the format in docs/methods/record.md.
"""

import base64
import hashlib
import json
import sys
import urllib.request

import rfc8785  # canonical JSON
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


def fetch(address):
    with urllib.request.urlopen(address, timeout=30) as answer:
        return answer.read()


def check(site, fetch=fetch):
    known = json.loads(fetch(f"{site}/.well-known/evidence-commons.json"))
    keys = {
        key["id"]: Ed25519PublicKey.from_public_bytes(base64.b64decode(key["public_key"]))
        for key in known["keys"]
    }
    name, size, head = fetch(f"{site}/commons/v1/checkpoint").decode().split("\n")[:3]
    seq, prev, trials = 0, "0" * 64, set()
    for number in range(-(-int(size) // 256)):
        file = f"{number // 1000:03d}/{number % 1000:03d}.ndjson"
        for line in fetch(f"{site}/commons/v1/entries/{file}").splitlines():
            event = json.loads(line)
            assert rfc8785.dumps(event) == line, f"event {seq} is not canonical"
            assert event["seq"] == seq, f"event {seq} is not in its place"
            assert event["prev"] == prev, f"event {seq} does not follow the one before"
            signature = base64.b64decode(event.pop("signature"))
            keys[event["key_id"]].verify(signature, rfc8785.dumps(event))  # raises if it is false
            seq, prev = seq + 1, hashlib.sha256(line).hexdigest()
            trials.add(event["id"])
    assert seq == int(size), f"{seq} events where the checkpoint says {size}"
    assert prev == base64.b64decode(head).hex(), "the last event is not that of the checkpoint"
    return f"{name}: {seq} events of {len(trials)} trials; chain and signatures hold"


if __name__ == "__main__":
    print(check(sys.argv[1].rstrip("/")))
