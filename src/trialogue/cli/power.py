"""How many do we need?"""

import time
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import click

from trialogue.cli import output
from trialogue.cli.seeds import parse_seed
from trialogue.methods.power import Plan, Power, Words, sentences, simulate
from trialogue.methods.power import power as closed_form
from trialogue.methods.problems import InputError, Problem, refuse

NUMBERS = (
    "baseline",
    "effect",
    "sd",
    "cluster_size",
    "cluster_size_cv",
    "icc",
    "between_cv",
    "alpha",
    "target_power",
    "r2",
    "losses",
)
WHOLE = ("arms", "strata", "simulate")
LISTS = ("clusters_per_arm", "people_per_arm")
QUIET_SECONDS = 2


@click.command()
@click.option("--kind", metavar="KIND", help="binary (yes or no), count, or continuous.")
@click.option("--baseline", metavar="B", help="Today's share (0.2 is 20%), rate or mean.")
@click.option("--effect", metavar="D", help="The change worth finding: 0.1, or -0.1 for a fall.")
@click.option("--sd", metavar="S", help="Spread between people, continuous only.  [1]")
@click.option("--arms", metavar="K", help="Groups, the control included.  [2]")
@click.option("--clusters-per-arm", metavar="J[,J..]", help="One number, or one an arm.")
@click.option("--cluster-size", metavar="M", help="People measured in a cluster, the mean.  [1]")
@click.option(
    "--people-per-arm", metavar="N[,N..]", help="People placed one by one, not in clusters."
)
@click.option("--cluster-size-cv", metavar="C", help="How unequal sizes are: sd over mean.  [0]")
@click.option("--icc", metavar="R", help="How alike people in one cluster are, 0 to 1.  [0]")
@click.option("--between-cv", metavar="K", help="Counts, instead of --icc: sd over mean of rates.")
@click.option("--alpha", metavar="A", help="Chance of a false alarm allowed.  [0.05]")
@click.option("--target-power", metavar="P", help="Chance of finding the change.  [0.8]")
@click.option(
    "--correction", metavar="HOW", help="Several arms: none, holm, dunnett.  [none; 3 arms: holm]"
)
@click.option("--strata", metavar="L", help="How many strata the draw is balanced by.  [1]")
@click.option("--r2", metavar="X", help="Share of variance that strata and baseline explain.  [0]")
@click.option("--losses", metavar="X", help="Share of people who will leave unmeasured.  [0]")
@click.option(
    "--weighting",
    metavar="HOW",
    help="people: each counts alike. optimal: a mixed model.  [people]",
)
@click.option("--simulate", metavar="N", help="Play the trial N times, by the planned analysis.")
@click.option("--seed", metavar="DIGITS", help="With --simulate; drawn and printed when absent.")
@output.json_option
def power(as_json: bool, seed: str | None, **typed: str | None) -> None:
    """How many do we need? And how often would this trial find a real change?

    34 streets in each group, 25 homes in each street, to find a rise from 20% to 30%:

    \b
      trialogue power --kind binary --baseline 0.2 --effect 0.1 \\
        --clusters-per-arm 34 --cluster-size 25 --icc 0.05

    How many people, placed one by one, to find a fall of 2 points on a scale with a spread of 5:

    \b
      trialogue power --kind continuous --effect -2 --sd 5

    Three letters against none, checked by playing the trial 10,000 times:

    \b
      trialogue power --kind binary --baseline 0.15 --effect 0.1 --arms 4 \\
        --people-per-arm 400 --simulate 10000 --seed 1
    """
    values = _parse(typed)
    draws = values.pop("simulate", None)
    number = parse_seed(seed) if draws is not None or seed is not None else None
    plan = Plan(**_as_clusters(values, typed))
    if draws is None or number is None:
        answer = closed_form(plan)
    else:
        answer = simulate(plan, draws=draws, seed=number, progress=_Progress())
    said = sentences(plan, answer, _words(plan, typed))
    document = {
        **asdict(answer),
        "sentences": said,
        "seed": None if number is None else str(number),
    }
    output.show(document, as_json, readable=lambda: _readable(plan, answer, said))


