"""How many do we need? Closed form and simulation of the planned analysis.

Formulas with numbers, sources and checks: `docs/methods/power.md`.
"""

from trialogue.methods.power.closed_form import Power, power, power_at_iccs, power_curve
from trialogue.methods.power.explained import baseline_r2, repeated_measures_factor
from trialogue.methods.power.overall import overall_power
from trialogue.methods.power.plan import Plan
from trialogue.methods.power.sentences import Words, sentences
from trialogue.methods.power.simulation import (
    DrawnTrials,
    SimulatedCurve,
    drawn_trials,
    simulate,
    simulated_curve,
)
from trialogue.methods.power.solving import Fixes, cluster_size_needed, fixes, people_to_recruit

__all__ = [
    "DrawnTrials",
    "Fixes",
    "Plan",
    "Power",
    "SimulatedCurve",
    "Words",
    "baseline_r2",
    "cluster_size_needed",
    "drawn_trials",
    "fixes",
    "overall_power",
    "people_to_recruit",
    "power",
    "power_at_iccs",
    "power_curve",
    "repeated_measures_factor",
    "sentences",
    "simulate",
    "simulated_curve",
]
