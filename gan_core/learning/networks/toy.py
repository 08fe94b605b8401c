"""The players of a 1-D run: two MLPs, in standard units of the target."""

import torch

from gan_core.config import ToyConfig
from gan_core.learning.networks.mlp import MLP


def blank_networks(config: ToyConfig, device: torch.device) -> tuple[MLP, MLP]:
    """G and D with all weights 0."""
    g_sizes = (config.latent_dim, *[config.g_width] * config.g_layers, 1)
    d_sizes = (1, *[config.d_width] * config.d_layers, 1)
    with device:
        generator = MLP(g_sizes, config.g_activation, skip=config.g_skip)
        return generator, MLP(d_sizes, config.d_activation, scale=config.d_input_scale)


def weight_counts(config: ToyConfig) -> dict[str, int]:
    """How many weights both players have, under the names of an export. Nothing is built."""
    generator, discriminator = (len(network.weights) for network in blank_networks(config, torch.device("meta")))
    return {
        "generator": generator,
        "generator_buffers": 0,
        "discriminator": discriminator,
        "discriminator_buffers": 0,
    }
