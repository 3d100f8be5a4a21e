"""Real trials: every figure of `expected.json` from the command line that stands beside it."""

import json
import shlex
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from trialogue.cli.main import trialogue
from trialogue.methods import effects
from trialogue.tables import read_table

TESTS = Path(__file__).parents[1]
# The last may not be copied: it is read where it stands beside the project.
ELSEWHERE = TESTS.parents[1] / "shared" / "data" / "trials" / "litter_signs"
FOLDERS = [
    *(folder for folder in sorted((TESTS / "real").iterdir()) if folder.is_dir()),
    *([ELSEWHERE] if ELSEWHERE.is_dir() else []),
]


def expected_of(folder):
    return json.loads((folder / "expected.json").read_text())


CASES = [
    pytest.param(folder, case, id=f"{folder.name} {number}")
    for folder in FOLDERS
    for number, case in enumerate(
        c for c in expected_of(folder)["analyse"] if c["command"].startswith("trialogue analyse ")
        and "the rows with" not in c["command"]
    )
]  # fmt: skip


def command(folder, case):
    words = shlex.split(case["command"])[1:]
    name = words[1]
    file = next(f for f in folder.iterdir() if f.name in (name, f"{name}.gz"))
    extra = [] if "--permutations" in words else ["--permutations", "2000"]
    return [words[0], str(file), *words[2:], *extra, "--seed", "1", "--json"]


def answer_to(folder, case):
    done = CliRunner().invoke(trialogue, command(folder, case))
    assert done.exit_code == case.get("exit", 0), done.stderr
    return json.loads(done.stdout) if done.exit_code == 0 else None


@pytest.mark.slow
@pytest.mark.parametrize(("folder", "case"), CASES)
def test_command_gives_the_independent_figures(folder, case):
    answer = answer_to(folder, case)

    effects = {row["arm"]: row for row in answer["effects"]} if answer else {}
    for expected in case.get("effects", []):
        row = effects[expected["arm"]]
        for key in ("estimate", "se", "df", "ci_low", "ci_high", "p", "p_adjusted"):
            if key in expected:
                assert row[key] == pytest.approx(expected[key], rel=1e-8, abs=0), key
        if "p_permutation_about" in expected:
            # Two sets of draws: four standard errors of 2,000, the larger.
            assert row["p_permutation"] == pytest.approx(
                expected["p_permutation_about"], abs=0.045
            )
    for arm in case.get("arms", []):
        shown = next(row for row in answer["arms"] if row["arm"] == arm["arm"])
        assert shown["n"] == arm["n"]
        assert shown["mean"] == pytest.approx(arm["mean"], rel=1e-10)
        assert shown["clusters"] == arm.get("clusters")
    if "missing" in case:
        assert answer["missing"] == case["missing"]


def columns(folder, name, *wanted):
    table = read_table(folder / name)
    return [np.array(table.text(column)) for column in wanted]


def test_reminder_letters_by_holm_and_by_redraw_within_months():
    folder = TESTS / "real" / "recertification_letters"
    expected = expected_of(folder)["independent"]
    arm, month, kept = columns(folder, "families.csv", "arm", "month", "recertified")
    outcome = np.array([float(cell) if cell else np.nan for cell in kept])
    trial = effects.Data(outcome=outcome, arm=arm, strata=(month,))

    holm = effects.analyse(trial, effects.Rule("usual"), seed=2).effects
    maxt = effects.analyse(trial, effects.Rule("usual", correction="maxt"), seed=3).effects

    assert [row.arm for row in holm] == expected["arms"]
    assert [row.p_adjusted for row in holm] == pytest.approx(expected["holm_by_month"], rel=1e-8)
    within = expected["within"]
    for row, stepped in zip(holm, maxt, strict=True):
        about = expected["p_permutation_by_month_about"][row.arm]
        assert row.p_permutation == pytest.approx(about, abs=within)
        assert row.p_permutation <= stepped.p_adjusted + within
    single_step = expected["maxt_single_step_by_month_about"]["open letter"]
    assert maxt[1].p_adjusted == pytest.approx(single_step, abs=within)


def test_friends_texted_one_to_nineteen_and_the_authors_narrower_population():
    folder = TESTS / "real" / "friend_texts"
    everything = expected_of(folder)
    arm, matched, queue, voted = columns(
        folder, "friends.csv.gz", "arm", "matched", "queue", "voted"
    )
    place = np.array([float(cell) if cell else np.inf for cell in queue])
    narrow = (matched == "1") & (place <= 103)
    shares = {"control": 1, "message": 19}
    rule = effects.Rule("control", permutations=0, shares=shares)

    every = effects.analyse(effects.Data(outcome=voted.astype(float), arm=arm), rule, seed=1)
    some = effects.analyse(
        effects.Data(outcome=voted[narrow].astype(float), arm=arm[narrow]), rule, seed=1
    )

    expected = everything["analyse"][1]["effects"][0]
    shown = some.to_dict()["effects"][0]
    assert every.sample_ratio_p == pytest.approx(everything["sample_ratio"]["p"], rel=1e-8)
    for key in ("estimate", "se", "df", "ci_low", "ci_high", "p"):
        assert shown[key] == pytest.approx(expected[key], rel=1e-8), key
