"""Real trials: every figure of `expected.json` from the command line that stands beside it."""

import json
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

REAL = Path(__file__).parents[1] / "real"
OURS = ("recertification_letters", "neighbours_letters", "registration_visits", "friend_texts")
CASES = [
    pytest.param(folder, case, id=f"{folder} {number}")
    for folder in OURS
    for number, case in enumerate(
        json.loads((REAL / folder / "expected.json").read_text())["analyse"]
    )
    if "the rows with" not in case["command"]
]


def command(folder, case):
    words = shlex.split(case["command"])[1:]
    name = words[1]
    file = next(f for f in (REAL / folder).iterdir() if f.name in (name, f"{name}.gz"))
    extra = [] if "--permutations" in words else ["--permutations", "2000"]
    return [words[0], str(file), *words[2:], *extra, "--seed", "1", "--json"]


@pytest.mark.slow
@pytest.mark.parametrize(("folder", "case"), CASES)
def test_command_gives_the_independent_figures(folder, case):
    run = subprocess.run(
        [sys.executable, "-m", "trialogue.cli", *command(folder, case)],
        capture_output=True,
        text=True,
        check=True,
    )
    answer = json.loads(run.stdout)

    effects = {row["arm"]: row for row in answer["effects"]}
    for expected in case["effects"]:
        for key in ("estimate", "se", "df", "ci_low", "ci_high", "p", "p_adjusted"):
            if key in expected:
                # 1e-8, as the folder says; p's near 0 differ in the tail's own algorithm.
                assert effects[expected["arm"]][key] == pytest.approx(
                    expected[key], rel=1e-7 if key.startswith("p") else 1e-8, abs=1e-13
                ), (expected["arm"], key)
        if "p_permutation_about" in expected and "--permutations 0" not in case["command"]:
            assert effects[expected["arm"]]["p_permutation"] == pytest.approx(
                expected["p_permutation_about"], abs=0.04
            )
    for arm in case.get("arms", []):
        shown = next(row for row in answer["arms"] if row["arm"] == arm["arm"])
        assert shown["n"] == arm["n"]
        assert shown["mean"] == pytest.approx(arm["mean"], rel=1e-10)
        assert shown["clusters"] == arm.get("clusters")
    assert answer["missing"] == {**answer["missing"], **(case.get("missing") or {})}
