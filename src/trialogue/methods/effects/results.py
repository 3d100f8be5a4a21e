"""What the planned analysis gives, and the document it becomes."""

from dataclasses import dataclass
from typing import Any

from trialogue.methods.effects.checks import Balance
from trialogue.methods.effects.model import JointTest
from trialogue.methods.effects.planned import ArmEffect
from trialogue.methods.effects.randomisation import Redrawn
from trialogue.methods.results import Result, brief, plain


@dataclass(frozen=True, repr=False)
class ArmSummary(Result):
    """What was measured in an arm. `clusters` is None where rows were allocated."""

    arm: str
    n: int
    clusters: int | None
    mean: float | None
    sd: float | None


@dataclass(frozen=True, repr=False)
class Comparison(Result):
    """An arm against control."""

    arm: str
    effect: ArmEffect
    p_adjusted: float | None = None
    p_permutation: float | None = None

    def __repr__(self) -> str:
        effect = self.effect
        said = f"{self.arm}: {brief(effect.estimate) or 'not known'}"
        if effect.ci_low is not None:
            said += f" ({brief(effect.ci_low)} to {brief(effect.ci_high)})"
        adjusted = self.p_adjusted if self.p_adjusted != effect.p else None
        chances = {"p": effect.p, "p adjusted": adjusted, "p redrawn": self.p_permutation}
        known = (f"{name} {p:.2g}" for name, p in chances.items() if p is not None)
        return ", ".join([said, *known])


@dataclass(frozen=True, repr=False)
class Sensitivity(Result):
    """What the missing outcomes of an arm and of control could hide.

    `tips_at`: how far the missing of one arm would have to differ from the measured, on average,
    for no effect; of outcomes that are not yes or no.
    """

    arm: str
    extreme_low: float | None
    extreme_high: float | None
    lee_low: float | None
    lee_high: float | None
    lee_trim: float | None
    lee_k: int | None
    tips_at: float | None


@dataclass(frozen=True, repr=False)
class Permutation(Result):
    """How labels were re-drawn. `seed` as digits, None when every allocation was looked at."""

    draws: int
    exact: bool
    statistic: str
    seed: str | None

    @classmethod
    def of(cls, redrawn: Redrawn, seed: int) -> "Permutation":
        """Say how labels were re-drawn, by this seed if by any."""
        drawn_by = None if redrawn.exact else str(seed)
        return cls(redrawn.draws, redrawn.exact, redrawn.statistic, drawn_by)


@dataclass(frozen=True, repr=False)
class NetBenefit(Result):
    """λΔE − ΔC at a value λ, and the chance that it is above 0. `df` None: normal."""

    value: float
    estimate: float
    se: float | None
    df: float | None
    probability: float | None


@dataclass(frozen=True, repr=False)
class ArmCost(Result):
    """What an arm did and cost beside control, with ranges, and the ratio where there is one."""

    arm: str
    effect: float | None = None
    effect_low: float | None = None
    effect_high: float | None = None
    cost: float | None = None
    cost_low: float | None = None
    cost_high: float | None = None
    cost_per_outcome: float | None = None
    ratio_low: float | None = None
    ratio_high: float | None = None
    net_benefit: tuple[NetBenefit, ...] = ()


@dataclass(frozen=True, repr=False)
class Analysis(Result):
    """The planned analysis. `to_dict` gives the document that pages, API and command show."""

    arms: tuple[ArmSummary, ...]
    effects: tuple[Comparison, ...]
    joint: JointTest | None
    method: str
    missing: dict[str, int]
    sensitivity: tuple[Sensitivity, ...] | None
    icc: float | None
    permutation: Permutation | None
    sample_ratio_p: float
    balance: tuple[Balance, ...]
    kind: str
    covariates: tuple[str, ...]
    notes: tuple[str, ...]
    costs: tuple[ArmCost, ...] = ()

    @property
    def joint_p(self) -> float | None:
        """Return the p of all arms at once; of the one comparison where there are two arms."""
        if len(self.effects) == 1:
            return self.effects[0].effect.p
        return self.joint.p if self.joint else None

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON document. What cannot be known is None, never NaN or infinite."""
        document = super().to_dict()
        rows = [{"arm": row.pop("arm"), **row.pop("effect"), **row} for row in document["effects"]]
        return {**document, "effects": rows, "joint_p": plain(self.joint_p)}

    def __repr__(self) -> str:
        measured = sum(arm.n for arm in self.arms)
        lines = [f"Analysis of {measured:,} {self.kind} outcomes in {len(self.arms)} arms"]
        lines += [f"  {row!r}" for row in self.effects]
        lines += [f"  {row!r}" for row in self.costs]
        return "\n".join([*lines, *(f"  note: {note}" for note in self.notes)])
