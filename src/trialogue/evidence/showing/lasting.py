"""Did it last? What a result says of each time of measuring, in words and as a table."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from trialogue.evidence.showing.effects import lines

Body = Mapping[str, Any]


@dataclass(frozen=True)
class Lasted:
    """Whether it lasted, a sentence a group, and the main outcome at each time, first to last."""

    sentences: tuple[str, ...]
    waves: tuple[tuple[str, ...], ...]
    columns: tuple[str, ...] = (
        "Measured", "Group", "Usual service", "The new one", "Difference", "Likely",
    )  # fmt: skip


def lasted(plan: Body, result: Body) -> Lasted | None:
    """Return what a result says of lasting; None where it was measured once."""
    found = result.get("lasting")
    if not found:
        return None
    if "note" in found:
        return Lasted((found["note"],), ())
    names = {arm["code"]: arm["name"] for arm in plan["arms"]["list"]}
    several = len(found["lasting"]) > 1
    primary = plan["outcomes"]["primary"]
    return Lasted(
        tuple(
            f"{names[each['arm']]}: {each['sentence']}" if several else each["sentence"]
            for each in found["lasting"]
        ),
        tuple(
            (wave["name"], line.group, line.usual, line.new, line.difference, line.likely)
            for wave in found["waves"]
            for line in lines(plan, primary, wave["document"], role="", levels=False)
        ),
    )
