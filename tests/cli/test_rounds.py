"""`trialogue rounds`, as typed."""

import json
import os
import stat

from click.testing import CliRunner

from tests.methods.rounds import independent, places
from trialogue.cli.main import trialogue

KEYS = {
    "objective",
    "extra_minutes",
    "lower_bound",
    "gap",
    "unplaced",
    "seconds",
    "seed",
    "steps",
    "parts",
    "version",
}


def run(*words: object):
    return CliRunner().invoke(trialogue, ["rounds", *map(str, words)])


def test_a_week_is_planned_and_the_file_holds_a_plan_that_keeps_the_rules(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    file = places.FOLDER / "micro_2.json.gz"
    done = run(file, "--out", "p.json", "--seed", 7, "--effort", "quick", "--json")
    assert done.exit_code == 0, done.stderr
    answer = json.loads(done.stdout)
    assert set(answer) >= KEYS
    plan = json.loads((tmp_path / "p.json").read_text())
    seen = independent.check(places.document("micro_2"), plan)
    assert seen["ok"]
    assert abs(seen["objective_s"] - answer["objective"]) <= 0.06
    assert plan["instance"] == "micro_2"
    assert plan["summary"] == answer
    assert answer["unplaced"] == sum(z["visits_per_week"] for z in plan["unplaced_residents"])
    assert 0 < answer["lower_bound"] <= answer["objective"]


def test_the_table_names_every_round_and_whoever_has_no_place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    file = places.FOLDER / "micro_2.json.gz"
    done = run(file, "--out", "p.json", "--seed", 7, "--effort", "quick")
    assert done.exit_code == 0, done.stderr
    for round_ in places.document("micro_2")["rounds"]:
        assert round_["id"] in done.stdout
    plan = json.loads((tmp_path / "p.json").read_text())
    for one in plan["unplaced_residents"]:
        assert f"{one['resident']}: {one['text']}" in done.stdout


def test_what_is_wrong_is_named_and_nothing_is_written(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    file = places.FOLDER / "tiny.json"
    for words, named in (
        ((file,), "--out: needed"),
        ((file, "--out", "nowhere/p.json"), "no such folder"),
        ((file, "--out", "p.json", "--effort", "most"), "use quick, standard or thorough"),
        ((file, "--out", "p.json", "--seed", "x"), "give whole digits"),
        (("none.json", "--out", "p.json"), "none.json: cannot be read"),
        ((file, "--out", "p.json", "--travel", "none.csv"), "none.csv: cannot be read"),
    ):
        done = run(*words)
        assert done.exit_code == 2, done.stderr
        assert named in done.stderr
        assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_own_travel_times_are_used_and_counted(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "t.csv").write_text("from,to,seconds\nR1/1,Ada,500\n")
    file = places.FOLDER / "tiny.json"
    words = (file, "--out", "p.json", "--seed", 1, "--effort", "quick", "--travel", "t.csv")
    answer = json.loads(run(*words, "--json").stdout)
    assert answer["travel_known"] == 1
    assert answer["objective"] > 290.7


def test_a_plan_never_takes_the_place_of_what_is_no_file(tmp_path):
    file, pipe = places.FOLDER / "tiny.json", tmp_path / "pipe"
    os.mkfifo(pipe)
    done = run(file, "--out", pipe, "--seed", 1, "--effort", "quick")
    assert (done.exit_code, stat.S_ISFIFO(pipe.stat().st_mode)) == (2, True)
    assert "this is no file; give another name" in done.stderr
