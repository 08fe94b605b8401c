"""Weights on disk: safetensors, written beside the old file and moved into place. Nothing is pickled.

A run's checkpoints are named after the SHA-256 of their bytes, so each file vouches for itself: killed at any moment,
with any bit flipped, the newest one that is whole is found again.
"""

import os
from pathlib import Path

from safetensors import SafetensorError
from safetensors.torch import load as from_bytes
from safetensors.torch import save as to_bytes
from torch import Tensor

from gan_core.header import texts_in
from gan_core.runs.checkpoint_files import name_of, newest_first, newest_whole

KEPT = 2  # checkpoints of a run: the newest, and one in case that is damaged

State = tuple[dict[str, Tensor], dict[str, str]]  # tensors, and text for what is not a tensor


class CheckpointError(ValueError):
    """This file cannot be read as weights."""


def write(path: Path, tensors: dict[str, Tensor], texts: dict[str, str]) -> None:
    """One file, whole or not at all."""
    _write(path, to_bytes({name: tensor.contiguous() for name, tensor in tensors.items()}, metadata=texts))


def read(path: Path) -> State:
    """What `write` wrote. Raises CheckpointError."""
    return _state(path.read_bytes())


def save(folder: Path, tensors: dict[str, Tensor], texts: dict[str, str]) -> None:
    """A run's next checkpoint. Older ones than the last `KEPT` are removed."""
    data = to_bytes({name: tensor.contiguous() for name, tensor in tensors.items()}, metadata=texts)
    _write(folder / name_of(data), data)
    for old in newest_first(folder)[KEPT:]:
        old.unlink(missing_ok=True)


def load(folder: Path) -> State | None:
    """A run's newest checkpoint that is whole; None if there is none."""
    data = newest_whole(folder)
    return None if data is None else _state(data)


def _state(data: bytes) -> State:
    try:
        return from_bytes(data), texts_in(data)
    except SafetensorError as error:
        raise CheckpointError("This checkpoint is damaged.") from error


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(".part")
    with open(beside, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.replace(beside, path)
