"""Numbers to drawings and their words: pure, and without colour alone.

In a notebook, a result draws itself: `charts.effects(analysis, outcome, wording)`.
"""

from trialogue.charts.chart import Chart
from trialogue.charts.drawing import effects, power
from trialogue.charts.worth import acceptability

__all__ = ["Chart", "acceptability", "effects", "power"]
