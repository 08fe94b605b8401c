"""Trained generators on their own: what an export holds, or what a run is now, and drawing from it."""

from collections.abc import Callable
from typing import Any

from gan_core.config import ImageConfig, ToyConfig
from gan_core.learning.image_sampling import ImageSampler
from gan_core.learning.players import Players
from gan_core.learning.toy_sampling import ToySampler
from gan_core.learning.training import Trainer

AnySampler = ImageSampler | ToySampler


def sampler_of_file(data: bytes) -> AnySampler:
    """From the bytes of a shipped or exported .safetensors file. Raises ConfigError for any other file."""
    return _of(Players.of_file(data))


def sampler_of(trainer: Trainer) -> AnySampler:
    """From a run, which stays as it is. `refresh` keeps up with it."""
    return _of(Players.of(trainer))


def _of(players: Players) -> AnySampler:
    return _SAMPLERS[players.config.task](players)


_SAMPLERS: dict[str, Callable[[Any], AnySampler]] = {ImageConfig.task: ImageSampler, ToyConfig.task: ToySampler}
