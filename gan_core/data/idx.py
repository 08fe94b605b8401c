"""The files of MNIST as they come: a head of big-endian numbers, then bytes."""

import struct
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gan_core.data.sets import PIXELS, DataError, ImageSet, LabelledImages

PARTS = {"train": "train", "test": "t10k"}
_IMAGES, _LABELS = 0x00000803, 0x00000801  # unsigned bytes in 3 dimensions, in 1
_IMAGES_HEAD, _LABELS_HEAD = 16, 8


def are_here(folder: Path, chosen: ImageSet) -> bool:
    """Whether all four files are in `folder` and as long as they have to be."""
    try:
        return all(
            images.stat().st_size == _IMAGES_HEAD + PIXELS * count and labels.stat().st_size == _LABELS_HEAD + count
            for images, labels, count in (
                (*_files(folder, part), count) for part, count in (("train", chosen.train), ("test", chosen.test))
            )
        )
    except OSError:
        return False


def read(folder: Path, part: str) -> LabelledImages:
    """One part of a set. Raises DataError if a file is not what its head says."""
    images, labels = _files(folder, part)
    pixels = _body(images, _IMAGES, _IMAGES_HEAD).reshape(-1, PIXELS)
    digits = _body(labels, _LABELS, _LABELS_HEAD)
    if len(pixels) != len(digits) or digits.max(initial=0) > 9:
        raise _damaged(labels)
    return LabelledImages(pixels, digits)


def _files(folder: Path, part: str) -> tuple[Path, Path]:
    return folder / f"{PARTS[part]}-images-idx3-ubyte", folder / f"{PARTS[part]}-labels-idx1-ubyte"


def _body(path: Path, magic: int, head: int) -> NDArray[np.uint8]:
    try:
        data = path.read_bytes()
    except OSError:
        raise _damaged(path) from None
    numbers = struct.unpack(f">{head // 4}I", data[:head]) if len(data) >= head else (0, 0)
    size = PIXELS * numbers[1] if magic == _IMAGES else numbers[1]
    if numbers[0] != magic or numbers[2:] not in ((), (28, 28)) or len(data) != head + size:
        raise _damaged(path)
    return np.frombuffer(data, np.uint8, offset=head)


def _damaged(path: Path) -> DataError:
    return DataError("data", "The file {value} is damaged: delete it, then download the images again.", value=str(path))
