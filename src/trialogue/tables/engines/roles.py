"""Which column is what."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Roles:
    """Names of columns by their role. A covariate is True where its numbers are codes."""

    outcome: str
    arm: str
    cluster: str = ""
    strata: tuple[str, ...] = ()
    blocks: str = ""
    covariates: tuple[tuple[str, bool], ...] = ()
    cost: str = ""

    @property
    def by_option(self) -> dict[str, tuple[str, ...]]:
        """The columns of each option of the command."""
        single = {
            f"--{role}": (name,) if (name := getattr(self, role)) else ()
            for role in ("outcome", "arm", "cluster", "blocks", "cost")
        }
        covariates = tuple(name for name, _ in self.covariates)
        return {**single, "--strata": self.strata, "--covariates": covariates}

    @property
    def names(self) -> dict[str, str]:
        """The columns' own names for messages, as `effects.Data` wants them."""
        return {
            "outcome": self.outcome,
            "arm": self.arm,
            "cluster": self.cluster,
            "blocks": self.blocks,
            "cost": self.cost,
            **{f"stratum {index}": name for index, name in enumerate(self.strata)},
        }
