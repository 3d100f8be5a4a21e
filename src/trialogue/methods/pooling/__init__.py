"""What do all trials say? One estimate, its range, and what a new place may see.

studies = pooling.Studies(estimate=y, variance=v, names=("Leeds", "Hull", "York"))
pooling.pool(studies).to_dict()

Several services at once: `trialogue.methods.pooling.network`.
"""

from trialogue.methods.pooling.answers import pool
from trialogue.methods.pooling.batch import Batch, reml_batch
from trialogue.methods.pooling.conversions import (
    cluster_se,
    log_odds_ratio_from_smd,
    risk_from_odds_ratio,
    se_from_range,
)
from trialogue.methods.pooling.effect_sizes import (
    ARM_COLUMNS,
    MEASURES,
    ArmTable,
    EffectSizes,
    Measure,
    effect_sizes,
)
from trialogue.methods.pooling.network import Network, pool_network
from trialogue.methods.pooling.results import (
    RATIOS,
    ChiSquaredTest,
    Coefficient,
    Egger,
    FTest,
    Pooled,
    Refit,
    Study,
)
from trialogue.methods.pooling.studies import METHODS, Method, Rule, Studies
from trialogue.methods.pooling.unreported import Unreported, with_unreported

__all__ = [
    "ARM_COLUMNS",
    "MEASURES",
    "METHODS",
    "RATIOS",
    "ArmTable",
    "Batch",
    "ChiSquaredTest",
    "Coefficient",
    "EffectSizes",
    "Egger",
    "FTest",
    "Measure",
    "Method",
    "Network",
    "Pooled",
    "Refit",
    "Rule",
    "Studies",
    "Study",
    "Unreported",
    "cluster_se",
    "effect_sizes",
    "log_odds_ratio_from_smd",
    "pool",
    "pool_network",
    "reml_batch",
    "risk_from_odds_ratio",
    "se_from_range",
    "with_unreported",
]
