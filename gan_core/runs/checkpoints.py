"""A run's weights on disk: safetensors, written beside the old file and moved into its place.

Killed at any moment, the newest complete file is there. Its SHA-256 goes to the registry: a flipped bit is noticed.
"""

import hashlib
import os
from pathlib import Path

from safetensors import SafetensorError, safe_open
from safetensors.torch import save as to_bytes
from torch import Tensor


class CheckpointError(ValueError):
    """This file cannot be trusted."""


def save(path: Path, tensors: dict[str, Tensor], texts: dict[str, str]) -> str:
    """Write, and return the SHA-256 of what was written."""
    data = to_bytes({name: tensor.contiguous() for name, tensor in tensors.items()}, metadata=texts)
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(".part")
    with open(beside, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.replace(beside, path)
    return hashlib.sha256(data).hexdigest()


def load(path: Path, sha256: str | None = None) -> tuple[dict[str, Tensor], dict[str, str]]:
    """The tensors and texts of a file. Raises CheckpointError if it is not the file that `sha256` was made from."""
    if sha256 and hashlib.sha256(path.read_bytes()).hexdigest() != sha256:
        raise CheckpointError("This checkpoint is not the file that was saved.")
    try:
        with safe_open(path, framework="pt") as file:
            return {name: file.get_tensor(name) for name in file.keys()}, file.metadata() or {}  # noqa: SIM118
    except SafetensorError as error:
        raise CheckpointError("This checkpoint is damaged.") from error
