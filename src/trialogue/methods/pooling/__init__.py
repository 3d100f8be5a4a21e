"""What do all trials say?"""

from trialogue.methods.pooling.network import Network, pool_network

__all__ = ["Network", "pool_network"]
