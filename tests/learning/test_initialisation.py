import pytest
import torch

from gan_core.config import ToyConfig
from gan_core.learning.initialisation import REACH, initialise
from gan_core.learning.networks.mlp import MLP

METHODS = ToyConfig.choices("initialisation")


def network(how, player="discriminator", sizes=(1, 32, 32, 1), skip=0.0, seed=0):
    made = MLP(sizes, "tanh", skip=skip)
    initialise(made, how, player, torch.Generator().manual_seed(seed))
    return made


@pytest.mark.parametrize("how", METHODS)
@pytest.mark.parametrize("sizes", [(1, 1), (1, 8, 1), (3, 8, 8, 1)])
def test_weights_depend_on_the_seed_alone(how, sizes):
    torch.manual_seed(1)
    first = network(how, sizes=sizes).weights
    torch.manual_seed(2)
    assert torch.equal(network(how, sizes=sizes).weights, first)
    assert not torch.equal(network(how, sizes=sizes, seed=1).weights, first)
    assert first.isfinite().all() and first.abs().sum() > 0


@pytest.mark.parametrize("player", REACH)
def test_spread_puts_the_bends_evenly_over_the_reach(player):
    made = network("spread", player)
    bends = -made.biases[0] / made.matrices[0][0]
    assert made.matrices[0].abs() == pytest.approx(1) and made.matrices[0].unique().tolist() == [-1, 1]
    assert bends.numpy() == pytest.approx(torch.linspace(-REACH[player], REACH[player], 32).numpy(), abs=1e-5)


def test_spread_in_several_dimensions_has_unit_directions():
    made = network("spread", "generator", sizes=(3, 8, 1))
    assert made.matrices[0].norm(dim=0).numpy() == pytest.approx(1, abs=1e-6)


def test_spread_generator_starts_as_its_skip_connection():
    z = torch.linspace(-2, 2, 5)[:, None]
    assert torch.equal(network("spread", "generator", skip=0.5).forward(z), 0.5 * z)
    assert network("spread", "generator", skip=0.0).forward(z).std() > 0  # without one it must not start flat


@pytest.mark.parametrize(("layer", "bound"), [(0, 1.0), (1, 32**-0.5), (2, 32**-0.5)])
def test_pytorch_is_the_default_of_linear(layer, bound):
    made = network("pytorch")
    both = torch.cat([made.matrices[layer].flatten(), made.biases[layer]])
    assert bound * 0.8 < both.abs().max() <= bound
    assert torch.nn.Linear(int(bound**-2 + 0.5), 1000).weight.detach().abs().max() == pytest.approx(bound, rel=0.01)


def test_standard_normal():
    made = network("standard_normal")
    assert float(made.matrices[1].std()) == pytest.approx(1, abs=0.1)
    assert float(made.matrices[1].mean()) == pytest.approx(0, abs=0.1)
    assert all((bias == 0).all() for bias in made.biases)
