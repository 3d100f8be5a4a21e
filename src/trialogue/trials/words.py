"""Sentences and rules that a plan becomes: the analysis in words, its power, what it lacks."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from trialogue.evidence import schema
from trialogue.methods.problems import Problem
from trialogue.trials import stepped
from trialogue.trials.protocol import Plan, Protocol

PERMUTATIONS = 10_000


def analysis_words(protocol: Protocol) -> list[str]:
    """Say the planned analysis, a sentence a choice. Nobody writes it: it follows the plan."""
    if protocol.stepped:
        return stepped.analysis_words(protocol)
    unit, strata, primary = protocol.unit, protocol.strata, protocol.outcomes.primary
    control = protocol.arms.control.name
    compared = _list([protocol.arms.name(code) for code in protocol.arms.comparisons])
    said = [
        f"Every {unit.row} counts in the group it was placed in, whatever it received "
        "(intention to treat).",
        f"The main outcome is “{primary.name}”, {_when(protocol)}. "
        f"{compared} {'is' if len(protocol.arms.comparisons) == 1 else 'are each'} compared with "
        f"{control}.",
        "The difference comes from a straight-line model (least squares) with ranges that are "
        "sound in small trials (CR2 with Satterthwaite degrees of freedom).",
    ]
    if unit.clustered:
        said.append(stepped.counted_words(unit))
    if strata.by:
        said.append(f"The model takes the {_list(strata.by)} into account, as the placing did.")
    if protocol.outcomes.covariates:
        names = _list([column.name for column in protocol.outcomes.covariates])
        said.append(f"It also takes into account what was known before the start: {names}.")
    if len(protocol.arms.list) > 2:
        said.append(_CORRECTIONS[protocol.arms.correction])
    said += _asked_further(protocol)
    within = f", within each {strata.blocks}" if strata.blocks else ""
    said += [
        f"A second answer comes from placing again by chance{within}, {PERMUTATIONS:,} times or "
        "in every possible way (re-randomisation).",
        "Missing outcomes are left out and counted, and the two most extreme cases are shown.",
        "Harms watched and other outcomes are analysed in the same way. They never become the "
        "headline.",
    ]
    return said


def _asked_further(protocol: Protocol) -> list[str]:
    """Say what else is asked of the main outcome: whether it lasts, and for whom it works."""
    said = []
    waves = [wave.name for wave in protocol.dates.waves_after_start]
    if len(waves) > 1:
        said.append(
            f"The main outcome is analysed in the same way at {_list(waves)}. The verdict is of "
            f"{waves[-1]}. How far it moved from {waves[0]} to {waves[-1]} says whether it lasted."
        )
    if protocol.outcomes.subgroups:
        names = _list([one.column for one in protocol.outcomes.subgroups])
        said.append(
            f"Whether it works differently by {names} is asked by a test of that difference "
            "(interaction), with Holm's method. It never becomes the headline."
        )
    return said


_CORRECTIONS = {
    "holm": "Several groups are compared, so a chance finding is likelier: Holm's method "
    "allows for that.",
    "maxt": "Several groups are compared, so a chance finding is likelier: the largest "
    "difference of each re-draw (max-T) allows for that.",
    "none": "Several groups are compared, and the plan does not allow for chance findings.",
}


def analysis_rule(protocol: Protocol) -> dict[str, Any]:
    """Return the rule of the registration: what software needs to run the planned analysis."""
    strata = protocol.strata
    return {
        "kind": protocol.outcomes.primary.kind,
        "control": protocol.arms.control.code,
        "comparisons": list(protocol.arms.comparisons),
        "correction": protocol.arms.correction if len(protocol.arms.list) > 2 else "none",
        "adjust": "additive",
        "strata": list(strata.by),
        "blocks": strata.blocks,
        "covariates": [column.name for column in protocol.outcomes.covariates],
        "cluster": protocol.unit.clustered,
        "wave": protocol.dates.last_wave.number,
        "permutations": PERMUTATIONS,
        "statistic": protocol.statistic,
        "alpha": 0.05,
        "shares": protocol.shares,
        **_further_rule(protocol),
    }


def _further_rule(protocol: Protocol) -> dict[str, Any]:
    if protocol.stepped:
        return {
            "steps": [day.isoformat() for day in protocol.dates.steps],
            "waves": [wave.number for wave in protocol.dates.waves_analysed],
        }
    waves = [wave.number for wave in protocol.dates.waves_after_start]
    columns = [one.column for one in protocol.outcomes.subgroups]
    return ({"waves": waves} if len(waves) > 1 else {}) | (
        {"subgroups": columns} if columns else {}
    )


def problems_of_plan(answers: Mapping[str, Mapping[str, Any]], *, today: date) -> list[Problem]:
    """Return what a plan still lacks before it can be registered, by question in `column`."""
    problems = [
        Problem(f"Answer: {LABELS[name].lower()}", column=name)
        for name in schema.QUESTIONS
        if name not in answers
    ]
    for name, body in answers.items():
        problems += [
            Problem(problem.what, problem.mend, column=name)
            for problem in schema.problems(name, body)
        ]
    if problems:
        return problems
    return [*problems_between(answers), *_in_time(answers, today)]


def warnings_of_plan(answers: Plan) -> list[str]:
    """Return what a whole plan allows and a careful reader should know."""
    warnings = []
    size, unit, arms = answers["size"], answers["unit"], answers["arms"]
    steps = len(answers["dates"].get("steps", ()))
    if (unit["clustered"] or steps) and size["clusters_per_arm"] * (steps or 1) < 8:
        where = "" if steps else " in each group"
        warnings.append(
            f"Fewer than 8 {unit['placed_plural']}{where}: the strength of the result goes one "
            "step down."
        )
    if len(arms["list"]) > 2 and arms["correction"] == "none":
        warnings.append("Several groups are compared without an allowance for chance findings.")
    if not answers["outcomes"]["primary"]["judged_blind"]:
        warnings.append(
            "The main outcome is judged by people who know the group: the strength of the result "
            "goes one step down."
        )
    if answers["dates"]["recorded"] == "afterwards":
        warnings.append(
            "It is recorded afterwards. Every page about it says so, and the strength of the "
            "result goes one step down."
        )
    return warnings


def problems_between(answers: Plan) -> list[Problem]:
    """Return what breaks a rule that holds between two answers, by question in `column`."""
    problems = []
    arms, strata, unit = answers["arms"], answers["strata"], answers["unit"]
    total = sum(arm["share"] for arm in arms["list"])
    if strata["method"] == "blocked" and strata["block"] % total:
        problems.append(
            Problem(
                f"A block of {strata['block']} cannot be shared {total} ways",
                f"Make its length a multiple of {total}",
                column="strata",
            )
        )
    if answers["dates"]["recorded"] == "afterwards" and strata["method"] != "elsewhere":
        problems.append(
            Problem(
                "A trial recorded afterwards was placed elsewhere",
                "Say who placed it and how",
                column="strata",
            )
        )
    if not unit["clustered"] and answers["size"]["cluster_size"] != 1:
        problems.append(
            Problem(
                f"One is measured in each {unit['placed']}, and the size says more",
                "Make it 1, or say that several are measured",
                column="size",
            )
        )
    problems += _subgroups(answers)
    problems += stepped.problems(answers)
    team, risks = answers["team"], answers["risks"]
    if team["owner_role"].strip().casefold() == risks["safety_person"].strip().casefold():
        problems.append(
            Problem(
                "The safety person is also the lead", "Name somebody else's role", column="risks"
            )
        )
    return problems


def _subgroups(answers: Plan) -> Iterator[Problem]:
    """A subgroup is parted by a column of the list that holds categories."""
    outcomes = answers["outcomes"]
    known = [column["name"] for column in outcomes["covariates"] if column["category"]]
    columns = [*answers["strata"]["by"], *known]
    for one in outcomes.get("subgroups", ()):
        if one["column"] not in columns:
            there = f"Use one of: {', '.join(columns)}" if columns else "Add it as a category"
            what = f"“{one['column']}” does not part the units before the start"
            yield Problem(what, there, column="outcomes")


def _in_time(answers: Plan, today: date) -> list[Problem]:
    dates = answers["dates"]
    if dates["recorded"] == "before" and dates["start"] < today.isoformat():
        return [
            Problem(
                "The start date has passed",
                "Choose a later start, or say that it is recorded afterwards",
                column="dates",
            )
        ]
    if dates["recorded"] == "afterwards" and dates["start"] > today.isoformat():
        return [
            Problem(
                "It has not started, so it is not recorded afterwards",
                "Say that it is recorded before the start",
                column="dates",
            )
        ]
    return []


LABELS = {
    "question": "The question",
    "arms": "The groups",
    "unit": "Who or what is placed",
    "strata": "How groups are made alike",
    "outcomes": "What is measured",
    "size": "How many",
    "people": "Who has to take part, and why they would want to",
    "dates": "Dates",
    "delivery": "What is delivered",
    "decision": "Who decides what on which result",
    "risks": "Risks and stopping",
    "data_protection": "Personal data",
    "team": "Owner and contact",
}


def _when(protocol: Protocol) -> str:
    when = protocol.outcomes.primary.when
    wave = protocol.dates.last_wave.name
    return f"measured {when[0].lower()}{when[1:]} ({wave})" if when else f"measured at {wave}"


def _list(names: list[str] | tuple[str, ...]) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last
