"""Which visitor, which day, which stop?"""

import os
import time
from pathlib import Path
from typing import Any

import click

from trialogue.cli import output
from trialogue.cli.seeds import parse_seed
from trialogue.cli.slips import OneOf
from trialogue.methods.problems import InputError, Problem, refuse
from trialogue.methods.rounds import (
    VERSION,
    Instance,
    Plan,
    Planned,
    Progress,
    Travel,
    plan_week,
    read_instance,
    read_matrix,
    strays,
)
from trialogue.methods.rounds.checking import walk

EFFORTS = ("quick", "standard", "thorough")
EVERY_S = 2.0  # between two lines of progress


@click.command()
@click.argument("instance", type=click.Path(path_type=Path))
@click.option("--out", default="", metavar="FILE", help="File to write the plan to (JSON).")
@click.option("--seed", metavar="N", help="Whole number, to plan the same again.")
@click.option(
    "--effort",
    default="standard",
    type=OneOf(EFFORTS),
    help="How long to search. [standard]",
)
@click.option("--travel", default="", metavar="CSV", help="Own travel times: from, to, seconds.")
@output.json_option
def rounds(
    instance: Path, out: str, seed: str | None, effort: str, travel: str, as_json: bool
) -> None:
    """Which visitor, which day, which stop?

    INSTANCE is a JSON file, plain or gzipped: the rounds that run anyway, their stops in order and
    what they have to spare, and the residents to be visited. Visits are fitted in at least extra
    time, with a familiar face, on days that suit; whoever finds no room is named with the reason.
    Every plan is checked against the rules before it is written. Times are in seconds.

    In the file of travel times a resident is named by id, a stop ROUND/1, ROUND/2 and so on, a
    depot ROUND/0; pairs that are not there go by straight line.

    \b
      trialogue rounds parish.json.gz --out plan.json --seed 7
      trialogue rounds parish.json.gz --out plan.json --effort quick --json
    """
    refuse(_wrong_options(out))
    week = read_instance(_content(instance), file=instance.name)
    for warning in strays(week):
        output.say(f"{instance.name}: {warning}")
    path = Path(travel)
    known = read_matrix(_content(path), week, file=path.name) if travel else {}
    times = Travel(week.seconds_per_metre, known)
    number = parse_seed(seed)
    output.say("preparing the search (the first time takes some twenty seconds more)")
    began = time.monotonic()
    planned = plan_week(
        week,
        times,
        seed=number,
        effort=effort,  # type: ignore[arg-type]
        watch=_Watch(),
        at_once=os.cpu_count() or 1,
    )
    answer = _answer(planned, number, effort, time.monotonic() - began, len(known))
    _write(Path(out), planned.plan.as_json(answer))
    output.show(answer, as_json, readable=lambda: _readable(week, planned, times, answer, out))


def _wrong_options(out: str) -> list[Problem]:
    problems = []
    if not out:
        problems.append(Problem("needed", "Give the name of the file to write", column="--out"))
    elif not Path(out).parent.is_dir():
        problems.append(Problem("there is no such folder", "Make it first", column=f"--out {out}"))
    elif Path(out).exists() and not Path(out).is_file():
        # A device would be replaced by the plan: /dev/null would be a file from then on.
        kind = "a folder" if Path(out).is_dir() else "no file"
        problems.append(Problem(f"this is {kind}", "Give another name", column=f"--out {out}"))
    return problems


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        what = f"cannot be read ({(error.strerror or 'unknown').lower()})"
        raise InputError(Problem(what, file=str(path))) from None


class _Watch:
    """Says how far it is, every two seconds."""

    def __init__(self) -> None:
        self.said = time.monotonic()

    def __call__(self, progress: Progress) -> bool:
        now = time.monotonic()
        if now - self.said >= EVERY_S:
            self.said = now
            share = progress.steps / progress.of
            output.say(f"planning: {share:.0%}, best {progress.best:,.0f} seconds a week")
        return True


def _answer(
    planned: Planned, seed: int, effort: str, seconds: float, known: int
) -> dict[str, Any]:
    parts = planned.parts
    return {
        "objective": planned.cost,
        "extra_minutes": parts.T / 60,
        "lower_bound": planned.lower_bound,
        "gap": planned.gap,
        "unplaced": parts.M,
        "seconds": round(seconds, 3),
        "seed": str(seed),
        "effort": effort,
        "steps": planned.steps,
        "parts": {"T": parts.T, "U": parts.U, "N": parts.N, "O": parts.O, "M": parts.M},
        "travel_known": known,
        "version": VERSION,
    }


def _write(out: Path, text: str) -> None:
    """Write the whole file, or nothing."""
    part = out.with_name(f".{out.name}.{os.getpid()}")
    try:
        part.write_text(text, encoding="utf-8")
        part.replace(out)
    except OSError as error:
        part.unlink(missing_ok=True)
        what = f"cannot be written ({(error.strerror or 'unknown').lower()})"
        raise InputError(Problem(what, "Give another name", column=f"--out {out}")) from None


def _readable(
    week: Instance, planned: Planned, travel: Travel, answer: dict[str, Any], out: str
) -> str:
    parts = planned.parts
    gap = "" if planned.gap is None else f" ({planned.gap:.0%} above what is proved possible)"
    return "\n".join(
        [
            _by_round(week, planned.plan, travel),
            "",
            f"cost        {planned.cost:,.0f} seconds a week{gap}",
            f"extra       {parts.T / 60:,.0f} minutes of travel a week",
            f"unfamiliar  {parts.U} visits by a face that is not known",
            f"other days  {parts.N} visits on a day not preferred",
            f"unplaced    {parts.M} visits a week",
            *(f"  {one.resident}: {one.text}" for one in planned.plan.unplaced),
            f"seed        {answer['seed']}",
            f"written to  {out}",
        ]
    )


def _by_round(week: Instance, plan: Plan, travel: Travel) -> str:
    rows = []
    for one in week.rounds:
        walks = {v.day: walk(week, v, travel) for v in plan.visits if v.round == one.id}
        load = {day: walked.load_s for day, walked in walks.items()}
        used = {day: load[day] / one.spare_s[day] for day in load}
        worst = max(used, key=lambda day: used[day], default=None)
        rows.append(
            [
                one.id,
                str(sum(len(walked.arrivals) for walked in walks.values())),
                f"{sum(load.values()) / 60:.0f}",
                f"{sum(load.values()) / total:.0%}" if (total := sum(one.spare_s)) else "none",
                "" if worst is None else f"{week.days[worst]} {used[worst]:.0%}",
            ]
        )
    return output.table(["round", "visits", "minutes", "spare used", "fullest day"], rows)
