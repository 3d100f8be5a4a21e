"""The options that `allocate` and `verify` share: a design, a list, a seed."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import click

from trialogue.cli.seeds import is_whole, parse_seed
from trialogue.methods.allocation import clean
from trialogue.methods.design import Arm, Design
from trialogue.methods.problems import InputError, Problem, refuse
from trialogue.tables import split_columns

Command = TypeVar("Command", bound=Callable[..., Any])
Value = TypeVar("Value")
METHODS = ("complete", "simple")
TABLES = (".xlsx", ".parquet", ".gz")


@dataclass(frozen=True)
class Asked:
    """What was asked for: a design, the columns it reads, a seed if one was given."""

    design: Design
    strata: tuple[str, ...]
    cluster: str
    seed: int | None


def design_options(command: Command) -> Command:
    """Add the options of a design. They are read by `read_options`, which names every slip."""
    options = (
        click.option("--arms", metavar="A:1,B:1", help="Arms and shares, control first."),
        click.option("--strata", metavar="COL,COL", help="Columns to balance by."),
        click.option(
            "--cluster", metavar="COL", help="Column with what is placed, if not each row."
        ),
        click.option(
            "--method",
            metavar="NAME",
            help="complete: the shares come out even. simple: each by itself.  [complete]",
        ),
        click.option("--block", metavar="N", help="Even within each N in the order of the file."),
        click.option(
            "--seed", metavar="DIGITS", help="The number that decides: whole, 0 or more."
        ),
    )
    for option in reversed(options):  # each goes before the last, and help shows them so
        command = option(command)
    return command


def read_options(typed: dict[str, str | None], further: Iterable[Problem] = ()) -> Asked:
    """Read the options of a design; refuse them with every problem named, `further` ones too."""
    problems: list[Problem] = []
    strata = _gather(problems, lambda: split_columns(typed["strata"] or "")) or ()
    seed = _gather(problems, lambda: None if typed["seed"] is None else parse_seed(typed["seed"]))
    problems += [
        Problem(f"{name} is named twice", column=f"--strata {typed['strata']}")
        for name in dict.fromkeys(strata)
        if strata.count(name) > 1
    ]
    problems += further
    try:
        design = parse_design(typed)
    except InputError as error:
        raise InputError(*error.problems, *problems) from None
    refuse(problems)
    return Asked(design, strata, clean(typed["cluster"] or ""), seed)


def parse_design(typed: dict[str, str | None]) -> Design:
    """Read `--arms control:1,letter:1`, `--method` and `--block`."""
    problems: list[Problem] = []
    arms = _gather(problems, lambda: _arms(typed["arms"])) or ()
    block = _gather(problems, lambda: _block(typed["block"])) or 0
    method = typed["method"]
    if method is not None and typed["block"] is not None:
        problems.append(
            Problem("cannot be given with --method", column=f"--block {typed['block']}")
        )
    if method is not None and method not in METHODS:
        problems.append(Problem("use complete or simple", column=f"--method {method}"))
    refuse(problems)
    how = "blocked" if block else method or "complete"
    try:
        return Design(arms, method=how, block=block)
    except InputError as error:
        where = f"--arms {typed['arms']}"
        raise InputError(*(problem.at(column=where) for problem in error.problems)) from None


def out_problems(text: str) -> list[Problem]:
    """What speaks against writing this file: it is there, or its folder is not."""
    if not text:
        return [Problem("needed", "Give the name of the file to write", column="--out")]
    out = Path(text)
    option = f"--out {out}"
    if out.name.lower().endswith(TABLES):
        return [Problem("the file is a CSV", "Give a name that ends in .csv", column=option)]
    if out.exists():
        return [Problem("this file is there already", "Give another name", column=option)]
    if not out.parent.is_dir():
        return [Problem("there is no such folder", "Make it first", column=option)]
    return []


def _gather(problems: list[Problem], read: Callable[[], Value]) -> Value | None:
    """Read one thing; keep its problems, so that the next can be read too."""
    try:
        return read()
    except InputError as error:
        problems += error.problems
        return None


def _arms(text: str | None) -> tuple[Arm, ...]:
    if text is None:
        mend = "Give arms and shares, control first, like control:1,letter:1"
        raise InputError(Problem("needed", mend, column="--arms"))
    arms = []
    problems = []
    for part in text.split(","):
        name, _, share = (clean(piece) for piece in part.rpartition(":"))
        if name and is_whole(share) and int(share) > 0:
            arms.append(Arm(name, int(share)))
        else:
            what = f'"{part.strip()}" is not a name and a share'
            mend = "Write it like control:1, shares whole and 1 or more"
            problems.append(Problem(what, mend, column=f"--arms {text}"))
    refuse(problems)
    return tuple(arms)


def _block(text: str | None) -> int | None:
    if text is None:
        return None
    if not is_whole(text) or int(text) < 1:
        raise InputError(Problem("must be a whole number, 1 or more", column=f"--block {text}"))
    return int(text)
