"""From a config to a trainer, and to the observer that looks at it: networks, streams and seeds of each task."""

from collections.abc import Callable
from typing import Any, Protocol, runtime_checkable

import numpy as np
import torch

from gan_core.config import ImageConfig, ToyConfig, TrainConfig
from gan_core.data import load
from gan_core.fields import ConfigError
from gan_core.learning.datasets import latent_stream, real_stream
from gan_core.learning.image_datasets import Images, Latents
from gan_core.learning.initialisation import initialise
from gan_core.learning.networks import toy
from gan_core.learning.networks.images import image_discriminator, image_generator
from gan_core.learning.observe import ToyObserver
from gan_core.learning.observe_images import ImageObserver
from gan_core.learning.products import prefer_onednn
from gan_core.learning.training import Trainer
from gan_core.snapshots import Snapshot
from gan_core.theory.distributions import target_of


@runtime_checkable
class Observer(Protocol):
    """Looks at a trainer between two steps, or within one, and leaves it as it was."""

    pace: int  # steps between two looks, until somebody sets another; 0: as many as there is time for

    @property
    def interval(self) -> float:
        """Seconds that may pass until the next look."""
        ...

    def __call__(self, trainer: Trainer, part: int = 0) -> Snapshot: ...

    def measure(self, trainer: Trainer, full: bool = False) -> None:
        """Take now the scores that are otherwise taken now and then; `full`: all of them, however long it takes."""
        ...


def trainer_of(config: TrainConfig) -> Trainer:
    """A trainer at step 0."""
    return _TRAINERS[config.task](config)


def observer_of(config: TrainConfig) -> Observer:
    """An observer for trainers of `config`."""
    return _OBSERVERS[config.task](config)


def toy_trainer(config: ToyConfig) -> Trainer:
    """Networks, streams and seeds of a 1-D run."""
    weights, real, latent, penalty = np.random.SeedSequence(config.seed).spawn(4)
    random = _generator(weights)
    generator, discriminator = toy.blank_networks(config, torch.device("cpu"))
    initialise(generator, config.initialisation, "generator", random)
    initialise(discriminator, config.initialisation, "discriminator", random)
    generator.biases[-1].add_(config.start)
    trainer = Trainer(
        config,
        generator,
        discriminator,
        real_stream(target_of(config), real),
        latent_stream(config, latent),
        _generator(penalty),
    )
    for _ in range(config.d_head_start):
        trainer.step("discriminator")
    trainer.step_number = trainer.seen = 0
    return trainer


def image_trainer(config: ImageConfig) -> Trainer:
    """Networks, streams and seeds of a run that draws images. Raises DataError if its images are not here."""
    device = device_of(config)
    prefer_onednn()
    weights, real, latent, penalty = np.random.SeedSequence(config.seed).spawn(4)
    images = load(config.dataset, config.classes, config.images)
    first, random = _generator(weights, device), _generator(penalty, device)
    with device:
        return Trainer(
            config,
            image_generator(config, first),
            image_discriminator(config, first, random),
            Images(images, config.conditional, real, device),
            Latents(config, latent, device),
            random,
            config.averaging,
        )


def device_of(config: ImageConfig) -> torch.device:
    """The device that `auto` stands for. Raises ConfigError for one that this machine does not have."""
    here = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if config.device == "auto":
        return torch.device(next(name for name, is_here in here.items() if is_here))
    if not here[config.device]:
        raise ConfigError("device", "This machine has no {name} device: choose auto or cpu.", name=config.device)
    return torch.device(config.device)


def _generator(seed: np.random.SeedSequence, device: torch.device | str = "cpu") -> torch.Generator:
    return torch.Generator(device).manual_seed(int(seed.generate_state(1)[0]))


_TRAINERS: dict[str, Callable[[Any], Trainer]] = {ToyConfig.task: toy_trainer, ImageConfig.task: image_trainer}
_OBSERVERS: dict[str, Callable[[Any], Observer]] = {
    ToyConfig.task: ToyObserver,
    ImageConfig.task: lambda config: ImageObserver(config, device_of(config)),
}
