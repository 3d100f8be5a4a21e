"""What difference did it make? The planned analysis, robust and exact.

rule = effects.Rule(control="usual")
analysis = effects.analyse(effects.Data(outcome=y, arm=arm, cluster=street), rule, seed=1)
analysis.to_dict()
"""

from trialogue.methods.effects.added import analyse_cells
from trialogue.methods.effects.analysis import analyse
from trialogue.methods.effects.cells import CellMoments, Cells, Forms, Source
from trialogue.methods.effects.checks import Balance, balance, icc, sample_ratio
from trialogue.methods.effects.complier import ComplierEffect, complier_effects
from trialogue.methods.effects.correction import (
    benjamini_hochberg,
    benjamini_yekutieli,
    bonferroni,
    hochberg,
    holm,
    hommel,
)
from trialogue.methods.effects.data import Data, Rule
from trialogue.methods.effects.dunnett import Dunnett, dunnett
from trialogue.methods.effects.looking import (
    Crossing,
    HarmLook,
    SimulatedCrossing,
    crossing,
    look_for_harm,
    simulate_crossing,
)
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
from trialogue.methods.effects.stepped import analyse_stepped
from trialogue.methods.effects.subgroups import Interaction, Subgroup, subgroup_effects
from trialogue.methods.effects.sums import ClusterSums, merge
from trialogue.methods.effects.waves import Lasting, Waves, analyse_waves

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
    "ComplierEffect",
    "Crossing",
    "Data",
    "Dunnett",
    "Fit",
    "Forms",
    "HarmLook",
    "Interaction",
    "JointTest",
    "Lasting",
    "LeeBounds",
    "NetBenefit",
    "Permutation",
    "Redrawn",
    "Rule",
    "Sensitivity",
    "SimulatedCrossing",
    "Source",
    "Subgroup",
    "Waves",
    "analyse",
    "analyse_cells",
    "analyse_stepped",
    "analyse_waves",
    "balance",
    "benjamini_hochberg",
    "benjamini_yekutieli",
    "bonferroni",
    "complier_effects",
    "crossing",
    "dunnett",
    "fit_sums",
    "hochberg",
    "holm",
    "hommel",
    "icc",
    "lee_bounds",
    "look_for_harm",
    "merge",
    "rerandomise",
    "sample_ratio",
    "simulate_crossing",
    "subgroup_effects",
]
