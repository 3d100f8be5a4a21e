"""How often pooled ranges hold the truth: few trials, more or less alike."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri, stdtrit

from trialogue.methods.pooling import reml_batch

DRAWS = 10_000
TRIALS = (3, 5, 10, 20, 40)
# τ² beside the typical variance: the share of differences that is not chance (I²).
ALIKE = {"0%": 0.0, "50%": 1.0, "90%": 9.0}
SIZES = {"alike": 1.0, "some ten times larger": 10.0}


@dataclass(frozen=True)
class Held:
    """Shares of ranges that hold the truth: normal, Knapp and Hartung's, of the next trial."""

    trials: int
    differ: str
    sizes: str
    normal: float
    knapp_hartung: float
    prediction: float


def held() -> Iterator[Held]:
    """Play meta-analyses of trials whose true effects are normal."""
    rng = np.random.default_rng(20270203)
    for sizes, largest in SIZES.items():
        for differ, tau2 in ALIKE.items():
            for k in TRIALS:
                v = np.geomspace(largest, 1.0, k) * np.ones((DRAWS, 1))
                tau = np.sqrt(tau2 * v.mean())
                truth = tau * rng.standard_normal((DRAWS, k + 1))
                y = truth[:, :k] + np.sqrt(v) * rng.standard_normal((DRAWS, k))
                found = reml_batch(y, v)
                t = stdtrit(k - 1, 0.975)
                kh = found.s2 * found.variance
                reach = t * np.sqrt(kh + found.tau2)
                yield Held(
                    trials=k,
                    differ=differ,
                    sizes=sizes,
                    normal=_share(np.abs(found.estimate) <= ndtri(0.975) * found.variance**0.5),
                    knapp_hartung=_share(np.abs(found.estimate) <= t * np.sqrt(kh)),
                    prediction=_share(np.abs(truth[:, k] - found.estimate) <= reach),
                )


def _share(held: np.ndarray) -> float:
    return float(held.mean())
