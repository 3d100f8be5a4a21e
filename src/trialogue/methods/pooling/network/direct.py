"""Do the trials of two arms agree with all the others?"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt
from typing import NamedTuple

from trialogue.methods.pooling.network.model import Fit
from trialogue.methods.pooling.network.trials import Trials
from trialogue.methods.special import tails

NOTHING_LEFT = 1e-9  # share of the network's information that is not direct


@dataclass(frozen=True)
class DirectIndirect:
    """An arm against another, from trials of both and from all the others; None where none is."""

    arm: str
    against: str
    direct: float | None
    direct_se: float | None
    indirect: float | None
    indirect_se: float | None
    difference: float | None
    z: float | None
    p: float | None


def direct_and_indirect(trials: Trials, found: Fit, tau2: float) -> Iterable[DirectIndirect]:
    """Part each pair's estimate into what its own trials say, and what the others say.

    The direct estimate is unbiased and the network's is the best one, so their difference is
    independent of the network's: 1/v adds up. Formula (8).
    """
    net, net_variance = found.differences, found.variances
    for i, arm in enumerate(trials.arms):
        for j in range(i + 1, len(trials.arms)):
            both = trials.present[:, i] & trials.present[:, j]
            weight = 1 / (trials.variance[both, i] + trials.variance[both, j] + tau2)
            here = float(weight @ (trials.effect[both, i] - trials.effect[both, j]))
            own, all_ = float(weight.sum()), 1 / float(net_variance[i, j])
            direct, indirect = None, None
            if own > 0:
                direct = _Estimate(here / own, 1 / own)
            if all_ - own > NOTHING_LEFT * all_:
                left = all_ - own
                indirect = _Estimate((net[i, j] * all_ - here) / left, 1 / left)
            yield _compared(arm, trials.arms[j], direct, indirect)


class _Estimate(NamedTuple):
    value: float
    variance: float


def _compared(
    arm: str, against: str, direct: _Estimate | None, indirect: _Estimate | None
) -> DirectIndirect:
    gap = z = p = None
    if direct and indirect:
        gap = direct.value - indirect.value
        z = gap / sqrt(direct.variance + indirect.variance)
        p = tails.two_sided(z, None)
    return DirectIndirect(
        arm=arm,
        against=against,
        direct=direct.value if direct else None,
        direct_se=sqrt(direct.variance) if direct else None,
        indirect=indirect.value if indirect else None,
        indirect_se=sqrt(indirect.variance) if indirect else None,
        difference=gap,
        z=z,
        p=p,
    )
