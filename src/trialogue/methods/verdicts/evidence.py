"""What one comparison found, and whether it was a fair comparison at all."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import isfinite, isnan
from typing import Literal

from trialogue.methods.problems import Problem, refuse
from trialogue.methods.results import Result
from trialogue.methods.verdicts.numbers import Share

Kind = Literal["binary", "count", "continuous"]
Direction = Literal["higher", "lower"]
Stop = Literal["no", "by its own rule", "without a rule"]

NOBODY = Share(0, 0)


@dataclass(frozen=True, repr=False)
class Outcome(Result):
    """What was measured, which way is better, and the smallest change worth having (δ).

    `smallest_change` is above 0 whichever way is better, in the outcome's own unit: 0.05 is
    5 percentage points of a binary outcome.
    """

    kind: Kind
    direction: Direction
    smallest_change: float

    def __post_init__(self) -> None:
        if not (isfinite(self.smallest_change) and self.smallest_change > 0):
            what = f"{self.smallest_change:g}: the smallest change worth having must be above 0"
            refuse([Problem(what, column="smallest_change")])


@dataclass(frozen=True, repr=False)
class Validity(Result):
    """Facts that decide whether the comparison can be read at all.

    `missing` counts those allocated who have no outcome. `clusters` is the number allocated in
    all; None where people were allocated one by one. `stopped` says how it ended, if before its
    time.
    """

    missing: Share = NOBODY
    contaminated: bool = False
    allocation_broken: bool = False
    clusters: int | None = None
    stopped: Stop = "no"


@dataclass(frozen=True, repr=False)
class Evidence(Result):
    """One comparison of an arm with control, by the planned analysis.

    `estimate` and its range are arm minus control in the outcome's unit. What could not be
    estimated is None. `df` is infinite where the range rests on the normal distribution. `arms`
    counts all arms of the trial with the control.
    """

    _shown = ("estimate", "ci_low", "ci_high", "p", "df")

    outcome: Outcome
    estimate: float | None
    ci_low: float | None
    ci_high: float | None
    p: float | None = None
    p_adjusted: float | None = None
    p_permutation: float | None = None
    df: float | None = None
    alpha: float = 0.05
    arms: int = 2
    validity: Validity = Validity()

    def __post_init__(self) -> None:
        refuse(self._problems())

    def _problems(self) -> Iterator[Problem]:
        for name in ("estimate", "ci_low", "ci_high", "p", "p_adjusted", "p_permutation", "df"):
            value = getattr(self, name)
            if value is not None and isnan(value):
                yield Problem("not a number", "Give nothing where it is not known", column=name)
        if not 0 < self.alpha <= 0.5:
            yield Problem(f"{self.alpha:g}: must be above 0 and at most 0.5", column="alpha")
        if self.arms < 2:
            yield Problem(f"{self.arms} arms: a comparison needs 2", column="arms")
        low, high = self.ci_low, self.ci_high
        if (low is None) != (high is None):
            yield Problem("the range has one end only", "Give both ends", column="ci_low")
        if low is not None and high is not None:
            if low > high:
                yield Problem(f"the range runs from {low:g} to {high:g}", column="ci_low")
            elif self.estimate is None or not low <= self.estimate <= high:
                yield Problem("the range does not contain the estimate", column="estimate")

    @property
    def benefit(self) -> tuple[float, float] | None:
        """The range with benefit positive, whichever way is better; None without a range."""
        if self.ci_low is None or self.ci_high is None:
            return None
        if self.outcome.direction == "higher":
            return self.ci_low, self.ci_high
        return -self.ci_high, -self.ci_low
