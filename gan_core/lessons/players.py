"""A discriminator and a critic for two given normal distributions: their settings, and what is read off them.

G stands still: it is a straight line from z to x, so p_g is exactly N(theta, sd_g^2), and only D learns.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from gan_core.config import ToyConfig
from gan_core.fields import ConfigError
from gan_core.runs.controls import Control
from gan_core.snapshots import ToySnapshot
from gan_core.theory.distributions import Mixture
from gan_core.theory.optimum import (
    BestCritic,
    density_between,
    optimal_discriminator,
    penalised_critic,
    shift_estimate,
    w1_critic,
)

Array = NDArray[np.float64]
Smoothness = Literal["gradient_penalty", "weight_clipping"]

UPDATES = 500
FREE = 10  # first updates of a critic that are not penalised yet
MOST = 10.0  # times as wide as the real points the fakes may be
FARTHEST = 50.0  # standard deviations of the real points between the two means
HELD = 2.5758293035489004  # standard deviations to both sides of the mean that hold 99 % of a normal distribution


@dataclass(frozen=True)
class Choice:
    """One fixed setting, with its reason."""

    field: str
    value: object
    reason: str


DISCRIMINATOR_CHOICES = (
    Choice("loss", "non_saturating", "For D the same as the minimax loss; the best D is D*."),
    Choice("d_width", 64, "Enough bends for a D* that rises within a tenth of the picture."),
    Choice("d_input_scale", 2.0, "Spreads the bends over the region where the points lie."),
    Choice("d_lr", 1e-2, "Fast at first; D has only 500 updates."),
    Choice("lr_half_life", 80, "Ever shorter steps: what is left of the noise of the batches averages out."),
    Choice("batch", 1024, "Points between the two hills are rare, and D* is steepest there."),
)
PENALTY_CHOICES = (
    Choice("loss", "wasserstein", "The score is a critic, without a logarithm."),
    Choice("smoothness", "gradient_penalty", "Slopes other than 1 cost something (WGAN-GP)."),
    Choice("one_sided", False, "As in the paper: slopes below 1 cost something, too."),
    Choice("d_input_scale", 1.0, "The best critic is nearly straight: few bends will do."),
    Choice("d_lr", 5e-3, "Fast at first; the critic has only 500 updates."),
    Choice("lr_half_life", 100, "Ever shorter steps: what is left of the noise of the batches averages out."),
    Choice("batch", 256, "A mean slope needs fewer points than a probability."),
)
CLIPPING_CHOICES = (
    Choice("loss", "wasserstein", "The score is a critic, without a logarithm."),
    Choice("smoothness", "weight_clipping", "No weight may be larger than c (WGAN)."),
    Choice("d_optimiser", "rmsprop", "As in the paper."),
    Choice("d_input_scale", 1.0, "The best critic is nearly straight: few bends will do."),
    Choice("d_lr", 5e-3, "Large enough that the weights reach the clip value."),
    Choice("batch", 256, "A mean slope needs fewer points than a probability."),
)


@dataclass(frozen=True)
class Pair:
    """Real points from N(0, sd_p^2), fakes from N(theta, sd_q^2). Raises ConfigError for what cannot be trained."""

    theta: float
    sd_p: float
    sd_q: float

    def __post_init__(self) -> None:
        if not 1e-3 <= self.sd_p <= 1e6 or not 1e-3 <= self.sd_q <= 1e6:
            raise ConfigError("sd", "To train D, both standard deviations must be from 0.001 to 1,000,000.")
        if not self.sd_q <= MOST * self.sd_p:
            raise ConfigError("sd_q", "To train D, p_g must be at most {most:g} times as wide as p_data.", most=MOST)
        if not abs(self.theta) <= FARTHEST * self.sd_p:
            raise ConfigError(
                "theta",
                "To train D, theta must be at most {most:g} standard deviations of p_data.",
                most=FARTHEST,
            )

    @cached_property
    def real(self) -> Mixture:
        return Mixture.of([(1.0, 0.0, self.sd_p)])

    @cached_property
    def fake(self) -> Mixture:
        return Mixture.of([(1.0, self.theta, self.sd_q)])

    @property
    def grid(self) -> Array:
        """All of the mass, for integrals."""
        low = min(-9 * self.sd_p, self.theta - 9 * self.sd_q)
        high = max(9 * self.sd_p, self.theta + 9 * self.sd_q)
        return np.linspace(low, high, 4001)

    def is_held(self, x: Array) -> NDArray[np.bool_]:
        """Where the points lie: within the middle 99 % of p_data, or within the middle 99 % of p_g."""
        return (np.abs(x) <= HELD * self.sd_p) | (np.abs(x - self.theta) <= HELD * self.sd_q)


def discriminator_config(pair: Pair, seed: int) -> ToyConfig:
    return _config(pair, seed, DISCRIMINATOR_CHOICES)


def critic_config(pair: Pair, smoothness: Smoothness, strength: float, seed: int) -> ToyConfig:
    """`strength` is the weight of the penalty, or the clip value."""
    if smoothness == "weight_clipping":
        return _config(pair, seed, (*CLIPPING_CHOICES, Choice("clip_value", strength, "")))
    return _config(pair, seed, (*PENALTY_CHOICES, Choice("smoothness_weight", strength, "")))


def _config(pair: Pair, seed: int, choices: tuple[Choice, ...]) -> ToyConfig:
    """G(z) = sd_q z + theta: without hidden layers, and with initial weights 0, it is its skip connection."""
    fixed = {
        "target": "own_mixture",
        "mixture": ((1.0, 0.0, pair.sd_p),),
        "g_layers": 0,
        "g_skip": pair.sd_q / pair.sd_p,
        "start": pair.theta / pair.sd_p,
        "steps": UPDATES,
        "seed": seed,
    }
    return ToyConfig.make(fixed | {choice.field: choice.value for choice in choices})


def controls(config: ToyConfig, free: int = FREE) -> list[Control]:
    """The 500 updates of D. The first `free` of a critic have no penalty: it has to find its direction first.

    A penalised slope of -1 costs as little as one of +1, and on the way from the one to the other it has to pass 0,
    which costs most: a critic that starts the wrong way round would stay so.
    """
    if config.smoothness != "gradient_penalty" or free == 0:
        return [Control("step", kind="discriminator", count=UPDATES)]
    return [
        Control("set", field="smoothness_weight", value=0.0),
        Control("step", kind="discriminator", count=free),
        Control("set", field="smoothness_weight", value=config.smoothness_weight),
        Control("step", kind="discriminator", count=UPDATES - free),
    ]


@dataclass(frozen=True)
class TrainedDiscriminator:
    """D and D* on the grid of the picture. `gap` = max |D - D*| where the points lie; V(D, G) is at most `bound`."""

    x: Array
    d: Array
    d_star: Array
    gap: float
    v: float
    bound: float
    slope_at_fakes: float  # in the middle of p_g


def read_discriminator(pair: Pair, snapshot: ToySnapshot) -> TrainedDiscriminator:
    x, d = snapshot.x.astype(float), snapshot.d.astype(float)
    d_star = optimal_discriminator(pair.real.pdf(x), pair.fake.pdf(x))
    gap = np.nanmax(np.abs(d - d_star)[pair.is_held(x)])
    v, bound = snapshot.values["v"], snapshot.values["v_bound"]
    return TrainedDiscriminator(x, d, d_star, float(gap), v, bound, _slope_at(x, d, pair.theta))


def _slope_at(x: Array, y: Array, at: float) -> float:
    return float(np.interp(at, (x[1:] + x[:-1]) / 2, np.diff(y) / np.diff(x)))


@dataclass(frozen=True)
class TrainedCritic:
    """The critic f on the grid of the picture, in the unit of x, 0 half-way between the two means.

    `mean_slope` is E |f'| at points between real and fake, K of "the critic measures K * W1"; `best` is the exact
    critic of slope 1, whose estimate is W1; `optimum` the best one under the penalty, `line` the estimate of the best
    straight one. For weight clipping these two are those of slope 1: there is no formula.
    """

    x: Array
    f: Array
    estimate: float
    mean_slope: float
    best: BestCritic
    optimum: BestCritic
    line: float
    slope_at_fakes: float

    @property
    def slope(self) -> Array:
        """f' between the points of the grid [n - 1]."""
        return np.diff(self.f) / np.diff(self.x)

    @property
    def is_locked(self) -> bool:
        """It calls fakes real: its slope points the wrong way."""
        return self.estimate < 0


