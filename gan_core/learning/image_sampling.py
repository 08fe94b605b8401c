"""Drawing images from a generator, and everything that is said about them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, UInt8
from numpy.typing import NDArray
from torch import Tensor

from gan_core.config import ImageConfig
from gan_core.costs import costs_of
from gan_core.fields import ConfigError
from gan_core.learning.classifier import digit_classifier
from gan_core.learning.directions import directions_at
from gan_core.learning.image_datasets import draw_latents, in_range, in_turns
from gan_core.learning.metrics import full_scores, reference
from gan_core.learning.nearest import real_images
from gan_core.learning.networks.autograd import Autograd
from gan_core.learning.networks.conditions import Condition
from gan_core.learning.players import Players
from gan_core.learning.training import Trainer
from gan_core.questions import CLASSES, Answer, Question

PORTION = 250  # images at a time
USUAL = 500  # images of each kind, from which the usual scores come
LARGEST = 100e9  # multiplications, and three times that for autograd: six seconds, in which nobody else is answered
SHARES = (0.05, 0.5, 0.95)

Arrays = dict[str, NDArray[Any]]


@dataclass(frozen=True, eq=False)
class Drawn:
    """Latents, their conditions where G is told one, and the images in [-1, 1] and as bytes."""

    z: Tensor
    condition: Tensor | None
    images: Tensor
    pixels: NDArray[np.uint8]


class ImageSampler:
    """G and D of a run that draws images. The same question always gets the same answer."""

    def __init__(self, players: Players) -> None:
        assert isinstance(players.config, ImageConfig) and isinstance(players.generator, Autograd)
        self.players, self.config = players, players.config
        self.generator, self.discriminator = players.generator, players.discriminator

    def refresh(self, trainer: Trainer) -> None:
        """Draw from now on as the run does now."""
        self.players.refresh(trainer)

    @torch.inference_mode()
    def sample(
        self, z: Float[Tensor, "batch latent"], condition: Condition | None = None
    ) -> Float[Tensor, "batch 784"]:
        """G(z, c): images in [-1, 1]."""
        return _in_portions(self.generator.forward, z, condition)

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

    @torch.inference_mode()
    def answer(self, question: Question) -> Answer:
        """The images of a question, and what else it wants (`gan_core.questions`).

        Raises ConfigError for a question that does not fit this generator.
        """
        drawn = self._draw(question)
        arrays = {"images": drawn.pixels}
        for want in question.wants & _ANSWERS.keys():
            arrays |= _ANSWERS[want](self, drawn)
        texts = {"step": str(self.players.step)}
        if "nearest" in question.wants:
            real = real_images(self.config)
            texts |= {"nearest_set": real.name, "nearest_count": str(len(real))}
        return Answer(arrays, texts)

    def _draw(self, question: Question) -> Drawn:
        z, condition = self._read(question)
        images = self.sample(z, condition)
        return Drawn(z, condition, images, in_grey(images).cpu().numpy())

    def _read(self, question: Question) -> tuple[Tensor, Tensor | None]:
        count, dim = question.z.shape
        if dim != self.config.latent_dim:
            raise ConfigError(
                "z", "Question: z must have {wanted} numbers for this generator, not {dim}.",
                wanted=self.config.latent_dim, dim=dim,
            )  # fmt: skip
        if count > 1 and question.wants & {"nearest", "directions"}:
            raise ConfigError("z", "Question: the nearest images and the directions are those of one z alone.")
        z, condition = (torch.from_numpy(array).to(self.players.device) for array in (question.z, question.condition))
        if not self.config.conditional:
            return z, None
        if len(condition) != count:
            raise ConfigError("condition", "Question: this generator needs a condition for each z.")
        return z, condition

    def _scores(self, drawn: Drawn) -> Arrays:
        scores = _in_portions(self.discriminator.forward, drawn.images, drawn.condition)
        return {"score": scores[:, 0].float().cpu().numpy()}

    def _digits(self, drawn: Drawn) -> Arrays:
        if not self.config.is_readable:
            return {}
        return {"digits": digit_classifier(str(drawn.images.device)).judge(drawn.images).probabilities.cpu().numpy()}

    def _nearest(self, drawn: Drawn) -> Arrays:
        return real_images(self.config).nearest(torch.from_numpy(drawn.pixels)[0])

    def _directions(self, drawn: Drawn) -> Arrays:
        costs = costs_of(self.config).directions
        if costs > LARGEST:
            raise ConfigError(
                "directions", "Directions: with its Widths of G, Latent dimensions and Digits, this generator needs "
                "{costs:,.0f} billion multiplications for them; at most {most:,.0f} billion are done.",
                costs=costs / 1e9, most=LARGEST / 1e9,
            )  # fmt: skip
        told = self.config.digits if self.config.conditional else ()
        conditions = torch.eye(CLASSES, device=drawn.z.device)[list(told)]
        return {
            name: tensor.numpy() for name, tensor in vars(directions_at(drawn.z, self.generator, conditions)).items()
        }

    def _usual(self, drawn: Drawn) -> Arrays:
        """What D says of `USUAL` fakes, and of as many real images; nan where there are none on this machine."""
        device, real = self.players.device, real_images(self.config)
        fakes = self.latents(USUAL, torch.Generator(device).manual_seed(0))
        asked = in_turns(self.config, USUAL, device)
        digits = torch.from_numpy(real.digits[:USUAL].astype(np.int64)).to(device)
        of_fakes = self._quantiles(self.sample(fakes, asked if self.config.conditional else None), asked)
        of_real = self._quantiles(in_range(real.images[:USUAL]).to(device), digits)
        return {"usual_scores": np.stack([of_fakes, of_real])}

    def _quantiles(self, images: Tensor, digits: Tensor) -> NDArray[np.float32]:
        if not len(images):
            return np.full(len(SHARES), np.nan, np.float32)
        scores = _in_portions(self.discriminator.forward, images, digits if self.config.conditional else None)
        return scores.float().quantile(torch.tensor(SHARES, device=scores.device)).cpu().numpy()


# what may be wanted beside the images
_ANSWERS: dict[str, Callable[[ImageSampler, Drawn], Arrays]] = {
    "scores": ImageSampler._scores,
    "digits": ImageSampler._digits,
    "nearest": ImageSampler._nearest,
    "directions": ImageSampler._directions,
    "usual": ImageSampler._usual,
}


def in_grey(images: Float[Tensor, "n 784"]) -> UInt8[Tensor, "n 784"]:
    """From [-1, 1] to bytes, 0 black; grey where a diverged run has no number."""
    return images.nan_to_num().add(1).mul(127.5).round().clamp(0, 255).to(torch.uint8)


def _in_portions(forward: Callable[[Tensor, Tensor | None], Tensor], x: Tensor, condition: Tensor | None) -> Tensor:
    conditions = [None] * len(x) if condition is None else condition.split(PORTION)
    return torch.cat([forward(*pair) for pair in zip(x.split(PORTION), conditions, strict=False)])
