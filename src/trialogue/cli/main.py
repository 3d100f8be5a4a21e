"""The list of commands. A command's module loads when it is called."""

import sys
from importlib import import_module
from typing import Any

import click

from trialogue.cli.slips import in_our_words
from trialogue.methods.problems import InputError

# Name of the command -> (module, what it is for, as `--help` shows it). In the order of the loop.
COMMANDS = {
    "power": ("power", "How many do we need?"),
    "allocate": ("allocate", "Who gets what? Drawn by chance, so that anyone can check."),
    "verify": ("verify", "Was it drawn as it says?"),
    "analyse": ("analyse", "What difference did it make?"),
    "pool": ("pool", "What do all trials say?"),
    "rounds": ("rounds", "Which visitor, which day, which stop?"),
    "serve": ("serve", "Serve the site, with its worker."),
    "demo": ("demo", "Fill an empty site with a made-up council, and serve it."),
    "worker": ("worker", "Run the worker alone."),
    "manage": ("manage", "Django's own commands."),
}
PROBLEMS_SHOWN = 20


class Commands(click.Group):
    """Loads a command when it is called, and turns refused input into exit code 2."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name every command."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load one command."""
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"trialogue.cli.{COMMANDS[cmd_name][0]}")
        command: click.Command = getattr(module, cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without loading any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, about) for name, (_, about) in COMMANDS.items()])

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run, and leave with 2 when the input or the options are wrong."""
        kwargs["standalone_mode"] = False
        try:
            return sys.exit(super().main(*args, **kwargs) or 0)
        except InputError as error:
            shown = error.problems[:PROBLEMS_SHOWN]
            more = len(error.problems) - len(shown)
            lines = [str(problem) for problem in shown] + ([f"and {more} more"] if more else [])
        except click.UsageError as error:
            lines = in_our_words(error).splitlines()
        except click.ClickException as error:
            click.echo(error.format_message(), err=True)
            sys.exit(error.exit_code)
        except (click.Abort, KeyboardInterrupt):
            click.echo("Stopped.", err=True)
            sys.exit(1)
        for line in lines:
            click.echo(line, err=True)
        return sys.exit(2)


@click.command(cls=Commands)
@click.version_option(package_name="trialogue")
def trialogue() -> None:
    """Small fair trials of collaboration, and what they found.

    Files in, tables out. Tables are read from CSV (also .csv.gz), XLSX or Parquet.

    Try: trialogue power --help
    """
