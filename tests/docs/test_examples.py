"""Every command line that the documents and the help show runs, and prints what they say."""

import shutil
import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from tests.docs.documents import (
    DOCUMENTS,
    FOR_PEOPLE,
    ROOT,
    examples,
    name,
    python,
    said_to_print,
    words_of,
)
from trialogue.cli.main import COMMANDS, trialogue

SUMS = ("power", "allocate", "verify", "analyse", "pool")
HELP = {command: CliRunner().invoke(trialogue, [command, "--help"]).output for command in COMMANDS}


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """A folder with the files that the documents name, to write into."""
    shutil.copytree(ROOT / "docs/examples", tmp_path / "docs/examples")
    real = "tests/real/recertification_letters/families.csv"
    (tmp_path / real).parent.mkdir(parents=True)
    shutil.copy(ROOT / real, tmp_path / real)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(words):
    """Run one of the commands that do sums; return what it printed."""
    done = CliRunner().invoke(trialogue, words)

    assert done.exit_code == 0, f"{' '.join(words)}\n{done.output}"
    return [" ".join(line.split()) for line in done.output.splitlines()]


@pytest.mark.parametrize("path", FOR_PEOPLE, ids=name)
def test_every_command_in_a_document_runs_and_prints_what_it_shows(path, checkout):
    for command, shown in examples(path.read_text()):
        words = words_of(command)
        if words[:1] == ["trialogue"] and words[1] in SUMS:
            printed = run(words[1:])

            missing = [line for line in shown if " ".join(line.split()) not in printed]
            assert not missing, f"{command}\nprinted:\n" + "\n".join(printed)


@pytest.mark.parametrize("path", DOCUMENTS, ids=name)
def test_python_in_a_document_runs_and_prints_what_it_shows(path, checkout, capsys):
    """Blocks follow one another as in a notebook."""
    names = {}
    for block in python(path.read_text()):
        exec(compile(block, name(path), "exec"), names)

        printed = capsys.readouterr().out.splitlines()
        shown = said_to_print(block)
        missing = [
            line
            for line in shown
            if not any(each.startswith(line.removesuffix("…").rstrip()) for each in printed)
        ]
        assert not missing, f"{block}\nprinted:\n" + "\n".join(printed)


@pytest.mark.parametrize("path", DOCUMENTS, ids=name)
def test_every_other_command_in_a_document_takes_the_options_it_shows(path):
    for command, _ in examples(path.read_text()):
        words = words_of(command)
        if words[:1] == ["trialogue"] and words[1] not in SUMS:
            makes = trialogue.get_command(None, words[1])

            assert makes is not None, command
            makes.make_context(words[1], words[2:])


@pytest.mark.parametrize("command", SUMS)
def test_examples_in_the_help_run(command, checkout):
    for file in ("streets.csv", "homes.csv", "litter.csv", "trials.csv", "arms.csv", "steps.csv"):
        shutil.copy(checkout / "docs/examples" / file, checkout / file)
    shutil.copy(checkout / "tests/real/recertification_letters/families.csv", checkout)
    if command == "verify":
        draw = "allocate streets.csv --arms control:1,letter:1 --strata ward --seed 7"
        run([*words_of(draw), "--out", "placed.csv"])
    marked = HELP[command].replace("\n  trialogue", "\n$ trialogue")
    marked = marked.replace("\n    trialogue", "\n$ trialogue")
    shown = [words_of(line) for line, _ in examples(marked) if " --" in line]

    assert shown
    for words in shown:
        run(words[1:])
        (checkout / "placed.csv").unlink(missing_ok=True)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_a_section_in_a_guide(command):
    headings = [
        line
        for path in FOR_PEOPLE
        for line in path.read_text().splitlines()
        if line.startswith("#") and f"`trialogue {command}`" in line
    ]

    assert len(headings) == 1


@pytest.mark.parametrize("command", SUMS)
def test_every_option_says_what_it_is_for(command):
    made = trialogue.get_command(None, command)
    options = [each for each in made.params if isinstance(each, click.Option)]

    assert [option.name for option in options if not option.help] == []


def test_the_script_that_checks_a_register_needs_nothing_of_ours():
    script = ROOT / "docs/examples/check_log.py"
    blocked = (
        "import sys, runpy; sys.modules['trialogue'] = sys.modules['django'] = None; "
        f"runpy.run_path({str(script)!r}, run_name='checked')"
    )

    done = subprocess.run([sys.executable, "-c", blocked], capture_output=True, text=True)

    assert done.returncode == 0, done.stderr
