"""What an analysis document says of each group, as evidence that sentences and drawings read."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from trialogue.charts.chart import Chart
from trialogue.charts.effect import DRAWN, EffectRow, effect_chart
from trialogue.charts.icons import icon_arrays
from trialogue.evidence.wording import wording
from trialogue.methods.verdicts import (
    NOT_KNOWN,
    Evidence,
    Outcome,
    amount,
    amounts,
    difference_words,
    range_words,
)

Body = Mapping[str, Any]
SMALL = 1e-9  # δ of an outcome that has none: nothing on the page reads it


@dataclass(frozen=True)
class Line:
    """One group against control on one outcome, as a row of the table of outcomes."""

    outcome: str
    role: str
    group: str
    usual: str
    new: str
    difference: str
    likely: str


def evidence(document: Body, outcome: Body, arm: str, *, arms: int) -> Evidence:
    """Read one comparison of an analysis document."""
    row = next(row for row in document["effects"] if row["arm"] == arm)
    delta = outcome.get("smallest_change") or SMALL
    return Evidence(
        Outcome(outcome["kind"], outcome["direction"], delta),
        row["estimate"],
        row["ci_low"],
        row["ci_high"],
        df=row["df"],
        arms=arms,
    )


def level(document: Body, arm: str) -> float | None:
    """Return the mean of an arm."""
    found: float | None = next((a["mean"] for a in document["arms"] if a["arm"] == arm), None)
    return found


def charts(plan: Body, document: Body) -> tuple[Chart, ...]:
    """Draw the main outcome: the dots of every comparison, then 100 people of each."""
    primary = plan["outcomes"]["primary"]
    names = {arm["code"]: arm["name"] for arm in plan["arms"]["list"]}
    usual = level(document, control_of(plan))
    if usual is None:
        return ()
    shown = [
        (code, wording(plan, code), evidence(document, primary, code, arms=len(names)))
        for code in plan["arms"]["comparisons"]
    ]
    rows = [EffectRow(names[code], found, usual) for code, _, found in shown]
    drawn = [effect_chart(rows, shown[0][1], chart_id="effect")]
    for index, (_, words, found) in enumerate(shown[:DRAWN], start=1):
        icons = icon_arrays(found, words, usual=usual, chart_id=f"people-{index}", arm=index)
        drawn += [icons] if icons.svg else []
    return tuple(drawn)


def lines(plan: Body, outcome: Body, document: Body, *, role: str, levels: bool) -> list[Line]:
    """Return a row for each comparison; `levels` leaves out the differences."""
    usual = level(document, control_of(plan))
    names = {arm["code"]: arm["name"] for arm in plan["arms"]["list"]}
    found = []
    for code in plan["arms"]["comparisons"]:
        words = wording(plan, code, outcome)
        seen = evidence(document, outcome, code, arms=len(names))
        rounded = amounts(seen, usual=usual, unit=words.unit) if usual is not None else None
        if rounded is None:
            found.append(Line(outcome["name"], role, names[code], *(NOT_KNOWN,) * 4))
            continue
        per = f" in {rounded.per:,}" if outcome["kind"] == "binary" else ""
        likely = range_words(rounded) or NOT_KNOWN
        found.append(
            Line(
                outcome["name"],
                role,
                names[code],
                amount(rounded.usual, rounded.unit) + per,
                amount(rounded.new, rounded.unit) + per,
                "not said" if levels else difference_words(rounded) + per,
                "not said" if levels else likely,
            )
        )
    return found


def control_of(plan: Body) -> str:
    """Return the code of the group with usual service."""
    return str(next(arm["code"] for arm in plan["arms"]["list"] if arm["control"]))
