"""How a gradient becomes a step: three rules, each on one flat tensor of weights.

The same rules as in `torch.optim` (the tests compare them step by step); on a network of a thousand weights its
bookkeeping costs more than the arithmetic (docs/decisions/0003).
"""

from collections.abc import Callable

import torch
from torch import Tensor

ALPHA = 0.99  # memory of the squared gradient: RMSprop
EPSILON = 1e-8


class Optimiser:
    """State of one player's optimiser. `rule` is a name in `RULES` and may change between two steps."""

    def __init__(self, weights: Tensor) -> None:
        self.first, self.second = torch.zeros_like(weights), torch.zeros_like(weights)
        self.steps = 0

    def step(
        self,
        weights: Tensor,
        gradient: Tensor,
        rule: str,
        lr: float,
        momentum: float,
        beta2: float,
        weight_decay: float,
    ) -> None:
        """Move `weights` against `gradient`, in place."""
        if weight_decay:
            gradient.add_(weights, alpha=weight_decay)
        self.steps += 1
        RULES[rule](self, weights, gradient, lr, momentum, beta2)


def _adam(state: Optimiser, weights: Tensor, gradient: Tensor, lr: float, momentum: float, beta2: float) -> None:
    """Kingma and Ba 2015, algorithm 1, with beta1 = momentum."""
    first = state.first.lerp_(gradient, 1 - momentum) if momentum else gradient
    second = state.second.mul_(beta2).addcmul_(gradient, gradient, value=1 - beta2)
    correction = (1 - beta2**state.steps) ** 0.5
    root = second.sqrt().add_(EPSILON * correction)
    weights.addcdiv_(first, root, value=-lr * correction / (1 - momentum**state.steps))


def _sgd(state: Optimiser, weights: Tensor, gradient: Tensor, lr: float, momentum: float, beta2: float) -> None:
    """v = momentum v + gradient; weights -= lr v (Polyak 1964, in PyTorch's form)."""
    direction = state.first.mul_(momentum).add_(gradient) if momentum else gradient
    weights.add_(direction, alpha=-lr)


def _rmsprop(state: Optimiser, weights: Tensor, gradient: Tensor, lr: float, momentum: float, beta2: float) -> None:
    """Gradient over the root of its mean square (Tieleman and Hinton 2012)."""
    second = state.second.mul_(ALPHA).addcmul_(gradient, gradient, value=1 - ALPHA)
    direction = gradient / second.sqrt().add_(EPSILON)
    if momentum:
        direction = state.first.mul_(momentum).add_(direction)
    weights.add_(direction, alpha=-lr)


RULES: dict[str, Callable[[Optimiser, Tensor, Tensor, float, float, float], None]] = {
    "adam": _adam,
    "sgd": _sgd,
    "rmsprop": _rmsprop,
}
