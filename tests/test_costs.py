"""Costs by formula against what PyTorch counts."""

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from gan_core.config import ImageConfig
from gan_core.costs import costs_of
from gan_core.learning.networks.images import blank_networks
from gan_core.presets import IMAGE_PRESETS

CONFIGS = {name: row.config for name, row in IMAGE_PRESETS.items()} | {
    "embedding, conv D": ImageConfig(conditional=True, d_network="conv", d_widths=(5, 6), kernel=5, embedding=7),
    "conv, four widths": ImageConfig(
        conditional=True, g_network="conv", g_widths=(4, 5, 6, 7), kernel=3, latent_dim=9, classes=(1, 2, 3)
    ),
}


def counted(call, *arguments):
    """Of one call; an addition counts as an operation there."""
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        call(*arguments)
    return counter.get_total_flops() / 2


@pytest.mark.parametrize("name", CONFIGS)
def test_costs_are_those_that_pytorch_counts(name):
    config = CONFIGS[name].replace(precision="float32")
    generator, discriminator = blank_networks(config, torch.device("cpu"))
    generator.training = discriminator.training = False
    told = (torch.eye(10)[:1],) if config.conditional else ()
    costs = costs_of(config)
    assert costs.generator == counted(generator.forward, torch.zeros(1, config.latent_dim), *told)
    assert costs.discriminator == counted(discriminator.forward, torch.zeros(1, 784), *told)
    assert costs.judged == costs.generator + 2 * costs.discriminator
    assert costs.directions == costs.generator * config.latent_dim * (len(config.digits) if config.conditional else 1)
