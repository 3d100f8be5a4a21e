"""The script that the analyst's guide hands to strangers, on a log with one trial."""

import base64
import json
import runpy
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from trialogue.evidence.record import Key, checkpoint

SCRIPT = Path(__file__).parents[3] / "docs/examples/check_log.py"


@pytest.fixture
def check():
    return runpy.run_path(str(SCRIPT))["check"]


@pytest.fixture
def fetch(client):
    return lambda address: client.get(urlsplit(address).path).content


def test_the_script_of_the_guide_finds_a_whole_log_whole(reported, check, fetch):
    said = check("http://here", fetch)

    assert said == "evidence-commons/X99000001: 6 events of 1 trials; chain and signatures hold"


def test_the_script_of_the_guide_finds_one_changed_number(reported, check, fetch):
    def altered(address):
        return fetch(address).replace(b'"units":800', b'"units":801')

    with pytest.raises(InvalidSignature):
        check("http://here", altered)


def test_the_script_of_the_guide_finds_an_entry_taken_out(reported, check, fetch):
    def shorter(address):
        lines = fetch(address).splitlines(keepends=True)
        return b"".join(lines[:-1]) if "entries" in address else b"".join(lines)

    with pytest.raises(AssertionError, match="5 events where the checkpoint says 6"):
        check("http://here", shorter)


def with_keys(fetch, **columns):
    """The same register, whose list of keys says something else of its first key."""

    def told(address):
        found = fetch(address)
        if not address.endswith("evidence-commons.json"):
            return found
        known = json.loads(found)
        known["keys"][0] |= columns
        return json.dumps(known).encode()

    return told


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"from": "2100-01-01T00:00:00+00:00"}, "event 0 is signed with a key that was not"),
        ({"until": "2000-01-01T00:00:00+00:00"}, "event 0 is signed with a key that was not"),
    ],
)
def test_the_script_of_the_guide_finds_a_key_that_was_not_in_use(
    reported, check, fetch, columns, said
):
    with pytest.raises(AssertionError, match=said):
        check("http://here", with_keys(fetch, **columns))


def test_the_script_of_the_guide_finds_a_checkpoint_that_nobody_signed(reported, check, fetch):
    def forged(address):
        if not address.endswith("checkpoint"):
            return fetch(address)
        text, _, line = fetch(address).decode().partition("\n\n")
        name, _, signature = line.strip().rpartition(" ")
        raw = bytearray(base64.b64decode(signature))
        raw[-1] ^= 1
        return f"{text}\n\n{name} {base64.b64encode(raw).decode()}\n".encode()

    with pytest.raises(InvalidSignature):
        check("http://here", forged)


def test_the_script_of_the_guide_finds_a_checkpoint_of_another_key(reported, check, fetch):
    stranger = Key(Ed25519PrivateKey.generate())

    def theirs(address):
        if not address.endswith("checkpoint"):
            return fetch(address)
        name, size, head = fetch(address).decode().split("\n")[:3]
        return checkpoint(name, int(size), base64.b64decode(head).hex(), stranger).encode()

    with pytest.raises(AssertionError, match="no key of this register"):
        check("http://here", theirs)
