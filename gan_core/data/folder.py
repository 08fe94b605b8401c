"""Where files are kept on this machine."""

import os
from pathlib import Path

from platformdirs import user_data_path


def data_folder() -> Path:
    """Where runs and images are kept: GANSCOPE_DATA, or the system's place for a user's data."""
    return Path(os.environ.get("GANSCOPE_DATA") or user_data_path("ganscope"))


def images_folder() -> Path:
    """Image sets in the form that is quick to load: one file `NAME.npz` for each."""
    return data_folder() / "images"


def torchvision_root() -> Path:
    """What is downloaded, laid out as torchvision does: `MNIST/raw/train-images-idx3-ubyte.gz`, ..."""
    return images_folder() / "torchvision"


def torchvision_roots() -> list[Path]:
    """Where the files of a set are looked for: in the root that GANSCOPE_MNIST names, if any, and in our own.

    GANSCOPE_MNIST may name any folder that was once the `root` of `torchvision.datasets.MNIST(root)`: what lies there
    need not be downloaded again. Nothing is written there.
    """
    elsewhere = os.environ.get("GANSCOPE_MNIST")
    return [Path(elsewhere), torchvision_root()] if elsewhere else [torchvision_root()]
