"""What pooling gives, and the document it becomes."""

from dataclasses import dataclass, fields
from math import exp
from typing import Any

from trialogue.methods.pooling.studies import Prediction
from trialogue.methods.results import Result, plain

RATIOS = ("RR", "OR", "PETO", "IRR")


@dataclass(frozen=True, repr=False)
class Estimate(Result):
    """A number, its standard error, range and p. `df` is None where the range is normal."""

    estimate: float
    se: float
    df: float | None
    ci_low: float | None
    ci_high: float | None
    p: float | None


@dataclass(frozen=True, repr=False)
class Coefficient(Result):
    """One coefficient of the model with moderators."""

    name: str
    estimate: float
    se: float
    df: float | None
    ci_low: float | None
    ci_high: float | None
    p: float | None


@dataclass(frozen=True, repr=False)
class FTest(Result):
    """All moderators at once, by F. Not to be relied on when not `usable`: too few trials."""

    f: float
    df1: int
    df2: int
    p: float
    usable: bool


@dataclass(frozen=True, repr=False)
class ChiSquaredTest(Result):
    """All moderators at once, by χ²."""

    chi2: float
    df1: int
    p: float
    usable: bool


@dataclass(frozen=True, repr=False)
class Egger(Result):
    """Whether small trials tell another story. `limit`: the effect as the standard error → 0."""

    slope: float
    se: float
    t: float
    df: int
    p: float
    limit: float
    usable: bool


@dataclass(frozen=True, repr=False)
class Refit(Result):
    """Pooled again: without the trial `name`, or of the first `k` of which it is the last."""

    name: str
    k: int
    estimate: float | None
    se: float | None
    ci_low: float | None
    ci_high: float | None
    tau2: float | None
    i2: float | None


@dataclass(frozen=True, repr=False)
class Study(Result):
    """A trial as it was pooled; `weight` in per cent."""

    name: str
    estimate: float
    variance: float
    weight: float


@dataclass(frozen=True, repr=False)
class Pooled(Result):
    """All trials together. `to_dict` gives the document that pages, API and command show.

    `i2` is in per cent. With moderators `estimate` is the prediction at their means. `pi_low` and
    `pi_high`: what a new place may see. Ratios stay logarithms; `exp` turns them back.
    """

    estimate: float
    se: float
    df: float | None
    ci_low: float | None
    ci_high: float | None
    p: float | None
    pi_low: float | None
    pi_high: float | None
    pi_method: Prediction | None
    tau2: float | None
    tau2_low: float | None
    tau2_high: float | None
    se_tau2: float | None
    i2: float | None
    i2_low: float | None
    i2_high: float | None
    h2: float | None
    q: float | None
    q_df: int | None
    q_p: float | None
    k: int
    egger: Egger | None
    coefficients: tuple[Coefficient, ...] | None
    moderator_test: FTest | ChiSquaredTest | None
    r2: float | None
    leave_one_out: tuple[Refit, ...] | None
    cumulative: tuple[Refit, ...] | None
    studies: tuple[Study, ...]
    left_out: tuple[str, ...]
    method: str
    notes: tuple[str, ...]
    measure: str = ""

    @property
    def exp(self) -> dict[str, float | None] | None:
        """Return estimate and ranges of a ratio as ratios; None of anything else."""
        if self.measure not in RATIOS:
            return None
        keys = ("estimate", "ci_low", "ci_high", "pi_low", "pi_high")
        return {key: _exponential(getattr(self, key)) for key in keys}

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON document. What cannot be known is None, never NaN or infinite."""
        document = {
            field.name: plain(getattr(self, field.name))
            for field in fields(self)
            if field.name != "measure"
        }
        for row in document["leave_one_out"] or ():
            del row["k"]
        return {**document, "exp": plain(self.exp)}

    def __repr__(self) -> str:
        """Say the answer in a line."""
        low, high = (_short(value) for value in (self.ci_low, self.ci_high))
        trials = f"{self.k} trial{'s' * (self.k > 1)}"
        return (
            f"Pooled({_short(self.estimate)} ({low} to {high}), {trials}, "
            f"tau2 {_short(self.tau2)}, new place {_short(self.pi_low)} to {_short(self.pi_high)})"
        )


def _short(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.4g}"


def _exponential(value: float | None) -> float | None:
    return None if value is None or value > 709 else exp(value)
