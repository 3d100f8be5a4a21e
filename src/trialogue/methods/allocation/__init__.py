"""Who gets what? Drawn from a list and a seed alone, so that anyone can check."""

from trialogue.methods.allocation.balance import (
    Balanced,
    count_allocations,
    mahalanobis_balance,
    pocock_simon,
    rerandomise,
)
from trialogue.methods.allocation.commitment import commitment, list_document, list_hash
from trialogue.methods.allocation.draw import (
    Unit,
    blocks,
    clean,
    draw,
    labels,
    late_arms,
    stratum_label,
    units,
)
from trialogue.methods.allocation.verify import (
    Difference,
    differences,
    differs_only_by_order,
    small_strata,
)

__all__ = [
    "Balanced",
    "Difference",
    "Unit",
    "blocks",
    "clean",
    "commitment",
    "count_allocations",
    "differences",
    "differs_only_by_order",
    "draw",
    "labels",
    "late_arms",
    "list_document",
    "list_hash",
    "mahalanobis_balance",
    "pocock_simon",
    "rerandomise",
    "small_strata",
    "stratum_label",
    "units",
]
