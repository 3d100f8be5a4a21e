"""Who was counted where: the CONSORT flow as an ordered list."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from trialogue.methods.verdicts import NOT_KNOWN

Box = tuple[str, str]  # what, and how many


@dataclass(frozen=True)
class Branch:
    """What became of one group."""

    name: str
    boxes: tuple[Box, ...]


@dataclass(frozen=True)
class Flow:
    """Everybody together, then each group. `note` says what is counted, where it is not people."""

    together: tuple[Box, ...]
    branches: tuple[Branch, ...]
    note: str = ""


def flow(numbers: Sequence[Mapping[str, Any]], names: Mapping[str, str], *, drawn: bool) -> Flow:
    """Return the flow of a result; `drawn` by chance here or elsewhere."""
    placed = sum(arm["allocated"] for arm in numbers)
    together: list[Box] = []
    seen = [arm["assessed"] for arm in numbers]
    if None not in seen:
        assessed = max(sum(seen), placed)
        together.append(("Assessed", f"{assessed:,}"))
        if assessed > placed:
            together.append(("Left out before placing", f"{assessed - placed:,}"))
    together.append(("Placed by chance" if drawn else "Placed", f"{placed:,}"))
    return Flow(tuple(together), tuple(_branch(arm, names) for arm in numbers))


def stepped_flow(
    numbers: Sequence[Mapping[str, Any]], names: Mapping[str, str], *, people: str, times: int
) -> Flow:
    """Return the flow of a stepped start, of measurements: all are measured before and after.

    `people`: what is measured, more than one; `times`: how often.
    """
    planned = sum(arm["allocated"] for arm in numbers)
    return Flow(
        (("Measurements planned", f"{planned:,}"),),
        tuple(
            Branch(
                names.get(arm["arm"], arm["arm"]),
                (
                    ("Planned", f"{arm['allocated']:,}"),
                    *_lost(arm["lost"]),
                    ("Analysed", f"{arm['analysed']:,}"),
                ),
            )
            for arm in numbers
        ),
        note=f"Chance decided who started when. The same {people} count in both groups, before "
        f"their first day and after it. These are measurements, at {times} times.",
    )


def _branch(arm: Mapping[str, Any], names: Mapping[str, str]) -> Branch:
    received = arm["received"]
    boxes = [
        ("Placed", f"{arm['allocated']:,}"),
        ("Received it", NOT_KNOWN if received is None else f"{received:,}"),
        *_lost(arm["lost"]),
        ("Analysed", f"{arm['analysed']:,}"),
    ]
    return Branch(names.get(arm["arm"], arm["arm"]), tuple(boxes))


def _lost(reasons: Sequence[Mapping[str, Any]]) -> list[Box]:
    """Say how many were lost, and why; where there is one reason, in one box."""
    each = [(f"Lost: {row['reason'].lower()}", f"{row['n']:,}") for row in reasons]
    if len(each) == 1:
        return each
    total = sum(row["n"] for row in reasons)
    return [("Lost", f"{total:,}" if total else "none"), *each]
