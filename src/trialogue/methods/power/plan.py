"""What is planned: the numbers that power is reckoned from, checked."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import inf, isfinite

from trialogue.methods.problems import Problem, refuse

KINDS = ("binary", "count", "continuous")
CORRECTIONS = ("none", "holm", "dunnett")
WEIGHTINGS = ("people", "optimal")
MOST_ARMS = 20


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A trial as planned. Problems are named by the options of `trialogue power`.

    `baseline` is the control arm's risk, rate per person or mean; `effect` the absolute difference
    to find, of either sign. `clusters_per_arm` is one number for all arms, or one an arm, control
    first; None asks only how many are needed. A trial that allocates people has `cluster_size` 1.
    `between_cv`, for counts, is the coefficient of variation of the clusters' true rates. `strata`
    is how many there are, and `r2` the share of the variance of cluster means that strata and
    baseline explain. `correction` is by default none for two arms and holm for more. `losses` is
    the share of people expected to leave before they are measured; clusters stay.
    """

    kind: str
    effect: float
    baseline: float | None = None
    sd: float = 1.0
    arms: int = 2
    clusters_per_arm: tuple[float, ...] | None = None
    cluster_size: float = 1.0
    cluster_size_cv: float = 0.0
    icc: float | None = None
    between_cv: float | None = None
    alpha: float = 0.05
    correction: str | None = None
    target_power: float = 0.8
    strata: int = 1
    r2: float = 0.0
    weighting: str = "people"
    losses: float = 0.0

    def __post_init__(self) -> None:
        refuse([*self._words(), *self._numbers(), *self._together()])
        refuse([*self._clusters(), *self._means()])

    def _words(self) -> Iterator[Problem]:
        for name, allowed in (
            ("kind", KINDS),
            ("correction", (*CORRECTIONS, None)),
            ("weighting", WEIGHTINGS),
        ):
            if getattr(self, name) not in allowed:
                words = ", ".join(word for word in allowed if word)
                yield self._problem(name, f"must be one of {words}")

    def _numbers(self) -> Iterator[Problem]:
        checks = {
            "baseline": (True, ""),
            "effect": (True, ""),
            "sd": (self.sd > 0, "must be above 0"),
            "arms": (
                2 <= self.arms <= MOST_ARMS,
                f"must be a whole number from 2 to {MOST_ARMS}, the control included",
            ),
            "cluster_size": (self.cluster_size >= 1, "must be 1 or more"),
            "cluster_size_cv": (self.cluster_size_cv >= 0, "must be 0 or more"),
            "icc": (0 <= (self.icc or 0) < 1, "must be at least 0 and below 1"),
            "between_cv": ((self.between_cv or 0) >= 0, "must be 0 or more"),
            "alpha": (0 < self.alpha <= 0.5, "must be above 0 and at most 0.5"),
            "target_power": (
                (self.alpha if self.alpha <= 0.5 else 0) < self.target_power < 1,
                f"must be above --alpha {as_typed(self.alpha)} and below 1",
            ),
            "strata": (self.strata >= 1, "must be a whole number, 1 or more"),
            "r2": (0 <= self.r2 < 1, "must be at least 0 and below 1"),
            "losses": (0 <= self.losses < 1, "must be at least 0 and below 1"),
        }
        for name, (holds, rule) in checks.items():
            value = getattr(self, name)
            if value is None:
                continue
            if not isfinite(value):
                yield self._problem(name, "not a finite number")
            elif not holds:
                yield self._problem(name, rule)

    def _together(self) -> Iterator[Problem]:
        if self.kind in ("binary", "count") and self.sd != 1:
            yield self._problem("sd", "only with --kind continuous")
        if self.between_cv is not None:
            if self.kind in ("binary", "continuous"):
                yield self._problem("between_cv", "only with --kind count", "Give --icc")
            if self.icc is not None:
                yield self._problem("between_cv", "cannot be given with --icc", "Give one")
        if self.weighting == "optimal":
            if self.kind == "count":
                yield self._problem("weighting", "not with --kind count")
            elif self.cluster_size_cv >= 2:
                yield self._problem("cluster_size_cv", "with --weighting optimal must be below 2")

    def _clusters(self) -> Iterator[Problem]:
        given = self.clusters_per_arm
        if given is None:
            return
        if len(given) not in (1, self.arms):
            what = f"{len(given)} numbers for {self.arms} arms"
            yield self._problem("clusters_per_arm", what, f"Give one, or {self.arms}")
        elif not all(2 <= each < inf for each in given):
            yield self._problem("clusters_per_arm", "must be 2 or more in each arm")
        elif self.kind != "count" and min(given[1:] or given) + given[0] <= self.strata + 1:
            what = f"too few for --strata {self.strata}: no degrees of freedom are left"
            yield self._problem("clusters_per_arm", what, "Use more clusters or fewer strata")

    def _means(self) -> Iterator[Problem]:
        if self.kind == "continuous":
            return
        if self.baseline is None:
            yield Problem(f"needed with --kind {self.kind}", column="--baseline")
            return
        both = f"--baseline {as_typed(self.baseline)} with --effect {as_typed(self.effect)}"
        treated = self.baseline + self.effect
        if self.kind == "count":
            if self.baseline <= 0:
                yield self._problem("baseline", "a rate must be above 0")
            elif treated <= 0:
                yield Problem(f"{both} gives {treated:.6g}", "A rate must be above 0")
        elif not 0 < self.baseline < 1:
            yield self._problem("baseline", "must be above 0 and below 1")
        elif not 0 < treated < 1:
            yield Problem(f"{both} gives {100 * treated:.6g}%", "It must be between 0% and 100%")

    def _problem(self, name: str, what: str, mend: str = "") -> Problem:
        value = getattr(self, name)
        if isinstance(value, tuple):
            typed = ",".join(as_typed(each) for each in value)
        else:
            typed = value if isinstance(value, str) else as_typed(value)
        return Problem(what, mend, column=f"--{name.replace('_', '-')} {typed}")

    @property
    def correlation(self) -> float:
        """The intra-cluster correlation used: 0 when none is given."""
        return self.icc or 0.0

    @property
    def control(self) -> float:
        """The control arm's mean, rate or risk."""
        return self.baseline or 0.0

    @property
    def corrected_by(self) -> str:
        """The correction used."""
        return self.correction or ("none" if self.arms == 2 else "holm")

    @property
    def between_variance(self) -> float:
        """Squared coefficient of variation of the clusters' true rates (counts): k²."""
        if self.between_cv is not None:
            return self.between_cv**2
        return self.correlation / ((1 - self.correlation) * self.control)

    @property
    def clusters(self) -> tuple[float, ...]:
        """Clusters of every arm, control first; empty when not given."""
        given = self.clusters_per_arm or ()
        return given * self.arms if len(given) == 1 else given

    @property
    def matched(self) -> bool:
        """Whether each stratum holds one cluster of each arm: pairs, and more are pairs too."""
        return self.strata > 1 and set(self.clusters) == {self.strata}

    @property
    def ratio(self) -> tuple[float, ...]:
        """Clusters of every arm for one of the control arm."""
        if not self.clusters:
            return (1.0,) * self.arms
        return tuple(each / self.clusters[0] for each in self.clusters)

    @property
    def cluster_spread_unknown(self) -> bool:
        """Whether clusters of people are planned and nothing says how alike they are."""
        return self.cluster_size > 1 and self.icc is None and self.between_cv is None


def as_typed(number: float) -> str:
    """Write a number as a person types it: 2, not 2.0."""
    return repr(number).removesuffix(".0")
