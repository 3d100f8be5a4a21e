"""The script that the analyst's guide hands to strangers, on a log with one trial."""

import runpy
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from cryptography.exceptions import InvalidSignature

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
