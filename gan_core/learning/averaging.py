"""A running mean of a network's weights: it draws calmer pictures than the weights that play (Yazıcı et al. 2019)."""

from gan_core.learning.networks import Network


class Average:
    """weights = memory * weights + (1 - memory) * network.weights after each step, and the same for its buffers.

    At first the memory is shorter, (1 + n) / (10 + n) after n steps, so that the first weights are soon forgotten.
    """

    def __init__(self, network: Network, memory: float) -> None:
        self.weights, self.buffers = network.weights.clone(), network.buffers.clone()
        self.memory = memory

    def follow(self, network: Network, steps: int) -> None:
        share = 1 - min(self.memory, (1 + steps) / (10 + steps))
        self.weights.lerp_(network.weights, share)
        self.buffers.lerp_(network.buffers, share)
