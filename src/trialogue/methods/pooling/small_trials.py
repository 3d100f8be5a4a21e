"""Do small trials tell another story than large ones?"""

import numpy as np

from trialogue.methods.pooling.results import Egger
from trialogue.methods.pooling.studies import FEW, FloatArray
from trialogue.methods.pooling.weighting import at
from trialogue.methods.special import tails

ALIKE = 1e-9  # the range of standard errors beside the largest: below, there is no slope


def egger(y: FloatArray, v: FloatArray) -> Egger | None:
    """Regress estimates y, (k,), on their standard errors with weights 1/v.

    The dispersion is estimated. None with fewer than three trials, where standard errors are all
    alike, or where the line leaves nothing.

    References
    ----------
    Egger, Davey Smith, Schneider and Minder (1997), BMJ 315, 629-634; Sterne and Egger (2005).
    """
    se = np.sqrt(v)
    df = y.size - 2
    if df < 1 or float(np.ptp(se)) <= ALIKE * float(se.max()):
        return None
    middle = float(np.average(se, weights=1 / v))
    line = at(np.column_stack([np.ones(y.size), se - middle]), v, 0.0)
    dispersion = float((line.w * line.residual(y) ** 2).sum()) / df
    if dispersion == 0:
        return None
    centre, slope = (float(b) for b in line.coefficients(y))
    spread = float(np.sqrt(line.m[1, 1] * dispersion))
    t = slope / spread
    return Egger(
        slope=slope,
        se=spread,
        t=t,
        df=df,
        p=tails.two_sided(t, df),
        limit=centre - slope * middle,
        usable=y.size >= FEW,
    )
