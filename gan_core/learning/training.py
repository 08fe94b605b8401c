"""The training loop: one update of a GAN, in the five parts that every text describes."""

import json
import time
from collections.abc import Iterator
from typing import Any, Literal

import torch
from torch import Tensor

from gan_core.config import TrainConfig, from_json, to_json
from gan_core.learning.averaging import Average
from gan_core.learning.datasets import Batch, Stream
from gan_core.learning.losses import Term, cross_entropy, loss_of
from gan_core.learning.networks import Network
from gan_core.learning.optimisers import Optimiser
from gan_core.learning.smoothness import PENALTIES, clip

Kind = Literal["both", "discriminator", "generator"]


class Trainer:
    """Two networks, two optimisers, two streams, and the update that lets them play.

    1-D runs learn in standard units: real points have mean 0 and standard deviation 1. Images are numbers in [-1, 1].

    Parameters
    ----------
    config : the settings; `set` replaces one of the live ones between two steps.
    generator, discriminator : the players.
    real, latent : streams of batches.
    random : draws the points at which a gradient penalty looks, the labels, and what a dropout switches off.
    averaging : memory of a running mean of G's weights, kept in `average`; 0: there is none.
    """

    def __init__(
        self,
        config: TrainConfig,
        generator: Network,
        discriminator: Network,
        real: Stream,
        latent: Stream,
        random: torch.Generator,
        averaging: float = 0.0,
    ) -> None:
        self.config, self.generator, self.discriminator = config, generator, discriminator
        self.real, self.latent, self.random = real, latent, random
        self.average = Average(generator, averaging) if averaging else None
        self.g_optimiser, self.d_optimiser = Optimiser(generator.weights), Optimiser(discriminator.weights)
        self.loss = loss_of(config.loss, config.naive_log, config.label_smoothing)
        self.step_number = self.d_updates = self.seen = 0  # steps; updates of D; real points that were drawn
        self.seconds = 0.0  # spent in steps
        self.changes: list[tuple[int, str, Any]] = []
        self._begin()

    def _begin(self) -> None:
        """Before the first update there are no losses: nan, which no chart draws."""
        self.real_scores = self.fake_scores = self.fooled_scores = torch.full((1, 1), torch.nan)
        self.penalty = torch.zeros(())
        self._real_term: Term = self.loss.real
        self._fake: Batch | None = None

    def step(self, kind: Kind = "both") -> None:
        """n_critic updates of D, then one of G; or only the one or the other."""
        self._settle()
        began = time.perf_counter()
        with torch.inference_mode():  # the networks do their own backward: autograd need not watch (7 % of a step)
            for _ in self.parts(kind):
                pass
        self._settle()
        self.seconds += time.perf_counter() - began

    def _settle(self) -> None:
        """A GPU works on while the program goes on: the clock waits for it."""
        kind = self.random.device.type
        if kind != "cpu":
            getattr(torch, kind).synchronize()

    def parts(self, kind: Kind = "both") -> Iterator[int]:
        """The same step, pausing after each part, 1 to 5, so that it can be watched in slow motion."""
        if kind != "generator":
            real = self._real()
            for update in range(self.config.n_critic):
                if update and not self.config.repeated_real:
                    real = self._real()
                yield from self._update_discriminator(real)
        if kind != "discriminator":
            yield from self._update_generator()
        self.step_number += 1

    def _real(self) -> Batch:
        real = self.real.batch(self.config.batch)
        self.seen += len(real.x)
        return real

    def _update_discriminator(self, real: Batch) -> Iterator[int]:
        config, discriminator, size = self.config, self.discriminator, len(real.x)
        fake = self.generator.forward(self.latent.batch(size).x, real.condition)
        self._fake = Batch(fake, real.condition)

        # 1 and 2: D looks at real points and at fakes. One call for both is cheaper than two.
        both = None if real.condition is None else torch.cat([real.condition, real.condition])
        scores = discriminator.forward(torch.cat([real.x, fake]), both, groups=2)
        self.real_scores, self.fake_scores = scores[:size], scores[size:]
        self._real_term = self._taught(size)
        real_slopes = self._real_term.slope(self.real_scores)
        yield 1
        fake_slopes = self.loss.fake.slope(self.fake_scores)
        yield 2

        # 3: the sum of both losses goes backward through D, and D takes a step. G is not touched.
        discriminator.learn_from(torch.cat([real_slopes, fake_slopes]))
        penalty = PENALTIES.get(config.smoothness)
        if penalty and self.d_updates % config.penalty_every == 0:
            weight = config.smoothness_weight * config.penalty_every
            value = penalty(discriminator, real.x, fake, weight, config, self.random, real.condition)
            self.penalty = value / config.penalty_every
        self._step_discriminator()
        self.d_updates += 1
        yield 3

    def _taught(self, size: int) -> Term:
        """What D is taught about real points: one label for all, or a random one for each."""
        spread = self.config.label_spread
        if not spread:
            return self.loss.real
        labels = torch.empty(size, 1, device=self.random.device)
        middle = 1 - self.config.label_smoothing
        return cross_entropy(labels.uniform_(middle - spread, middle + spread, generator=self.random))

    def _update_generator(self) -> Iterator[int]:
        # 4: the new D judges the fakes, G hoping that they pass for real: each fake learns where it should move.
        if self._fake is None or self.config.fresh_latents:
            latent = self.latent.batch(self.config.batch)
            self._fake = Batch(self.generator.forward(latent.x, latent.condition), latent.condition)
        self.fooled_scores = self.discriminator.forward(*self._fake)
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
            config.beta2,
            config.g_weight_decay,
        )
        if self.average:
            self.average.follow(self.generator, self.step_number)
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
            config.beta2,
            config.d_weight_decay,
        )
        if config.smoothness == "weight_clipping":
            clip(self.discriminator, config.clip_value)

    @property
    def d_loss(self) -> float:
        """What D minimised in its last update, with its share of a penalty that comes in some updates only."""
        return float(self._real_term.value(self.real_scores) + self.loss.fake.value(self.fake_scores) + self.penalty)

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
        tensors = {**self._tensors(), "random": self.random.get_state()}
        rest = {
            "step": self.step_number,
            "seen": self.seen,
            "d_updates": self.d_updates,
            "seconds": self.seconds,
            "optimiser_steps": [self.g_optimiser.steps, self.d_optimiser.steps],
            "real": self.real.state,
            "latent": self.latent.state,
            "changes": self.changes,
        }
        return tensors, {"config": to_json(self.config), "rest": json.dumps(rest)}

    def restore(self, tensors: dict[str, Tensor], texts: dict[str, str]) -> None:
        """Go on from a `state`, in a trainer that was made from the same config."""
        rest = json.loads(texts["rest"])
        self.config = from_json(texts["config"])
        self.loss = loss_of(self.config.loss, self.config.naive_log, self.config.label_smoothing)
        for name, tensor in self._tensors().items():
            tensor.copy_(tensors[name])
        self.random.set_state(tensors["random"])
        self.step_number, self.seen, self.seconds = rest["step"], rest["seen"], rest["seconds"]
        self.d_updates = rest["d_updates"]
        self.g_optimiser.steps, self.d_optimiser.steps = rest["optimiser_steps"]
        self.real.state, self.latent.state = rest["real"], rest["latent"]
        self.changes = [tuple(change) for change in rest["changes"]]
        self._begin()

    def _tensors(self) -> dict[str, Tensor]:
        """Of these, all but what comes at random."""
        tensors = {
            "generator": self.generator.weights,
            "discriminator": self.discriminator.weights,
            "g_first": self.g_optimiser.first,
            "g_second": self.g_optimiser.second,
            "d_first": self.d_optimiser.first,
            "d_second": self.d_optimiser.second,
            "g_buffers": self.generator.buffers,
            "d_buffers": self.discriminator.buffers,
        }
        if self.average:
            tensors |= {"average": self.average.weights, "average_buffers": self.average.buffers}
        return tensors
