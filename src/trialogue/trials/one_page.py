"""A plan on one page for elected members: what no single answer says by itself."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from trialogue.methods.verdicts import long_date, money
from trialogue.trials.planned_power import Panel
from trialogue.trials.protocol import in_all

Plan = Mapping[str, Mapping[str, Any]]


def groups_words(plan: Plan) -> list[str]:
    """Say what each group gets, and what it costs above nothing."""
    if "arms" not in plan:
        return []
    per = plan["arms"]["cost_per"]
    said = []
    for arm in plan["arms"]["list"]:
        words = arm["name"]
        if arm["description"] and arm["description"] != arm["name"]:
            words = f"{words}. {arm['description'].rstrip('.')}"
        if arm["cost_pence"]:
            words = f"{words} ({money(arm['cost_pence'] / 100)} for each {per})"
        said.append(words)
    return said


def small_words(plan: Plan, panel: Panel) -> list[str]:
    """Say how few take part, what so few can find, and what everybody else gets."""
    if not {"arms", "unit", "size"} <= set(plan):
        return []
    unit, each = plan["unit"], plan["size"]["clusters_per_arm"]
    if steps := plan.get("dates", {}).get("steps"):
        how = (
            f"{round(each * len(steps)):,} {unit['placed_plural']} take part, and start in "
            f"{len(steps)} steps. Chance decides which starts when, so that those who still wait "
            "show what would have happened anyway."
        )
    else:
        shares = [arm["share"] for arm in plan["arms"]["list"]]
        total = in_all(each, shares)
        how = (
            f"{total:,} {unit['placed_plural']} take part, in {len(shares)} groups. "
            "Chance decides which group each is in, so that the groups are alike and the "
            "difference is fair."
        )
    return [
        how,
        *panel.sentences[:1],
        "Everywhere else the usual service stays as it is until we know.",
    ]


def dates_words(plan: Plan) -> str:
    """Say from when to when it runs."""
    if "dates" not in plan:
        return ""
    start, end = (date.fromisoformat(plan["dates"][name]) for name in ("start", "end"))
    return f"{long_date(start)} to {long_date(end)}"
