"""Draws a published trial again, from its list, its allocation and its seed. Keeps nothing."""

from dataclasses import dataclass

from trialogue.evidence.groups import design_of
from trialogue.evidence.queries import Whole
from trialogue.methods import allocation
from trialogue.methods.allocation import Difference
from trialogue.methods.problems import InputError, Problem, refuse
from trialogue.tables import Table, listed_units, placed_arms

SHOWN = 20
MOST_UNITS = 50_000
LARGEST_SEED = 2**256


@dataclass(frozen=True)
class Redraw:
    """What a list and an allocation say beside what was published. None: not published."""

    units: int
    list_hash: str
    list_as_published: bool | None
    commitment: str
    seed_as_committed: bool | None
    differences: tuple[Difference, ...]
    total: int
    order_alone: bool

    @property
    def as_drawn(self) -> bool:
        """Whether everything is as published, and as chance gave it."""
        return (
            not self.total
            and self.list_as_published is not False
            and (self.seed_as_committed is not False)
        )


def redraw(whole: Whole, units: Table, placed: Table, *, cluster: str, seed: str) -> Redraw:
    """Draw again and compare, by the plan that is published.

    Raises InputError with every problem of the files, and where the seed is no number.
    """
    number = _seed(seed)
    strata = whole.plan["strata"]
    if units.rows > MOST_UNITS:
        what = f"The list has {units.rows:,} rows; a page checks up to {MOST_UNITS:,}"
        raise InputError(Problem(what, "Use the command above", column="units_file"))
    listed = listed_units(units, cluster=cluster, strata=tuple(strata["by"]))
    found, _ = placed_arms(placed, id_column=listed.id_column)
    design = design_of(whole.plan)
    differ = allocation.differences(listed.units, found, design, number)
    fixed = whole.units_list
    published = whole.registration.body["allocation"]["commitment"]
    list_hash, commitment = (
        allocation.list_hash(listed.units, design),
        allocation.commitment(number),
    )
    return Redraw(
        units=len(listed.units),
        list_hash=list_hash,
        list_as_published=fixed.body["list_hash"] == list_hash if fixed else None,
        commitment=commitment,
        seed_as_committed=published == commitment if published else None,
        differences=tuple(differ[:SHOWN]),
        total=len(differ),
        order_alone=bool(differ)
        and allocation.differs_only_by_order(listed.units, found, design, number),
    )


def _seed(text: str) -> int:
    digits = text.strip()
    good = digits.isascii() and digits.isdigit() and len(digits) <= 100
    refuse(
        []
        if good and int(digits) < LARGEST_SEED
        else [Problem("The seed must be whole digits", "Copy it from the record", column="seed")]
    )
    return int(digits)
