"""How D is kept smooth: a penalty on its slope before its step, or a bound on its weights after it."""

from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor

from gan_core.config import ToyConfig
from gan_core.learning.networks import Network

Batch = Float[Tensor, "batch inputs"]


def gradient_penalty(
    critic: Network, real: Batch, fake: Batch, weight: float, one_sided: bool, random: torch.Generator
) -> Tensor:
    """weight * mean (|slope| - 1)^2 at points between real and fake (Gulrajani et al. 2017, eq. 3).

    One-sided: slopes below 1 cost nothing.
    """

    def penalty(slopes: Batch) -> tuple[Tensor, Batch]:
        norm = slopes.norm(dim=1, keepdim=True)
        excess = (norm - 1).clamp_min(0) if one_sided else norm - 1
        pull = excess * slopes / norm.clamp_min(1e-12) * (2 * weight / len(slopes))
        return weight * excess.square().mean(), pull

    mix = torch.rand(len(real), 1, generator=random)
    return critic.penalise(torch.lerp(fake, real, mix), penalty)


def r1(discriminator: Network, real: Batch, weight: float) -> Tensor:
    """weight / 2 * mean |slope|^2 at real points (Mescheder et al. 2018, eq. 9)."""

    def penalty(slopes: Batch) -> tuple[Tensor, Batch]:
        return weight / 2 * slopes.square().sum(1).mean(), slopes * (weight / len(slopes))

    return discriminator.penalise(real, penalty)


Penalty = Callable[[Network, Batch, Batch, ToyConfig, torch.Generator], Tensor]

PENALTIES: dict[str, Penalty] = {
    "gradient_penalty": lambda d, real, fake, config, random: gradient_penalty(
        d, real, fake, config.smoothness_weight, config.one_sided, random
    ),
    "r1": lambda d, real, fake, config, random: r1(d, real, config.smoothness_weight),
}


def clip(critic: Network, value: float) -> None:
    """Every weight into [-value, value] (Arjovsky et al. 2017, algorithm 1, line 7)."""
    critic.weights.clamp_(-value, value)
