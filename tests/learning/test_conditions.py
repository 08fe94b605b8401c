"""Mixtures of digits: of one digit alone, they are that digit; of several, what lies between."""

import itertools

import pytest
import torch

from gan_core.config import ImageConfig
from gan_core.learning.networks.conditions import rows_of
from gan_core.learning.networks.images import image_discriminator, image_generator
from gan_core.learning.networks.mlp import MLP

DIGITS = torch.tensor([3, 0, 9, 3, 7])
ALONE = torch.eye(10)[DIGITS]
NETWORKS = [
    {"conditioning": way, "g_network": g, "d_network": d, "g_normalisation": norm}
    for way, g, d, norm in itertools.product(
        ("embedding", "projection"), ("mlp", "conv"), ("mlp", "conv"), ("none", "batch_norm", "batch_norm_last")
    )
    if not (way == "projection" and d == "mlp")
]


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def players(**changes):
    config = ImageConfig(conditional=True, latent_dim=7, g_widths=(6, 4), d_widths=(3, 5), embedding=6, **changes)
    generator, discriminator = image_generator(config, seeded()), image_discriminator(config, seeded(1), seeded(2))
    for network in (generator, discriminator):
        network.weights.normal_(0, 0.3, generator=seeded(3))  # the scales and shifts of a new G are all alike
    return generator, discriminator


@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("changes", NETWORKS, ids=lambda changes: "-".join(changes.values()))
def test_a_mixture_of_one_digit_is_the_digit_bit_for_bit(changes, training):
    z, x = torch.randn(5, 7, generator=seeded(4)), torch.rand(5, 784, generator=seeded(5))
    for network, inputs in zip(players(**changes), (z, x), strict=True):
        network.training = training
        told = network.forward(inputs, DIGITS)
        assert torch.equal(network.forward(inputs, ALONE), told)
        assert not torch.equal(network.forward(inputs, ALONE.roll(1, 1)), told)


@pytest.mark.parametrize("d_network", ["mlp", "conv"])
def test_slopes_to_the_image_are_the_same(d_network):
    _, discriminator = players(d_network=d_network)
    x, slope = torch.rand(5, 784, generator=seeded(5)), torch.randn(5, 1, generator=seeded(6))
    arrows = []
    for condition in (DIGITS, ALONE):
        discriminator.forward(x, condition)
        arrows.append(discriminator.pull_back(slope))
    assert torch.equal(*arrows)


def test_a_mixture_mixes_the_rows():
    table = torch.randn(10, 4, generator=seeded())
    shares = torch.tensor([[0.25, 0, 0, 0, 0, 0, 0, 0, 0, 0.75], [0.1] * 10])
    expected = torch.stack([0.25 * table[0] + 0.75 * table[9], table.mean(0)])
    torch.testing.assert_close(rows_of(table, shares), expected)


def test_the_blend_of_two_digits_begins_and_ends_with_them_and_changes_little_by_little():
    generator, _ = players(conditioning="projection", g_network="mlp", d_network="conv")
    generator.training = False
    share = torch.linspace(0, 1, 101)[:, None]
    blend = (1 - share) * torch.eye(10)[[2]] + share * torch.eye(10)[[6]]
    images = generator.forward(torch.randn(1, 7, generator=seeded(4)).repeat(101, 1), blend)
    ends = generator.forward(torch.randn(1, 7, generator=seeded(4)).repeat(2, 1), torch.tensor([2, 6]))
    torch.testing.assert_close(images[[0, 100]], ends, atol=1e-6, rtol=0)  # a batch of two is summed in another order
    steps = images.diff(dim=0).abs().amax(1)
    assert 0 < steps.max() < 0.1 * (images[0] - images[100]).abs().max()


def test_what_is_learnt_from_mixtures_goes_to_all_their_rows():
    network = MLP((6, 5, 1), "tanh", conditions=10, embedding=3)
    network.weights.normal_(generator=seeded())
    shares = torch.rand(5, 10, generator=seeded(1)).softmax(1)
    x, slope = torch.rand(5, 6, generator=seeded(2)), torch.rand(5, 1, generator=seeded(3))
    network.forward(x, shares)
    network.learn_from(slope)
    weights = network.weights.clone().requires_grad_()
    table, first, bend, second, end = weights.split([30, 45, 5, 5, 1])
    hidden = (torch.cat([x, shares @ table.view(10, 3)], 1) @ first.view(9, 5) + bend).tanh()
    (expected,) = torch.autograd.grad(((hidden @ second.view(5, 1) + end) * slope).sum(), weights)
    torch.testing.assert_close(network.gradient, expected)
