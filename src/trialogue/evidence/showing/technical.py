"""The page for statisticians: every number of the analysis, and how to check the draw."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from trialogue.evidence.queries import Whole
from trialogue.evidence.redrawing import verify_command

Facts = tuple[tuple[str, str, str], ...]
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
    "guardrail_columns": ("Outcome", "Arm", "Limit", "Estimate", "95% CI", "Crossed"),
}  # fmt: skip


@dataclass(frozen=True)
class Analysis:
    """One analysis document as tables."""

    title: str
    planned: bool
    rows: tuple[tuple[str, ...], ...]
    arms: tuple[tuple[str, ...], ...]
    balance: tuple[tuple[str, ...], ...]
    missing: tuple[tuple[str, ...], ...]
    facts: Facts
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Technical:
    """All that the page for statisticians shows."""

    analyses: tuple[Analysis, ...]
    guardrails: tuple[tuple[str, ...], ...]
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
        guardrails=tuple(_guardrails(whole, result)) if result else (),
        rule=tuple(_rule(whole)),
        draw=tuple(_draw(whole, result)),
        command=command(whole),
        seed=seed_of(whole) or "",
        cluster=cluster_of(whole),
        published=published(whole),
    )


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
        "arms": [[arm["code"], arm["share"]] for arm in whole.plan["arms"]["list"]],
        "method": strata["method"],
        "block": strata["block"],
        "strata": strata["by"],
    }
    commitment = whole.registration.body["allocation"]["commitment"]
    list_hash = fixed.body["list_hash"] if fixed else None
    return json.dumps({"design": design, "commitment": commitment, "listHash": list_hash})


def _analyses(whole: Whole, result: Mapping[str, Any]) -> Iterator[Analysis]:
    primary = whole.plan["outcomes"]["primary"]["name"]
    yield _analysis(f"{primary} (primary)", result["effects"], whole.arms)
    for row in result["secondary"]:
        yield _analysis(f"{row['name']} (secondary)", row["document"], whole.arms)
    for row in result["not_planned"]:
        yield _analysis(row["title"], row["document"], whole.arms, planned=False)


def _analysis(
    title: str, document: Mapping[str, Any], names: Mapping[str, str], *, planned: bool = True
) -> Analysis:
    return Analysis(
        title=title,
        planned=planned,
        rows=tuple(_effect(row, names) for row in document["effects"]),
        arms=tuple(_arm(row, names, document.get("missing") or {}) for row in document["arms"]),
        balance=tuple(
            (names.get(r["arm"], r["arm"]), r["covariate"], figure(r["standardised_difference"]))
            for r in document.get("balance") or ()
        ),
        missing=tuple(_missing(row, names) for row in document.get("sensitivity") or ()),
        facts=tuple(_facts(document)),
        notes=tuple(document.get("notes") or ()),
    )


def _effect(row: Mapping[str, Any], names: Mapping[str, str]) -> tuple[str, ...]:
    ratio = figure(row.get("ratio"))
    if row.get("ratio_low") is not None:
        ratio = f"{ratio} ({figure(row['ratio_low'])} to {figure(row['ratio_high'])})"
    return (
        names.get(row["arm"], row["arm"]),
        figure(row["estimate"]),
        figure(row["se"]),
        figure(row["df"]),
        f"{figure(row['ci_low'])} to {figure(row['ci_high'])}",
        chance(row["p"]),
        chance(row["p_adjusted"]),
        chance(row["p_permutation"]),
        ratio,
    )


def _arm(
    row: Mapping[str, Any], names: Mapping[str, str], missing: Mapping[str, int]
) -> tuple[str, ...]:
    return (
        names.get(row["arm"], row["arm"]),
        figure(row["n"]),
        "one by one" if row["clusters"] is None else figure(row["clusters"]),
        figure(row["mean"]),
        figure(row["sd"]),
        figure(missing.get(row["arm"])),
    )


def _missing(row: Mapping[str, Any], names: Mapping[str, str]) -> tuple[str, ...]:
    return (
        names.get(row["arm"], row["arm"]),
        figure(row["extreme_low"]),
        figure(row["extreme_high"]),
        f"{figure(row['lee_low'])} to {figure(row['lee_high'])}",
        figure(row["lee_trim"]),
        figure(row["lee_k"]),
    )


def _facts(document: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    yield "Method", str(document["method"]), ""
    yield "Kind of outcome", str(document.get("kind", "not known")), ""
    joint = document.get("joint")
    if joint:
        df = f"{figure(joint['df1'])}, {figure(joint['df2'])}"
        yield "Joint test (HTZ)", f"F({df}) = {figure(joint['f'])}, p {chance(joint['p'])}", ""
    yield "Intracluster correlation", figure(document.get("icc")), ""
    drawn = document.get("permutation")
    if drawn:
        how = "every allocation" if drawn["exact"] else f"{drawn['draws']:,} re-draws"
        seed = f", seed {drawn['seed']}" if drawn["seed"] else ""
        yield "Re-randomisation", f"{how}, statistic {drawn['statistic']}{seed}", ""
    yield "Sample ratio, p", chance(document.get("sample_ratio_p")), ""
    if document.get("covariates"):
        yield "Covariates", ", ".join(document["covariates"]), ""


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


def figure(value: float | int | None) -> str:
    """Write a number to five figures."""
    if value is None:
        return "not known"
    if isinstance(value, str):
        return value
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:,.5g}".replace("-", "−")


def chance(value: float | None) -> str:
    """Write a p to four decimals, or as less than the smallest."""
    if value is None:
        return "not known"
    return "< 0.0001" if value < 0.0001 else f"{value:.4f}"
