"""Which image sets there are, and what loading one gives."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gan_core.fields import ConfigError

PIXELS = 784  # 28 rows of 28


class DataError(ConfigError):
    """Images cannot be had. One sentence that says why, and what to do."""


@dataclass(frozen=True)
class ImageSet:
    """A row of the table. `train` and `test` are numbers of images; `bytes` is what has to be downloaded."""

    name: str
    title: str
    source: str
    train: int
    test: int
    classes: tuple[str, ...]
    archive: str = ""  # the class of torchvision.datasets, which is also the name of its folder
    bytes: int = 0

    @property
    def is_embedded(self) -> bool:
        """Whether it is installed with GANscope: nothing to download."""
        return not self.archive


@dataclass(frozen=True)
class LabelledImages:
    """Images and the number of the class that each belongs to.

    Attributes
    ----------
    images : NDArray[np.uint8]
        [n, 784], row after row of the picture, 0 black to 255 white.
    digits : NDArray[np.uint8]
        [n], 0 to 9: the digit, or the place in `ImageSet.classes`.
    """

    images: NDArray[np.uint8]
    digits: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.digits)

    def of(self, classes: tuple[int, ...]) -> "LabelledImages":
        """Only these classes, in the same order."""
        return self[np.isin(self.digits, classes)]

    def first(self, count: int) -> "LabelledImages":
        return LabelledImages(self.images[:count].copy(), self.digits[:count].copy())  # the others can go

    def in_turns(self) -> "LabelledImages":
        """The same images, the classes taking turns: 0, 1, ... 9, 0, 1, ...; a class that has run out is passed over.

        So the first n images of any choice of classes are as balanced as they can be, and always the same.
        """
        turn = np.empty(len(self), dtype=np.int64)
        for digit in np.unique(self.digits):
            places = np.flatnonzero(self.digits == digit)
            turn[places] = np.arange(len(places))
        return self[np.lexsort((self.digits, turn))]

    def __getitem__(self, chosen: NDArray[np.intp] | NDArray[np.bool_]) -> "LabelledImages":
        return LabelledImages(self.images[chosen], self.digits[chosen])


DIGITS = tuple("0123456789")
CLOTHES = (
    "T-shirt or top", "Trousers", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"
)  # fmt: skip
KANA = ("お o", "き ki", "す su", "つ tsu", "な na", "は ha", "ま ma", "や ya", "れ re", "を wo")

_ROWS = [
    ImageSet(
        "mnist_5k", "5,000 digits of MNIST",
        "Handwritten digits, 500 of each: a part of MNIST's training images that is installed with GANscope.",
        5_000, 0, DIGITS,
    ),
    ImageSet(
        "mnist", "MNIST",
        "Handwritten digits of American pupils and civil servants (LeCun, Cortes, Burges 1998).",
        60_000, 10_000, DIGITS, "MNIST", 11_594_722,
    ),
    ImageSet(
        "fashion_mnist", "Fashion-MNIST",
        "Photographs of clothes from a shop, made small and grey (Xiao, Rasul, Vollgraf 2017).",
        60_000, 10_000, CLOTHES, "FashionMNIST", 30_878_645,
    ),
    ImageSet(
        "kmnist", "Kuzushiji-MNIST",
        "Ten hiragana in cursive writing, from old Japanese books (Clanuwat et al. 2018).",
        60_000, 10_000, KANA, "KMNIST", 21_240_888,
    ),
]  # fmt: skip
SETS = {row.name: row for row in _ROWS}
