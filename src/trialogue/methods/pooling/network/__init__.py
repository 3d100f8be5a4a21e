"""Several services at once: a network of trials that share arms.

trials = trials_from_counts(trial=trial, arm=arm, events=events, n=n, measure="OR")
pool_network(trials, reference="usual").to_dict()

Formulas with numbers, sources and checks: `docs/methods/networks.md`.
"""

from trialogue.methods.pooling.network.answers import Network, pool_network
from trialogue.methods.pooling.network.comparisons import trials_from_comparisons
from trialogue.methods.pooling.network.counts import trials_from_counts, trials_from_means
from trialogue.methods.pooling.network.direct import DirectIndirect
from trialogue.methods.pooling.network.trials import Places, Trials

__all__ = [
    "DirectIndirect",
    "Network",
    "Places",
    "Trials",
    "pool_network",
    "trials_from_comparisons",
    "trials_from_counts",
    "trials_from_means",
]
