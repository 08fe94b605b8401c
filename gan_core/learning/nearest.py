"""Which training images an image is most like: is it new, or learnt by heart?"""

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import torch
from jaxtyping import Float, Int64, UInt8
from numpy.typing import NDArray
from torch import Tensor

from gan_core.config import ImageConfig
from gan_core.config.images import READABLE
from gan_core.data import DataError, LabelledImages, is_here, load
from gan_core.learning.classifier import FEATURES, digit_classifier
from gan_core.learning.image_datasets import in_range
from gan_core.learning.networks.image_modules import PIXELS

SHOWN = 5
PORTION = 1024  # images that are turned into numbers at once: the set itself stays bytes
COMPARED = 200  # real images from which the usual distances come
SETS = 2  # in memory
NONE = LabelledImages(np.empty((0, PIXELS), np.uint8), np.empty(0, np.uint8))


@dataclass(frozen=True, eq=False)
class Space:
    """A way to measure how far two images are apart: the distance of these rows of numbers, times `unit`."""

    rows: Tensor  # [images, columns], bytes or floats
    unit: float

    def distances(self, sought: Float[Tensor, "k columns"]) -> Float[Tensor, "k images"]:
        """Row by row: of large numbers that are nearly equal, a matrix product would not leave enough digits."""
        squares = torch.empty(len(sought), len(self.rows))
        for part, into in zip(self.rows.split(PORTION), squares.split(PORTION, 1), strict=True):
            numbers = part.float()
            for row, place in zip(sought, into, strict=True):
                place.copy_((numbers - row).square_().sum(1))
        return squares.sqrt_() * self.unit

    def to_others(self, some: Int64[Tensor, " k"]) -> Float[Tensor, " k"]:
        """How far these of the rows are from the nearest of all others; nan where there is no other."""
        if len(self.rows) < 2:
            return torch.full((len(some),), torch.nan)
        return self.distances(self.rows[some].float()).scatter_(1, some[:, None], torch.inf).amin(1)

    def usual(self) -> float:
        """The median distance of a real image to the nearest of all others."""
        if not len(self.rows):
            return np.nan
        some = self.rows[:COMPARED].float()
        nearest = torch.full((len(some),), torch.inf)
        for number, part in enumerate(self.rows.split(PORTION)):
            apart = torch.cdist(some, part.float())
            if number == 0:
                apart.fill_diagonal_(torch.inf)  # each to itself
            nearest = torch.minimum(nearest, apart.amin(1))
        return float(nearest.quantile(0.5) * self.unit)


class RealImages:
    """A set of training images, ready to be searched.

    Attributes
    ----------
    name : its key in `gan_core.data.SETS`; "" if there is none.
    pixels : root mean square difference of grey, black to white being 1.
    features : distance of the digit classifier's features, whose square is in per cent of the variance of real digits;
        no rows for sets that the classifier does not know.
    usual : the usual distance in both spaces.
    """

    def __init__(self, name: str, found: LabelledImages) -> None:
        self.name, self.images, self.digits = name, torch.from_numpy(found.images), found.digits
        self.pixels = Space(self.images, 1 / (255 * PIXELS**0.5))

    @cached_property
    def features(self) -> Space:
        return Space(_features(self.images if self.name in READABLE else self.images[:0]), 1.0)

    @cached_property
    def usual(self) -> NDArray[np.float32]:
        return np.array([space.usual() for space in (self.pixels, self.features)], np.float32)

    def __len__(self) -> int:
        return len(self.images)

    def nearest(self, image: UInt8[Tensor, " 784"]) -> dict[str, NDArray[np.generic]]:
        """The arrays of an answer (`gan_core.questions`): the nearest images in both spaces, nearest first.

        Of each of them also how far it is from its own nearest other one. All 1s are near one another and all 8s are
        not: only an image much nearer than that is a copy.
        """
        sought = {"pixel": (self.pixels, image[None].float()), "feature": (self.features, _features(image[None]))}
        found: dict[str, NDArray[np.generic]] = {"usual_distances": self.usual}
        for name, (space, row) in sought.items():
            distances = space.distances(row)[0] if len(space.rows) else torch.empty(0)
            order = distances.argsort(stable=True)[:SHOWN]
            found |= {
                f"{name}_images": self.images[order].numpy(),
                f"{name}_digits": self.digits[order.numpy()],
                f"{name}_distances": distances[order].numpy(),
                f"{name}_own_distances": space.to_others(order).numpy(),
            }
        return found


def real_images(config: ImageConfig) -> RealImages:
    """What a run of these settings learns from; the embedded part if MNIST is not on this machine, else none at all."""
    name, count = config.dataset, config.images
    if not is_here(name):
        name, count = ("mnist_5k", 0) if name == "mnist" else ("", 0)
    try:
        return _real_images(name, config.classes, count)
    except DataError:
        return _real_images("", (), 0)


@lru_cache(maxsize=SETS)
def _real_images(name: str, classes: tuple[int, ...], count: int) -> RealImages:
    return RealImages(name, load(name, classes, count) if name else NONE)


def _features(images: UInt8[Tensor, "n 784"]) -> Float[Tensor, "n 64"]:
    judge = digit_classifier().judge
    parts = [judge(in_range(part)).features for part in images.split(PORTION)]
    return torch.cat(parts) if len(images) else torch.empty(0, FEATURES)
