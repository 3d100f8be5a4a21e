"""The axis of effects: which way is better, and in what unit."""

from trialogue.charts.svg import WIDTH, Axis, line, write
from trialogue.methods.verdicts import Outcome, Wording


def side(outcome: Outcome, *, more: bool) -> str:
    """Name a side of no change: more, or less (fewer of what is counted)."""
    if more:
        return "more"
    return "less" if outcome.kind == "continuous" else "fewer"


def unit_words(per: int, outcome: Outcome, wording: Wording) -> str:
    """Say what an effect is counted in: in 100, for each household, (minutes)."""
    if outcome.kind == "continuous":
        return f"({wording.unit})" if wording.unit else ""
    return f"for each {wording.person}" if per == 1 else f"in {per:,}"


def under_axis(axis: Axis, y: float, outcome: Outcome, unit: str) -> list[str]:
    """Write the numbers under the axis, and which way is better."""
    body = []
    for tick in axis.ticks():
        x = axis.at(tick)
        body += [line(x, y, x, y + 7), write(f"{abs(tick):,g}", x, y + 26, anchor="middle")]
    ways = ["better", "worse"] if outcome.direction == "lower" else ["worse", "better"]
    less, more = side(outcome, more=False), "more"
    body.append(write(f"← {less} {unit}".strip(), 8, y + 52))
    body.append(write(f"{f'{more} {unit}'.strip()} →", WIDTH - 8, y + 52, anchor="end"))
    body.append(write(f"({ways[0]})", 8, y + 74))
    body.append(write(f"({ways[1]})", WIDTH - 8, y + 74, anchor="end"))
    return body
