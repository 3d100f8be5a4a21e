"""Was it worth it?"""

from trialogue.methods.costs.answers import cost_answers
from trialogue.methods.costs.fieller import Ratio, fieller
from trialogue.methods.costs.sentences import cost_sentence

__all__ = ["Ratio", "cost_answers", "cost_sentence", "fieller"]
