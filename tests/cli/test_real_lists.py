"""Our own draw on the lists of real trials: by the command, checked by the command, and fair."""

import csv
import json
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.methods.test_real_trials import ELSEWHERE, TESTS
from trialogue.cli.main import trialogue
from trialogue.tables import read_table

REAL = TESTS / "real"


@dataclass(frozen=True)
class List:
    """The units of a real trial, and the design to place them by."""

    file: Path
    arms: str
    id: str = ""  # "": a row is known by its number
    cluster: str = ""
    strata: str = ""


LISTS = {
    "families": List(
        REAL / "recertification_letters/families.csv",
        "usual:1,open letter:1,dated letter:1",
        id="family",
        strata="month",
    ),
    "polling stations": List(
        REAL / "registration_visits/stations.csv",
        "no visit:1,canvassers:1,desk:2",
        id="station",
        strata="block",
    ),
    "friends": List(REAL / "friend_texts/friends.csv.gz", "control:1,message:19"),
    "voters of households": List(
        REAL / "neighbours_letters/voters.csv.gz",
        "control:5,civic duty:1,watched:1,self:1,neighbours:1",
        cluster="household",
        strata="block",
    ),
    "sides of roads": List(ELSEWHERE / "sides.csv", "no sign:1,sign:1", id="side", strata="area"),
}
CASES = [
    pytest.param(each, id=name, marks=pytest.mark.slow if each.file.suffix == ".gz" else ())
    for name, each in LISTS.items()
    if each.file.exists()
]


def written(real, folder):
    """The list alone, as it was before anybody was placed: no arm, and no outcome."""
    table = read_table(real.file)
    ids = table.text(real.id) if real.id else [f"R{n:06d}" for n in range(table.rows)]
    # "block" is a name that the file written has already.
    names = {real.cluster: "household", real.strata: "place"}
    names = {theirs: ours for theirs, ours in names.items() if theirs}
    columns = [ids, *(table.text(name) for name in names)]
    file = folder / "list.csv"
    with file.open("w", newline="") as to:
        rows = csv.writer(to)
        rows.writerow(["id", *names.values()])
        rows.writerows(zip(*columns, strict=True))
    return file


def run(*words):
    done = CliRunner().invoke(trialogue, [*map(str, words), "--json"])
    assert done.exit_code == 0, (done.output, done.stderr)
    return json.loads(done.stdout)


@pytest.mark.parametrize("real", CASES)
def test_a_real_list_is_placed_by_chance_within_one_of_its_shares_and_verified(real, tmp_path):
    file, out = written(real, tmp_path), tmp_path / "placed.csv"
    design = ["--arms", real.arms]
    design += ["--cluster", "household"] if real.cluster else []
    design += ["--strata", "place"] if real.strata else []

    drawn = run("allocate", file, *design, "--seed", "20271", "--out", out)
    again = run("verify", file, out, *design, "--seed", "20271")

    assert (again["valid"], again["list_hash"]) == (True, drawn["list_hash"])
    with out.open(newline="") as content:
        rows = list(csv.DictReader(content))
    assert len(rows) == sum(drawn["arms"].values())
    arm_of = {(row["stratum"], row.get("household") or row["id"]): row["arm"] for row in rows}
    # Everyone of a household is where the household is.
    assert all(
        arm_of[row["stratum"], row.get("household") or row["id"]] == row["arm"] for row in rows
    )
    by_stratum = defaultdict(Counter)
    for (stratum, _), arm in arm_of.items():
        by_stratum[stratum][arm] += 1
    shares = {
        name: int(share) for name, _, share in (a.partition(":") for a in real.arms.split(","))
    }
    whole = sum(shares.values())
    far = [
        (stratum, arm, counted[arm])
        for stratum, counted in by_stratum.items()
        for arm, share in shares.items()
        if abs(counted[arm] - counted.total() * share / whole) > 1
    ]
    assert far == []
