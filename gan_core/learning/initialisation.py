"""First weights of an MLP. Most 1-D demonstrations that fail do so here, not in the loss (docs/quality.md)."""

import math

import torch

from gan_core.learning.networks.mlp import MLP

REACH = {"generator": 2.0, "discriminator": 12.0}  # standard deviations of the scaled input that the bends cover


def initialise(network: MLP, how: str, player: str, random: torch.Generator) -> None:
    """Fill `network.weights` in one of three ways.

    spread : first-layer weights +-1 and biases such that the bends of the units lie evenly over the input range;
        further layers as in pytorch; the last layer of a generator 0, so that G starts as its skip connection.
    pytorch : uniform in +-1 / sqrt(inputs), weights and biases, the default of `torch.nn.Linear`.
    standard_normal : weights N(0, 1), biases 0, as in early 1-D tutorials.
    """
    for matrix, bias in zip(network.matrices, network.biases, strict=True):
        bound = 1 / math.sqrt(len(matrix))
        if how == "standard_normal":
            matrix.normal_(generator=random)
            bias.zero_()
        else:
            matrix.uniform_(-bound, bound, generator=random)
            bias.uniform_(-bound, bound, generator=random)
    if how == "spread":
        if len(network.matrices) > 1:
            _spread_bends(network, REACH[player], random)
        if player == "generator" and network.skip:
            network.matrices[-1].zero_()
            network.biases[-1].zero_()


def _spread_bends(network: MLP, reach: float, random: torch.Generator) -> None:
    matrix, bias = network.matrices[0], network.biases[0]
    inputs, units = matrix.shape
    signs = torch.randint(0, 2, (units,), generator=random) * 2.0 - 1.0
    bends = torch.linspace(-reach, reach, units)
    if inputs == 1:
        matrix.copy_(signs[None])
    else:
        directions = torch.randn(inputs, units, generator=random)
        matrix.copy_(directions / directions.norm(dim=0))
    bias.copy_(-bends * signs)
