"""From the analysis to what it means: verdicts, strength, harms watched and costs, by rule."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import inf
from typing import Any

from trialogue.evidence import queries as register
from trialogue.evidence.wording import wording
from trialogue.methods import costs, power, verdicts
from trialogue.methods.effects import ArmCost
from trialogue.methods.problems import InputError
from trialogue.methods.verdicts import Share, VerdictCode
from trialogue.methods.verdicts.small_numbers import SMALLEST_ARM
from trialogue.trials.protocol import Outcome, Protocol

ALPHA = 0.05


@dataclass(frozen=True)
class Facts:
    """What the verdict and its strength rest on, besides the analysis.

    `contaminated` says in words how groups mixed, if they did. Only trials that ran to their end
    are analysed.
    """

    delivered: Share | None = None
    contaminated: str = ""
    changed_after_data: bool = False


def judged(protocol: Protocol, document: Mapping[str, Any], facts: Facts) -> list[dict[str, Any]]:
    """Return the verdict of each comparison that counts, in the registered order."""
    primary = protocol.outcomes.primary
    level = strength_of(protocol, document, facts).level
    said = []
    for code in protocol.arms.comparisons:
        evidence = evidence_of(protocol, primary, document, code, facts)
        words = wording(protocol.plan, code)
        found = verdicts.verdict(evidence)
        more = _more_needed(protocol, document, code)
        more = more if found.code == VerdictCode.TOO_SMALL else None
        said.append(
            {
                "arm": code,
                "code": found.code.value,
                "words": found.words,
                "sentence": verdicts.standard_sentence(
                    evidence,
                    words,
                    usual=_mean(document, protocol.arms.control.code),
                    strength=level,
                ),
                "verdict_sentence": verdicts.verdict_sentence(
                    evidence,
                    words,
                    more_needed=more,
                    reason=facts.contaminated,
                ),
                "clearly_worthwhile": found.clearly_worthwhile,
                "more_needed": more if more is None else max(0, more),
                "reason": _broken(found, facts),
            }
        )
    return said


def evidence_of(
    protocol: Protocol, outcome: Outcome, document: Mapping[str, Any], arm: str, facts: Facts
) -> verdicts.Evidence:
    """Return what one comparison found, for the verdict rule."""
    row = next(row for row in document["effects"] if row["arm"] == arm)
    missing = sum(document["missing"].values())
    measured = sum(each["n"] for each in document["arms"])
    clusters = [each["clusters"] for each in document["arms"]]
    df = row["df"]
    return verdicts.Evidence(
        outcome=verdicts.Outcome(
            outcome.kind, outcome.direction, outcome.smallest_change or outcome.limit
        ),
        estimate=row["estimate"],
        ci_low=row["ci_low"],
        ci_high=row["ci_high"],
        p=row["p"],
        p_adjusted=row["p_adjusted"],
        p_permutation=row["p_permutation"],
        df=df if df is not None or row["se"] is None else inf,
        alpha=ALPHA,
        arms=len(document["arms"]),
        validity=verdicts.Validity(
            missing=Share(missing, missing + measured),
            contaminated=bool(facts.contaminated),
            clusters=_placed(protocol, clusters),
        ),
    )


def _placed(protocol: Protocol, clusters: list[int | None]) -> int | None:
    """Return how many clusters were placed; those of a stepped start are in both arms."""
    known = [each for each in clusters if each is not None]
    if len(known) < len(clusters):
        return None
    return max(known) if protocol.stepped else sum(known)


def strength_of(
    protocol: Protocol, document: Mapping[str, Any], facts: Facts
) -> verdicts.Strength:
    """Return how sure we are of the first comparison, by rule."""
    primary = protocol.outcomes.primary
    first = protocol.arms.comparisons[0]
    row = next(row for row in document["effects"] if row["arm"] == first)
    low, high = row["ci_low"], row["ci_high"]
    clusters = [each["clusters"] for each in document["arms"]]
    lost = tuple(
        Share(document["missing"][each["arm"]], document["missing"][each["arm"]] + each["n"])
        for each in document["arms"]
    )
    return verdicts.strength(
        verdicts.StrengthFacts(
            smallest_change=primary.smallest_change,
            registered_before_start=not protocol.dates.afterwards
            or bool(protocol.dates.registered_elsewhere),
            changed_after_data=facts.changed_after_data,
            lost=lost,
            clusters_per_arm=tuple(clusters) if None not in clusters else (),
            judged_by_people_who_knew=not primary.judged_blind,
            delivered=facts.delivered,
            range_width=None if low is None or high is None else high - low,
        )
    )


def strength_document(strength: verdicts.Strength) -> dict[str, Any]:
    """Return the strength as the record has it."""
    return {
        "word": strength.level.value,
        "start": strength.start.value,
        "reasons": [f"{step[0].upper()}{step[1:]}." for step in strength.steps],
    }


def guardrails_judged(
    protocol: Protocol, documents: Mapping[str, Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Say of each harm watched whether it went beyond its limit, in each group that counts."""
    said = []
    for harm in protocol.outcomes.guardrails:
        rows = {row["arm"]: row for row in documents.get(harm.code, {}).get("effects", [])}
        # A harm's direction is the way that is better; towards harm is the other way.
        worse: verdicts.Direction = "lower" if harm.direction == "higher" else "higher"
        arms = []
        for code in protocol.arms.comparisons:
            row = rows.get(code, {})
            estimate = row.get("estimate")
            crossed = estimate is not None and verdicts.guardrail_broken(
                estimate, limit=harm.limit, worse=worse
            )
            arms.append(
                {
                    "arm": code,
                    "estimate": estimate,
                    "ci_low": row.get("ci_low"),
                    "ci_high": row.get("ci_high"),
                    "crossed": crossed,
                    "sentence": _harm_sentence(harm, estimate, crossed, worse),
                }
            )
        said.append({"code": harm.code, "name": harm.name, "limit": harm.limit, "arms": arms})
    return said


