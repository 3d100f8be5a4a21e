"""What is analysed, and by which registered rule."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from trialogue.methods import arrays
from trialogue.methods.problems import InputError, Problem, refuse

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]
Text = NDArray[Any]
Kind = Literal["auto", "binary", "count", "continuous"]
MOST_ARMS = 20
NO_DIFFERENCE, NO_VARIANCE = 1e-11, 1e-22  # where the largest unit mean is 1: rounding, not spread
SEPARATOR = "\x1f"  # between the values of several strata, as in allocation


@dataclass(frozen=True)
class Rule:
    """The registered analysis rule: written once, and run without a choice.

    `correction` None is Holm's with more than two arms. `permutations` None is 10,000, and none
    above 100,000 units. `shares` None is equal shares. `values`: pounds that one outcome is worth.
    """

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
    """A row a person or a unit, as columns of the same length n.

    Columns may come from any library (`trialogue.methods.arrays`); here they are arrays.
    `outcome` is NaN where it is missing. `cluster` is what was allocated when that is not the row
    itself. A covariate of numbers is a float array (NaN where missing), any other a text array
    ("" where missing). `names` gives the columns' own names for messages, by role; `rows` the
    number of each row in its file, 0 where nobody knows it.

    Raises InputError when columns differ in length or an outcome or a cost is no number.
    """

    outcome: FloatArray
    arm: Text
    cluster: Text | None = None
    strata: tuple[Text, ...] = ()
    blocks: Text | None = None
    covariates: Mapping[str, FloatArray | Text] = field(default_factory=dict)
    cost: FloatArray | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    rows: IntArray | None = None

    def __post_init__(self) -> None:
        problems: list[Problem] = []

        def take(as_: Callable[..., Any], role: str, column: arrays.Column) -> Any:
            if column is None:
                return None
            try:
                return as_(column, name=self.name(role))
            except InputError as error:
                problems.extend(error.problems)

        taken = {
            "outcome": take(arrays.numbers, "outcome", self.outcome),
            "arm": take(arrays.text, "arm", self.arm),
            "cluster": take(arrays.text, "cluster", self.cluster),
            "strata": tuple(
                take(arrays.text, f"stratum {i}", each) for i, each in enumerate(self.strata)
            ),
            "blocks": take(arrays.text, "blocks", self.blocks),
            "covariates": {
                name: take(arrays.numbers_or_text, name, column)
                for name, column in self.covariates.items()
            },
            "cost": take(arrays.numbers, "cost", self.cost),
        }
        refuse(problems)
        for role, column in taken.items():
            object.__setattr__(self, role, column)  # once, before anybody has seen it
        refuse(arrays.same_length(dict(self._columns())))

    @classmethod
    def from_table(
        cls,
        table: Any,
        *,
        outcome: str,
        arm: str,
        cluster: str | None = None,
        strata: Sequence[str] = (),
        blocks: str | None = None,
        covariates: Sequence[str] = (),
        cost: str | None = None,
    ) -> "Data":
        """Take the columns by name from a table of pandas, polars or Arrow, or a dictionary.

        A covariate written `COL:category` holds codes, not numbers, as in `trialogue analyse`.
        Raises InputError when a column is not there, and as `Data` does.
        """
        names = {
            "outcome": outcome,
            "arm": arm,
            "cluster": cluster,
            "blocks": blocks,
            "cost": cost,
        }
        names |= {f"stratum {i}": name for i, name in enumerate(strata)}
        given = {role: name for role, name in names.items() if name is not None}
        found = {role: arrays.column_of(table, role, name) for role, name in given.items()}
        measured = {}
        for name in covariates:
            plain, codes = arrays.coded_name(name)
            column = arrays.column_of(table, "covariate", plain)
            measured[plain] = arrays.text(column, name=plain) if codes else column
        return cls(
            outcome=found["outcome"],
            arm=found["arm"],
            cluster=found.get("cluster"),
            strata=tuple(found[f"stratum {i}"] for i in range(len(strata))),
            blocks=found.get("blocks"),
            covariates=measured,
            cost=found.get("cost"),
            names=given,
        )

    def _columns(self) -> Iterator[tuple[str, FloatArray | Text | None]]:
        """Every column by its name, the outcome first."""
        for role in ("outcome", "arm", "cluster", "blocks", "cost"):
            yield self.name(role), getattr(self, role)
        for i, stratum in enumerate(self.strata):
            yield self.name(f"stratum {i}"), stratum
        yield from self.covariates.items()

    def name(self, role: str) -> str:
        """Return the column's own name, or its role."""
        return self.names.get(role) or role

    def row(self, index: int) -> int | None:
        """Return the number of a row as a spreadsheet shows it; None where nobody knows."""
        return index + 2 if self.rows is None else int(self.rows[index]) or None


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
    strata: tuple[str, ...]


