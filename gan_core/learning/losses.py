"""The adversarial losses, one table.

Convention: a score is high for real. Each term is what its own player *minimises*. D's loss is the sum of a real and a
fake term, so for the losses of probabilities (log 4 - d_loss) / 2 is a lower bound of JS(p_data, p_g)
(Goodfellow et al. 2014, eq. 6).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import softplus

Scores = Float[Tensor, "batch 1"]


@dataclass(frozen=True)
class Term:
    """A mean over a batch of scores, and its derivative for each of them. A step needs only the second."""

    value: Callable[[Scores], Float[Tensor, ""]]
    slope: Callable[[Scores], Scores]


@dataclass(frozen=True)
class AdversarialLoss:
    """D minimises real(its scores of real points) + fake(its scores of fakes); G minimises generator(the latter)."""

    real: Term
    fake: Term
    generator: Term
    is_probability: bool = False  # sigmoid(score) estimates P(real)


def cross_entropy(label: float | Scores) -> Term:
    """-label log D - (1 - label) log(1 - D) with D = sigmoid(score), from scores: softplus never overflows."""
    return Term(
        lambda s: softplus(s).mean() - (label * s).mean(),
        lambda s: s.sigmoid().sub_(label).div_(len(s)),
    )


def saturating() -> Term:
    """log(1 - D): the slope vanishes where D is sure that a point is fake (Goodfellow et al. 2014, algorithm 1)."""
    return Term(lambda s: -softplus(s).mean(), lambda s: s.sigmoid().div_(-len(s)))


def squared(aim: float) -> Term:
    """(score - aim)^2 / 2 (Mao et al. 2017, eq. 9 with a = 0, b = c = 1)."""
    return Term(lambda s: (s - aim).square().mean() / 2, lambda s: (s - aim).div_(len(s)))


def hinged(sign: int) -> Term:
    """max(0, 1 - sign * score) (Lim and Ye 2017)."""
    return Term(lambda s: (1 - sign * s).relu().mean(), lambda s: (sign * s < 1) * (-sign / len(s)))


def linear(sign: int) -> Term:
    """sign * score (Arjovsky et al. 2017, algorithm 1)."""
    return Term(lambda s: sign * s.mean(), lambda s: torch.full_like(s, sign / len(s)))


def literal_log(sign: int, of_fake: bool) -> Term:
    """sign * log D, or sign * log(1 - D), through the probability: 0 * infinity as soon as D is very sure."""

    def inside(s: Scores) -> Scores:
        return 1 - s.sigmoid() if of_fake else s.sigmoid()

    def slope(s: Scores) -> Scores:
        probability = s.sigmoid()
        outer = sign / inside(s) / len(s)
        return outer * probability * (1 - probability) * (-1 if of_fake else 1)

    return Term(lambda s: sign * inside(s).log().mean(), slope)


ADVERSARIAL_LOSSES = {
    "minimax": AdversarialLoss(cross_entropy(1), cross_entropy(0), saturating(), is_probability=True),
    "non_saturating": AdversarialLoss(cross_entropy(1), cross_entropy(0), cross_entropy(1), is_probability=True),
    "least_squares": AdversarialLoss(squared(1), squared(0), squared(1)),
    "hinge": AdversarialLoss(hinged(1), hinged(-1), linear(-1)),
    "wasserstein": AdversarialLoss(linear(-1), linear(1), linear(-1)),
}

_LITERAL_D = literal_log(-1, of_fake=False), literal_log(-1, of_fake=True)
NAIVE_LOSSES = {
    "minimax": AdversarialLoss(*_LITERAL_D, literal_log(1, of_fake=True), is_probability=True),
    "non_saturating": AdversarialLoss(*_LITERAL_D, literal_log(-1, of_fake=False), is_probability=True),
}


def loss_of(name: str, naive_log: bool = False, label_smoothing: float = 0.0) -> AdversarialLoss:
    """The loss `name` of the table, or its naive twin; with smoothing D is taught 1 - label_smoothing for real."""
    loss = (NAIVE_LOSSES if naive_log else ADVERSARIAL_LOSSES)[name]
    return replace(loss, real=cross_entropy(1 - label_smoothing)) if label_smoothing else loss
