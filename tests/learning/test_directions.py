"""Directions of G against numerical ones, in double precision."""

import numpy as np
import pytest
import torch

from gan_core.config import ImageConfig
from gan_core.learning.classifier import WEIGHTS
from gan_core.learning.directions import MOST, PORTION, directions_at, slopes_at
from gan_core.learning.networks.images import image_generator
from gan_core.learning.players import Players

STEP = 1e-6
NONE = torch.empty(0, 10)
CASES = {
    "mlp": ({}, NONE),
    "wide": ({"latent_dim": 14, "g_widths": (40, 30)}, NONE),
    "conv": ({"g_network": "conv"}, NONE),
    "norm last": ({"g_normalisation": "batch_norm_last", "g_activation": "leaky_relu"}, NONE),
    "embedding": ({"conditional": True}, torch.eye(10)),
    "projection": ({"conditional": True, "conditioning": "projection", "d_network": "conv"}, torch.eye(10)[[1, 4]]),
}  # fmt: skip


@pytest.fixture(params=CASES.values(), ids=CASES)
def case(request):
    """z, a generator that has seen something, and the conditions."""
    changes, conditions = request.param
    config = ImageConfig.make({"latent_dim": 6, "g_widths": (9, 8), "d_widths": (3,), "embedding": 5} | changes)
    random = torch.Generator().manual_seed(0)
    generator = image_generator(config, random)
    generator.weights.normal_(0, 0.5, generator=random)
    generator.buffers.uniform_(0.5, 1.5, generator=random)
    generator.training = False
    return torch.randn(1, config.latent_dim, generator=random), generator, conditions


def numerical(z, generator, conditions):
    """The Jacobian, all conditions below one another, of images whose black is 0 and whose white is 1."""
    module, parts = generator.module.double(), []
    ways = STEP * torch.eye(z.shape[1], dtype=torch.float64)
    for number in range(max(1, len(conditions))):
        told = (conditions[[number]].double().expand(len(ways), -1),) if len(conditions) else ()
        with torch.no_grad():
            parts.append((module(z.double() + ways, *told) - module(z.double() - ways, *told)) / (4 * STEP))
    module.float()
    return torch.cat(parts, 1).t()


def test_they_are_the_singular_vectors_of_the_numerical_jacobian(case):
    found, jacobian = directions_at(*case), numerical(*case)
    rows = len(jacobian) ** 0.5
    _, values, vectors = torch.linalg.svd(jacobian, full_matrices=False)
    torch.testing.assert_close(found.gains.double(), values[:MOST] / rows, rtol=1e-4, atol=1e-6)
    torch.testing.assert_close(found.coordinate_gains.double(), jacobian.norm(dim=0) / rows, rtol=1e-4, atol=1e-6)
    alike = (found.directions.double() * vectors[:MOST]).sum(1).abs()
    np.testing.assert_allclose(alike, 1, atol=1e-4)


def test_slopes_are_those_of_finite_differences(case):
    z, generator, conditions = case
    found = slopes_at(z, generator, conditions[:1]).double() / 2
    torch.testing.assert_close(found.t(), numerical(z, generator, conditions[:1]), rtol=1e-3, atol=1e-5)


def test_a_long_z_is_taken_in_portions_so_that_memory_stays_bounded():
    config = ImageConfig(latent_dim=2 * PORTION + 5, g_widths=(9, 8))
    generator = image_generator(config, torch.Generator().manual_seed(0))
    generator.training = False
    seen = []
    generator.module.register_forward_pre_hook(lambda module, arguments: seen.append(len(arguments[0])))
    z = torch.randn(1, config.latent_dim, generator=torch.Generator().manual_seed(1))
    found = slopes_at(z, generator, NONE).double() / 2
    assert seen == [PORTION, PORTION, 5]
    torch.testing.assert_close(found.t(), numerical(z, generator, NONE), rtol=1e-3, atol=1e-5)


def test_orthonormal_strongest_first_with_fixed_signs(case):
    found = directions_at(*case)
    count = min(MOST, case[0].shape[1])
    assert found.directions.shape == (count, case[0].shape[1])
    torch.testing.assert_close(found.directions @ found.directions.t(), torch.eye(count), atol=1e-5, rtol=0)
    assert (found.gains.diff() <= 0).all() and found.gains[-1] >= 0
    assert (found.directions.gather(1, found.directions.abs().argmax(1, keepdim=True)) > 0).all()
    again = directions_at(*case)
    assert torch.equal(found.directions, again.directions) and torch.equal(found.gains, again.gains)


def test_no_direction_moves_the_image_more(case):
    found, jacobian = directions_at(*case), numerical(*case)
    ways = torch.randn(200, jacobian.shape[1], generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    gains = (ways @ jacobian.t()).norm(dim=1) / ways.norm(dim=1) / len(jacobian) ** 0.5
    assert gains.max() <= found.gains[0] * (1 + 1e-4)


def test_looking_changes_nothing(case):
    _, generator, _ = case
    before = generator.weights.clone(), generator.buffers.clone(), torch.get_rng_state()
    with torch.inference_mode():
        directions_at(*case)
    after = generator.weights, generator.buffers, torch.get_rng_state()
    assert all(torch.equal(*pair) for pair in zip(before, after, strict=True))


def test_a_diverged_generator_has_no_directions_and_no_error():
    generator = image_generator(ImageConfig(latent_dim=3, g_widths=(4,)), torch.Generator().manual_seed(0))
    generator.weights.fill_(torch.nan)
    generator.training = False
    found = directions_at(torch.zeros(1, 3), generator, NONE)
    assert found.gains.tolist() == [0, 0, 0] and torch.linalg.matrix_rank(found.directions) == 3


def test_a_step_along_the_first_direction_of_a_shipped_generator_moves_the_image_as_told():
    players = Players.of_file(WEIGHTS.with_name("gan.safetensors").read_bytes())
    z = torch.randn(1, players.config.latent_dim, generator=torch.Generator().manual_seed(3))
    found = directions_at(z, players.generator, NONE)
    with torch.no_grad():
        moved, still = players.generator.forward(z + 0.01 * found.directions[:1]), players.generator.forward(z)
    change = ((moved - still) / 2).square().mean().sqrt() / 0.01
    assert change.item() == pytest.approx(found.gains[0].item(), rel=0.02)
