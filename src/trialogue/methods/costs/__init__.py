"""Was it worth it? What an arm cost beside control, and what that bought.

found = costs.cost_effects(data, rule)       # an arm each: effect, cost, how sure they are
costs.answers(found[0])                      # cost an outcome, where it may be given
costs.acceptability(found[0], range(0, 101)) # the chance that it was worth it
"""

from trialogue.methods.costs.acceptability import Acceptability, Worth, acceptability
from trialogue.methods.costs.answers import answers, arm_costs, with_cell_costs, with_costs
from trialogue.methods.costs.found import Amount, CostEffect, cost_effects
from trialogue.methods.costs.payers import WhoPays, who_pays
from trialogue.methods.costs.released import Released, released
from trialogue.methods.costs.sentences import (
    acceptability_sentence,
    cost_sentence,
    paid,
    payers_sentence,
    pounds,
    released_sentence,
    set_up_sentence,
    signed_pounds,
)
from trialogue.methods.effects.fieller import Ratio, fieller

__all__ = [
    "Acceptability",
    "Amount",
    "CostEffect",
    "Ratio",
    "Released",
    "WhoPays",
    "Worth",
    "acceptability",
    "acceptability_sentence",
    "answers",
    "arm_costs",
    "cost_effects",
    "cost_sentence",
    "fieller",
    "paid",
    "payers_sentence",
    "pounds",
    "released",
    "released_sentence",
    "set_up_sentence",
    "signed_pounds",
    "who_pays",
    "with_cell_costs",
    "with_costs",
]
