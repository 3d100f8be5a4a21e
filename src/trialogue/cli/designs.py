"""The options that `allocate` and `verify` share: a design, a list, a seed."""

import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from trialogue.cli.output import say
from trialogue.methods.design import Arm, Design
from trialogue.methods.problems import InputError, Problem, refuse

Command = TypeVar("Command", bound=Callable[..., Any])
LARGEST_SEED = 2**256


def design_options(command: Command) -> Command:
    """Add the options of a design."""
    for option in (
        click.option(
            "--arms", required=True, metavar="A:1,B:1", help="Arms and shares, control first."
        ),
        click.option("--strata", default="", metavar="COL,COL", help="Columns to balance by."),
        click.option("--cluster", default="", metavar="COL", help="Column with what is placed."),
        click.option(
            "--method", type=click.Choice(["complete", "simple"]), help="complete unless said."
        ),
        click.option(
            "--block", type=int, metavar="N", help="Length of a block; placed in file order."
        ),
        click.option(
            "--seed", metavar="DIGITS", help="A whole number; drawn and printed when absent."
        ),
    ):
        command = option(command)
    return command


def parse_design(arms: str, method: str | None, block: int | None) -> Design:
    """Read `control:1,letter:1` and the method."""
    if method and block is not None:
        raise InputError(Problem("cannot be given with --method", column=f"--block {block}"))
    parsed = []
    problems = []
    for part in arms.split(","):
        name, _, share = part.strip().rpartition(":")
        if not name.strip() or not share.strip().isdigit() or int(share) < 1:
            problems.append(
                Problem(
                    f'"{part.strip()}" is not a name and a share',
                    "Write it like control:1, shares whole and 1 or more",
                    column="--arms",
                )
            )
        else:
            parsed.append(Arm(name.strip(), int(share)))
    if block is not None and block < 1:
        problems.append(Problem("a block has 1 unit or more", column=f"--block {block}"))
    refuse(problems)
    how = "blocked" if block else method or "complete"
    try:
        return Design(tuple(parsed), method=how, block=block or 0)
    except InputError as error:
        raise InputError(*(problem.at(column="--arms") for problem in error.problems)) from None


def parse_seed(seed: str | None) -> int:
    """Read the seed, or draw one and say which."""
    if seed is None:
        drawn = secrets.randbits(128)
        say(f"Seed: {drawn}")
        return drawn
    if not seed.isdigit() or not seed.isascii() or int(seed) >= LARGEST_SEED:
        raise InputError(Problem("give whole digits", column=f"--seed {seed}"))
    return int(seed)


def existing_folder(out: Path) -> None:
    """Refuse to write over a file, or into a folder that does not exist."""
    if out.exists():
        raise InputError(
            Problem("this file is there already", "Give another name", column=f"--out {out}")
        )
    if not out.parent.is_dir():
        raise InputError(
            Problem("there is no such folder", "Make it first", column=f"--out {out}")
        )
