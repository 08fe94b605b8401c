"""The two players' networks, each with a forward and a backward of its own.

A loss tells a network how much each of its outputs should change. `learn_from` carries that back to the weights;
`pull_back` carries it to the input: for the discriminator, these are the arrows that tell each fake where to go.
"""

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import torch
from jaxtyping import Float
from torch import Tensor, nn

LEAK = 0.2  # slope of leaky_relu below 0


@runtime_checkable
class Network(Protocol):
    """What the trainer needs of a generator or a discriminator."""

    weights: Tensor  # all of them, one flat tensor: an optimiser step is a few operations, whatever the depth
    gradient: Tensor  # of a loss with respect to them

    def forward(self, x: Tensor) -> Tensor:
        """The output for a batch. What `pull_back` and, after it, `learn_from` need of it is kept."""
        ...

    def learn_from(self, slope: Tensor) -> None:
        """From d loss / d output to `gradient`, which is written anew."""
        ...

    def pull_back(self, slope: Tensor) -> Tensor:
        """From d loss / d output to d loss / d input."""
        ...

    def penalise(self, x: Tensor, penalty: "SlopePenalty") -> Tensor:
        """Value of `penalty` on the slopes d output / d input at x. Adds d penalty / d weights to `gradient`."""
        ...


# From slopes [batch, inputs] to the penalty and its derivative for each slope.
SlopePenalty = Callable[[Tensor], tuple[Tensor, Tensor]]


@dataclass(frozen=True)
class Activation:
    """a(h) in place; slope * a'; and a'' / a'. Derivatives are read off the output a, the one tensor that is kept."""

    apply: Callable[[Tensor], Tensor]
    derive: Callable[[Tensor, Tensor], Tensor]
    bend: Callable[[Tensor], Tensor] | None = None  # None: a'' is 0 (almost) everywhere


_aten = torch.ops.aten
ACTIVATIONS = {
    "tanh": Activation(torch.tanh_, _aten.tanh_backward.default, lambda a: -2 * a),
    "relu": Activation(torch.relu_, lambda slope, a: _aten.threshold_backward.default(slope, a, 0)),
    "leaky_relu": Activation(
        lambda h: nn.functional.leaky_relu_(h, LEAK),
        lambda slope, a: _aten.leaky_relu_backward.default(slope, a, LEAK, True),
    ),
}