def _parse(typed: dict[str, str | None]) -> dict[str, Any]:
    """Turn what was typed into numbers, and name every one that is not."""
    given = {name: text for name, text in typed.items() if text is not None}
    values: dict[str, Any] = {}
    problems = list(_missing(given))
    for name, text in given.items():
        try:
            values[name] = _value(name, text)
        except ValueError:
            what = "not a whole number" if name in WHOLE else "not a number"
            problems.append(Problem(what, column=f"{_option(name)} {text}"))
    refuse(problems)
    return values


def _missing(given: dict[str, str]) -> Iterator[Problem]:
    if "kind" not in given:
        yield Problem("needed; give binary, count or continuous", column="--kind")
    if "effect" not in given:
        yield Problem("needed; give the change worth finding", column="--effect")


def _value(name: str, text: str) -> Any:
    if name in NUMBERS:
        return float(text)
    if name in WHOLE:
        return int(text)
    if name in LISTS:
        return tuple(float(part) for part in text.split(","))
    return text


def _option(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def _as_clusters(values: dict[str, Any], typed: dict[str, str | None]) -> dict[str, Any]:
    """Read `--people-per-arm N` as N clusters of one person each."""
    people = values.pop("people_per_arm", None)
    if people is None:
        return values
    others = {"clusters_per_arm": None, "cluster_size": 1.0, "icc": 0.0}
    refuse(
        Problem(f"cannot be given with --people-per-arm {typed['people_per_arm']}", column=column)
        for name, alike in others.items()
        if name in values and values[name] != alike
        for column in [f"{_option(name)} {typed[name]}"]
    )
    try:
        Plan(**{**values, "clusters_per_arm": people})
    except InputError as error:
        raise InputError(*(_about_people(problem) for problem in error.problems)) from None
    return {**values, "clusters_per_arm": people}


def _about_people(problem: Problem) -> Problem:
    column = problem.column.replace("--clusters-per-arm", "--people-per-arm")
    return Problem(problem.what, problem.mend, column=column)


class _Progress:
    """Tells how far a simulation is, once it has taken two seconds and every two from there."""

    def __init__(self) -> None:
        self.told = time.monotonic()

    def __call__(self, done: int, draws: int) -> None:
        if time.monotonic() - self.told > QUIET_SECONDS:
            self.told = time.monotonic()
            output.say(f"{done:,} of {draws:,} trials played")


def _words(plan: Plan, typed: dict[str, str | None]) -> Words:
    """Call what is placed people when people are placed one by one."""
    if plan.cluster_size == 1 and typed["clusters_per_arm"] is None:
        return Words(cluster="person", clusters="people")
    return Words()


def _readable(plan: Plan, answer: Power, said: tuple[str, ...]) -> str:
    rows = [
        ["Power", output.number(answer.power, 3)],
        ["Smallest effect found", output.number(answer.detectable_effect)],
        [f"Clusters needed in each arm for {plan.target_power:g}", _whole(answer.clusters_needed)],
        ["People needed in the control arm", _whole(answer.people_per_arm_needed)],
        ["People to begin with there", _whole(answer.people_per_arm_to_recruit)],
        ["Design effect", output.number(answer.design_effect)],
        ["Degrees of freedom", output.number(answer.df)],
        ["Standard error", output.number(answer.se)],
    ]
    if answer.power_mcse is not None:
        simulated = [
            ["Power in closed form", output.number(answer.power_closed_form, 3)],
            ["Standard error of the simulation", output.number(answer.power_mcse, 2)],
            ["Found in at least one arm", output.number(answer.power_any, 3)],
            ["Found in every arm", output.number(answer.power_all, 3)],
        ]
        rows[1:1] = simulated
    return "\n\n".join(
        [
            "\n".join(said),
            output.table(["", ""], rows).strip("\n"),
            "\n".join([answer.method, *answer.notes]),
        ]
    )


def _whole(value: int | tuple[int, ...] | None) -> str:
    if value is None:
        return "not known"
    numbers = value if isinstance(value, tuple) else (value,)
    return ", ".join(f"{number:,}" for number in dict.fromkeys(numbers))
