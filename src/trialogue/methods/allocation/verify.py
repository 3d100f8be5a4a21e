"""Was it drawn as it says?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from trialogue.methods.allocation.draw import Unit, draw, labels
from trialogue.methods.design import Design
from trialogue.methods.results import Result


@dataclass(frozen=True, repr=False)
class Difference(Result):
    """A unit whose arm is not the one drawn. `found` None: missing; `expected` None: unlisted."""

    id: str
    expected: str | None
    found: str | None


def differences(
    units: Sequence[Unit], found: Mapping[str, str], design: Design, seed: int
) -> list[Difference]:
    """Draw again and return every unit whose arm differs, in the list's order, then the unlisted.

    `found`: id -> arm, as the allocation file says. Raises InputError as `draw` does.
    """
    expected = dict(zip((unit.id for unit in units), draw(units, design, seed), strict=True))
    differ = [
        Difference(name, arm, found.get(name))
        for name, arm in expected.items()
        if found.get(name) != arm
    ]
    unlisted = [Difference(name, None, arm) for name, arm in found.items() if name not in expected]
    return differ + unlisted


def differs_only_by_order(
    units: Sequence[Unit], found: Mapping[str, str], design: Design, seed: int
) -> bool:
    """Whether a blocked draw is as found once the list stands in the order of `found`.

    A blocked draw depends on the order of the list, and a list is easily sorted by accident.
    """
    if design.method != "blocked" or {unit.id for unit in units} != found.keys():
        return False
    place = {name: index for index, name in enumerate(found)}
    reordered = sorted(units, key=lambda unit: place[unit.id])
    return not differences(reordered, found, design, seed)


def small_strata(units: Sequence[Unit], design: Design) -> tuple[int, int]:
    """Count the strata with fewer things to place than the ratio needs, and all strata."""
    sizes: dict[str, set[str]] = {}
    for unit, label in zip(units, labels(units), strict=True):
        sizes.setdefault(label, set()).add(unit.placed)
    small = sum(len(things) < design.ratio_total for things in sizes.values())
    return small, len(sizes)
