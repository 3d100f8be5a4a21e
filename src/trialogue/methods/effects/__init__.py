"""What difference did it make? The planned analysis, robust and exact.

rule = effects.Rule(control="usual")
analysis = effects.analyse(effects.Data(outcome=y, arm=arm, cluster=street), rule, seed=1)
analysis.to_dict()
"""

from trialogue.methods.effects.added import analyse_cells
from trialogue.methods.effects.analysis import analyse
from trialogue.methods.effects.cells import CellMoments, Cells, Forms, Source
from trialogue.methods.effects.checks import Balance, balance, icc, sample_ratio
from trialogue.methods.effects.correction import holm
from trialogue.methods.effects.data import Data, Rule
from trialogue.methods.effects.missing import LeeBounds, lee_bounds
from trialogue.methods.effects.model import Fit, JointTest, fit_sums
from trialogue.methods.effects.planned import ArmEffect
from trialogue.methods.effects.randomisation import Redrawn, rerandomise
from trialogue.methods.effects.results import (
    Analysis,
    ArmCost,
    ArmSummary,
    Comparison,
    NetBenefit,
    Permutation,
    Sensitivity,
)
from trialogue.methods.effects.sums import ClusterSums, merge

__all__ = [
    "Analysis",
    "ArmCost",
    "ArmEffect",
    "ArmSummary",
    "Balance",
    "CellMoments",
    "Cells",
    "ClusterSums",
    "Comparison",
    "Data",
    "Fit",
    "Forms",
    "JointTest",
    "LeeBounds",
    "NetBenefit",
    "Permutation",
    "Redrawn",
    "Rule",
    "Sensitivity",
    "Source",
    "analyse",
    "analyse_cells",
    "balance",
    "fit_sums",
    "holm",
    "icc",
    "lee_bounds",
    "merge",
    "rerandomise",
    "sample_ratio",
]
