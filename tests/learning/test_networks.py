"""The hand-written backward against autograd, in double precision."""

import copy
import itertools

import pytest
import torch
from jaxtyping import TypeCheckError
from torch import nn

from gan_core.learning.networks import Network
from gan_core.learning.networks.autograd import Autograd
from gan_core.learning.networks.mlp import ACTIVATIONS, LEAK, MLP

MODULES = {"tanh": nn.Tanh, "relu": nn.ReLU, "leaky_relu": lambda: nn.LeakyReLU(LEAK)}
BATCH = 13


class Reference(nn.Module):
    """What the docstring of `MLP` says, in the words of PyTorch."""

    def __init__(self, network, activation):
        super().__init__()
        self.scale, self.skip = network.scale, network.skip
        self.linears = nn.ModuleList()
        for matrix, bias in zip(network.matrices, network.biases, strict=True):
            self.linears.append(linear := nn.Linear(*matrix.shape))
            linear.weight.data, linear.bias.data = matrix.t().clone(), bias.clone()
        self.bend = MODULES[activation]()

    def forward(self, x):
        h = self.scale * x
        for linear in self.linears[:-1]:
            h = self.bend(linear(h))
        return self.linears[-1](h) + self.skip * x[:, :1]


@pytest.fixture(autouse=True)
def double_precision():
    torch.set_default_dtype(torch.float64)
    torch.manual_seed(0)
    yield
    torch.set_default_dtype(torch.float32)


CASES = list(itertools.product(ACTIVATIONS, range(4), [(1.0, 0.0), (2.5, 0.5)], [1, 3]))


@pytest.fixture(params=CASES, ids=lambda case: "-".join(map(str, case)))
def pair(request):
    """An MLP, the same as a module, and a batch."""
    activation, depth, (scale, skip), inputs = request.param
    network = MLP((inputs, *[5] * depth, 1), activation, scale, skip)
    network.weights.normal_()
    network.gradient.fill_(7)  # of an earlier update: must not be felt
    return network, Autograd(Reference(network, activation)), torch.randn(BATCH, inputs)


def gradients(network):
    """By layer: matrix [inputs, outputs], bias."""
    if isinstance(network, MLP):
        return list(zip(network._matrix_slopes, network._bias_slopes, strict=True))
    return [(linear.weight.grad.t(), linear.bias.grad) for linear in network.module.linears]


def assert_same_gradients(network, reference):
    for ours, theirs in zip(gradients(network), gradients(reference), strict=True):
        torch.testing.assert_close(ours, theirs)


def test_both_are_networks():
    assert isinstance(MLP((1, 1), "tanh"), Network) and isinstance(Autograd(nn.Linear(1, 1)), Network)
    assert set(MODULES) == set(ACTIVATIONS)


def test_forward(pair):
    network, reference, x = pair
    before = x.clone()
    torch.testing.assert_close(network.forward(x), reference.forward(x))
    assert torch.equal(x, before)


def test_learn_from(pair):
    network, reference, x = pair
    slope = torch.randn(BATCH, 1)
    for each in (network, reference):
        each.forward(x)
        each.learn_from(slope)
    assert_same_gradients(network, reference)


def test_pull_back(pair):
    network, reference, x = pair
    slope, gradient = torch.randn(BATCH, 1), network.gradient.clone()
    network.forward(x), reference.forward(x)
    torch.testing.assert_close(network.pull_back(slope), reference.pull_back(slope))
    assert torch.equal(network.gradient, gradient)  # the weights are not asked


def test_learn_from_after_pull_back(pair):
    network, reference, x = pair
    slope = torch.randn(BATCH, 1)
    for each in (network, reference):
        each.forward(x)
        torch.testing.assert_close(each.pull_back(slope), each.pull_back(slope))
        each.learn_from(slope)
    assert_same_gradients(network, reference)


def uneven(steepness):
    """A penalty with no symmetry that could hide an error: mean of s^2 + s^3 over the batch, and (2 + 3 s) / batch."""
    return (steepness**2 + steepness**3).mean(), (2 + 3 * steepness) / len(steepness)


def test_penalise_adds_to_the_gradient(pair):
    network, reference, x = pair
    slope = torch.randn(BATCH, 1)
    values = []
    for each in (network, reference):
        each.forward(x)
        each.learn_from(slope)
        values.append(each.penalise(x + 0.1, uneven))
    torch.testing.assert_close(*values)
    assert_same_gradients(network, reference)


def test_weights_and_gradient_are_views_of_one_flat_tensor():
    for network in (MLP((2, 3, 1), "relu"), Autograd(nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1)))):
        assert network.weights.shape == network.gradient.shape == (2 * 3 + 3 + 3 * 1 + 1,)
        network.weights.zero_()
        assert network.forward(torch.ones(4, 2)).abs().sum() == 0
        network.weights.add_(1)
        assert (network.forward(torch.ones(4, 2)) == 10).all()  # three units of 1 + 1 + 1, and 1


def test_a_copy_looks_without_disturbing(pair):
    network, _, x = pair
    slope = torch.randn(BATCH, 1)
    network.forward(x)
    expected = network.pull_back(slope)
    looker = copy.copy(network)
    looker.forward(torch.randn(4, x.shape[1]))
    torch.testing.assert_close(network.pull_back(slope), expected)


def test_wrong_shapes_are_refused():
    network = MLP((1, 4, 1), "tanh")
    with pytest.raises(TypeCheckError):
        network.forward(torch.zeros(5))
    network.forward(torch.zeros(5, 1))
    with pytest.raises(TypeCheckError):
        network.learn_from(torch.zeros(5))
