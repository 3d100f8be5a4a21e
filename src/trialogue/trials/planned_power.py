"""What the plan as it stands can find, from the answers given so far."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from trialogue.charts.chart import Chart
from trialogue.charts.power_curve import plan_chart
from trialogue.methods import power
from trialogue.methods.power.looking import looks_sentence
from trialogue.methods.power.stepped import Steps, stepped_power, stepped_sentences
from trialogue.methods.problems import InputError, Problem
from trialogue.trials.words import LABELS

NEEDED = ("arms", "unit", "outcomes", "size")


@dataclass(frozen=True)
class Panel:
    """The power panel: sentences and a drawing, or which answers it still needs, or what is wrong.

    `enough`: the plan finds the change at least 8 times in 10.
    """

    sentences: tuple[str, ...] = ()
    chart: Chart | None = None
    power: float | None = None
    enough: bool = False
    needed: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


def panel(answers: Mapping[str, Mapping[str, Any]]) -> Panel:
    """Return the power of a plan as it stands."""
    missing = tuple(LABELS[name] for name in NEEDED if name not in answers)
    if missing:
        return Panel(needed=missing)
    try:
        plan = plan_of(answers)
        if steps := steps_of(answers):
            return _stepped(answers, plan, steps)
        found = power.power(plan)
    except InputError as error:
        return Panel(problems=tuple(_about_a_field(problem) for problem in error.problems))
    reached = found.power or 0.0
    said = (
        *power.sentences(plan, found, _words(answers)),
        *_looks(answers, plan, reached),
    )
    return Panel(
        sentences=said,
        chart=_chart(answers, plan, reached, said[0]),
        power=found.power,
        enough=reached >= plan.target_power,
    )


def steps_of(answers: Mapping[str, Mapping[str, Any]]) -> Steps | None:
    """Return when the units of each step have started; None of a trial without steps."""
    dates = answers.get("dates", {})
    days = [step["starts"] for step in dates.get("steps", ())]
    if not days:
        return None
    opens = sorted(wave["opens"] for wave in dates["waves"])
    return Steps(
        started=np.array([[day < wave for wave in opens] for day in days]),
        clusters=round(answers["size"]["clusters_per_arm"]),
    )


def _stepped(answers: Mapping[str, Mapping[str, Any]], plan: power.Plan, steps: Steps) -> Panel:
    found = stepped_power(plan, steps)
    return Panel(
        sentences=stepped_sentences(plan, steps, found, _words(answers)),
        power=found.power,
        enough=found.power >= plan.target_power,
    )


def _looks(
    answers: Mapping[str, Mapping[str, Any]], plan: power.Plan, reached: float
) -> Iterator[str]:
    """Say what the planned looks for harm cost in power."""
    looks = answers.get("risks", {}).get("looks", 0)
    if looks and reached > 0:
        watched = len(answers["outcomes"]["guardrails"]) * (plan.arms - 1)
        yield looks_sentence(reached, looks, watched=max(1, watched))


def plan_of(answers: Mapping[str, Mapping[str, Any]]) -> power.Plan:
    """Return the numbers that power is reckoned from. Raises InputError where they cannot be."""
    arms, size = answers["arms"], answers["size"]
    kind = answers["outcomes"]["primary"]["kind"]
    shares = [arm["share"] for arm in arms["list"]]
    per_control = size["clusters_per_arm"]
    options: dict[str, Any] = {}
    if kind == "continuous":
        options["sd"] = size["sd"] or 1.0
    if kind == "count" and size["between_cv"] is not None:
        options["between_cv"] = size["between_cv"]
    elif answers["unit"]["clustered"]:
        options["icc"] = size["icc"]
    return power.Plan(
        kind=kind,
        baseline=size["baseline"],
        effect=size["effect"],
        arms=len(shares),
        clusters_per_arm=None
        if answers.get("dates", {}).get("steps")
        else tuple(per_control * share / shares[0] for share in shares),
        cluster_size=size["cluster_size"],
        cluster_size_cv=size["cluster_size_cv"],
        r2=size["r2"],
        losses=size["lost_allowed"],
        correction=_CORRECTIONS[arms["correction"]] if len(shares) > 2 else "none",
        **options,
    )


# Power has no max-T: Holm's is the nearest that it can only do better than.
_CORRECTIONS = {"holm": "holm", "maxt": "holm", "none": "none"}


def _words(answers: Mapping[str, Mapping[str, Any]]) -> power.Words:
    unit, arms = answers["unit"], answers["arms"]
    return power.Words(
        cluster=unit["placed"],
        clusters=unit["placed_plural"],
        person=unit["measured"],
        people=unit["measured_plural"],
        neighbours=f"{unit['measured_plural']} in one {unit['placed']}",
        control=arms["list"][0]["name"].lower(),
    )


def _chart(
    answers: Mapping[str, Mapping[str, Any]], plan: power.Plan, reached: float, sentence: str
) -> Chart:
    primary = answers["outcomes"]["primary"]
    unit = {"binary": "in 100", "count": f"per {primary['unit']}"}.get(plan.kind, primary["unit"])
    return plan_chart(
        plan,
        reached=reached,
        smallest_change=primary["smallest_change"],
        unit=unit,
        sentence=sentence,
        chart_id="power",
    )


def _about_a_field(problem: Problem) -> Problem:
    """Say a problem of the numbers by the page's field, not by the option of the command."""
    name, _, typed = problem.column.removeprefix("--").partition(" ")
    words = _FIELDS.get(name.replace("-", "_"), name.replace("-", " "))
    return Problem(f"{words}: {typed} {problem.what}".replace("--", ""), problem.mend)


_FIELDS = {
    "baseline": "Today's figure",
    "effect": "The change to find",
    "sd": "The spread",
    "icc": "How alike neighbours are",
    "between_cv": "Spread between units",
    "clusters_per_arm": "How many in each group",
    "cluster_size": "How many measured in each",
    "cluster_size_cv": "How uneven their sizes are",
    "r2": "Share explained before the start",
    "losses": "Share you may lose",
}
