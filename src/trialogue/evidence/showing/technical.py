"""The page for statisticians: every number of the analysis, and how to check the draw."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from trialogue.charts.chart import Chart
from trialogue.charts.worth import acceptability
from trialogue.evidence.groups import groups_of
from trialogue.evidence.queries import Whole, costs_shown
from trialogue.evidence.redrawing import verify_command
from trialogue.evidence.showing.analyses import Analysis, Facts, analysis_tables, chance, figure

TABLES = {
    "columns": (
        "Arm", "Estimate", "SE", "df", "95% CI", "p", "p adjusted", "p permutation", "Ratio",
    ),
    "arm_columns": ("Arm", "n", "Clusters", "Mean", "SD", "Missing"),
    "balance_columns": ("Arm", "Covariate", "Standardised difference"),
    "missing_columns": (
        "Arm", "Lowest estimate", "Highest estimate", "Lee bounds", "Share trimmed",
        "Outcomes trimmed",
    ),
    "subgroup_columns": (
        "Subgroup", "Arm", "Level", "Against", "More effect", "SE", "df", "95% CI", "p of all",
        "p adjusted",
    ),
    "complier_columns": ("Arm", "More got it", "95% CI", "Effect for those who did", "95% CI"),
    "guardrail_columns": ("Outcome", "Arm", "Limit", "Estimate", "95% CI", "Crossed"),
}  # fmt: skip


@dataclass(frozen=True)
class Technical:
    """All that the page for statisticians shows."""

    analyses: tuple[Analysis, ...]
    subgroups: tuple[tuple[str, ...], ...]
    guardrails: tuple[tuple[str, ...], ...]
    worth: tuple[Chart, ...]
    rule: Facts
    draw: Facts
    command: str
    seed: str
    cluster: str
    published: str


def technical(whole: Whole) -> Technical:
    """Make the page for statisticians from the events of a trial."""
    result = whole.result.body if whole.result else None
    return Technical(
        analyses=tuple(_analyses(whole, result)) if result else (),
        subgroups=tuple(_subgroups(whole, result)) if result else (),
        guardrails=tuple(_guardrails(whole, result)) if result else (),
        worth=tuple(_worth(whole)),
        rule=tuple(_rule(whole)),
        draw=tuple(_draw(whole, result)),
        command=command(whole),
        seed=seed_of(whole) or "",
        cluster=cluster_of(whole),
        published=published(whole),
    )


def _worth(whole: Whole) -> Iterator[Chart]:
    arms = costs_shown(whole).worth
    for number, arm in enumerate(arms, 1):
        drawn = acceptability(
            arm.curve, outcome=arm.outcome, unit=arm.unit, chart_id=f"worth-{number}"
        )
        yield replace(drawn, title=f"{drawn.title}: {arm.arm}") if len(arms) > 1 else drawn


def seed_of(whole: Whole) -> str | None:
    """Return the seed once it is revealed: with the result, or when the trial stopped."""
    for entry in (whole.result, whole.stopped):
        if entry and entry.body.get("seed"):
            return str(entry.body["seed"])
    return None


def cluster_of(whole: Whole) -> str:
    """Return the column of what was placed, where several are measured in each."""
    unit = whole.plan["unit"]
    return str(unit["placed"]) if unit["clustered"] else ""


def command(whole: Whole) -> str:
    """Return the command that draws again; empty for a trial that was placed elsewhere."""
    files = "units.csv allocation.csv"
    return verify_command(whole.plan, files=files, seed=seed_of(whole) or "")


def published(whole: Whole) -> str:
    """Return what a draw is checked against, as JSON; empty for who was placed elsewhere."""
    strata, fixed = whole.plan["strata"], whole.units_list
    if strata["method"] == "elsewhere":
        return ""
    design = {
        "arms": [[group.code, group.share] for group in groups_of(whole.plan)],
        "method": strata["method"],
        "block": strata["block"],
        "strata": strata["by"],
    }
    commitment = whole.registration.body["allocation"]["commitment"]
    list_hash = fixed.body["list_hash"] if fixed else None
    return json.dumps({"design": design, "commitment": commitment, "listHash": list_hash})


def _analyses(whole: Whole, result: Mapping[str, Any]) -> Iterator[Analysis]:
    primary = whole.plan["outcomes"]["primary"]["name"]
    yield analysis_tables(f"{primary} (primary)", result["effects"], whole.arms)
    yield from _waves(whole, result, primary)
    for row in result["secondary"]:
        yield analysis_tables(f"{row['name']} (secondary)", row["document"], whole.arms)
    for row in result["not_planned"]:
        yield analysis_tables(row["title"], row["document"], whole.arms, planned=False)


def _waves(whole: Whole, result: Mapping[str, Any], primary: str) -> Iterator[Analysis]:
    """The main outcome at the waves before the last, and how far it moved."""
    found = result.get("lasting", {})
    waves = found.get("waves", ())
    for wave in waves[:-1]:
        yield analysis_tables(f"{primary} at {wave['name']}", wave["document"], whole.arms)
    if waves:
        title = f"{primary}: how far it moved from {waves[0]['name']} to {waves[-1]['name']}"
        yield analysis_tables(title, found["change"], whole.arms)


def _subgroups(whole: Whole, result: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    for subgroup in result["subgroups"]:
        for row in subgroup["interactions"]:
            yield (
                subgroup["column"],
                whole.arms.get(row["arm"], row["arm"]),
                row["level"],
                row["against"],
                figure(row["estimate"]),
                figure(row["se"]),
                figure(row["df"]),
                f"{figure(row['ci_low'])} to {figure(row['ci_high'])}",
                chance(subgroup["p"]),
                chance(subgroup["p_adjusted"]),
            )


def _guardrails(whole: Whole, result: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    for harm in result["guardrails"]:
        for arm in harm["arms"]:
            yield (
                harm["name"],
                whole.arms.get(arm["arm"], arm["arm"]),
                figure(harm["limit"]),
                figure(arm["estimate"]),
                f"{figure(arm['ci_low'])} to {figure(arm['ci_high'])}",
                "yes" if arm["crossed"] else "no",
            )


def _rule(whole: Whole) -> Iterator[tuple[str, str, str]]:
    for name, value in whole.registration.body["analysis"]["rule"].items():
        if isinstance(value, dict):
            said = ", ".join(f"{key} {item}" for key, item in value.items())
        elif isinstance(value, list):
            said = ", ".join(str(item) for item in value)
        else:
            said = str(value)
        yield name, said or "none", ""


def _draw(whole: Whole, result: Mapping[str, Any] | None) -> Iterator[tuple[str, str, str]]:
    allocation = whole.registration.body["allocation"]
    if allocation["elsewhere"]:
        elsewhere = allocation["elsewhere"]
        yield "Drawn outside", f"By {elsewhere['by']}. {elsewhere['how']}", ""
    else:
        yield "Commitment to the seed", allocation["commitment"], ""
        yield "Seed", seed_of(whole) or "kept until the trial ends", ""
    fixed = whole.units_list
    if fixed:
        clusters = fixed.body["clusters"]
        within = f" in {clusters:,} clusters" if clusters else ""
        yield "Units in the list", f"{fixed.body['units']:,}{within}", ""
        yield "List hash", fixed.body["list_hash"], ""
    if whole.started:
        yield "Method of allocation", whole.started.body["method"], ""
    if result:
        yield "Data hash", result["data_hash"], ""
        yield "Version of the software", result["code_version"], ""
        yield "Version of the rules", str(result["rule_version"]), ""
