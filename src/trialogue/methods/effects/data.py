"""What is analysed, and by which registered rule."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from trialogue.methods.problems import InputError, Problem, refuse

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
Text = NDArray[Any]
Kind = Literal["auto", "binary", "count", "continuous"]
MOST_ARMS = 20


@dataclass(frozen=True)
class Rule:
    """The registered analysis rule: written once, and run without a choice."""

    control: str
    kind: Kind = "auto"
    correction: Literal["holm", "maxt", "none"] | None = None
    adjust: Literal["additive", "lin"] = "additive"
    permutations: int | None = None
    statistic: Literal["t", "difference"] = "t"
    alpha: float = 0.05
    shares: Mapping[str, int] | None = None
    values: tuple[float, ...] = ()


@dataclass(frozen=True)
class Data:
    """A row a person or a unit, as arrays of the same length n.

    `outcome` is NaN where it is missing. `cluster` is what was allocated when that is not the row
    itself. A covariate of numbers is a float array (NaN where missing), any other a text array
    ("" where missing). `names` gives the columns' own names for messages, by role.
    """

    outcome: FloatArray
    arm: Text
    cluster: Text | None = None
    strata: tuple[Text, ...] = ()
    blocks: Text | None = None
    covariates: Mapping[str, FloatArray | Text] = field(default_factory=dict)
    cost: FloatArray | None = None
    names: Mapping[str, str] = field(default_factory=dict)

    def name(self, role: str) -> str:
        """Return the column's own name, or its role."""
        return self.names.get(role, role)


@dataclass(frozen=True)
class Coded:
    """Data with text coded as numbers. Arms: control 0, the others in byte order.

    Every array is (n,), of all rows allocated, with or without an outcome.
    """

    arms: tuple[str, ...]
    arm: IntArray
    cluster: IntArray
    stratum: IntArray
    block: IntArray
    clusters: int
    strata: tuple[str, ...]


def code(data: Data, rule: Rule) -> Coded:
    """Code text as numbers, or refuse with every problem found.

    Raises InputError when the control is not among the arms, there is one arm or over 20, an arm
    is empty, or a cluster holds two arms or two strata.
    """
    _no_empty(data)
    names = np.unique(data.arm)
    ordered = sorted((str(name) for name in names), key=str.encode)
    if rule.control not in ordered:
        raise InputError(
            Problem(f"the arms are {', '.join(ordered)}", column=f"--control {rule.control}")
        )
    if len(ordered) < 2:
        raise InputError(Problem(f"the only arm is {ordered[0]}", column=data.name("arm")))
    if len(ordered) > MOST_ARMS:
        raise InputError(
            Problem(f"{len(ordered)} arms; the most is {MOST_ARMS}", column=data.name("arm"))
        )
    arms = (rule.control, *(name for name in ordered if name != rule.control))
    number = {name: index for index, name in enumerate(arms)}
    index_of = np.array([number[str(name)] for name in names], dtype=np.int64)
    arm = index_of[np.searchsorted(names, data.arm)]

    n = data.arm.size
    if data.cluster is None:
        cluster = np.arange(n, dtype=np.int64)
    else:
        cluster = np.unique(data.cluster, return_inverse=True)[1].astype(np.int64)
    labels, stratum = _combined(data.strata, n)
    block = (
        np.zeros(n, dtype=np.int64)
        if data.blocks is None
        else np.unique(data.blocks, return_inverse=True)[1].astype(np.int64)
    )
    if data.cluster is not None:
        refuse(
            [
                *_split(data, data.cluster, cluster, arm, list(arms), "arms"),
                *_split(data, data.cluster, cluster, stratum, list(labels), "strata"),
            ]
        )
    observed = ~np.isnan(data.outcome)
    if not observed[arm == 0].any():
        raise InputError(
            Problem(f'the control "{rule.control}" has no outcomes', column=data.name("outcome"))
        )
    return Coded(
        arms=arms,
        arm=arm,
        cluster=cluster,
        stratum=stratum,
        block=block,
        clusters=int(cluster.max()) + 1,
        strata=labels,
    )


def _no_empty(data: Data) -> None:
    roles = [("arm", data.arm, "every row needs its allocated arm")]
    if data.cluster is not None:
        roles.append(("cluster", data.cluster, "every row needs its cluster"))
    if data.blocks is not None:
        roles.append(("blocks", data.blocks, "every row needs its block"))
    roles += [
        (f"stratum {i}", column, "every row needs its stratum")
        for i, column in enumerate(data.strata)
    ]
    refuse(
        Problem(f"empty; {need}", row=int(index) + 2, column=data.name(role))
        for role, column, need in roles
        for index in np.flatnonzero(column == "")
    )


def _combined(columns: tuple[Text, ...], n: int) -> tuple[tuple[str, ...], IntArray]:
    """Number the combinations of several columns, in byte order of their values."""
    if not columns:
        return ("",), np.zeros(n, dtype=np.int64)
    joined = columns[0].astype(str)
    for column in columns[1:]:
        joined = np.char.add(np.char.add(joined, "\x1f"), column.astype(str))
    labels, index = np.unique(joined, return_inverse=True)
    order = sorted(range(labels.size), key=lambda i: str(labels[i]).encode())
    rank = np.empty(labels.size, dtype=np.int64)
    rank[order] = np.arange(labels.size)
    return tuple(str(labels[i]) for i in order), rank[index]


def _split(
    data: Data, spelled: Text, cluster: IntArray, value: IntArray, labels: list[str], what: str
) -> list[Problem]:
    """Name clusters whose rows do not share a value, with the first two rows that differ."""
    first = np.full(int(cluster.max()) + 1, -1, dtype=np.int64)
    order = np.arange(cluster.size)[::-1]
    first[cluster[order]] = order  # the first row of each cluster is written last
    differs = np.flatnonzero(value != value[first[cluster]])
    problems = []
    seen: set[int] = set()
    for row in differs:
        group = int(cluster[row])
        if group in seen:
            continue
        seen.add(group)
        start = int(first[group])
        here, there = (labels[int(value[i])].replace("\x1f", " / ") for i in (start, row))
        problems.append(
            Problem(
                f"{data.name('cluster')} {spelled[row]} holds people of two {what} "
                f"({here} in row {start + 2}, {there} in row {int(row) + 2})",
                row=int(row) + 2,
                column=data.name("cluster"),
            )
        )
    return problems