def _harm_sentence(
    harm: Outcome, estimate: float | None, crossed: bool, worse: verdicts.Direction
) -> str:
    if estimate is None:
        return f"{harm.name}: not known."
    if crossed:
        return verdicts.guardrail_banner(harm.name.lower(), rose=worse == "higher")
    return f"{harm.name} stayed within the limit set before the start."


def cost_sentences(protocol: Protocol, document: Mapping[str, Any]) -> list[str]:
    """Say what one more outcome cost, where that may honestly be said.

    The effects beside the costs are positive where they helped.
    """
    primary = protocol.outcomes.primary
    said = []
    for row in document["costs"]:
        if row["arm"] not in protocol.arms.comparisons:
            continue
        values = {key: value for key, value in row.items() if key != "net_benefit"}
        gained = primary.name[0].lower() + primary.name[1:]
        spared = f"“{gained}”" if primary.direction == "higher" else f"“{gained}” avoided"
        sentence = costs.cost_sentence(
            ArmCost(**values), unit=protocol.arms.cost_per, outcome=spared, outcomes=spared
        )
        several = len(protocol.arms.comparisons) > 1
        said.append(f"{protocol.arms.name(row['arm'])}: {sentence}" if several else sentence)
    return said


def deviations_found(
    protocol: Protocol,
    document: Mapping[str, Any],
    *,
    started_on: date,
    measured: Mapping[str, int],
) -> list[dict[str, str]]:
    """Compare what was done with what was registered; return item, planned and done in words.

    `measured` counts by outcome the units that have a value.
    """
    size, dates, unit = protocol.plan["size"], protocol.dates, protocol.unit
    found = []
    # The draw of a stepped start comes before the first measuring, long before the first day.
    if not dates.afterwards and not protocol.stepped and abs((started_on - dates.start).days) > 7:
        found.append(_deviation("Start", dates.start.isoformat(), started_on.isoformat()))
    for arm in document["arms"]:
        planned = protocol.planned_in(arm["arm"])
        if arm["n"] < planned * (1 - size["lost_allowed"]):
            name = protocol.arms.name(arm["arm"])
            what = f"{unit.rows} measured with “{name}”"
            found.append(_deviation(f"Number of {what}", f"{planned:.0f}", str(arm["n"])))
    for outcome in protocol.outcomes.all:
        if not measured.get(outcome.code):
            found.append(_deviation(f"Measuring “{outcome.name}”", "Measured", "Not measured"))
    missing, placed = _missing(document)
    if placed and missing / placed > size["lost_allowed"]:
        item = "Share without the main outcome"
        allowed = f"At most {100 * size['lost_allowed']:.0f}%"
        found.append(_deviation(item, allowed, verdicts.share(Share(missing, placed))))
    return found


def small_cells(protocol: Protocol, rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Say which counts of the table are too small to publish as they are."""
    said = []
    for outcome in protocol.outcomes.all:
        mine = [row for row in rows if row["outcome"] == outcome.code]
        if outcome.kind == "binary":
            measure = register.outcome_measure(outcome.code)
            counts = {
                row["arm"]: Share(row["events"] or 0, row["measured"])
                for row in mine
                if row["measured"]
            }
            threshold = measure.small_number_threshold if measure else verdicts.THRESHOLD
            cells = verdicts.protected_cells(counts, threshold=threshold)
            found = [(cell.arm, f"{cell.count} {cell.what}") for cell in cells]
        else:
            found = [
                (row["arm"], f"{row['measured']} measured")
                for row in mine
                if 0 < row["measured"] < SMALLEST_ARM
            ]
        said += [f"{outcome.name}, {protocol.arms.name(arm)}: {what}" for arm, what in found]
    return said


def _deviation(item: str, planned: str, done: str) -> dict[str, str]:
    return {"item": item, "planned": planned, "done": done}


def _missing(document: Mapping[str, Any]) -> tuple[int, int]:
    missing = sum(document["missing"].values())
    return missing, missing + sum(arm["n"] for arm in document["arms"])


def _more_needed(protocol: Protocol, document: Mapping[str, Any], arm: str) -> int | None:
    """Return how many more rows an arm needs to find δ at what was observed; None if unknown."""
    rows = {row["arm"]: row for row in document["arms"]}
    control, mine = rows[protocol.arms.control.code], rows.get(arm)
    primary = protocol.outcomes.primary
    if mine is None or control["mean"] is None or protocol.stepped:
        return None
    size = control["n"] / control["clusters"] if control["clusters"] else 1.0
    sign = 1 if primary.direction == "higher" else -1
    try:
        found = power.power(
            power.Plan(
                kind=primary.kind,
                baseline=control["mean"],
                effect=sign * primary.smallest_change,
                sd=control["sd"] or 1.0 if primary.kind == "continuous" else 1.0,
                arms=len(document["arms"]),
                cluster_size=max(1.0, size),
                icc=max(0.0, document["icc"] or 0.0) if control["clusters"] else None,
                correction="holm" if len(rows) > 2 else "none",
            )
        )
    except InputError:
        return None
    if found.people_per_arm_needed is None:
        return None
    return found.people_per_arm_needed - int(min(control["n"], mine["n"]))


def _broken(found: verdicts.Verdict, facts: Facts) -> str:
    if found.code != VerdictCode.NOT_TESTED:
        return ""
    return facts.contaminated or " and ".join(found.reasons)


def _mean(document: Mapping[str, Any], arm: str) -> float:
    mean = next(row["mean"] for row in document["arms"] if row["arm"] == arm)
    return float(mean) if mean is not None else 0.0