def read_critic(pair: Pair, config: ToyConfig, snapshot: ToySnapshot) -> TrainedCritic:
    x = snapshot.x.astype(float)
    f = _unscaled(snapshot)
    f -= np.interp(pair.theta / 2, x, f)
    density = density_between((x[1:] + x[:-1]) / 2, pair.real, pair.fake)
    mean_slope = float(np.abs(np.diff(f)) @ density / (density @ np.diff(x)))
    best, optimum, line = w1_critic(pair.grid, pair.real, pair.fake), None, abs(pair.theta)
    if config.smoothness == "gradient_penalty":
        weight = config.smoothness_weight * pair.sd_p  # the critic learns in units of sd_p
        optimum, line = penalised_critic(pair.grid, pair.real, pair.fake, weight), shift_estimate(pair.theta, weight)
    at_fakes = _slope_at(x, f, pair.theta)
    return TrainedCritic(x, f, snapshot.values["w_estimate"], mean_slope, best, optimum or best, line, at_fakes)


def _unscaled(snapshot: ToySnapshot) -> Array:
    """A snapshot's view of a critic runs from 0 to 1; its steepest slope gives it its own scale back, but no level."""
    d, step = snapshot.d.astype(float), float(snapshot.x[-1] - snapshot.x[0]) / (len(snapshot.x) - 1)
    steepest = np.abs(np.diff(d)).max()
    return d * (snapshot.values["critic_slope"] * step / steepest) if steepest > 0 else np.zeros_like(d)
