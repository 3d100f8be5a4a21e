"""`pip install trialogue` alone: the methods, the tables, the charts and their commands."""

import json
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
WEEK = ROOT / "tests/methods/rounds/instances/micro_2.json.gz"
COMMANDS = {
    "power": "power --kind binary --baseline 0.3 --effect -0.1 --people-per-arm 400 --json",
    "allocate": "allocate streets.csv --arms usual:1,letter:1 --seed 7 --out placed.csv --json",
    "verify": "verify streets.csv placed.csv --arms usual:1,letter:1 --seed 7 --json",
    "analyse": "analyse litter.csv --outcome kg --arm arm --control usual --seed 1 --json",
    "analyse, added up": "analyse litter.csv --outcome kg --arm arm --control usual "
    "--permutations 0 --engine duckdb --json",
    "rounds": f"rounds {WEEK} --seed 7 --effort quick --json --out plan.json",
}
OF_THE_SITE = ["serve", "demo --no-serve", "worker", "manage check"]
RUN = """
import json, sys
sys.modules.update(dict.fromkeys(json.loads(sys.argv[1])))
from importlib import import_module
from pkgutil import walk_packages
from click.testing import CliRunner

imported = []
for room in ("methods", "tables", "charts", "cli"):
    package = import_module(f"trialogue.{room}")
    for each in walk_packages(package.__path__, f"trialogue.{room}."):
        if not each.name.endswith("__main__"):
            import_module(each.name)
            imported.append(each.name)
from trialogue.cli.main import trialogue
said = {}
for line in json.loads(sys.argv[2]):
    done = CliRunner().invoke(trialogue, line.split())
    said[line] = [done.exit_code, done.stdout, done.stderr]
print(json.dumps([imported, said]))
"""


def not_installed():
    """What is importable here and would not be, had only `trialogue` been installed."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = [line for extra in project["optional-dependencies"].values() for line in extra]
    wanted = {line.split("[")[0].split(">")[0].lower().replace("_", "-") for line in extras}
    wanted |= {"pandas", "pyarrow"}
    return sorted(
        module
        for module, packages in packages_distributions().items()
        if {package.lower().replace("_", "-") for package in packages} & wanted
    )


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    folder = tmp_path_factory.mktemp("alone")
    for name in ("streets.csv", "litter.csv"):
        (folder / name).write_bytes((ROOT / "docs/examples" / name).read_bytes())
    lines = [*COMMANDS.values(), *OF_THE_SITE]
    done = subprocess.run(
        [sys.executable, "-c", RUN, json.dumps(not_installed()), json.dumps(lines)],
        cwd=folder,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


pytestmark = pytest.mark.slow


def test_every_module_of_the_methods_and_the_commands_loads(alone):
    imported, _ = alone

    assert {"django", "gunicorn", "pyspark", "pandas"} <= set(not_installed())
    assert {"trialogue.methods.effects", "trialogue.charts.effect"} <= set(imported)


@pytest.mark.parametrize("line", COMMANDS.values(), ids=COMMANDS)
def test_a_command_answers(alone, line):
    code, out, err = alone[1][line]

    assert code == 0, err
    assert json.loads(out)


@pytest.mark.parametrize("line", OF_THE_SITE)
def test_a_command_of_the_site_says_what_to_install(alone, line):
    assert alone[1][line] == [
        2, "", 'The site is not installed; install it with pip install "trialogue[site]"\n',
    ]  # fmt: skip
