"""What difference did it make? The planned analysis, robust and exact."""

from trialogue.methods.effects.analysis import Analysis, analyse
from trialogue.methods.effects.checks import Balance, balance, icc, sample_ratio
from trialogue.methods.effects.correction import holm
from trialogue.methods.effects.data import Data, Rule
from trialogue.methods.effects.missing import LeeBounds, extreme_cases, lee_bounds
from trialogue.methods.effects.model import ArmEffect, Fit, JointTest, fit_model
from trialogue.methods.effects.randomisation import Redrawn, rerandomise

__all__ = [
    "Analysis",
    "ArmEffect",
    "Balance",
    "Data",
    "Fit",
    "JointTest",
    "LeeBounds",
    "Redrawn",
    "Rule",
    "analyse",
    "balance",
    "extreme_cases",
    "fit_model",
    "holm",
    "icc",
    "lee_bounds",
    "rerandomise",
    "sample_ratio",
]
