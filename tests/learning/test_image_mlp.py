"""What an MLP needs for images, hand-written against autograd: many inputs, dropout, a condition, a two-class head."""

import itertools

import pytest
import torch
from torch import nn

from gan_core.learning.networks.autograd import Autograd
from gan_core.learning.networks.dropout import Dropout, keep_mask
from gan_core.learning.networks.mlp import MLP, leaky_relu

BATCH, INPUTS = 11, 20


@pytest.fixture(autouse=True)
def double_precision():
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


class Reference(nn.Module):
    """What the docstring of `MLP` says, in the words of PyTorch."""

    def __init__(self, network, random):
        super().__init__()
        self.beside = nn.Embedding.from_pretrained(network.embedding.clone(), freeze=False)
        self.linears, self.contrast = nn.ModuleList(), network.contrast
        for matrix, bias in zip(network.matrices, network.biases, strict=True):
            self.linears.append(linear := nn.Linear(*matrix.shape))
            linear.weight.data, linear.bias.data = matrix.t().clone(), bias.clone()
        self.dropout = Dropout(network.dropout, random)

    def forward(self, x, condition=None):
        h = x if condition is None else torch.cat([x, self.beside(condition)], 1)
        for linear in self.linears[:-1]:
            h = self.dropout(nn.functional.leaky_relu(linear(h), 0.3))
        output = self.linears[-1](h)
        return output[:, :1] - output[:, 1:] if self.contrast else output


CASES = list(itertools.product([0, 4], [0.0, 0.5], [False, True], [(7, 6), (30,)]))  # 30 > inputs: the narrow penalty


@pytest.fixture(params=CASES, ids=lambda case: "-".join(map(str, case)))
def pair(request):
    conditions, dropout, contrast, hidden = request.param
    network = MLP(
        (INPUTS, *hidden, 1), leaky_relu(0.3), conditions=conditions, embedding=3, dropout=dropout, random=seeded(5),
        contrast=contrast,
    )  # fmt: skip
    network.weights.normal_(generator=seeded())
    network.gradient.fill_(7)
    condition = torch.randint(conditions, (BATCH,), generator=seeded(2)) if conditions else None
    return network, Autograd(Reference(network, seeded(5))), torch.randn(BATCH, INPUTS, generator=seeded(1)), condition


def uneven(steepness):
    return (steepness**2 + steepness**3).mean(), (2 + 3 * steepness) / len(steepness)


def gradients(network):
    if isinstance(network, MLP):
        layers = zip(network._matrix_slopes, network._bias_slopes, strict=True)
        return [network._embedding_slopes, *itertools.chain(*layers)]
    module = network.module
    return [
        module.beside.weight.grad,
        *itertools.chain(*((layer.weight.grad.t(), layer.bias.grad) for layer in module.linears)),
    ]


def test_forward_and_backward_are_those_of_autograd(pair):
    network, reference, x, condition = pair
    slope = torch.randn(BATCH, 1, generator=seeded(3))
    values = []
    for each in (network, reference):
        outputs = each.forward(x, condition)
        arrows = each.pull_back(slope)
        each.learn_from(slope)
        values.append((outputs, arrows, each.penalise(x + 0.1, uneven, condition)))
    assert values[0][1].shape == x.shape
    for ours, theirs in zip(*values, strict=True):
        torch.testing.assert_close(ours, theirs)
    for ours, theirs in zip(gradients(network), gradients(reference), strict=True):
        torch.testing.assert_close(ours, theirs)


def test_dropout_only_in_training():
    network = MLP((INPUTS, 50, 1), "relu", dropout=0.5, random=seeded())
    network.weights.normal_(generator=seeded(1))
    x = torch.randn(BATCH, INPUTS, generator=seeded(2))
    assert not torch.equal(network.forward(x), network.forward(x))
    network.training = False
    assert torch.equal(network.forward(x), network.forward(x))


@pytest.mark.parametrize("rate", [0.3, 0.5, 0.9])
def test_masks_keep_the_right_share_and_the_mean(rate):
    mask = keep_mask(torch.empty(1000, 101), rate, seeded())
    kept = mask[mask > 0]
    assert len(kept) / mask.numel() == pytest.approx(1 - rate, abs=0.005)
    assert mask.mean().item() == pytest.approx(1, abs=0.02)
    assert kept.min() == kept.max()
    columns = mask.bool().double().mean(0)
    assert columns.std().item() == pytest.approx((rate * (1 - rate) / 1000) ** 0.5, rel=0.25)  # no byte is special
