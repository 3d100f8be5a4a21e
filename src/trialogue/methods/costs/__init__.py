"""Was it worth it?"""

from trialogue.methods.costs.answers import arm_costs, with_cell_costs, with_costs
from trialogue.methods.costs.fieller import Ratio, fieller
from trialogue.methods.costs.sentences import cost_sentence

__all__ = ["Ratio", "arm_costs", "cost_sentence", "fieller", "with_cell_costs", "with_costs"]
