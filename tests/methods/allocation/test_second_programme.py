"""The check of a draw in JavaScript, which the public page runs, held against our own."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.methods.allocation.lists import TAMPERED, cases

HERE = Path(__file__).parent
SCRIPT = Path(__file__).parents[3] / "src/trialogue/site/static/js/verify.js"
NODE = shutil.which("node", path=str(Path(sys.executable).parent)) or "node"
PUBLISHED = json.loads((HERE.parent / "published/allocation_vectors.json").read_text())[1:-1]


def by_the_script(asked):
    done = subprocess.run(
        [NODE, "--no-warnings", str(HERE / "verify.mjs"), SCRIPT.as_uri()],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return json.loads(done.stdout)


def test_a_sceptic_can_read_the_whole_of_it():
    text = SCRIPT.read_text()

    assert len(text.splitlines()) <= 100
    assert max(map(len, text.splitlines())) <= 110
    assert "import" not in text
    assert "fetch" not in text


def test_both_programmes_say_the_same_of_two_hundred_lists():
    lists = cases(200, seed=20270203)

    answers = by_the_script([case.for_the_page() for case in lists])

    for case, answer in zip(lists, answers, strict=True):
        assert answer == case.answer(), case
    honest = [a for a, case in zip(answers, lists, strict=True) if not case.tampered]
    assert len(honest) > 120
    assert all(
        not answer["differences"]
        and answer["seedAsCommitted"] is not False
        and answer["listAsPublished"] is not False
        for answer in honest
    )


@pytest.mark.parametrize("how", TAMPERED)
def test_what_was_tampered_with_is_found(how):
    lists = [case for case in cases(200, seed=20270203) if case.tampered == how]

    answers = by_the_script([case.for_the_page() for case in lists])

    assert lists
    for case, answer in zip(lists, answers, strict=True):
        as_it_says = (
            not answer["differences"]
            and answer["seedAsCommitted"] is not False
            and answer["listAsPublished"] is not False
        )
        # The order of rows counts for blocks alone, and an unpublished hash cannot be missed.
        harmless = how == "order" and case.design.method != "blocked"
        assert as_it_says == harmless or None in (case.commitment, case.list_hash)


def test_the_published_vectors():
    asked = []
    for case in PUBLISHED:
        clustered = any(cluster for _, cluster, _ in case["units"])
        rows = [",".join(unit) for unit in case["units"]]
        placed = [
            f"{u[0]},{case['allocation'][u[1] if clustered else u[0]]}" for u in case["units"]
        ]
        design = {key: case[key] for key in ("arms", "method", "block")}
        stratified = any(stratum for _, _, stratum in case["units"])
        asked.append(
            {
                "list": "\n".join(["id,cluster,stratum", *rows]),
                "placed": "\n".join(["id,arm", *placed]),
                "design": {
                    **design,
                    "cluster": "cluster" if clustered else "",
                    "strata": ["stratum"] if stratified else [],
                },
                "seed": case["seed"],
                "commitment": case["commitment"],
                "listHash": case["list_hash"],
            }
        )

    for case, answer in zip(PUBLISHED, by_the_script(asked), strict=True):
        assert answer["differences"] == [], case["name"]
        assert (answer["seedAsCommitted"], answer["listAsPublished"]) == (True, True)


GOOD = {
    "list": "id\na\nb\n",
    "placed": "id,arm\na,x\nb,y\n",
    "design": {"arms": [["x", 1], ["y", 1]], "method": "complete", "block": 0, "strata": [],
               "cluster": ""},
    "seed": "1",
    "commitment": None,
    "listHash": None,
}  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"seed": "1.5"}, "The seed must be whole digits"),
        ({"seed": ""}, "The seed must be whole digits"),
        ({"list": ""}, "The list: nothing under “”"),
        ({"list": "id\n"}, "The list: nothing under “id”"),
        ({"list": 'id\n"a\n'}, "The list: a double quote is in the wrong place"),
        ({"list": "id\na\na\n"}, "An identifier comes twice"),
        ({"list": "id\na,b\nb\n"}, "The list: more or fewer cells than headings in “a,b”"),
        ({"placed": "id,group\na,x\n"}, "Who got what: nothing under “arm”"),
        ({"placed": "id,arm\na,\n"}, "Who got what: no arm in “a,”"),
        ({"design": {**GOOD["design"], "strata": ["ward"]}}, "The list: nothing under “ward”"),
    ],
)
def test_what_it_cannot_read_it_says(changes, words):
    assert by_the_script([{**GOOD, **changes}]) == [{"error": words}]
