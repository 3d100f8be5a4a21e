"""`trialogue pool --network`: several services at once, from arms and from comparisons."""

import json
import shlex
from pathlib import Path

import pytest

from tests.cli import commands

PUBLISHED = Path(__file__).parents[1] / "methods/published"
INHALERS = PUBLISHED / "network.csv"
EXPECTED = json.loads((PUBLISHED / "expected.json").read_text())["network"]
ARMS = "--network arm --trial trial --measure OR --columns events,n"
KEYS = {
    "arms",
    "reference",
    "league",
    "league_se",
    "tau",
    "tau2",
    "i2",
    "q",
    "q_het",
    "q_inc",
    "q_df",
    "p_scores",
    "direct_indirect",
    "trials",
    "comparisons",
    "notes",
    "method",
}


def run(file, options):
    return commands.run("pool", file, *shlex.split(options))


def answer(file, options):
    return commands.answer("pool", file, *shlex.split(options))


def league_of(found, reference):
    place = found["arms"].index(reference)
    return {arm: found["league"][i][place] for i, arm in enumerate(found["arms"])}


def write(folder, text):
    file = folder / "trials.csv"
    file.write_text(text)
    return file


@pytest.mark.parametrize(("method", "key"), [("FE", "common"), ("REML", "reml")])
def test_arms_give_what_an_independent_program_gives(method, key):
    found = answer(INHALERS, f"{ARMS} --method {method} --reference Placebo")

    assert set(found) >= KEYS
    assert found["reference"] == "Placebo"
    assert found["trials"] == EXPECTED["trials"]
    league = league_of(found, "Placebo")
    assert [league[arm] for arm in EXPECTED["arms"]] == pytest.approx(
        EXPECTED[key]["estimate"], rel=1e-5
    )
    assert (found["tau"] == 0) == (method == "FE")


def test_comparisons_give_the_same_whether_by_variance_or_standard_error(tmp_path):
    rows = "1,A,B,0.5,0.04,0.2\n2,B,C,0.2,0.09,0.3\n3,A,C,0.9,0.16,0.4\n"
    file = write(tmp_path, f"trial,one,two,yi,vi,sei\n{rows}")
    options = "--network one,two --trial trial --estimate yi"

    by_variance = answer(file, f"{options} --variance vi")
    by_error = answer(file, f"{options} --se sei")

    for key in ("q", "q_inc", "tau2"):
        assert by_variance[key] == pytest.approx(by_error[key], rel=1e-12)
    assert by_variance["reference"] == "A"
    # B against A: directly -0.5 with 0.04, through C 0.2 - 0.9 with 0.25.
    weights = 1 / 0.04, 1 / 0.25
    mean = (-0.5 * weights[0] + (0.2 - 0.9) * weights[1]) / sum(weights)
    assert by_variance["tau2"] == 0
    assert league_of(by_variance, "A")["B"] == pytest.approx(mean)


def test_means_are_read_from_three_columns(tmp_path):
    file = write(tmp_path, "trial,arm,mean,sd,n\n1,usual,10,2,40\n1,visit,12,2,40\n")

    found = answer(file, "--network arm --trial trial --measure MD --columns mean,sd,n")

    assert league_of(found, "usual")["visit"] == pytest.approx(2)
    assert found["league_se"][0][1] == pytest.approx((2 * 4 / 40) ** 0.5)
    assert (found["tau"], found["i2"]) == (None, None)


def test_low_is_good_turns_the_scores_round():
    high = answer(INHALERS, ARMS)["p_scores"]
    low = answer(INHALERS, f"{ARMS} --good low")["p_scores"]

    assert {arm: 1 - score for arm, score in high.items()} == pytest.approx(low)


def test_the_table_says_ratios_with_their_ranges_and_what_disagrees():
    done = run(INHALERS, f"{ARMS} --reference Placebo")

    assert done.exit_code == 0
    lines = done.stdout.splitlines()
    assert lines[0].split()[:5] == ["against", "Placebo", "ratio", "from", "to"]
    assert lines[0].endswith("se of its log  P-score")
    inhaled = next(line for line in lines if line.startswith("TIO-SMI"))
    assert inhaled.split()[1] == "1.512"  # e to the 0.4134
    assert "29 trials, 58 comparisons, 95% ranges. tau 0.07967, I2 0%, Q 27.9 on 36" in done.stdout
    assert "LABA against LABA-ICS" in done.stdout


