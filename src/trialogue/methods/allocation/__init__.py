"""Who gets what? Drawn from a list and a seed alone, so that anyone can check."""

from trialogue.methods.allocation.balance import (
    count_allocations,
    mahalanobis_balance,
    pocock_simon,
    rerandomise,
)
from trialogue.methods.allocation.commitment import commitment, list_hash
from trialogue.methods.allocation.draw import Unit, blocks, clean, draw, late_arms, stratum_label
from trialogue.methods.allocation.verify import Difference, differences, small_strata

__all__ = [
    "Difference",
    "Unit",
    "blocks",
    "clean",
    "commitment",
    "count_allocations",
    "differences",
    "draw",
    "late_arms",
    "list_hash",
    "mahalanobis_balance",
    "pocock_simon",
    "rerandomise",
    "small_strata",
    "stratum_label",
]
