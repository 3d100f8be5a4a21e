"""Turns a starter plan of the catalogue into answers to the questions of a plan."""

import re
from collections.abc import Mapping
from typing import Any

from trialogue.methods.arrays import coded_name

Row = Mapping[str, Any]

# Words that do not take an -s.
_PLURALS = {"person": "people", "household": "households", "pharmacy": "pharmacies"}


def answers_of(plan: Row, measures: Mapping[str, Row]) -> dict[str, dict[str, Any]]:
    """Return a body for each question that needs nothing of the council.

    Left out are `dates` and `team`, whose days and contact only the council knows.
    """
    return {
        "question": dict(plan["question"]),
        "arms": _arms(plan),
        "unit": _unit(plan),
        "strata": _strata(plan),
        "outcomes": _outcomes(plan, measures),
        "size": _size(plan["size"]),
        "people": dict(plan["people"]),
        "delivery": {
            name: plan["delivery"][name]
            for name in ("what", "who", "where", "how_often", "how_long", "tailoring")
        },
        "decision": _decision(plan["decision"]),
        "risks": _risks(plan["risks"]),
        "data_protection": _data_protection(plan["data_protection"]),
    }


def plural(word: str) -> str:
    """Return the word for several."""
    return _PLURALS.get(word, f"{word}s")


def _arms(plan: Row) -> dict[str, Any]:
    arms = plan["arms"]
    return {
        "usual_practice": arms["usual_practice"],
        "cost_per": arms["cost_per"],
        "list": [
            {
                "code": arm["code"],
                "name": arm["name"],
                "description": "",
                "control": arm["control"],
                "share": arm["share"],
                "cost_pence": round(arm["cost_pounds"] * 100),
            }
            for arm in arms["list"]
        ],
        "comparisons": [arm["code"] for arm in arms["list"] if not arm["control"]],
        "correction": plan["analysis"]["correction"],
    }


def _unit(plan: Row) -> dict[str, Any]:
    unit = plan["unit"]
    return {
        "placed": unit["placed"],
        "placed_plural": plural(unit["placed"]),
        "measured": unit["measured"],
        "measured_plural": plural(unit["measured"]),
        "clustered": plan["size"]["cluster_size"] > 1,
        "eligibility": unit["eligibility"],
        "setting": unit["setting"],
        "service": plan["services"][0],
        "gss_code": "",
    }


def _strata(plan: Row) -> dict[str, Any]:
    blocked = plan["strata"]["allocation"].startswith("blocked")
    shares = sum(arm["share"] for arm in plan["arms"]["list"])
    return {
        "by": list(plan["strata"]["by"]),
        "method": "blocked" if blocked else "complete",
        "block": 2 * shares if blocked else 0,
        "drawn_by": "",
        "drawn_how": "",
        "blocks": "",
    }


def _outcomes(plan: Row, measures: Mapping[str, Row]) -> dict[str, Any]:
    primary = plan["outcomes"]["primary"]
    told = re.search(r"--covariates (\S+)", plan["analysis"]["command"])
    covariates = told.group(1).split(",") if told else []
    return {
        "primary": {
            "code": primary["code"],
            "name": measures[primary["code"]]["name"],
            "kind": primary["kind"],
            "unit": primary["unit"],
            "direction": primary["direction"],
            "when": primary["when"],
            "source": primary["source"],
            "smallest_change": abs(primary["smallest_change"]),
            "judged_blind": "not know the group" in primary["source"],
            **_range(measures[primary["code"]]),
        },
        "secondary": [
            {
                **{
                    name: measures[code][name]
                    for name in ("code", "name", "kind", "unit", "direction", "when", "source")
                },
                **_range(measures[code]),
            }
            for code in plan["outcomes"]["secondary"]
        ],
        "guardrails": [
            {
                **{
                    name: measures[harm["code"]][name]
                    for name in ("code", "name", "kind", "unit", "direction")
                },
                "limit": harm["limit"],
                **_range(measures[harm["code"]]),
            }
            for harm in plan["outcomes"]["guardrails"]
        ],
        "covariates": [
            {"name": name, "category": codes} for name, codes in map(coded_name, covariates)
        ],
    }


def _range(measure: Row) -> dict[str, float]:
    """Return the ends of a scale that has any."""
    ends = {name: measure[name] for name in ("lowest", "highest")}
    return {name: end for name, end in ends.items() if end is not None}


def _size(size: Row) -> dict[str, Any]:
    return {
        "baseline": size["baseline"],
        "effect": size["effect"],
        "sd": size.get("sd"),
        "icc": size.get("icc"),
        "icc_source": size.get("icc_source") or "",
        "between_cv": size.get("between_cv"),
        "clusters_per_arm": size["clusters_per_arm"],
        "cluster_size": size["cluster_size"],
        "cluster_size_cv": size.get("cluster_size_cv") or 0,
        "r2": size.get("r2") or 0,
        "lost_allowed": size.get("lost_allowed") or 0,
    }


def _decision(decision: Row) -> dict[str, Any]:
    return {
        "who": decision["who"],
        "worked": decision["worked"],
        "helped": decision["helped_but_less_than_hoped"],
        "no_difference": decision["made_no_real_difference"],
        "worse": decision["made_things_worse"],
        "too_small": decision["too_small_to_tell"],
    }


def _risks(risks: Row) -> dict[str, Any]:
    return {
        "risks": "\n".join(risks["risks"]),
        "stopping": "\n".join(risks["stopping"]),
        "looks": 2 if "two thirds" in str(risks["looks"]) else 0,
        "safety_person": risks["safety_person"],
        "equality": risks["equality"],
        "ethics": risks["ethics"],
    }


def _data_protection(kept: Row) -> dict[str, Any]:
    return {
        "basis": kept["basis"],
        "what": f"{', '.join(kept['what'])}. {kept['not_kept']}",
        "how_long": kept["how_long"],
        "assessment": kept["impact_assessment"],
    }