class MLP:
    """Fully connected layers with a hand-written backward.

    output = scale * x W_1 + b_1, activation, ..., activation, h W_L + b_L (+ skip * first column of x).

    Autograd records, for a network this small, more than it computes; the same chain rule in a dozen tensor
    operations makes an update about twice as fast (docs/decisions/0003).

    Parameters
    ----------
    sizes : units of each layer, input first: (1, 32, 32, 1).
    activation : name in `ACTIVATIONS`.
    scale : factor on the input.
    skip : factor of the input's first column that is added to the output.
    """

    def __init__(self, sizes: tuple[int, ...], activation: str, scale: float = 1.0, skip: float = 0.0) -> None:
        self.shapes = list(itertools.pairwise(sizes))
        self.scale, self.skip = scale, skip
        self.activation = ACTIVATIONS[activation]
        total = sum(rows * columns + columns for rows, columns in self.shapes)
        self.weights, self.gradient = torch.zeros(total), torch.zeros(total)
        self.matrices, self.biases = self._split(self.weights)
        self._matrix_slopes, self._bias_slopes = self._split(self.gradient)
        self._transposed = [matrix.t() for matrix in self.matrices]
        self._kept: list[Tensor] = []

    def _split(self, flat: Tensor) -> tuple[list[Tensor], list[Tensor]]:
        """Views of a flat tensor as the matrices and the biases of the layers."""
        sizes = [size for rows, columns in self.shapes for size in (rows * columns, columns)]
        parts = flat.split(sizes)
        return [part.view(shape) for part, shape in zip(parts[::2], self.shapes, strict=True)], list(parts[1::2])

    def forward(self, x: Float[Tensor, "batch inputs"]) -> Float[Tensor, "batch outputs"]:
        h, self._kept, scale = x, [x], self.scale
        for matrix, bias in zip(self.matrices[:-1], self.biases[:-1], strict=True):
            h = self.activation.apply(torch.addmm(bias, h, matrix, alpha=scale))
            self._kept.append(h)
            scale = 1.0
        bias = self.biases[-1]
        if self.skip:
            bias = torch.add(bias, x[:, :1], alpha=self.skip)
        return torch.addmm(bias, h, self.matrices[-1], alpha=scale)

    def learn_from(self, slope: Float[Tensor, "batch outputs"]) -> None:
        for layer in reversed(range(len(self.shapes))):
            h = self._kept[layer]
            torch.mm(h.t(), slope, out=self._matrix_slopes[layer])
            torch.sum(slope, 0, out=self._bias_slopes[layer])
            if layer:
                slope = self.activation.derive(slope @ self._transposed[layer], h)
        if self.scale != 1.0:
            self._matrix_slopes[0].mul_(self.scale)

    def pull_back(self, slope: Float[Tensor, "batch outputs"]) -> Float[Tensor, "batch inputs"]:
        output_slope = slope
        for layer in reversed(range(1, len(self.shapes))):
            slope = self.activation.derive(slope @ self._transposed[layer], self._kept[layer])
        slope = (slope @ self._transposed[0]).mul_(self.scale)
        if self.skip:
            slope[:, :1].add_(output_slope, alpha=self.skip)
        return slope

    def penalise(self, x: Float[Tensor, "batch inputs"], penalty: SlopePenalty) -> Float[Tensor, ""]:
        """The slope is itself a chain, s_l = (s_l+1 W_l+1') a'_l, walked here down to the input and back up."""
        self.forward(x)
        outputs, last = self._kept[1:], len(self.shapes) - 1
        steep: list[Tensor] = [torch.ones(len(x), 1)] * (last + 1)  # slopes before each activation
        for layer in reversed(range(last)):
            steep[layer] = self.activation.derive(steep[layer + 1] @ self._transposed[layer + 1], outputs[layer])
        slopes = steep[0] @ self._transposed[0] * self.scale
        if self.skip:
            slopes[:, :1].add_(self.skip)
        value, pull = penalty(slopes)

        self._matrix_slopes[0].addmm_(pull.t(), steep[0], alpha=self.scale)
        pull = pull @ self.matrices[0] * self.scale
        bends = []
        for layer in range(last):
            if self.activation.bend:
                bends.append(pull * steep[layer] * self.activation.bend(outputs[layer]))
            pull = self.activation.derive(pull, outputs[layer])
            self._matrix_slopes[layer + 1].addmm_(pull.t(), steep[layer + 1])
            pull = pull @ self.matrices[layer + 1]
        self._backward_bends(bends)
        return value

    def _backward_bends(self, bends: list[Tensor]) -> None:
        """The part of a penalty's gradient that runs through a': none for activations made of straight pieces."""
        slope = None
        for layer in reversed(range(len(bends))):
            slope = bends[layer] if slope is None else self._step_down(slope, layer) + bends[layer]
            self._matrix_slopes[layer].addmm_(self._kept[layer].t(), slope, alpha=1.0 if layer else self.scale)
            self._bias_slopes[layer].add_(slope.sum(0))

    def _step_down(self, slope: Tensor, layer: int) -> Tensor:
        return self.activation.derive(slope @ self._transposed[layer + 1], self._kept[layer + 1])


class Autograd:
    """Any `nn.Module` as a `Network`: PyTorch's autograd does the backward.

    The module's parameters and their gradients become views of two flat tensors, as in a distributed trainer's
    buckets. The trainer computes in inference mode; here, autograd is switched on again.
    """

    def __init__(self, module: nn.Module) -> None:
        self.module = module
        self.parameters = list(module.parameters())
        self.weights = torch.cat([parameter.detach().flatten() for parameter in self.parameters])
        self.gradient = torch.zeros_like(self.weights)
        sizes = [parameter.numel() for parameter in self.parameters]
        for parameter, weights, gradient in zip(
            self.parameters, self.weights.split(sizes), self.gradient.split(sizes), strict=True
        ):
            parameter.data, parameter.grad = weights.view_as(parameter), gradient.view_as(parameter)

    def forward(self, x: Tensor) -> Tensor:
        with torch.inference_mode(False):
            self._x = x.clone().requires_grad_()
            self._output = self.module(self._x)
            return self._output.detach()

    def learn_from(self, slope: Tensor) -> None:
        with torch.inference_mode(False):
            self.gradient.zero_()
            torch.autograd.backward(self._output, slope, inputs=self.parameters)

    def pull_back(self, slope: Tensor) -> Tensor:
        with torch.inference_mode(False):
            return torch.autograd.grad(self._output, self._x, slope, retain_graph=True)[0]

    def penalise(self, x: Tensor, penalty: SlopePenalty) -> Tensor:
        with torch.inference_mode(False):
            x = x.clone().requires_grad_()
            (slopes,) = torch.autograd.grad(self.module(x).sum(), x, create_graph=True)
            value, pull = penalty(slopes.detach())
            gradients = torch.autograd.grad(slopes, self.parameters, pull, allow_unused=True)
            for parameter, gradient in zip(self.parameters, gradients, strict=True):
                if gradient is not None and parameter.grad is not None:
                    parameter.grad.add_(gradient)
            return value
