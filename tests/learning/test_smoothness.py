import pytest
import torch
from torch import nn

from gan_core.config import ToyConfig
from gan_core.learning.networks.autograd import Autograd
from gan_core.learning.networks.mlp import LEAK, MLP
from gan_core.learning.smoothness import PENALTIES, clip, gradient_penalty, r1

REAL, FAKE = torch.randn(64, 1, generator=torch.Generator().manual_seed(0)), torch.full((64, 1), 5.0)


def line(slope):
    """D(x) = slope * x."""
    network = MLP((1, 1), "tanh")
    network.matrices[0].fill_(slope)
    return network


def random():
    return torch.Generator().manual_seed(1)


def test_the_table_holds_what_the_config_offers():
    assert {*PENALTIES, "none", "weight_clipping"} == set(ToyConfig.choices("smoothness"))


@pytest.mark.parametrize(
    ("slope", "one_sided", "value", "derivative"),
    [  # weight 10: 10 (|a| - 1)^2 and 20 (|a| - 1) sign(a)
        (3.0, False, 40.0, 40.0),
        (3.0, True, 40.0, 40.0),
        (-3.0, True, 40.0, -40.0),
        (0.25, False, 5.625, -15.0),
        (0.25, True, 0.0, 0.0),
        (1.0, False, 0.0, 0.0),
    ],
)
def test_gradient_penalty_of_a_line(slope, one_sided, value, derivative):
    critic = line(slope)
    assert float(gradient_penalty(critic, REAL, FAKE, 10.0, one_sided, random())) == pytest.approx(value, abs=1e-4)
    assert critic.gradient.tolist() == pytest.approx([derivative, 0], abs=1e-4)


def test_r1_of_a_line():
    critic = line(-3.0)
    assert float(r1(critic, REAL, 0.5)) == pytest.approx(0.5 / 2 * 9)
    assert critic.gradient.tolist() == pytest.approx([-1.5, 0])


def test_gradient_penalty_of_a_flat_critic_is_its_weight():
    critic = line(0.0)
    assert float(gradient_penalty(critic, REAL, FAKE, 10.0, False, random())) == pytest.approx(10)
    assert critic.gradient.isfinite().all()


def test_gradient_penalty_looks_between_real_and_fake():
    class Witness(MLP):
        def penalise(self, x, penalty, condition=None):
            self.seen = x
            return super().penalise(x, penalty, condition)

    witness = Witness((2, 1), "tanh")
    gradient_penalty(witness, torch.zeros(64, 2), torch.ones(64, 2), 1.0, True, random())
    assert ((witness.seen > 0) & (witness.seen < 1)).all()
    assert torch.equal(witness.seen[:, 0], witness.seen[:, 1])  # one point of each straight line
    assert witness.seen[:, 0].std() == pytest.approx(12**-0.5, abs=0.06)


@pytest.mark.parametrize("name", PENALTIES)
@pytest.mark.parametrize("one_sided", [True, False])
def test_penalties_of_an_mlp_are_those_of_autograd(name, one_sided):
    config = ToyConfig(one_sided=one_sided)
    network = MLP((1, 8, 8, 1), "leaky_relu")
    network.weights.normal_(generator=random())
    layers: list[nn.Module] = []
    for matrix, bias in zip(network.matrices, network.biases, strict=True):
        layers += [linear := nn.Linear(*matrix.shape), nn.LeakyReLU(LEAK)]
        linear.weight.data, linear.bias.data = matrix.t().clone(), bias.clone()
    reference = Autograd(nn.Sequential(*layers[:-1]))
    values = [PENALTIES[name](each, REAL, FAKE, 2.0, config, random(), None) for each in (network, reference)]
    torch.testing.assert_close(*values)
    theirs = [linear.weight.grad.t() for linear in layers[::2]]
    torch.testing.assert_close(network._matrix_slopes, theirs, rtol=1e-4, atol=1e-4)
    assert network.gradient.abs().sum() > 0


def test_clip_bounds_every_weight():
    network = MLP((1, 8, 1), "tanh")
    network.weights.normal_(generator=random())
    inside = network.weights.abs() < 0.1
    before = network.weights.clone()
    clip(network, 0.1)
    assert network.weights.abs().max() == pytest.approx(0.1)
    assert torch.equal(network.weights[inside], before[inside]) and inside.any()
