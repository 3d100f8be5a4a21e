"""What is wrong with an instance is named by its field, all of it at once."""

import gzip
import json

import pytest

from tests.methods.rounds import places
from trialogue.methods.problems import InputError
from trialogue.methods.rounds import read_instance, read_json, read_matrix, read_plan


def wrong(content) -> list[str]:
    with pytest.raises(InputError) as refused:
        places.instance(content)
    return [str(problem) for problem in refused.value.problems]


def set_at(content, path, value):
    *way, last = path
    for step in way:
        content = content[step]
    if value is None:
        del content[last]
    else:
        content[last] = value


@pytest.mark.parametrize(
    ("path", "value", "named"),
    [
        (("days",), None, "'days' is a required property"),
        (("weights", "over80_per_s"), -1, "weights.over80_per_s"),
        (("rounds", 1, "stops"), [[1, 2], [3]], "rounds[1].stops"),
        (("rounds", 0, "stops"), [[1, "x"]], "rounds[0].stops"),
        (("rounds", 0, "spare_s"), [600], "rounds[0].spare_s"),
        (("rounds", 1, "id"), "R1", 'rounds[1].id: "R1" is there twice'),
        (("rounds", 0, "start_s"), "early", "rounds[0].start_s"),
        (("residents", 0, "patterns"), [[1, 0]], "residents[0].patterns[0]"),
        (("residents", 0, "patterns"), [[7]], "residents[0].patterns[0]"),
        (("residents", 1, "window"), [300, 200], "residents[1].window"),
        (("residents", 1, "preferred_days"), [9], "residents[1].preferred_days"),
        (("residents", 0, "service_s"), None, "residents[0]"),
        (("residents", 0, "xy"), [1], "residents[0].xy"),
    ],
)
def test_a_wrong_field_is_named(path, value, named):
    content = places.document("tiny")
    set_at(content, path, value)
    said = wrong(content)
    assert len(said) == 1
    assert said[0].startswith("instance.json")
    assert named in said[0]


def test_every_problem_is_said_at_once():
    content = places.document("tiny")
    content["residents"][0]["patterns"] = [[7]]
    content["residents"][1]["window"] = [300, 200]
    assert len(wrong(content)) == 2


def test_fields_that_are_not_known_are_left_alone():
    content = places.document("tiny")
    content["colour"] = content["residents"][0]["colour"] = "blue"
    assert places.instance(content).residents[0].id == "Ada"


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"[1]", b"\xff\xfe{", gzip.compress(b"{}", mtime=0)[:-9], b"\x1f\x8bnothing"],
)
def test_what_is_no_json_object_is_refused(data):
    with pytest.raises(InputError, match=r"week\.json"):
        read_json(data, file="week.json")


def test_a_packed_instance_is_read_like_a_plain_one():
    data = json.dumps(places.document("tiny")).encode()
    assert read_instance(gzip.compress(data), file="x").days == ("Mon", "Tue")


def test_what_is_no_plan_is_refused():
    for document in ({}, {"visits": [{}]}, {"visits": 3}):
        with pytest.raises(InputError, match="not a plan"):
            read_plan(document, file="plan.json")


def test_each_wrong_row_of_travel_times_is_named():
    week = places.instance(places.document("tiny"))
    good = b"from,to,seconds\nR1/0,Ada,120\nAda,Bob,30.5\n"
    assert read_matrix(good, week, file="t.csv") == {("R1/0", "Ada"): 120, ("Ada", "Bob"): 30.5}
    bad = b"from,to,seconds\nR1/9,Ada,1\nAda,Eve,2\nAda,Bob,-1\nAda,Bob,\n"
    with pytest.raises(InputError) as refused:
        read_matrix(bad, week, file="t.csv")
    assert [(p.row, p.column) for p in refused.value.problems] == [
        (2, "from"),
        (3, "to"),
        (4, "seconds"),
        (5, "seconds"),
    ]
    with pytest.raises(InputError, match="columns from, to and seconds"):
        read_matrix(b"a,b\n1,2\n", week, file="t.csv")
