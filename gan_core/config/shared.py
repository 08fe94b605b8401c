"""What every training has in common: the game of two players, and how each of them learns."""

from typing import Annotated, ClassVar, Literal, Self

from annotated_types import Ge, Le
from pydantic import model_validator

from gan_core.fields import About, Config, ConfigError

Latent = Literal["normal", "uniform"]
Loss = Literal["minimax", "non_saturating", "least_squares", "hinge", "wasserstein"]
Smoothness = Literal["none", "weight_clipping", "gradient_penalty", "r1"]
Optimiser = Literal["adam", "sgd", "rmsprop"]

PROBABILITY_LOSSES = ("minimax", "non_saturating")  # sigmoid(score) estimates P(real)


class TrainConfig(Config):
    """Settings of a run, whatever it learns. A run is a pure function of its config."""

    task: ClassVar[str]

    loss: Annotated[Loss, About("Loss", "What the two players minimise.")] = "non_saturating"
    naive_log: Annotated[
        bool,
        About("Log of probabilities", "Compute log(sigmoid(score)) literally, as in early listings: it overflows."),
    ] = False
    label_smoothing: Annotated[
        float, Ge(0), Le(0.5), About("Label smoothing", "D is taught 1 - this value for real points.", live=True)
    ] = 0.0
    smoothness: Annotated[Smoothness, About("Smoothness of D", "How D is kept from becoming too steep.")] = "none"
    smoothness_weight: Annotated[
        float, Ge(0), Le(1000), About("Weight of the penalty", "For gradient_penalty and r1.", live=True)
    ] = 0.1
    one_sided: Annotated[
        bool, About("One-sided penalty", "gradient_penalty punishes only slopes above 1, not below.")
    ] = True
    clip_value: Annotated[
        float,
        Ge(1e-4),
        Le(10),
        About("Clip value", "weight_clipping keeps each weight within +- this value.", live=True, log=True),
    ] = 0.1

    penalty_every: Annotated[
        int, Ge(1), Le(64), About("Penalty every", "The penalty comes in each k-th update of D, k times as strong.")
    ] = 1
    label_spread: Annotated[
        float,
        Ge(0),
        Le(0.5),
        About("Spread of real labels", "For real points D is taught numbers from 1 - this to 1 + this.", live=True),
    ] = 0.0
    repeated_real: Annotated[
        bool, About("Same real batch", "All n_critic updates of a step see the same real points.")
    ] = False
    fresh_latents: Annotated[
        bool, About("New z for G", "G's update draws new fakes; otherwise it takes those that D saw last.")
    ] = False

    g_optimiser: Annotated[
        Optimiser, About("Optimiser of G", "How a gradient becomes a step.", "optimisers", live=True)
    ] = "adam"
    d_optimiser: Annotated[
        Optimiser, About("Optimiser of D", "How a gradient becomes a step.", "optimisers", live=True)
    ] = "adam"
    g_lr: Annotated[
        float,
        Ge(1e-6),
        Le(10),
        About("Learning rate of G", "Length of a step of G.", "optimisers", live=True, log=True),
    ] = 1e-3
    d_lr: Annotated[
        float,
        Ge(1e-6),
        Le(10),
        About("Learning rate of D", "Length of a step of D.", "optimisers", live=True, log=True),
    ] = 2e-3
    g_momentum: Annotated[
        float,
        Ge(0),
        Le(0.99),
        About("Momentum of G", "beta1 of Adam; momentum of SGD and RMSprop.", "optimisers", live=True),
    ] = 0.0
    d_momentum: Annotated[
        float,
        Ge(0),
        Le(0.99),
        About("Momentum of D", "beta1 of Adam; momentum of SGD and RMSprop.", "optimisers", live=True),
    ] = 0.0
    g_weight_decay: Annotated[
        float, Ge(0), Le(1), About("Weight decay of G", "Pull of the weights towards 0.", "optimisers", live=True)
    ] = 0.0
    d_weight_decay: Annotated[
        float, Ge(0), Le(1), About("Weight decay of D", "Pull of the weights towards 0.", "optimisers", live=True)
    ] = 0.0
    beta2: Annotated[
        float,
        Ge(0),
        Le(0.9999),
        About("beta2", "Memory of Adam for the size of past gradients.", "optimisers", live=True),
    ] = 0.999
    lr_half_life: Annotated[
        int,
        Ge(0),
        Le(1_000_000),
        About(
            "Half-life of the learning rates",
            "Both are halved each time this many steps pass; 0: never.",
            "optimisers",
            "steps",
            live=True,
        ),
    ] = 0
    shared_optimiser: Annotated[
        bool, About("One optimiser for both", "The classic mistake: the generator's step also moves D.", "optimisers")
    ] = False

    n_critic: Annotated[int, Ge(1), Le(20), About("n_critic", "Updates of D for each update of G.", live=True)] = 1
    batch: Annotated[int, Ge(2), Le(4096), About("Batch", "Points, or images, in each batch.", live=True)] = 256
    steps: Annotated[int, Ge(1), Le(10_000_000), About("Steps", "The run rests after this many.", unit="steps")] = 3000
    seed: Annotated[int, Ge(0), Le(2**32 - 1), About("Seed", "Same settings and same seed: same run.")] = 0

    @model_validator(mode="after")
    def _loss_fits(self) -> Self:
        if self.label_smoothing > 0 and self.loss not in PROBABILITY_LOSSES:
            raise ConfigError(
                "label_smoothing", "Label smoothing needs a loss of probabilities: minimax or non_saturating."
            )
        if self.naive_log and self.label_smoothing > 0:
            raise ConfigError("naive_log", "Log of probabilities and label smoothing exclude each other.")
        if self.naive_log and self.loss not in PROBABILITY_LOSSES:
            raise ConfigError(
                "naive_log", "Log of probabilities needs a loss of probabilities: minimax or non_saturating."
            )
        if self.label_spread and (self.loss not in PROBABILITY_LOSSES or self.naive_log):
            raise ConfigError(
                "label_spread", "Spread of real labels needs a loss of probabilities, with Log of probabilities off."
            )
        return self
