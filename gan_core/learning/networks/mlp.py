"""Fully connected networks with a backward written by hand."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor, nn

from gan_core.learning.networks import SlopePenalty
from gan_core.learning.networks.conditions import Condition, rows_of
from gan_core.learning.networks.dropout import keep_mask

LEAK = 0.2  # slope of leaky_relu below 0


@dataclass(frozen=True)
class Activation:
    """a(h) in place; slope * a'; and a'' / a'. Derivatives are read off the output a, the one tensor that is kept."""

    apply: Callable[[Tensor], Tensor]
    derive: Callable[[Tensor, Tensor], Tensor]
    bend: Callable[[Tensor], Tensor] | None = None  # None: a'' is 0 (almost) everywhere


_aten = torch.ops.aten


def leaky_relu(leak: float) -> Activation:
    return Activation(
        lambda h: nn.functional.leaky_relu_(h, leak),
        lambda slope, a: _aten.leaky_relu_backward.default(slope, a, leak, True),
    )


ACTIVATIONS = {
    "tanh": Activation(torch.tanh_, _aten.tanh_backward.default, lambda a: -2 * a),
    "relu": Activation(torch.relu_, lambda slope, a: _aten.threshold_backward.default(slope, a, 0)),
    "leaky_relu": leaky_relu(LEAK),
}


class MLP:
    """Fully connected layers with a hand-written backward.

    output = scale * x W_1 + b_1, activation, dropout, ..., h W_L + b_L (+ skip * first column of x).

    Autograd records, for a network this small, more than it computes; the same chain rule in a dozen tensor
    operations makes an update about twice as fast (docs/decisions/0003).

    Parameters
    ----------
    sizes : units of each layer, input first: (1, 32, 32, 1).
    activation : one of `ACTIVATIONS`, or its name.
    scale : factor on the input.
    skip : factor of the input's first column that is added to the output.
    conditions, embedding : with more than 0 conditions, a learnt vector of `embedding` numbers for each of them is put
        beside x.
    dropout : share of hidden units that are switched off at random while `training`.
    random : draws what is switched off.
    contrast : the network has two outputs, one for each class, and its output is their difference: the logit that a
        softmax over the two stands for.
    """

    def __init__(
        self,
        sizes: tuple[int, ...],
        activation: str | Activation,
        scale: float = 1.0,
        skip: float = 0.0,
        *,
        conditions: int = 0,
        embedding: int = 0,
        dropout: float = 0.0,
        random: torch.Generator | None = None,
        contrast: bool = False,
    ) -> None:
        self.inputs, self.contrast = sizes[0], contrast
        embedding = embedding if conditions else 0
        layers = (sizes[0] + embedding, *sizes[1:-1], 2 if contrast else sizes[-1])
        self.shapes = list(itertools.pairwise(layers))
        self.scale, self.skip, self.dropout, self.random = scale, skip, dropout, random
        self.activation = ACTIVATIONS[activation] if isinstance(activation, str) else activation
        total = conditions * embedding + sum(rows * columns + columns for rows, columns in self.shapes)
        self.weights, self.gradient, self.buffers = torch.zeros(total), torch.zeros(total), torch.empty(0)
        self.embedding = self.weights[: conditions * embedding].view(-1, max(1, embedding))
        self._embedding_slopes = self.gradient[: conditions * embedding].view(-1, max(1, embedding))
        self.matrices, self.biases = self._split(self.weights)
        self._matrix_slopes, self._bias_slopes = self._split(self.gradient)
        self._transposed = [matrix.t() for matrix in self.matrices]
        self._kept: list[Tensor] = []
        self._masks: list[Tensor] = []
        self._condition: Tensor | None = None
        self.training = True

    def _split(self, flat: Tensor) -> tuple[list[Tensor], list[Tensor]]:
        """Views of a flat tensor, after the embedding, as the matrices and the biases of the layers."""
        sizes = [size for rows, columns in self.shapes for size in (rows * columns, columns)]
        parts = flat[len(flat) - sum(sizes) :].split(sizes)
        return [part.view(shape) for part, shape in zip(parts[::2], self.shapes, strict=True)], list(parts[1::2])

    def forward(
        self, x: Float[Tensor, "batch inputs"], condition: Condition | None = None, groups: int = 1
    ) -> Float[Tensor, "batch outputs"]:
        if condition is not None and len(self.embedding):
            x, self._condition = torch.cat([x, rows_of(self.embedding, condition)], 1), condition
        h, self._kept, self._masks, scale = x, [x], [], self.scale
        for matrix, bias in zip(self.matrices[:-1], self.biases[:-1], strict=True):
            h = self.activation.apply(torch.addmm(bias, h, matrix, alpha=scale))
            if self.dropout and self.training:
                self._masks.append(keep_mask(h, self.dropout, self.random))
                h.mul_(self._masks[-1])
            self._kept.append(h)
            scale = 1.0
        bias = self.biases[-1]
        if self.skip:
            bias = torch.add(bias, x[:, :1], alpha=self.skip)
        output = torch.addmm(bias, h, self.matrices[-1], alpha=scale)
        return output[:, :1] - output[:, 1:] if self.contrast else output

    def learn_from(self, slope: Float[Tensor, "batch outputs"]) -> None:
        slope = self._of_outputs(slope)
        for layer in reversed(range(len(self.shapes))):
            h = self._kept[layer]
            torch.mm(h.t(), slope, out=self._matrix_slopes[layer])
            torch.sum(slope, 0, out=self._bias_slopes[layer])
            if layer:
                slope = self._step_down(slope, layer - 1)
        if self.scale != 1.0:
            self._matrix_slopes[0].mul_(self.scale)
        self._embedding_slopes.zero_()
        self._teach_embedding(slope)

    def pull_back(self, slope: Float[Tensor, "batch outputs"]) -> Float[Tensor, "batch inputs"]:
        output_slope = slope
        slope = self._of_outputs(slope)
        for layer in reversed(range(1, len(self.shapes))):
            slope = self._step_down(slope, layer - 1)
        slope = (slope @ self._transposed[0][:, : self.inputs]).mul_(self.scale)
        if self.skip:
            slope[:, :1].add_(output_slope, alpha=self.skip)
        return slope

    def penalise(
        self,
        x: Float[Tensor, "batch inputs"],
        penalty: SlopePenalty,
        condition: Condition | None = None,
    ) -> Float[Tensor, ""]:
        """The slope is itself a chain, s_l = (s_l+1 W_l+1') a'_l, walked here down to the input and back up."""
        self.forward(x, condition)
        last = len(self.shapes) - 1
        steep: list[Tensor] = [self._of_outputs(torch.ones_like(x[:, :1]))] * (last + 1)  # before each activation
        for layer in reversed(range(last)):
            steep[layer] = self._step_down(steep[layer + 1], layer)
        is_wide = self.inputs > self.shapes[0][1] and not self.skip
        value, pull = (self._penalise_wide if is_wide else self._penalise_narrow)(steep[0], penalty)

        bends = []
        for layer in range(last):
            if self.activation.bend:
                bends.append(pull * steep[layer] * self.activation.bend(self._kept[layer + 1]))
            pull = self._derive(pull, layer)
            self._matrix_slopes[layer + 1].addmm_(pull.t(), steep[layer + 1])
            pull = pull @ self.matrices[layer + 1]
        self._backward_bends(bends)
        return value

    def _penalise_narrow(self, steep: Tensor, penalty: SlopePenalty) -> tuple[Tensor, Tensor]:
        """The penalty, and how it pulls at `steep`, by way of the slopes themselves [batch, inputs]."""
        first = self.matrices[0][: self.inputs]
        slopes = (steep @ first.t()).mul_(self.scale)
        if self.skip:
            slopes[:, :1].add_(self.skip)
        value, factor = penalty(slopes.norm(dim=1, keepdim=True))
        pull = slopes * factor
        self._matrix_slopes[0][: self.inputs].addmm_(pull.t(), steep, alpha=self.scale)
        return value, (pull @ first).mul_(self.scale)

    def _penalise_wide(self, steep: Tensor, penalty: SlopePenalty) -> tuple[Tensor, Tensor]:
        """The same where inputs are many: |slope|^2 = s W'W s', and no matrix of the batch times the inputs is made."""
        first = self.matrices[0][: self.inputs]
        through = steep @ torch.mm(first.t(), first).mul_(self.scale**2)
        value, factor = penalty((through * steep).sum(1, keepdim=True).clamp_min_(0).sqrt_())
        inner = torch.mm(steep.t(), steep * factor)
        self._matrix_slopes[0][: self.inputs].addmm_(first, inner, alpha=self.scale**2)
        return value, through.mul_(factor)

    def _backward_bends(self, bends: list[Tensor]) -> None:
        """The part of a penalty's gradient that runs through a': none for activations made of straight pieces."""
        slope = None
        for layer in reversed(range(len(bends))):
            slope = bends[layer] if slope is None else self._step_down(slope, layer) + bends[layer]
            self._matrix_slopes[layer].addmm_(self._kept[layer].t(), slope, alpha=1.0 if layer else self.scale)
            self._bias_slopes[layer].add_(slope.sum(0))
        if slope is not None:
            self._teach_embedding(slope)

    def _of_outputs(self, slope: Tensor) -> Tensor:
        """From the slope for the score to those for the outputs that it is made of."""
        return torch.cat([slope, -slope], 1) if self.contrast else slope

    def _derive(self, slope: Tensor, layer: int) -> Tensor:
        """Through dropout and activation of a hidden layer."""
        if self._masks:
            slope = slope * self._masks[layer]
        return self.activation.derive(slope, self._kept[layer + 1])

    def _step_down(self, slope: Tensor, layer: int) -> Tensor:
        """From before activation `layer + 1` to before activation `layer`."""
        return self._derive(slope @ self._transposed[layer + 1], layer)

    def _teach_embedding(self, slope: Tensor) -> None:
        """`slope` belongs to the first layer: from there to the vectors that stood beside x."""
        if len(self.embedding) and self._condition is not None:
            beside = slope @ self._transposed[0][:, self.inputs :]
            if self._condition.is_floating_point():
                self._embedding_slopes.addmm_(self._condition.t(), beside, alpha=self.scale)
            else:
                self._embedding_slopes.index_add_(0, self._condition, beside, alpha=self.scale)
