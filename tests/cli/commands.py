"""A command of `trialogue`, run as a person types it."""

import json

from click.testing import CliRunner

from trialogue.cli.main import trialogue


def run(command, *words):
    return CliRunner().invoke(trialogue, [command, *map(str, words)])


def answer(command, *words):
    """What it prints with --json, read."""
    done = run(command, *words, "--json")
    assert done.exit_code == 0, done.stderr
    return json.loads(done.stdout)
