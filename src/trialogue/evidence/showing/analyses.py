"""An analysis document as the tables of the page for statisticians."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Facts = tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class Analysis:
    """One analysis document as tables."""

    title: str
    planned: bool
    rows: tuple[tuple[str, ...], ...]
    arms: tuple[tuple[str, ...], ...]
    balance: tuple[tuple[str, ...], ...]
    missing: tuple[tuple[str, ...], ...]
    compliers: tuple[tuple[str, ...], ...]
    facts: Facts
    notes: tuple[str, ...]


def analysis_tables(
    title: str, document: Mapping[str, Any], names: Mapping[str, str], *, planned: bool = True
) -> Analysis:
    """Return an analysis document as tables; `names` of the arms."""
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
        compliers=tuple(_complier(row, names) for row in document.get("compliers") or ()),
        facts=tuple(_facts(document)),
        notes=tuple(_notes(document)),
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


def _complier(row: Mapping[str, Any], names: Mapping[str, str]) -> tuple[str, ...]:
    return (
        names.get(row["arm"], row["arm"]),
        figure(row["received"]),
        f"{figure(row['received_low'])} to {figure(row['received_high'])}",
        figure(row["estimate"]),
        f"{figure(row['ci_low'])} to {figure(row['ci_high'])}",
    )


def _notes(document: Mapping[str, Any]) -> Iterator[str]:
    """What to know of an analysis; what rests on who got the service says so once."""
    yield from document.get("notes") or ()
    said = [note for row in document.get("compliers") or () for note in row["notes"]]
    yield from dict.fromkeys(said)


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
