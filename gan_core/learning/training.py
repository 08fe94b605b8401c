"""The training loop: one update of a GAN, in the five parts that every text describes."""

import json
from collections.abc import Iterator
from typing import Any, Literal

import numpy as np
import torch
from torch import Tensor

from gan_core.config import ToyConfig
from gan_core.learning.datasets import Stream, latent_stream, real_stream
from gan_core.learning.initialisation import initialise
from gan_core.learning.losses import loss_of
from gan_core.learning.networks import MLP, Network
from gan_core.learning.optimisers import Optimiser
from gan_core.learning.smoothness import PENALTIES, clip
from gan_core.theory.distributions import target_of

Kind = Literal["both", "discriminator", "generator"]


class Trainer:
    """Two networks, two optimisers, two streams, and the update that lets them play.

    Learning happens in standard units: real points have mean 0 and standard deviation 1.

    Parameters
    ----------
    config : the settings; `set` replaces one of the live ones between two steps.
    generator, discriminator : the players.
    real, latent : streams of batches.
    seed : of the random points at which a gradient penalty looks.
    """

    def __init__(
        self,
        config: ToyConfig,
        generator: Network,
        discriminator: Network,
        real: Stream,
        latent: Stream,
        seed: int,
    ) -> None:
        self.config, self.generator, self.discriminator = config, generator, discriminator
        self.real, self.latent = real, latent
        self.random = torch.Generator().manual_seed(seed)
        self.g_optimiser, self.d_optimiser = Optimiser(generator.weights), Optimiser(discriminator.weights)
        self.loss = loss_of(config.loss, config.naive_log, config.label_smoothing)
        self.step_number = 0
        self.changes: list[tuple[int, str, Any]] = []
        self._forget_scores()
        self.penalty = torch.zeros(())
        self._fake: Tensor | None = None

    def _forget_scores(self) -> None:
        """Before the first update there are no losses: nan, which no chart draws."""
        self.real_scores = self.fake_scores = self.fooled_scores = torch.full((1, 1), torch.nan)

    def step(self, kind: Kind = "both") -> None:
        """n_critic updates of D, then one of G; or only the one or the other."""
        with torch.inference_mode():  # the networks do their own backward: autograd need not watch (7 % of a step)
            for _ in self.parts(kind):
                pass

    def parts(self, kind: Kind = "both") -> Iterator[int]:
        """The same step, pausing after each part, 1 to 5, so that it can be watched in slow motion."""
        if kind != "generator":
            for _ in range(self.config.n_critic):
                yield from self._update_discriminator()
        if kind != "discriminator":
            yield from self._update_generator()
        self.step_number += 1

    def _update_discriminator(self) -> Iterator[int]:
        size, discriminator = self.config.batch, self.discriminator
        real = self.real.batch(size)
        fake = self._fake = self.generator.forward(self.latent.batch(size))

        # 1 and 2: D looks at real points and at fakes. One call for both is cheaper than two.
        scores = discriminator.forward(torch.cat([real, fake]))
        self.real_scores, self.fake_scores = scores[:size], scores[size:]
        real_slopes = self.loss.real.slope(self.real_scores)
        yield 1
        fake_slopes = self.loss.fake.slope(self.fake_scores)
        yield 2

        # 3: the sum of both losses goes backward through D, and D takes a step. G is not touched.
        discriminator.learn_from(torch.cat([real_slopes, fake_slopes]))
        if penalty := PENALTIES.get(self.config.smoothness):
            self.penalty = penalty(discriminator, real, fake, self.config, self.random)
        self._step_discriminator()
        yield 3

    def _update_generator(self) -> Iterator[int]:
        # 4: the new D judges the fakes, G hoping that they pass for real: each fake learns where it should move.
        if self._fake is None:
            self._fake = self.generator.forward(self.latent.batch(self.config.batch))
        self.fooled_scores = self.discriminator.forward(self._fake)
        slopes = self.loss.generator.slope(self.fooled_scores)
        arrows = self.discriminator.pull_back(slopes)
        if self.config.shared_optimiser:
            self.discriminator.learn_from(slopes)
            self._step_discriminator()
        yield 4

        # 5: that goes backward through G, and G takes a step.
        self.generator.learn_from(arrows)
        config = self.config
        self.g_optimiser.step(
            self.generator.weights,
            self.generator.gradient,
            config.g_optimiser,
            config.g_lr * self._lr_factor,
            config.g_momentum,
            config.g_weight_decay,
        )
        self._fake = None
        yield 5

    def _step_discriminator(self) -> None:
        config = self.config
        self.d_optimiser.step(
            self.discriminator.weights,
            self.discriminator.gradient,
            config.d_optimiser,
            config.d_lr * self._lr_factor,
            config.d_momentum,
            config.d_weight_decay,
        )
        if config.smoothness == "weight_clipping":
            clip(self.discriminator, config.clip_value)

    @property
    def d_loss(self) -> float:
        """What D minimised in its last update, its penalty included."""
        return float(self.loss.real.value(self.real_scores) + self.loss.fake.value(self.fake_scores) + self.penalty)

    @property
    def g_loss(self) -> float:
        """What G minimised in its last update."""
        return float(self.loss.generator.value(self.fooled_scores))

    @property
    def _lr_factor(self) -> float:
        half_life = self.config.lr_half_life
        return 0.5 ** (self.step_number / half_life) if half_life else 1.0

    def set(self, field: str, value: Any) -> None:
        """Give a live field another value, and record at which step. Raises ConfigError on any other."""
        config = self.config.replace_live(field, value)
        if config.g_optimiser != self.config.g_optimiser:
            self.g_optimiser = Optimiser(self.generator.weights)
        if config.d_optimiser != self.config.d_optimiser:
            self.d_optimiser = Optimiser(self.discriminator.weights)
        self.config = config
        self.loss = loss_of(config.loss, config.naive_log, config.label_smoothing)
        self.changes.append((self.step_number, field, getattr(config, field)))

    def state(self) -> tuple[dict[str, Tensor], dict[str, str]]:
        """Everything that the next step depends on: tensors, and text for what is not a tensor."""
        tensors = {
            "generator": self.generator.weights,
            "discriminator": self.discriminator.weights,
            "g_first": self.g_optimiser.first,
            "g_second": self.g_optimiser.second,
            "d_first": self.d_optimiser.first,
            "d_second": self.d_optimiser.second,
            "random": self.random.get_state(),
        }
        rest = {
            "step": self.step_number,
            "optimiser_steps": [self.g_optimiser.steps, self.d_optimiser.steps],
            "real": self.real.state,
            "latent": self.latent.state,
            "changes": self.changes,
        }
        return tensors, {"config": self.config.model_dump_json(), "rest": json.dumps(rest)}

    def restore(self, tensors: dict[str, Tensor], texts: dict[str, str]) -> None:
        """Go on from a `state`, in a trainer that was made from the same config."""
        rest = json.loads(texts["rest"])
        self.config = type(self.config).model_validate_json(texts["config"])
        self.loss = loss_of(self.config.loss, self.config.naive_log, self.config.label_smoothing)
        self.generator.weights.copy_(tensors["generator"])
        self.discriminator.weights.copy_(tensors["discriminator"])
        self.g_optimiser.first.copy_(tensors["g_first"])
        self.g_optimiser.second.copy_(tensors["g_second"])
        self.d_optimiser.first.copy_(tensors["d_first"])
        self.d_optimiser.second.copy_(tensors["d_second"])
        self.random.set_state(tensors["random"])
        self.step_number = rest["step"]
        self.g_optimiser.steps, self.d_optimiser.steps = rest["optimiser_steps"]
        self.real.state, self.latent.state = rest["real"], rest["latent"]
        self.changes = [tuple(change) for change in rest["changes"]]
        self._forget_scores()
        self._fake = None


def toy_trainer(config: ToyConfig) -> Trainer:
    """Networks, streams and seeds of a 1-D run."""
    weights, real, latent, penalty = np.random.SeedSequence(config.seed).spawn(4)
    random = torch.Generator().manual_seed(int(weights.generate_state(1)[0]))
    g_sizes = (config.latent_dim, *[config.g_width] * config.g_layers, 1)
    generator = MLP(g_sizes, config.g_activation, skip=config.g_skip)
    d_sizes = (1, *[config.d_width] * config.d_layers, 1)
    discriminator = MLP(d_sizes, config.d_activation, scale=config.d_input_scale)
    initialise(generator, config.initialisation, "generator", random)
    initialise(discriminator, config.initialisation, "discriminator", random)
    generator.biases[-1].add_(config.start)
    trainer = Trainer(
        config,
        generator,
        discriminator,
        real_stream(target_of(config), real),
        latent_stream(config, latent),
        int(penalty.generate_state(1)[0]),
    )
    for _ in range(config.d_head_start):
        trainer.step("discriminator")
    trainer.step_number = 0
    return trainer