@pytest.mark.parametrize(
    ("options", "lines"),
    [
        ("--network arm,to,from --trial trial", "--network arm,to,from: give one column of arms"),
        ("--network arm --measure OR --columns events,n", "--trial: needed with --network"),
        ("--network arm --trial trial", "--measure: needed with --network; give OR, RR, RD or MD"),
        (f"{ARMS} --se n", "--se n: not with --network arm"),
        ("--network arm,n --trial trial --estimate n", "--variance: give one of it and --se"),
        (f"{ARMS} --method PM", "--method PM: a network takes REML, DL or FE"),
        (f"{ARMS} --reference placebo", "--reference placebo: the arms are ICS, LABA"),
        (f"{ARMS} --good best", "--good best: use high or low"),
        (ARMS.replace("OR", "AS"), "--measure AS: use OR, RR, RD or MD"),
        (ARMS.replace("events,n", "n"), "--columns n: name 2 columns: events, n"),
        (
            ARMS.replace("events", "event"),
            '--columns event: no such column; did you mean "events"',
        ),
    ],
)
def test_wrong_options_are_refused_in_a_line(options, lines):
    done = run(INHALERS, f"{options} --json")

    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith(lines)


@pytest.mark.parametrize(
    ("text", "options", "line"),
    [
        (
            "trial,one,two,yi,vi\n1,A,B,1,1\n2,C,D,1,1\n",
            "--network one,two --trial trial --estimate yi --variance vi",
            "the trials fall apart into {A, B} and {C, D}: no trial links them",
        ),
        (
            "trial,one,two,yi,vi\n1,A,B,1,0\n",
            "--network one,two --trial trial --estimate yi --variance vi",
            "row 2, column vi: 0; a variance must be above 0",
        ),
        (
            "trial,one,two,yi,vi\n\n1,A,B,1,-2\n",
            "--network one,two --trial trial --estimate yi --se vi",
            "row 3, column vi: -2; a standard error must be above 0",
        ),
        (
            "trial,arm,dead,all\n1,A,3,2\n1,B,,2\n",
            "--network arm --trial trial --measure OR --columns dead,all",
            "row 2, column dead: 3; events are 0 or more, and no more than people\n"
            "row 3, column dead: empty; events are 0 or more, and no more than people",
        ),
        (
            "trial,arm,dead,all\n1,A,3,x\n",
            "--network arm --trial trial --measure OR --columns dead,all",
            'trials.csv, row 2, column all: "x" is not a number; '
            "leave the cell empty if it is missing",
        ),
    ],
)
def test_rows_that_cannot_be_are_named_as_the_file_names_them(tmp_path, text, options, line):
    done = run(write(tmp_path, text), options)

    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr == f"{line}\n"


@pytest.mark.parametrize(
    "option",
    [
        "--treated a,b",
        "--control a,b",
        "--test z",
        "--prediction z",
        "--moderators year",
        "--design-effect deff",
        "--leave-one-out",
        "--cumulative year",
        "--name trial",
    ],
)
def test_an_option_that_a_network_has_no_use_for_is_refused(option):
    refused = run(INHALERS, f"{ARMS} {option}")

    assert refused.exit_code == 2
    assert refused.stdout == ""
    assert f"{option.split()[0]}: not with --network" in refused.stderr


@pytest.mark.parametrize("option", ["--trial t", "--columns a,b", "--reference A", "--good low"])
def test_an_option_of_networks_is_refused_without_one(option):
    refused = run(INHALERS, f"--estimate y --se s {option}")

    assert refused.exit_code == 2
    assert f"{option.split()[0]}: needs --network" in refused.stderr


def test_ranges_of_a_network_miss_as_often_as_asked():
    usual = run(INHALERS, f"{ARMS} --reference Placebo").stdout
    wide = run(INHALERS, f"{ARMS} --reference Placebo --alpha 0.01").stdout

    def ranges(told):
        lines = [line.split() for line in told.splitlines()[2:]]
        return {cells[0]: [float(cell) for cell in cells[-5:-2]] for cells in lines[:3]}

    assert "95% ranges" in usual
    assert "99% ranges" in wide
    for arm, (ratio, low, high) in ranges(usual).items():
        assert ranges(wide)[arm][0] == ratio
        assert ranges(wide)[arm][1] < low < high < ranges(wide)[arm][2]


def test_a_range_that_never_misses_is_refused():
    refused = run(INHALERS, f"{ARMS} --alpha 0")

    assert refused.exit_code == 2
    assert "--alpha 0: must be above 0 and below 0.5" in refused.stderr
