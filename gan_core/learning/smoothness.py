"""How D is kept smooth: a penalty on its slope before its step, or a bound on its weights after it."""

from collections.abc import Callable

import torch
from jaxtyping import Float, Int64
from torch import Tensor

from gan_core.config import TrainConfig
from gan_core.learning.networks import Network

Batch = Float[Tensor, "batch inputs"]
Condition = Int64[Tensor, " batch"] | None
Column = Float[Tensor, "batch 1"]


def gradient_penalty(
    critic: Network,
    real: Batch,
    fake: Batch,
    weight: float,
    one_sided: bool,
    random: torch.Generator,
    condition: Condition = None,
) -> Tensor:
    """weight * mean (|slope| - 1)^2 at points between real and fake (Gulrajani et al. 2017, eq. 3).

    One-sided: slopes below 1 cost nothing. A real point and the fake beside it have the same condition.
    """

    def penalty(steepness: Column) -> tuple[Tensor, Column]:
        excess = (steepness - 1).clamp_min(0) if one_sided else steepness - 1
        factor = excess / steepness.clamp_min(1e-12) * (2 * weight / len(steepness))
        return weight * excess.square().mean(), factor

    mix = torch.rand(len(real), 1, generator=random, device=real.device)
    return critic.penalise(torch.lerp(fake, real, mix), penalty, condition)


def r1(discriminator: Network, real: Batch, weight: float, condition: Condition = None) -> Tensor:
    """weight / 2 * mean |slope|^2 at real points (Mescheder et al. 2018, eq. 9)."""

    def penalty(steepness: Column) -> tuple[Tensor, Column]:
        return weight / 2 * steepness.square().mean(), torch.full_like(steepness, weight / len(steepness))

    return discriminator.penalise(real, penalty, condition)


Penalty = Callable[[Network, Batch, Batch, float, TrainConfig, torch.Generator, Condition], Tensor]

PENALTIES: dict[str, Penalty] = {
    "gradient_penalty": lambda d, real, fake, weight, config, random, condition: gradient_penalty(
        d, real, fake, weight, config.one_sided, random, condition
    ),
    "r1": lambda d, real, fake, weight, config, random, condition: r1(d, real, weight, condition),
}


def clip(critic: Network, value: float) -> None:
    """Every weight into [-value, value] (Arjovsky et al. 2017, algorithm 1, line 7)."""
    critic.weights.clamp_(-value, value)
