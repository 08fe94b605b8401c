"""A trained generator on its own: what an export holds, and drawing from it."""

from collections.abc import Mapping

import torch
from jaxtyping import Float, Int64
from torch import Tensor

from gan_core.config import ImageConfig, from_json
from gan_core.fields import ConfigError
from gan_core.learning.image_datasets import draw_latents, in_turns
from gan_core.learning.metrics import full_scores, reference
from gan_core.learning.networks import Network
from gan_core.learning.networks.images import image_discriminator, image_generator
from gan_core.learning.training import Trainer

PLAYERS = ("generator", "discriminator")
PORTION = 250  # images at a time


class Sampler:
    """G, with its averaged weights where the run kept an average, and D, which judges what G draws. Neither learns.

    Parameters
    ----------
    config : of the run that trained them.
    tensors : for each of the `PLAYERS` its weights under its name, and its buffers under `NAME_buffers`.
    """

    def __init__(self, config: ImageConfig, tensors: Mapping[str, Tensor]) -> None:
        self.config = config
        unused = torch.Generator()
        self.generator = image_generator(config, unused)
        self.discriminator = image_discriminator(config, unused, unused)
        for name in PLAYERS:
            _fill(getattr(self, name), tensors, name)

    @classmethod
    def of_export(cls, tensors: Mapping[str, Tensor], texts: Mapping[str, str]) -> "Sampler":
        """From what `gan_core.runs.generator_file` makes of a checkpoint. Raises ConfigError for anything else."""
        try:
            config = from_json(texts["config"])
        except (KeyError, ValueError, TypeError):
            config = None
        if not isinstance(config, ImageConfig):
            raise ConfigError("weights", "Weights: this file is not a generator of images that GANscope has exported.")
        return cls(config, tensors)

    @classmethod
    def of(cls, trainer: Trainer) -> "Sampler":
        """The generator of a run as it is now."""
        assert isinstance(trainer.config, ImageConfig)
        return cls(trainer.config, players_of(trainer))

    @torch.inference_mode()
    def sample(
        self, z: Float[Tensor, "batch latent"], condition: Int64[Tensor, " batch"] | None = None
    ) -> Float[Tensor, "batch 784"]:
        """G(z, c): images in [-1, 1]."""
        conditions = [None] * len(z) if condition is None else condition.split(PORTION)
        pairs = zip(z.split(PORTION), conditions, strict=False)
        return torch.cat([self.generator.forward(*pair) for pair in pairs])

    def latents(self, count: int, random: torch.Generator) -> Float[Tensor, "count latent"]:
        return draw_latents(count, self.config, random)

    def scores(self, count: int, random: torch.Generator) -> dict[str, float]:
        """All scores of `count` new images, the digits taking turns where G is told one.

        Raises ConfigError for a generator of other images than digits: the classifier does not know them.
        """
        if not self.config.is_readable:
            raise ConfigError("weights", "Weights: this generator draws no digits, and only digits can be measured.")
        asked = in_turns(self.config, count)
        told = asked if self.config.conditional else None
        images = self.sample(self.latents(count, random), told)
        return full_scores(images, asked if told is not None else asked[:0], reference(self.config.digits))


def players_of(trainer: Trainer) -> dict[str, Tensor]:
    """Weights and buffers of both players as they are now, those of G averaged where the run keeps an average."""
    source = trainer.average or trainer.generator
    return {
        "generator": source.weights,
        "generator_buffers": source.buffers,
        "discriminator": trainer.discriminator.weights,
        "discriminator_buffers": trainer.discriminator.buffers,
    }


def _fill(network: Network, tensors: Mapping[str, Tensor], name: str) -> None:
    """The weights of one player, checked before they are used."""
    for place, key in ((network.weights, name), (network.buffers, f"{name}_buffers")):
        given = tensors.get(key)
        if given is None or given.shape != place.shape or not given.is_floating_point():
            raise ConfigError("weights", "Weights: the file has no {key} that fits its settings.", key=key)
        if not given.isfinite().all():
            raise ConfigError("weights", "Weights: {key} holds numbers that are not finite.", key=key)
        place.copy_(given)
    network.training = False
