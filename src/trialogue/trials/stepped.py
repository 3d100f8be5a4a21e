"""A stepped start: what its plan must hold, and its analysis in words."""

from collections.abc import Iterator, Mapping
from typing import Any

from trialogue.methods.power.stepped import MOST_CLUSTERS
from trialogue.methods.problems import Problem
from trialogue.trials.protocol import Protocol, Units

PERIOD = "wave"  # a column of the data file


def problems(answers: Mapping[str, Mapping[str, Any]]) -> Iterator[Problem]:
    """Yield what the other answers of a plan with steps must not say, by question in `column`."""
    if not answers["dates"].get("steps"):
        return
    arms, outcomes = answers["arms"]["list"], answers["outcomes"]
    if len(arms) > 2:
        what = f"Steps lead from one way to another, and there are {len(arms)} groups"
        yield Problem(what, "Keep usual service and one new way", column="arms")
    if answers["strata"]["method"] != "complete":
        what = "Steps share out the whole list at once"
        yield Problem(what, "Choose to place it complete", column="strata")
    if outcomes.get("subgroups"):
        what = "No groups are looked at apart when some start later than others"
        yield Problem(what, "Take them out", column="outcomes")
    if answers["risks"]["looks"]:
        what = "There is no rule for looks for harm when some start later than others"
        mend = "Make them 0. The safety person can stop the trial at any time"
        yield Problem(what, mend, column="risks")
    if answers["dates"]["recorded"] == "afterwards":
        what = "Steps are drawn here, so the trial cannot be recorded afterwards"
        yield Problem(what, "Leave the steps out", column="dates")
    placed = answers["size"]["clusters_per_arm"] * len(answers["dates"]["steps"])
    if problem := too_many(placed, answers["unit"]["placed_plural"]):
        yield problem.at(column="size")
    yield from _names(answers)


def too_many(placed: int, plural: str) -> Problem | None:
    """Return what is wrong with so many to place: the analysis could not take them all."""
    if placed <= MOST_CLUSTERS:
        return None
    what = f"{placed:,} {plural} are too many to start in steps, the most is {MOST_CLUSTERS}"
    return Problem(what, "Place larger groups, like areas, or use two groups without steps")


def _names(answers: Mapping[str, Mapping[str, Any]]) -> Iterator[Problem]:
    """No other column has the name of a term of the model."""
    unit = answers["unit"]
    terms = [PERIOD, *([unit["placed"]] if unit["clustered"] else [])]
    known = [column["name"] for column in answers["outcomes"]["covariates"]]
    for question, names in (("outcomes", known), ("strata", answers["strata"]["by"])):
        for name in names:
            if name in terms:
                what = f"“{name}” is a term of the analysis of a stepped start already"
                yield Problem(what, "Take the column out, or rename it", column=question)


def analysis_words(protocol: Protocol) -> list[str]:
    """Say the planned analysis of a stepped start, a sentence a choice."""
    unit, primary, arms = protocol.unit, protocol.outcomes.primary, protocol.arms
    started = arms.name(arms.comparisons[0])
    said = [
        f"Every {unit.row} counts from the first day its {unit.placed} drew, whatever it received "
        "(intention to treat).",
        f"The main outcome is “{primary.name}”, measured {len(protocol.dates.waves)} times. "
        f"{started}, from that day on, is compared with {arms.control.name} before it.",
        f"A straight-line model (least squares) has a term for each {unit.placed} and each time "
        f"of measuring: every {unit.placed} is compared with itself, and with those that still "
        "wait. Its ranges are sound in small trials (CR2 with Satterthwaite degrees of freedom).",
        "It finds one difference for all the time since the start. If that grows or fades, it is "
        "an average.",
    ]
    if unit.clustered:
        said.append(counted_words(unit))
    if protocol.outcomes.covariates:
        names = ", ".join(column.name for column in protocol.outcomes.covariates)
        said.append(f"It also takes into account what was known before the start: {names}.")
    within = f", within each {' and '.join(protocol.strata.by)}" if protocol.strata.by else ""
    said += [
        f"A second answer comes from drawing again which {unit.placed} starts when{within}, in "
        "every order there is or 10,000 of them (re-randomisation).",
        "Missing outcomes are left out and counted. The cost of one outcome is not worked out.",
        "Harms watched and other outcomes are analysed in the same way. They never become the "
        "headline.",
    ]
    return said


def counted_words(unit: Units) -> str:
    """Say that it is what was placed that the uncertainty counts."""
    return (
        f"Whole {unit.placed_plural} are placed, so it is {unit.placed_plural} that the "
        f"uncertainty counts, not {unit.measured_plural}."
    )
