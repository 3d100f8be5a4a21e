"""What is pooled, and by which rule."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from trialogue.methods import arrays
from trialogue.methods.problems import Problem, refuse

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]
Text = NDArray[Any]
Method = Literal["REML", "ML", "PM", "EB", "DL", "HE", "HS", "SJ", "FE"]
Test = Literal["knha", "z"]
Prediction = Literal["k-1", "k-2", "z"]
METHODS: tuple[Method, ...] = ("REML", "DL", "PM", "ML", "EB", "HE", "HS", "SJ", "FE")
LARGEST = 1e60  # beyond it a third power has no room in a double
FEW = 10  # trials below which moderators and Egger's test are not to be relied on


@dataclass(frozen=True)
class Rule:
    """How trials are pooled. `prediction` None: k-1 with `knha`, z with `z`.

    `measure` says what the estimates are, where it is known: RR, OR, PETO and IRR are logarithms.
    """

    method: Method = "REML"
    test: Test = "knha"
    prediction: Prediction | None = None
    alpha: float = 0.05
    measure: str = ""
    leave_one_out: bool = False


@dataclass(frozen=True)
class Studies:
    """A trial a row, as columns of the same length k.

    Columns may come from any library (`trialogue.methods.arrays`); here they are arrays.
    `estimate` and `variance` are both NaN for a trial whose table tells nothing: it is left out
    and counted. A moderator of numbers is a float array (NaN where missing), any other a text
    array ("" where missing). `order` is what a cumulative answer goes by. `columns` gives the
    columns' own names for messages, by role; `rows` the number of each row in its file.

    Raises InputError when columns differ in length or an estimate or a variance is no number.
    """

    estimate: FloatArray
    variance: FloatArray
    names: tuple[str, ...] = ()
    moderators: Mapping[str, FloatArray | Text] = field(default_factory=dict)
    order: FloatArray | Text | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    rows: IntArray | None = None

    def __post_init__(self) -> None:
        taken = {
            "estimate": arrays.numbers(self.estimate, name=self._called("estimate")),
            "variance": arrays.numbers(self.variance, name=self._called("variance")),
            "names": tuple(arrays.text(self.names, name=self._called("names")).tolist()),
            "moderators": {
                name: arrays.numbers_or_text(column, name=name)
                for name, column in self.moderators.items()
            },
            "order": None
            if self.order is None
            else arrays.numbers_or_text(self.order, name=self._called("order")),
        }
        for role, column in taken.items():
            object.__setattr__(self, role, column)  # once, before anybody has seen it
        refuse(
            arrays.same_length(
                {
                    self._called("estimate"): self.estimate,
                    self._called("variance"): self.variance,
                    self._called("order"): self.order,
                    **self.moderators,
                }
            )
        )
        if self.names and len(self.names) != self.estimate.size:
            what = f"{len(self.names)} names for {self.estimate.size} trials"
            refuse([Problem(what, column=self._called("names"))])

    def _called(self, role: str) -> str:
        """Return the column's own name, or its role."""
        return self.columns.get(role) or role

    def name(self, index: int) -> str:
        """Return what a trial is called: its name, or its place in the list."""
        return self.names[index] if self.names else str(index + 1)

    def problem(self, what: str, role: str, index: int, mend: str = "") -> Problem:
        """Return a problem of one trial, with its row as a spreadsheet shows it."""
        row = index + 2 if self.rows is None else int(self.rows[index])
        return Problem(what, mend, row=row, column=self._called(role))

    def chosen(self, index: IntArray) -> "Studies":
        """Return the trials at these places, in this order."""
        return replace(
            self,
            estimate=self.estimate[index],
            variance=self.variance[index],
            names=tuple(self.name(int(i)) for i in index),
            moderators={name: values[index] for name, values in self.moderators.items()},
            order=None if self.order is None else self.order[index],
            rows=index + 2 if self.rows is None else self.rows[index],
        )


def check(studies: Studies, rule: Rule) -> None:
    """Refuse what cannot be pooled, with every problem found.

    Raises InputError when there are no trials, an estimate is missing or not finite, a variance
    is missing or not above 0, a trial has no place in the order, or alpha is out of bounds.
    """
    refuse([*_wrong_cells(studies), *_wrong_rule(studies, rule)])


def _wrong_cells(studies: Studies) -> Iterator[Problem]:
    told = ~(np.isnan(studies.estimate) & np.isnan(studies.variance))
    empty = told & np.isnan(studies.estimate)
    for index in np.flatnonzero(empty | np.isinf(studies.estimate)):
        what = "empty; every trial needs its estimate" if empty[index] else "not a finite number"
        yield studies.problem(what, "estimate", int(index))
    for index in np.flatnonzero(told & ~(np.isfinite(studies.variance) & (studies.variance > 0))):
        value = studies.variance[index]
        if np.isnan(value):
            yield studies.problem("empty; every trial needs its variance", "variance", int(index))
        else:
            what = f"{value:g}; a variance must be above 0"
            finite = what if np.isfinite(value) else "not a finite number"
            yield studies.problem(finite, "variance", int(index))
    sizes = {"estimate": np.abs(studies.estimate), "variance": studies.variance}
    for role, size in sizes.items():
        small = size < 1 / LARGEST if role == "variance" else np.zeros(size.shape, dtype=bool)
        for index in np.flatnonzero(((size > LARGEST) & np.isfinite(size)) | (small & (size > 0))):
            what = f"{size[index]:g}: too large or too small to be added up"
            yield studies.problem(what, role, int(index), "Give it in another unit")
    if studies.order is not None:
        numbers = studies.order.dtype.kind == "f"
        missing = np.isnan(studies.order) if numbers else studies.order == ""
        for index in np.flatnonzero(missing):
            yield studies.problem("empty; every trial needs its place", "order", int(index))


def _wrong_rule(studies: Studies, rule: Rule) -> Iterator[Problem]:
    if not np.isfinite(studies.estimate).any():
        yield Problem("there is no trial to pool", "Give one that tells something")
    words = {"method": METHODS, "test": get_args(Test), "prediction": get_args(Prediction)}
    for option, choices in words.items():
        given = getattr(rule, option)
        if given not in choices and not (option == "prediction" and given is None):
            *others, last = choices
            what = f"use {', '.join(others)} or {last}"
            yield Problem(what, column=f"--{option} {given}")
    yield from wrong_alpha(rule.alpha)


def wrong_alpha(alpha: float) -> Iterator[Problem]:
    """Yield what is wrong with how often a range may miss."""
    if not 0 < alpha < 0.5:
        yield Problem("must be above 0 and below 0.5", column=f"--alpha {alpha:g}")
