"""What the planned analysis gives, and the document it becomes."""

from dataclasses import asdict, dataclass, fields
from math import isfinite
from typing import Any

from trialogue.methods.effects.checks import Balance
from trialogue.methods.effects.model import JointTest
from trialogue.methods.effects.planned import ArmEffect


@dataclass(frozen=True)
class ArmSummary:
    """What was measured in an arm. `clusters` is None where rows were allocated."""

    arm: str
    n: int
    clusters: int | None
    mean: float | None
    sd: float | None


@dataclass(frozen=True)
class Comparison:
    """An arm against control."""

    arm: str
    effect: ArmEffect
    p_adjusted: float | None = None
    p_permutation: float | None = None


@dataclass(frozen=True)
class Sensitivity:
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


@dataclass(frozen=True)
class Permutation:
    """How labels were re-drawn. `seed` as digits, None when every allocation was looked at."""

    draws: int
    exact: bool
    statistic: str
    seed: str | None


@dataclass(frozen=True)
class NetBenefit:
    """λΔE − ΔC at a value λ, and the chance that it is above 0. `df` None: normal."""

    value: float
    estimate: float
    se: float | None
    df: float | None
    probability: float | None


@dataclass(frozen=True)
class ArmCost:
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


@dataclass(frozen=True)
class Analysis:
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
        document = {
            field.name: plain(getattr(self, field.name))
            for field in fields(self)
            if field.name != "effects"
        }
        rows = []
        for row in self.effects:
            effect = plain(row.effect)
            p = {"p_adjusted": row.p_adjusted, "p_permutation": row.p_permutation}
            rows.append({"arm": row.arm, **effect, **plain(p)})
        return {**document, "effects": rows, "joint_p": plain(self.joint_p)}


def plain(value: Any) -> Any:
    """Turn records into dictionaries and numbers that JSON cannot hold into None."""
    if isinstance(value, float):
        return float(value) if isfinite(value) else None
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if hasattr(value, "__dataclass_fields__"):
        return plain(asdict(value))
    return value
