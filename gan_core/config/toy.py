"""A one-dimensional GAN run."""

from typing import Annotated, ClassVar, Literal, Self

import numpy as np
from annotated_types import Ge, Le, MaxLen
from pydantic import model_validator

from gan_core.config.shared import Latent, TrainConfig
from gan_core.fields import About, ConfigError

Target = Literal[
    "normal", "jang", "aylien", "two_modes", "unequal_modes", "three_modes", "five_modes",
    "uniform", "exponential", "student_t", "two_spikes", "far_away", "own_mixture", "own_data",
]  # fmt: skip
Activation = Literal["tanh", "relu", "leaky_relu"]
Initialisation = Literal["spread", "pytorch", "standard_normal"]

Component = tuple[float, float, float]  # weight, mean, standard deviation


class ToyConfig(TrainConfig):
    """A generator of numbers, whose distribution is drawn exactly."""

    task: ClassVar[str] = "toy"

    target: Annotated[
        Target, About("Target p_data", "The distribution that the generator has to imitate.", "target")
    ] = "aylien"
    mixture: Annotated[
        tuple[Component, ...],
        MaxLen(50),
        About("Own mixture", "One row for each normal component: weight, mean, standard deviation.", "target"),
    ] = ((0.5, -2.0, 0.5), (0.5, 2.0, 0.5))
    data: Annotated[
        tuple[float, ...],
        MaxLen(100_000),
        About("Own data", "Numbers, 2 to 100,000 of them; p_data is their kernel density estimate.", "target"),
    ] = ()

    latent: Annotated[
        Latent, About("Latent z", "Where z is drawn from: normal N(0, 1), or uniform on [-1, 1].", "generator")
    ] = "normal"
    latent_dim: Annotated[
        int, Ge(1), Le(16), About("Latent dimensions", "With 1, the map from z to x is drawn.", "generator")
    ] = 1
    stratified: Annotated[
        bool,
        About("Stratified z", "One z from each of `batch` equally likely cells: less noise in each step.", "generator"),
    ] = True
    g_layers: Annotated[int, Ge(0), Le(4), About("Hidden layers of G", "0 makes G a straight line.", "generator")] = 2
    g_width: Annotated[int, Ge(1), Le(128), About("Width of G", "Units in each hidden layer.", "generator")] = 32
    g_activation: Annotated[Activation, About("Activation of G", "The bend between two layers.", "generator")] = "tanh"
    g_skip: Annotated[
        float, Ge(0), Le(10), About("Skip connection of G", "G(z) = skip * z + network(z). 0 removes it.", "generator")
    ] = 1.0
    start: Annotated[
        float,
        Ge(-50),
        Le(50),
        About("Start of p_g", "How far from the target's mean p_g begins.", "generator", unit="sd"),
    ] = -6.0

    d_layers: Annotated[
        int, Ge(0), Le(4), About("Hidden layers of D", "0 makes D a straight line.", "discriminator")
    ] = 2
    d_width: Annotated[int, Ge(1), Le(128), About("Width of D", "Units in each hidden layer.", "discriminator")] = 32
    d_activation: Annotated[Activation, About("Activation of D", "The bend between two layers.", "discriminator")] = (
        "leaky_relu"
    )
    d_input_scale: Annotated[
        float,
        Ge(0.1),
        Le(10),
        About("Input scale of D", "D sees scale * (x - mean) / sd of the target.", "discriminator"),
    ] = 4.0
    d_head_start: Annotated[
        int,
        Ge(0),
        Le(5000),
        About("Head start of D", "Updates of D alone before step 1.", "discriminator", unit="updates"),
    ] = 0
    initialisation: Annotated[
        Initialisation,
        About(
            "Initial weights",
            "spread: the bends of layer 1 evenly over the input range; pytorch: its default; standard_normal: N(0, 1).",
            "discriminator",
        ),
    ] = "spread"

    @model_validator(mode="after")
    def _target_is_whole(self) -> Self:
        if self.target == "own_mixture":
            _check_mixture(self.mixture)
        if self.target == "own_data":
            _check_data(self.data)
        return self


def _check_mixture(rows: tuple[Component, ...]) -> None:
    if not rows or sum(weight for weight, _, _ in rows) <= 0:
        raise ConfigError("mixture", "Own mixture needs at least one row with a weight above 0.")
    for number, (weight, mean, sd) in enumerate(rows, 1):
        if not 0 <= weight <= 1e6:
            raise ConfigError("mixture", "Own mixture, row {row}: the weight must be from 0 to 1,000,000.", row=number)
        if not abs(mean) <= 1e6:
            raise ConfigError(
                "mixture", "Own mixture, row {row}: the mean must be from -1,000,000 to 1,000,000.", row=number
            )
        if not 1e-3 <= sd <= 1e6:
            raise ConfigError(
                "mixture", "Own mixture, row {row}: the standard deviation must be from 0.001 to 1,000,000.", row=number
            )


def _check_data(data: tuple[float, ...]) -> None:
    if len(data) < 2 or np.ptp(data) == 0:
        raise ConfigError("data", "Own data needs at least two different numbers.")
    if max(map(abs, data)) > 1e9:
        raise ConfigError("data", "Own data must lie from -1,000,000,000 to 1,000,000,000.")


def hints(config: ToyConfig) -> list[str]:
    """Sentences about pairs of settings that are allowed and known to go wrong."""
    sgd_fast = (config.g_optimiser == "sgd" and config.g_lr > 0.1) or (
        config.d_optimiser == "sgd" and config.d_lr > 0.1
    )
    adam_fast = (config.g_optimiser != "sgd" and config.g_lr > 0.02) or (
        config.d_optimiser != "sgd" and config.d_lr > 0.02
    )
    checks = {
        "SGD with a learning rate above 0.1 usually explodes within ten steps.": sgd_fast,
        "Adam and RMSprop with a learning rate above 0.02 often do not settle.": adam_fast,
        "A Wasserstein critic without weight clipping or a gradient penalty grows without bound.": config.loss
        == "wasserstein"
        and config.smoothness == "none",
        "A clip value below 0.03 can leave the critic almost flat: learning is slow then.": config.smoothness
        == "weight_clipping"
        and config.clip_value < 0.03,
        "Momentum makes the two players circle around each other.": max(config.g_momentum, config.d_momentum) > 0.5,
        "The minimax loss with SGD stops when D is sure: its gradient vanishes.": config.loss == "minimax"
        and config.g_optimiser == "sgd",
        "The literal log of probabilities becomes infinite as soon as D is very sure.": config.naive_log,
        "With one optimiser for both, D is taught to call fakes real.": config.shared_optimiser,
        "The two-sided penalty can lock the critic the wrong way round; the one-sided one does not.": config.smoothness
        == "gradient_penalty"
        and not config.one_sided,
    }
    return [sentence for sentence, applies in checks.items() if applies]
