"""The one door to images: by name, from whichever place on this machine has them."""

import contextlib
from pathlib import Path
from typing import Literal

from gan_core.data import embedded, idx, stored
from gan_core.data.folder import images_folder, torchvision_roots
from gan_core.data.sets import SETS, DataError, ImageSet, LabelledImages

Part = Literal["train", "test"]


def is_here(name: str) -> bool:
    """Whether `load(name)` will find the images on this machine. Quick: it looks at the names and lengths of files."""
    chosen = _named(name)
    return chosen.is_embedded or _file(chosen).exists() or any(_raw_folders(chosen))


def load(name: str, classes: tuple[int, ...] = (), count: int = 0, part: Part = "train") -> LabelledImages:
    """Images of a set, the classes taking turns (`LabelledImages.in_turns`), always the same ones.

    Parameters
    ----------
    name
        A key of `SETS`.
    classes
        Only these classes, numbers from 0 to 9; () for all.
    count
        The first so many of them: a balanced subset, and a part of every larger one. 0 for all.
    part
        "train", or "test": images that no training has seen. `mnist_5k` has none of its own; its test images are those
        of `mnist`, which it is a part of, and have to be on this machine.

    Raises
    ------
    DataError
        The images are not on this machine, or damaged, or there are fewer than `count`.

    Notes
    -----
    The first time, the files are converted to `NAME.npz` in the folder for images; from then on, that is read. If it
    is damaged, it is made anew.

    Examples
    --------
    >>> load("mnist_5k", classes=(4, 7), count=6).digits
    array([4, 7, 4, 7, 4, 7], dtype=uint8)
    """
    chosen = _named(name)
    holder = SETS["mnist"] if chosen.is_embedded and part == "test" else chosen
    found = _whole(holder, part)
    if classes:
        found = found.of(classes)
    if not 0 <= count <= len(found):
        raise DataError(
            "data", "Number of images must be from 1 to {high}, or 0 for all: {title} has no more of these classes.",
            high=len(found), title=chosen.title,
        )  # fmt: skip
    return found.first(count) if count else found


def _named(name: str) -> ImageSet:
    if name not in SETS:
        raise DataError(
            "data", "Images must be one of {choices}; {value} is not.", choices=", ".join(SETS), value=name[:40]
        )
    return SETS[name]


def _file(chosen: ImageSet) -> Path:
    return images_folder() / f"{chosen.name}.npz"


def _raw_folders(chosen: ImageSet) -> list[Path]:
    """Folders that hold the files of the set as they came, unpacked."""
    folders = [root / chosen.archive / "raw" for root in torchvision_roots()] if chosen.archive else []
    return [folder for folder in folders if idx.are_here(folder, chosen)]


def _whole(chosen: ImageSet, part: Part) -> LabelledImages:
    with contextlib.suppress(stored.Unreadable):
        return stored.read(_file(chosen), part)
    with contextlib.suppress(OSError):
        _file(chosen).unlink(missing_ok=True)  # a damaged one must not pass for images that are here
    parts = _convert(chosen)
    with contextlib.suppress(OSError):  # a full disk costs time, not the images
        stored.write(_file(chosen), parts)
    return parts[part].in_turns()


def _convert(chosen: ImageSet) -> dict[str, LabelledImages]:
    """From the files as they came."""
    if chosen.is_embedded:
        return {"train": embedded.read()}
    for folder in _raw_folders(chosen):
        return {"train": idx.read(folder, "train"), "test": idx.read(folder, "test")}
    raise DataError(
        "data",
        "{title} is not on this machine yet: download it on the page MNIST, or choose the 5,000 embedded digits.",
        title=chosen.title,
    )
