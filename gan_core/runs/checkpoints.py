"""Weights on disk: safetensors, written beside the old file and moved into place. Nothing is pickled.

A run's checkpoints are named after the SHA-256 of their bytes, so each file vouches for itself: killed at any moment,
with any bit flipped, the newest one that is whole is found again.
"""

import hashlib
import os
from pathlib import Path

from safetensors import SafetensorError, safe_open
from safetensors.torch import save as to_bytes
from torch import Tensor

KEPT = 2  # checkpoints of a run: the newest, and one in case that is damaged

State = tuple[dict[str, Tensor], dict[str, str]]  # tensors, and text for what is not a tensor


class CheckpointError(ValueError):
    """This file cannot be read as weights."""


def write(path: Path, tensors: dict[str, Tensor], texts: dict[str, str]) -> None:
    """One file, whole or not at all."""
    _write(path, to_bytes({name: tensor.contiguous() for name, tensor in tensors.items()}, metadata=texts))


def read(path: Path) -> State:
    """What `write` wrote. Raises CheckpointError."""
    try:
        with safe_open(path, framework="pt") as file:
            return {name: file.get_tensor(name) for name in file.keys()}, file.metadata() or {}  # noqa: SIM118
    except SafetensorError as error:
        raise CheckpointError("This checkpoint is damaged.") from error


def save(folder: Path, tensors: dict[str, Tensor], texts: dict[str, str]) -> None:
    """A run's next checkpoint. Older ones than the last `KEPT` are removed."""
    data = to_bytes({name: tensor.contiguous() for name, tensor in tensors.items()}, metadata=texts)
    _write(folder / f"{hashlib.sha256(data).hexdigest()}.safetensors", data)
    for old in _newest_first(folder)[KEPT:]:
        old.unlink(missing_ok=True)


def load(folder: Path) -> State | None:
    """A run's newest checkpoint that is whole; None if there is none."""
    for path in _newest_first(folder):
        if hashlib.sha256(path.read_bytes()).hexdigest() == path.stem:
            return read(path)
    return None


def _newest_first(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.safetensors"), key=lambda path: path.stat().st_mtime_ns, reverse=True)


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(".part")
    with open(beside, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.replace(beside, path)
