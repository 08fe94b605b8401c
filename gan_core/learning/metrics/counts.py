"""Scores that count what the classifier reads."""

import math

import torch
from jaxtyping import Float, Integer
from torch import Tensor

SURE = 0.95  # a probability above which the classifier is sure
PRESENT = 0.25  # of its share among the real images: enough of a digit to call it present

Probabilities = Float[Tensor, "n 10"]
Shares = Float[Tensor, " 10"]


def shares(probabilities: Probabilities) -> Shares:
    """The digit histogram: the share of images that are read as each digit, the most probable one."""
    return probabilities.argmax(dim=1).bincount(minlength=10).double() / max(len(probabilities), 1)


def entropy(found: Shares) -> float:
    """-sum s log s / log 10 of the shares s: 1 if all ten digits are equally frequent, 0 if there is only one."""
    return torch.special.entr(found).sum().item() / math.log(10)


def present(found: Shares, expected: Shares) -> int:
    """How many digits of the real images have at least a quarter of the share that they should have."""
    return int(((found >= PRESENT * expected) & (expected > 0)).sum())


def confidence(probabilities: Probabilities) -> float:
    """The share of images that the classifier is sure of: highest probability above 0.95. Noise has a high one, too."""
    return (probabilities.max(dim=1).values > SURE).double().mean().item() if len(probabilities) else math.nan


def inception(probabilities: Probabilities) -> float:
    """exp(mean KL(p(digit | image) || p(digit))) (Salimans et al. 2016, sec. 4), with our classifier: 1 to 10.

    High if each image is clear and all digits occur. It sees no variety within a digit.
    """
    marginal = probabilities.mean(dim=0)
    information = torch.special.entr(marginal).sum() - torch.special.entr(probabilities).sum(dim=1).mean()
    return information.exp().item()


def accuracies(read: Integer[Tensor, " n"], asked: Integer[Tensor, " asked"]) -> list[float]:
    """For each digit, the share of images that are read as the digit that was asked for; nan where it was not."""
    if not len(asked):
        return [math.nan] * 10
    right = (read == asked).double()
    return [right[asked == digit].mean().item() if (asked == digit).any() else math.nan for digit in range(10)]