def code(data: Data, rule: Rule) -> Coded:
    """Code text as numbers, or refuse with every problem found.

    Raises InputError when the control is not among the arms, there is one arm or over 20, an arm
    is empty, a cluster holds two arms or two strata, or an outcome is none of its kind.
    """
    refuse([*empty_cells(data), *_no_numbers(data, rule)])
    names, index = numbered(data.arm)
    arms = _arms([str(name) for name in names], data, rule)
    place = np.array([arms.index(str(name)) for name in names], dtype=np.int64)
    arm = place[index]
    n = data.arm.size
    strata, stratum = _combined(data.strata, n)
    blocks, block = _combined(() if data.blocks is None else (data.blocks,), n)
    cluster = np.arange(n, dtype=np.int64)
    if data.cluster is not None:
        cluster = numbered(data.cluster)[1]
        refuse(
            [
                *in_two(data, cluster, arm, arms, "arms"),
                *in_two(data, cluster, stratum, strata, "strata"),
                *in_two(data, cluster, block, blocks, "blocks"),
            ]
        )
    if np.isnan(data.outcome[arm == 0]).all():
        raise InputError(
            Problem(f'the control "{rule.control}" has no outcomes', column=data.name("outcome"))
        )
    return Coded(arms=arms, arm=arm, cluster=cluster, stratum=stratum, block=block, strata=strata)


def numbered(values: Text) -> tuple[Text, IntArray]:
    """Return the distinct values in byte order, and the number of each row's among them.

    Rows of one value often stand together; it is then sorted once, not once a row.
    """
    starts = np.r_[True, values[1:] != values[:-1]][: values.size]
    labels, index = np.unique(values[starts], return_inverse=True)  # code points sort as UTF-8
    return labels, index[np.cumsum(starts) - 1].astype(np.int64)


def first_rows(numbers: IntArray) -> IntArray:
    """Return the first row of each number there is, in order of number."""
    first = np.full(int(numbers.max(initial=-1)) + 1, -1)
    first[numbers[::-1]] = np.arange(numbers.size)[::-1]  # of several, the last written stays
    return first[first >= 0]


def resolve_kind(outcome: FloatArray, rule: Rule) -> Kind:
    """Return the outcome's kind: yes/no when every value is 0 or 1, unless the rule says."""
    if rule.kind != "auto":
        return rule.kind
    values = outcome[~np.isnan(outcome)]
    return "binary" if np.isin(values, (0.0, 1.0)).all() else "continuous"


def _arms(names: list[str], data: Data, rule: Rule) -> tuple[str, ...]:
    if rule.control not in names:
        raise InputError(
            Problem(f"the arms are {', '.join(names)}", column=f"--control {rule.control}")
        )
    if len(names) < 2:
        raise InputError(
            Problem(f"the only arm is {names[0]}", "Compare two or more", column=data.name("arm"))
        )
    if len(names) > MOST_ARMS:
        raise InputError(
            Problem(f"{len(names)} arms; the most is {MOST_ARMS}", column=data.name("arm"))
        )
    return (rule.control, *(name for name in names if name != rule.control))


def empty_cells(data: Data) -> Iterable[Problem]:
    """Name each row without its arm, cluster, block or stratum."""
    columns = [
        ("arm", data.arm, "every row needs its allocated arm"),
        ("cluster", data.cluster, "every row needs its cluster"),
        ("blocks", data.blocks, "every row needs its block"),
        *((f"stratum {i}", s, "every row needs its stratum") for i, s in enumerate(data.strata)),
    ]
    for role, column, need in columns:
        if column is not None:
            for index in np.flatnonzero(column == ""):
                yield Problem(f"empty; {need}", row=data.row(int(index)), column=data.name(role))


def _no_numbers(data: Data, rule: Rule) -> Iterable[Problem]:
    wrong = {"not a finite number": np.isinf(data.outcome)}
    known = ~np.isnan(data.outcome)
    if rule.kind == "binary":
        wrong["must be 0 or 1"] = known & ~np.isin(data.outcome, (0.0, 1.0))
    if rule.kind == "count":
        wrong["is not a whole number of 0 or more"] = known & (
            (data.outcome < 0) | (data.outcome != np.floor(data.outcome))
        )
    for what, where in wrong.items():
        for index in np.flatnonzero(where):
            yield Problem(
                f"{data.outcome[index]:g} {what}" if what.startswith(("must", "is")) else what,
                row=data.row(int(index)),
                column=data.name("outcome"),
            )
    columns = {"cost": data.cost} if data.cost is not None else {}
    for name, values in data.covariates.items():
        if values.dtype.kind == "f":
            columns[name] = values
    for role, values in columns.items():
        for index in np.flatnonzero(np.isinf(values)):
            yield Problem("not a finite number", row=data.row(int(index)), column=data.name(role))


def _combined(columns: tuple[Text, ...], n: int) -> tuple[tuple[str, ...], IntArray]:
    """Number the combinations of several columns, in byte order."""
    if not columns:
        return ("",), np.zeros(n, dtype=np.int64)
    joined = columns[0].astype(str)
    for column in columns[1:]:
        joined = np.char.add(np.char.add(joined, SEPARATOR), column.astype(str))
    labels, index = numbered(joined)
    return tuple(str(label) for label in labels), index


def in_two(
    data: Data, cluster: IntArray, value: IntArray, labels: tuple[str, ...], what: str
) -> Iterable[Problem]:
    """Name clusters whose rows do not share a value, with the first two rows that differ."""
    first = first_rows(cluster)
    names = cluster if data.cluster is None else data.cluster
    differs = np.flatnonzero(value != value[first[cluster]])
    for row in differs[np.unique(cluster[differs], return_index=True)[1]]:
        rows = (int(first[cluster[row]]), int(row))
        here, there = (
            f"{labels[value[i]].replace(SEPARATOR, ' / ')}"
            + (f" in row {place}" if (place := data.row(i)) else "")
            for i in rows
        )
        yield Problem(
            f"{data.name('cluster')} {names[row]} holds people of two {what} ({here}, {there})",
            f"Put all its people in one of the {what}",
        )
