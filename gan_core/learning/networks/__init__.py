"""The two players' networks, each with a forward and a backward of its own.

A loss tells a network how much each of its outputs should change. `learn_from` carries that back to the weights;
`pull_back` carries it to the input: for the discriminator, these are the arrows that tell each fake where to go.
"""

from collections.abc import Callable
from typing import Protocol, runtime_checkable

from torch import Tensor

# From the steepness |d output / d input| [batch, 1] of each point to the penalty, and to the factor [batch, 1] that,
# times the slope itself, is the penalty's derivative for that slope.
SlopePenalty = Callable[[Tensor], tuple[Tensor, Tensor]]


@runtime_checkable
class Network(Protocol):
    """What the trainer needs of a generator G(z, c) or a discriminator D(x, c)."""

    weights: Tensor  # all of them, one flat tensor: an optimiser step is a few operations, whatever the depth
    gradient: Tensor  # of a loss with respect to them
    buffers: Tensor  # what changes without a gradient: running means and variances of normalisations

    @property
    def training(self) -> bool:
        """Whether dropout and batch normalisation behave as in training, or as when a network is only looked at."""
        ...

    @training.setter
    def training(self, training: bool) -> None: ...

    def forward(self, x: Tensor, condition: Tensor | None = None, groups: int = 1) -> Tensor:
        """The output for a batch. What `pull_back` and, after it, `learn_from` need of it is kept.

        The batch consists of `groups` equal parts, real and fake for example: a batch normalisation looks at each by
        itself, so that the one does not give the other away.
        """
        ...

    def learn_from(self, slope: Tensor) -> None:
        """From d loss / d output to `gradient`, which is written anew."""
        ...

    def pull_back(self, slope: Tensor) -> Tensor:
        """From d loss / d output to d loss / d input."""
        ...

    def penalise(self, x: Tensor, penalty: SlopePenalty, condition: Tensor | None = None) -> Tensor:
        """Value of `penalty` on the slopes d output / d x. Adds d penalty / d weights to `gradient`."""
        ...
