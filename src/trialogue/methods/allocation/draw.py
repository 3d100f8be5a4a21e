"""The draw: from a list, a design and a seed to an arm for each unit."""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

from trialogue.methods import arrays
from trialogue.methods.allocation.stream import Stream
from trialogue.methods.design import Design
from trialogue.methods.problems import InputError, Problem, refuse


def clean(text: str) -> str:
    """Return text composed (NFC), without white space at its ends."""
    return unicodedata.normalize("NFC", text.strip())


def stratum_label(values: Iterable[str]) -> str:
    """Join cleaned values of the strata columns by U+001F; empty without strata."""
    return "\x1f".join(clean(value) for value in values)


@dataclass(frozen=True, slots=True)
class Unit:
    """A row of the list: its id, the cluster that is placed (or ""), its strata values."""

    id: str
    cluster: str = ""
    strata: tuple[str, ...] = ()

    @property
    def stratum(self) -> str:
        """The stratum's label."""
        return stratum_label(self.strata)

    @property
    def placed(self) -> str:
        """What is placed: the cluster, or the unit itself."""
        return self.cluster or self.id


def units(
    ids: arrays.Column, *, cluster: arrays.Column = None, strata: Sequence[arrays.Column] = ()
) -> list[Unit]:
    """Return the list to draw from, out of the columns of a table.

    Parameters
    ----------
    ids : (n,)
        Each once.
    cluster : (n,)
        What is placed, where that is not the row itself.
    strata : sequence of (n,)
        Columns whose combinations are drawn apart.

    Raises
    ------
    InputError
        Columns differ in length.
    """
    names = arrays.text(ids, name="id")
    clusters = None if cluster is None else arrays.text(cluster, name="cluster")
    values = [arrays.text(column, name=f"stratum {i}") for i, column in enumerate(strata)]
    refuse(
        arrays.same_length(
            {
                "id": names,
                "cluster": clusters,
                **{f"stratum {i}": column for i, column in enumerate(values)},
            }
        )
    )
    places = [""] * names.size if clusters is None else clusters.tolist()
    combined = list(zip(*(column.tolist() for column in values), strict=True))
    combined = combined or [()] * names.size
    return [Unit(*row) for row in zip(names.tolist(), places, combined, strict=True)]


def labels(units: Sequence[Unit]) -> list[str]:
    """Return each unit's stratum label; worked out once for each stratum, as lists are long."""
    known = {strata: stratum_label(strata) for strata in {unit.strata for unit in units}}
    return [known[unit.strata] for unit in units]


def draw(units: Sequence[Unit], design: Design, seed: int) -> list[str]:
    """Return the arm of each unit, in the order of `units`.

    Units of a cluster share its arm. Every stratum is drawn by itself from its own stream, so
    strata do not depend on one another; `complete` and `simple` do not depend on the order of the
    list. Raises InputError when there are fewer things to place than arms, an id is there twice,
    or a cluster is in two strata. Algorithm: docs/methods/allocation.md, version 1.
    """
    _refuse_repeated(units)
    strata = _by_stratum(units)
    placed = sum(len(things) for things in strata.values())
    if placed < len(design.arms):
        raise InputError(
            Problem(
                f"{placed} units cannot be shared among {len(design.arms)} arms",
                "Add units or use fewer arms",
            )
        )
    arms: dict[str, str] = {}
    for label, things in strata.items():
        if design.method != "blocked":
            things = sorted(things)  # by code point, which is the byte order of UTF-8
        arms.update(zip(things, _sequence(len(things), design, seed, label), strict=True))
    return [arms[unit.placed] for unit in units]


def blocks(units: Sequence[Unit], design: Design) -> list[int]:
    """Return the number of each unit's block in its stratum, from 1; 0 without blocks."""
    if design.method != "blocked":
        return [0] * len(units)
    number = {
        thing: index // design.block + 1
        for things in _by_stratum(units).values()
        for index, thing in enumerate(things)
    }
    return [number[unit.placed] for unit in units]


def late_arms(design: Design, seed: int, label: str, count: int) -> list[str]:
    """Return the arms of the first `count` late arrivals of a stratum, in order of enrolment.

    Blocks of the registered length or, without one, of one to three times the ratio's total,
    drawn, so that nobody can work out who comes next. `label` is the stratum's, "" without strata.
    Algorithm: docs/methods/allocation.md, formula (6).
    """
    stream = Stream(seed, "late", label)
    arms: list[str] = []
    while len(arms) < count:
        size = design.block or design.ratio_total * (1 + stream.below(3))
        arms += stream.shuffle(_sets(design, size // design.ratio_total))
    return arms[:count]


def _refuse_repeated(units: Sequence[Unit]) -> None:
    if len({unit.id for unit in units}) < len(units):
        times = Counter(unit.id for unit in units)
        refuse(
            Problem(f'"{name}" is in the list {count} times', "Each unit may appear once")
            for name, count in times.items()
            if count > 1
        )
    clustered = sum(unit.cluster != "" for unit in units)
    if 0 < clustered < len(units):
        raise InputError(
            Problem(f"{len(units) - clustered} units have no cluster", "Give each its cluster")
        )


def _by_stratum(units: Sequence[Unit]) -> dict[str, list[str]]:
    """Group what is placed by stratum, in the order it first appears."""
    stratum_of: dict[str, str] = {}
    for unit, label in zip(units, labels(units), strict=True):
        if stratum_of.setdefault(unit.placed, label) != label:
            raise InputError(
                Problem(f'"{unit.placed}" is in two strata', "Put all its rows in one stratum")
            )
    strata: dict[str, list[str]] = {}
    for thing, label in stratum_of.items():
        strata.setdefault(label, []).append(thing)
    return strata


def _sets(design: Design, count: int) -> list[str]:
    """Lay out `count` sets of the ratio, arm by arm."""
    return list(
        chain.from_iterable(
            [arm.name] * (share * count)
            for arm, share in zip(design.arms, design.ratio, strict=True)
        )
    )


def _sequence(n: int, design: Design, seed: int, label: str) -> list[str]:
    stream = Stream(seed, "list", label)
    one_set = _sets(design, 1)
    if design.method == "simple":
        return [one_set[stream.below(len(one_set))] for _ in range(n)]
    if design.method == "blocked":
        arms: list[str] = []
        while len(arms) < n:
            arms += stream.shuffle(_sets(design, design.block // design.ratio_total))
        return arms[:n]
    whole, rest = divmod(n, design.ratio_total)
    extra = stream.shuffle(one_set)[:rest] if rest else []
    return stream.shuffle(_sets(design, whole) + extra)
