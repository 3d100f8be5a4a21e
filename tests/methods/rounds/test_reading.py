"""What is wrong with an instance is named by its field, all of it at once."""

import gzip
import json

import pytest

from tests.methods.rounds import places
from trialogue.methods.problems import InputError
from trialogue.methods.rounds import read_instance, read_json, read_matrix, read_plan, strays


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
        (("days",), None, "days: missing; give it"),
        (
            ("weights", "over80_per_s"),
            -1,
            "weights.over80_per_s: -1; over80 per s cannot be below 0",
        ),
        (("rounds", 1, "stops"), [[1, 2], [3]], "rounds[1].stops: not a list of points; give"),
        (("rounds", 0, "stops"), [[1, "x"]], "rounds[0].stops: not a list of points; give"),
        (("rounds", 0, "stops", 0, 0), float("nan"), "rounds[0].stops: not a list of points"),
        (("rounds", 0, "spare_s"), [600], "rounds[0].spare_s: 1 numbers for 2 days; give one for"),
        (("rounds", 0, "spare_s", 1), -60, "spare_s[1]: -60; spare seconds cannot be below 0"),
        (
            ("rounds", 0, "spare_s", 1),
            float("nan"),
            "rounds[0].spare_s[1]: NaN; a number is needed",
        ),
        (
            ("rounds", 0, "start_s"),
            float("inf"),
            "rounds[0].start_s: Infinity; a number is needed",
        ),
        (
            ("residents", 1, "id"),
            "Ada",
            'residents[1].id: "Ada" is already residents[0]; give each its own',
        ),
        (("rounds", 0, "stops"), [[10**400, 1]], "rounds[0].stops: not a list of points"),
        (("residents", 0, "service_s"), 10**400, "residents[0].service_s: 1000"),
        (("residents", 0, "patterns"), [[0.0]], "patterns[0][0]: 0.0; a whole number is needed"),
        (("residents", 0, "id"), "A\ud800", 'residents[0].id: "A\\ud800"; text is needed'),
        (("rounds", 0, "start_s"), "early", 'rounds[0].start_s: "early"; a number is needed'),
        (
            ("residents", 0, "patterns"),
            [[1, 0]],
            "residents[0].patterns[0]: [1, 0]; days must asc",
        ),
        (
            ("residents", 0, "patterns"),
            [[7]],
            "residents[0].patterns[0]: [7]; days go from 0 to 1",
        ),
        (("residents", 0, "patterns"), [[0, 1]], "patterns[0]: [0, 1]; give 1 days, as many as"),
        (("residents", 0, "patterns"), [], "residents[0].patterns: empty; give at least one"),
        (
            ("residents", 1, "window"),
            [43200, 34200],
            "43200 to 34200; the first must not be later",
        ),
        (("residents", 1, "preferred_days"), [9], "preferred_days[0]: 9; days go from 0 to 1"),
        (("residents", 1, "familiar"), ["R9"], 'residents[1].familiar: "R9" is no round of this'),
        (("residents", 0, "service_s"), None, "residents[0].service_s: missing; give it"),
        (("residents", 0, "xy"), [1], "residents[0].xy: [1]; give at least 2"),
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


def test_what_only_begins_like_gzip_is_not_said_to_be_too_large():
    with pytest.raises(InputError, match="this is not gzip"):
        read_json(b"\x1f\x8b" + b"junk" * 20, file="island.json.gz")


def test_a_file_that_ends_in_the_middle_says_where():
    data = json.dumps(places.document("tiny")).encode()
    with pytest.raises(InputError) as refused:
        read_json(data[:100], file="island.json")
    said = "island.json: line 1, column 100: the file ends in the middle; export it again"
    assert str(refused.value) == said


def test_a_round_without_stops_is_one_gap_out_and_home():
    content = places.document("tiny")
    content["rounds"][1]["stops"] = []
    assert [one.gaps for one in places.instance(content).rounds] == [3, 1]


def test_a_resident_far_from_everything_is_a_warning():
    content = places.document("tiny")
    content["residents"][0]["xy"] = [0, 84_000]
    assert strays(places.instance(content)) == [
        "Ada lies 83 km from the nearest stop; are x and y swapped?"
    ]


def test_what_is_no_plan_is_refused():
    for document in ({}, {"visits": [{}]}, {"visits": 3}):
        with pytest.raises(InputError, match="not a plan"):
            read_plan(document, file="plan.json")


def test_each_wrong_row_of_travel_times_is_named():
    week = places.instance(places.document("tiny"))
    good = b"from,to,seconds\nR1/0,Ada,120\nAda,Bob,30.5\n"
    assert read_matrix(good, week, file="t.csv") == {("R1/0", "Ada"): 120, ("Ada", "Bob"): 30.5}
    bad = b"from,to,seconds\nR1/9,Ada,1\nAda,Eve,2\nAda,Bob,-1\nBob,Ada,\n"
    with pytest.raises(InputError) as refused:
        read_matrix(bad, week, file="t.csv")
    assert [(p.row, p.column) for p in refused.value.problems] == [
        (2, "from"),
        (3, "to"),
        (4, "seconds"),
        (5, "seconds"),
    ]
    twice = b"from,to,seconds\nAda,Bob,1\nBob,Ada,1\nAda,Bob,2\n"
    with pytest.raises(InputError, match="row 4, column to: from Ada to Bob is already in row 2"):
        read_matrix(twice, week, file="t.csv")
    with pytest.raises(InputError, match="columns from, to and seconds"):
        read_matrix(b"a,b\n1,2\n", week, file="t.csv")


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("", "It has headings but no rows"),
        ("Ada\n", 'row 2, column to: There is no place ""'),
        ("Ada,Bob,1e308\n", 'row 2, column seconds: "1e308" is not a number of seconds'),
        ("Ada,Bob,604801\n", "give 0 or more, a week at most"),
        ("Ada,Bob,inf\n", '"inf" is not a number of seconds'),
    ],
)
def test_times_that_are_none_are_named(rows, said):
    week = places.instance(places.document("tiny"))
    with pytest.raises(InputError) as refused:
        read_matrix(f"from,to,seconds\n{rows}".encode(), week, file="t.csv")
    assert said in str(refused.value)
