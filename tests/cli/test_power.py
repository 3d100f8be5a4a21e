import json
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli import commands

PUBLISHED = json.loads(
    (Path(__file__).parents[1] / "methods/published/power.json").read_text(encoding="utf-8")
)
STARTER_PLANS = PUBLISHED["starter_plans"]["cases"]
HOMES = "--kind binary --baseline 0.2 --effect 0.1 --cluster-size 25 --icc 0.05"
KEYS = {
    "power",
    "power_closed_form",
    "power_mcse",
    "power_any",
    "power_all",
    "power_by_arm",
    "detectable_effect",
    "clusters_per_arm_needed",
    "clusters_per_arm_exact",
    "clusters_needed",
    "people_per_arm_needed",
    "people_per_arm_to_recruit",
    "design_effect",
    "df",
    "se",
    "alpha_used",
    "method",
    "sentences",
    "seed",
    "notes",
}


def run(options):
    return commands.run("power", *shlex.split(options))


def answer(options):
    return commands.answer("power", *shlex.split(options))


@pytest.mark.parametrize("case", STARTER_PLANS, ids=lambda case: case["name"])
def test_each_starter_plan_has_the_power_it_says(case):
    found = answer(case["command"].removeprefix("trialogue power "))

    assert found["power"] == pytest.approx(case["power"], abs=5.1e-4)
    assert found["detectable_effect"] == pytest.approx(abs(case["detectable_effect"]), abs=5.1e-4)
    assert found["clusters_per_arm_needed"] == case["clusters_per_arm_needed"]


def test_a_starter_plan_has_the_power_it_says_if_a_guess_is_wrong():
    case = next(case for case in STARTER_PLANS if case["name"] == "one-form")

    for guess in case["power_if"]:
        other = case["command"].replace("--icc 0.12", f"--icc {guess['icc']}")
        found = answer(other.removeprefix("trialogue power "))
        assert found["power"] == pytest.approx(guess["power"], abs=5.1e-4)


def test_losses_are_made_up_for_at_the_start():
    found = answer(f"{HOMES} --clusters-per-arm 34 --losses 0.2")

    assert found["people_per_arm_to_recruit"] == pytest.approx(
        found["people_per_arm_needed"] / 0.8, abs=1
    )
    assert "If 20% are lost, begin with 32 people in each cluster" in found["sentences"][1]
    assert found["power"] == answer(f"{HOMES} --clusters-per-arm 34")["power"]
    refused = run(f"{HOMES} --losses 1")
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert refused.stderr == "--losses 1: must be at least 0 and below 1\n"


def test_every_key_is_there_with_or_without_clusters_and_simulation():
    needed = answer(HOMES)
    closed = answer(f"{HOMES} --clusters-per-arm 34")
    played = answer(f"{HOMES} --clusters-per-arm 34 --simulate 1000 --seed 007")

    assert set(needed) == set(closed) == set(played) == KEYS
    for key in ("power", "se", "df", "detectable_effect", "power_by_arm"):
        assert needed[key] is None
    assert needed["clusters_per_arm_needed"] == closed["clusters_per_arm_needed"]
    assert closed["power_mcse"] is closed["power_any"] is closed["seed"] is None
    assert closed["power"] == played["power_closed_form"]
    assert played["seed"] == "7"


def test_a_simulation_is_repeated_by_the_seed_it_prints():
    first = run(f"{HOMES} --clusters-per-arm 34 --simulate 2000 --json")
    seed = first.stderr.removeprefix("Seed: ").strip()

    again = run(f"{HOMES} --clusters-per-arm 34 --simulate 2000 --seed {seed} --json")

    assert json.loads(first.stdout)["seed"] == seed
    assert again.stdout == first.stdout
    assert again.stderr == ""


def test_people_per_arm_is_short_for_clusters_of_one():
    plan = "--kind continuous --effect 0.4"

    short = answer(f"{plan} --people-per-arm 50,120")
    long = answer(f"{plan} --clusters-per-arm 50,120 --cluster-size 1 --icc 0")

    assert short.pop("sentences")[0].startswith("With 50 and 120 people in the groups, you would")
    assert long.pop("sentences")
    assert short == long


def test_the_table_begins_with_the_sentences():
    done = run(f"{HOMES} --clusters-per-arm 34")

    lines = done.stdout.splitlines()
    assert done.exit_code == 0
    assert lines[0] == (
        "With 34 clusters in each group and 25 people measured in each, you would find a real "
        "rise from 20% to 30% about 9 times in 10."
    )
    assert any(line.startswith("Power ") and line.endswith("0.89") for line in lines)


def test_power_loads_neither_django_nor_scipy_stats_nor_its_solvers():
    program = (
        "import sys, trialogue.cli.power;"
        "print(*{'django', 'scipy.stats', 'scipy.optimize', 'polars'} & set(sys.modules))"
    )

    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert done.stdout == "\n"


def test_help_explains_by_examples_that_run():
    done = run("--help")

    text = done.stdout.replace("\\\n", " ")
    examples = [
        line.strip().removeprefix("trialogue power ")
        for line in text.splitlines()
        if line.strip().startswith("trialogue power ")
    ]
    assert done.exit_code == 0
    assert len(examples) == 3
    for example in examples:
        assert run(example).exit_code == 0


@pytest.mark.parametrize(
    ("options", "lines"),
    [
        (f"{HOMES} --icc 1.2", ["--icc 1.2: must be at least 0 and below 1"]),
        (
            "--kind binary --baseline 0.9 --effect 0.2",
            ["--baseline 0.9 with --effect 0.2 gives 110%; it must be between 0% and 100%"],
        ),
        (
            "--baseline x --arms 2.5",
            [
                "--kind: needed; give binary, count or continuous",
                "--effect: needed; give the change worth finding",
                "--baseline x: not a number",
                "--arms 2.5: not a whole number",
            ],
        ),
        (
            "--kind scores --effect 1 --sd 0 --r2 1",
            [
                "--kind scores: must be one of binary, count, continuous",
                "--sd 0: must be above 0",
                "--r2 1: must be at least 0 and below 1",
            ],
        ),
        (
            "--kind count --baseline 2 --effect 1 --icc 0.1 --between-cv 0.2",
            ["--between-cv 0.2: cannot be given with --icc; give one"],
        ),
        (f"{HOMES} --clusters-per-arm 34 --seed 1.5", ["--seed 1.5: give whole digits"]),
        (
            f"{HOMES} --clusters-per-arm 34 --people-per-arm 9",
            [
                "--clusters-per-arm 34: cannot be given with --people-per-arm 9",
                "--cluster-size 25: cannot be given with --people-per-arm 9",
                "--icc 0.05: cannot be given with --people-per-arm 9",
            ],
        ),
        (
            "--kind continuous --effect 1 --people-per-arm 1",
            ["--people-per-arm 1: must be 2 or more in each arm"],
        ),
        (
            f"{HOMES} --simulate 100 --seed 1",
            ["--simulate 100: needs --clusters-per-arm or --people-per-arm"],
        ),
        (f"{HOMES} --clusters-per-arm a,b", ["--clusters-per-arm a,b: not a number"]),
    ],
)
@pytest.mark.parametrize("form", ["", " --json"], ids=["table", "json"])
def test_bad_options_leave_with_2_one_line_a_problem_and_an_empty_output(options, lines, form):
    done = run(options + form)

    assert done.exit_code == 2
    assert done.stderr.splitlines() == lines
    assert done.stdout == ""
