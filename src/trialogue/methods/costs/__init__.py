"""Was it worth it?"""

from trialogue.methods.costs.answers import arm_costs, with_cell_costs, with_costs
from trialogue.methods.costs.sentences import cost_sentence
from trialogue.methods.effects.fieller import Ratio, fieller

__all__ = ["Ratio", "arm_costs", "cost_sentence", "fieller", "with_cell_costs", "with_costs"]
