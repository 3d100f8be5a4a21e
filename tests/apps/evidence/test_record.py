import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from trialogue.evidence import record

codes = st.text(record.ALPHABET, min_size=10, max_size=10)


@pytest.mark.parametrize(
    ("code", "check"), [("7K3M9QX2WD", "Q"), ("0123456789", "T"), ("ZZZZZZZZZZ", "A")]
)
def test_check_character_is_luhns_in_base_32(code, check):
    assert record.check_character(code) == check


@given(codes, st.integers(0, 9), st.sampled_from(record.ALPHABET))
@example("EC000000R0", 0, "E")  # a code that begins as the prefix does
def test_one_mistyped_character_is_found(code, place, wrong):
    typed = code[:place] + wrong + code[place + 1 :] + record.check_character(code)

    read = record.read_identifier(typed)

    assert (read == f"EC-{typed}") is (wrong == code[place])


@given(codes)
def test_identifier_is_read_however_it_is_typed(code):
    identifier = f"EC-{code}{record.check_character(code)}"
    spoken = identifier.lower().replace("0", "o").replace("1", "l").replace("-", " ")

    assert record.read_identifier(spoken) == identifier


def test_new_identifiers_differ_and_check():
    made = {record.random_identifier() for _ in range(100)}

    assert len(made) == 100
    assert all(re.fullmatch(r"EC-[0-9A-HJKMNP-TV-Z]{11}", one) for one in made)
    assert all(record.read_identifier(one) == one for one in made)


def test_canonical_bytes_are_those_of_rfc_8785():
    assert (
        record.canonical({"b": 1.0, "a": "é", "c": 1e21}) == '{"a":"é","b":1,"c":1e+21}'.encode()
    )
